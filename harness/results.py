# SPDX-License-Identifier: BSD-2-Clause
"""The folder of a run: complete, or not there at all."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import platform
import shutil
import sys
from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Iterator

import pandas as pd

from harness import folders, measure, processes, toolchain
from harness.build import Built, find_toolchain
from harness.errors import Refused, describe
from harness.machines import qemu
from harness.models.i486.model import CYCLES, Board


SCHEMA = 5  # of provenance.json and what it describes (run_schema.json)
READABLE = (4, SCHEMA)
PROJECT = "twentyfold"
RAW = "logs"  # the folder of what was measured


def check_target(
    target: Path, mark: str = "provenance.json", what: str = "run of ours"
) -> None:
    """Refuses a folder that a run shall not take the place of: one that is there and
    holds something else. mark: a file that only such a run has."""
    if not target.exists() or (target / mark).exists():
        return
    if not target.is_dir() or any(target.iterdir()):
        raise Refused(
            f"{target}: is there and is no {what}: name another folder by RESULTS="
        )


@contextmanager
def publishing(target: Path, wait: bool = False) -> Iterator[Path]:
    """A folder to write into; it takes target's place when all went well.

    If not, target stays as it was and the new folder is removed. Another run that
    writes the same target: waited for, or this one is refused.
    """
    target = target.resolve()  # a link stays one
    partial = target.with_name(f".{target.name}.partial")
    old = target.with_name(f".{target.name}.old")
    target.parent.mkdir(parents=True, exist_ok=True)
    busy = f"{target}: another run is writing it: wait for its end, or set RESULTS="
    lock = target.with_name(f".{target.name}.lock")
    with folders.alone(lock, "" if wait else busy):
        _clean_up(target, partial, old)
        partial.mkdir()
        try:
            yield partial
            with processes.undisturbed():
                if target.exists():
                    target.rename(old)
                partial.rename(target)
        finally:
            _clean_up(target, partial, old)


def _clean_up(target: Path, partial: Path, old: Path) -> None:
    """What a run, or one that was killed by force, has left behind."""
    if old.exists() and not target.exists():
        old.rename(target)
    for leftover in (partial, old):
        shutil.rmtree(leftover, ignore_errors=True)


def write_provenance(
    folder: Path, built: list[Built], board: Board, started: datetime
) -> None:
    """provenance.json: what was run, made with what, on what, and when. Refuses
    kernels and programs of several compilers."""
    tools = find_toolchain()
    for b in built:
        tools.check(b.kernel, b.program("pingpong"))
    pingpong = measure.guest(built[0], measure.PINGPONG)
    facts = {
        "project": PROJECT,
        "schema": SCHEMA,
        "started": started.isoformat(timespec="seconds"),
        "ended": now().isoformat(timespec="seconds"),
        "revision": built[0].revision,
        "dirty": built[0].revision.endswith("-dirty"),
        "board": dataclasses.asdict(board),
        "cycles_sha256": sha256(CYCLES),
        "model_sha256": sha256(*sorted(CYCLES.parent.glob("*.[ch]"))),
        "qemu_command": ["qemu-system-i386", *qemu.command(pingpong)[1:]],
        "configurations": {
            str(b.configuration): {
                "switches_on": sorted(b.configuration.on),
                "kernel_sha256": sha256(b.kernel),
                "program_sha256": sha256(b.program("pingpong")),
            }
            for b in built
        },
        "tools": {
            "compiler": toolchain.made_by(built[0].kernel),
            "binutils": tools.binutils,
            "qemu": qemu.version(),
            "gnuplot": _first_line(["gnuplot", "--version"]),
            "python": sys.version.split()[0],
            "pandas": pd.__version__,
        },
        "host": {"system": platform.platform(), "machine": platform.machine()},
        "raw_sha256": raw(folder),
    }
    _write_facts(folder, facts)


def raw(folder: Path) -> dict[str, str]:
    """What all else in a run is made of: its files, and what they hash to."""
    paths = sorted(path for path in (folder / RAW).rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): sha256(path) for path in paths}


def keep(source: Path, folder: Path) -> None:
    """Adds to a new run what an earlier one in source has and it has not, if both are
    of the same kernels on the same board; says so if not."""
    if not source.exists():
        return
    try:
        old, new = read_provenance(source), read_provenance(folder)
    except Refused as refusal:
        print(f"{refusal}: what else was there is dropped")
        return
    both = old["configurations"].keys() & new["configurations"].keys()
    parts = {"revision": "revision", "board": "board", "cycles_sha256": "cycles.csv"}
    different = [what for key, what in parts.items() if old[key] != new[key]]
    if old["tools"]["compiler"] != new["tools"]["compiler"]:
        different.append("compiler")
    if any(old["configurations"][c] != new["configurations"][c] for c in both):
        different.append("kernel")
    if different:
        print(f"{source}: what else was there is of another {different[0]}: dropped")
        return
    for path in source.rglob("*"):
        copy = folder / path.relative_to(source)
        if path.is_file() and not copy.exists():
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, copy)
    new["configurations"] |= old["configurations"]
    new["raw_sha256"] = raw(folder)
    new["started"] = old["started"]
    _write_facts(folder, new)


def read_provenance(folder: Path) -> dict[str, Any]:
    path = folder / "provenance.json"
    try:
        facts = json.loads(path.read_text())
    except OSError as error:
        raise Refused(f"{folder}: no run of ours: {describe(error)}") from error
    except ValueError as error:
        raise Refused(f"{path}: no run of ours: {error}") from error
    if not isinstance(facts, dict) or facts.get("project", PROJECT) != PROJECT:
        raise Refused(f"{path}: a run of another project")
    if facts.get("schema") not in READABLE:
        readable = ", ".join(map(str, READABLE))
        raise Refused(
            f"{path}: a run of another version (schema {facts.get('schema')}, this "
            f"reads {readable}): measure again"
        )
    return facts


def compiler_note(facts: dict[str, Any]) -> str:
    """That a run's compiler is not the pinned one; empty if it is."""
    tools = facts["tools"]
    return toolchain.note(tools["compiler"], tools["binutils"])


def write_again(folder: Path, facts: dict[str, Any]) -> None:
    """provenance.json of a run to which raw records have been added."""
    ended = now().isoformat(timespec="seconds")
    _write_facts(folder, facts | {"ended": ended, "raw_sha256": raw(folder)})


def _write_facts(folder: Path, facts: dict[str, Any]) -> None:
    text = json.dumps(facts, indent=2, sort_keys=True) + "\n"
    (folder / "provenance.json").write_text(text)


def now() -> datetime:
    return datetime.now(timezone.utc)


def sha256(*paths: Path) -> str:
    """Of all of them, one behind the other."""
    return hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()


def _first_line(command: list[str]) -> str:
    done = processes.run(command, capture_output=True, text=True)
    return (done.stdout or done.stderr).splitlines()[0]
