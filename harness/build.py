# SPDX-License-Identifier: BSD-2-Clause
"""Builds kernels and user programs, a folder for each configuration."""

from __future__ import annotations

import fcntl
import os
import shlex
import shutil
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Iterator, Sequence

from harness import processes, toolchain
from harness.errors import Refused
from harness.switches import ROOT, Configuration, write_headers, write_if_changed
from harness.toolchain import Toolchain

BUILD = ROOT / "build"

# Prefix and flags, in the order in which they are tried where the pinned one is not.
TOOLCHAINS = (
    ("i686-elf-", ""),
    ("i686-linux-gnu-", ""),
    ("", "-m32"),
)

# The kernel, the user programs.
MAKEFILES = ("kernels/Makefile", "bench/Makefile")


@dataclass(frozen=True)
class Built:
    """One configuration, built."""

    configuration: Configuration
    revision: str
    folder: Path

    @property
    def kernel(self) -> Path:
        return self.folder / "kernel.elf"

    def program(self, name: str) -> Path:
        return self.folder / f"{name}.elf"


def build(
    configuration: Configuration,
    jobs: int = 2,
    programs: Sequence[str] = (),
    makefiles: Sequence[str] = MAKEFILES,
) -> Built:
    """Builds the kernel and the named user programs, or all, as far as they are
    not; or what one of the makefiles makes."""
    folder = BUILD / configuration.name
    tools = find_toolchain()
    built = Built(configuration, revision(), folder)
    with locked(folder):
        write_headers(configuration, folder)
        write_if_changed(
            folder / "include" / "revision.h",
            f'#define REVISION "{built.revision}"\n',
        )
        write_if_changed(folder / "compiler", tools.identity)
        arguments = [f"O={folder.relative_to(ROOT)}", f"-j{jobs}", *cross(tools)]
        wanted = [f"{folder.relative_to(ROOT)}/{name}.elf" for name in programs]
        for makefile in makefiles:
            targets = wanted if makefile == "bench/Makefile" else []
            what = f"{configuration} ({makefile}, with {tools.command})"
            call_make(makefile, arguments + targets, what)
    return built


@cache
def find_toolchain() -> Toolchain:
    """With the prefix in CROSS_COMPILE; or the pinned one; or, where that cannot be
    had, the first of TOOLCHAINS that works, and says so."""
    given = os.environ.get("CROSS_COMPILE")
    if given:
        return _first_that_works(((given, ""), (given, "-m32")), "")
    if found := toolchain.find_pinned():
        return found
    try:
        with locked(toolchain.FOLDER):
            return toolchain.unpack_pinned()
    except toolchain.NotThere as reason:
        found = _first_that_works(TOOLCHAINS, f"; the pinned one: {reason}")
        print(f"twentyfold: {found.note} ({reason})", file=sys.stderr)
        return found


def _first_that_works(
    candidates: Sequence[tuple[str, str]], otherwise: str
) -> Toolchain:
    """otherwise: what a refusal says besides."""
    for prefix, flags in candidates:
        if found := toolchain.probe(prefix, flags):
            return found
    tried = ", ".join(f"{prefix}gcc {flags}".strip() for prefix, flags in candidates)
    raise Refused(
        f"no compiler for i386 kernels (tried {tried}): install Debian's "
        f"gcc-i686-linux-gnu or set CROSS_COMPILE to the prefix of one{otherwise}"
    )


@cache
def revision() -> str:
    """Git's, with -dirty when files differ from it; 'unknown' outside git."""
    git = ["git", "-c", "safe.directory=*", "-C", str(ROOT)]
    try:
        commit = _output([*git, "rev-parse", "--short=12", "HEAD"]).strip()
        changed = _output([*git, "status", "--porcelain", "--untracked-files=no"])
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return commit + ("-dirty" if changed else "")


def assemble(source: Path, image: Path, options: Sequence[str]) -> None:
    """A bare image from one assembly file. options: for the compiler and linker."""
    flags = ["-nostdlib", "-static", "-no-pie", "-Wl,--build-id=none", *options]
    done = find_toolchain().run("gcc", *flags, "-o", str(image), str(source))
    if done.returncode != 0:
        print(done.stderr)
        raise Refused(f"{source} cannot be built (the messages are above)")


def cross(tools: Toolchain) -> list[str]:
    """For a Makefile: which compiler, as a word of its shell's."""
    prefix = shlex.quote(tools.prefix).replace("$", "$$")
    return [f"CROSS={prefix}", f"CROSS_FLAGS={tools.flags}"]


def host_compiler(folder: Path) -> str:
    """The one for this machine; what is made in a folder will depend on it."""
    command = os.environ.get("HOSTCC") or "gcc"
    words = [command] if shutil.which(command) else command.split()
    write_if_changed(folder / "compiler", toolchain.identity(words))
    return command


def call_make(makefile: str, arguments: list[str], what: str) -> None:
    """Runs a Makefile of ours; refuses if it fails. what: for the message."""
    command = ["make", "--no-print-directory", "-f", makefile, *arguments]
    # The variables of an outer make are not this one's.
    environment = {
        k: v for k, v in os.environ.items() if k not in ("MAKEFLAGS", "MFLAGS")
    }
    done = processes.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True
    )
    if done.returncode != 0:
        print(done.stdout + done.stderr)
        raise Refused(f"{what} cannot be built (the messages are above)")
    if done.stderr:
        print(done.stderr, end="")


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Two harnesses may want to build the same at the same time."""
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _output(command: list[str]) -> str:
    return processes.run(command, check=True, capture_output=True, text=True).stdout
