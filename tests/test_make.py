# SPDX-License-Identifier: BSD-2-Clause
"""The make targets: what a user types, and mistypes."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from harness import measure
from harness.places import ROOT


def make(
    *arguments: str, checkout: Path = ROOT, **environment: str
) -> subprocess.CompletedProcess[str]:
    clean = {k: v for k, v in os.environ.items() if not k.startswith("MAKE")}
    return subprocess.run(
        ["make", *arguments],
        cwd=checkout,
        env={**clean, **environment},
        capture_output=True,
        text=True,
        errors="surrogateescape",
    )


def first_complaint(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode != 0
    return done.stderr.splitlines()[0]


def test_help_names_every_target_and_variable() -> None:
    makefile = (ROOT / "Makefile").read_text()
    (phony,) = [t for t in makefile.splitlines() if t.startswith(".PHONY:")]
    listed = make().stdout
    for target in set(phony.split()[1:]) - {"help", "packages"}:
        assert f"make {target} " in listed
    for kind in ("CHOICES", "TOOLS"):
        (variables,) = [t for t in makefile.splitlines() if t.startswith(f"{kind} :=")]
        for variable in variables.split()[2:]:
            assert f"  {variable}=" in listed


def test_help_names_the_programs_that_make_run_boots() -> None:
    listed = make().stdout
    (line,) = [t for t in listed.splitlines() if " pingpong " in t and "," not in t]
    assert sorted(line.split()) == sorted(program.name for program in measure.PROGRAMS)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["run", "CONFG=optimized"], "unknown variable CONFG"),
        (["run", "config=optimized"], "unknown variable config"),
        (
            ["figures", "ANY=1"],
            "unknown variable ANY: the variables are RUN FORMAT",
        ),
        (["run", "CONFIG=optimised"], "no configuration 'optimised'"),
        (["run", "CONFIG=optimized-lasy_scheduling"], "did you mean lazy_scheduling"),
        (["run", "BYTES=9"], "no message size '9': the paper's sizes are 8, 12"),
        (["run", "PROGRAM=x"], "no program 'x': there are pingpong and ipc_tests"),
        (["profile", "BYTES=9"], "no message size '9'"),
        (["profile", "CONFIG=optimized.debug"], "optimized.debug is a debug build"),
        (["profile", "CACHE=hot"], "no cache 'hot': there are warm and cold"),
        (["profile", "SPACES=3"], "no spaces '3': there are 1 and 2"),
        (["profile", "BOARD=dx49"], "no board 'dx49': there are dx33, dx50, ideal"),
        (["figures", "BOARD=dx49"], "no board 'dx49'"),
        (["ablation", "BOARD=dx49"], "no board 'dx49'"),
        (["ablation", "SWITCH=lasy_scheduling"], "did you mean lazy_scheduling"),
        (["run", "QEMU=/no/qemu"], "/no/qemu not found: install Debian's qemu"),
        (["kernel", "CROSS_COMPILE=no-"], "no compiler for i386 kernels (tried no-gcc"),
    ],
)
def test_mistakes_get_one_clear_line(arguments: list[str], complaint: str) -> None:
    assert complaint in first_complaint(make(*arguments))


def test_run_prints_the_console() -> None:
    done = make("run", "CONFIG=baseline+direct_switch", "BYTES=12")
    assert done.returncode == 0, done.stderr
    assert "Twentyfold kernel, configuration baseline+direct_switch" in done.stdout
    assert "end samples=4" in done.stdout


def test_profile_is_printed_and_kept(tmp_path: Path) -> None:
    done = make("profile", "CONFIG=optimized-direct_switch", "CACHE=cold", "SPACES=1")
    assert done.returncode == 0, done.stderr
    assert "8 bytes in one space, cold cache" in done.stdout
    assert "cycles of the round trip, by phase and cause" in done.stdout
    folder = ROOT / "results" / "profile" / "optimized-direct_switch-8-one_space-cold"
    files = {path.name for path in folder.iterdir()}
    assert {"profile.txt", "instructions.csv", "profile.png", "profile.svg"} <= files


def test_tools_may_come_from_the_environment() -> None:
    assert "no compiler" in first_complaint(make("kernel", CROSS_COMPILE="nothing-"))


def test_missing_packages_are_reported(tmp_path: Path) -> None:
    """With a dpkg-query that knows of nothing."""
    query = tmp_path / "dpkg-query"
    query.write_text("#!/bin/sh\nexit 1\n")
    query.chmod(0o755)
    path = f"{tmp_path}:{os.environ['PATH']}"
    done = subprocess.run(
        ["harness/packages.sh"],
        cwd=ROOT,
        env={**os.environ, "PATH": path, "NO_INSTALL": "1"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0
    (line,) = done.stderr.splitlines()
    assert "missing Debian packages (not installed, as NO_INSTALL=1):" in line
    assert " qemu-system-x86 " in line and " python3-pandas " in line


def test_missing_python_module_is_reported(tmp_path: Path) -> None:
    """With a python3 that lacks everything."""
    python = tmp_path / "python"
    python.write_text('#!/bin/sh\nexec /usr/bin/python3 -S "$@"\n')
    python.chmod(0o755)
    done = make("switches", f"PYTHON={python}")
    assert "has no module" in first_complaint(done)
    doctor = make("doctor", f"PYTHON={python}")
    assert doctor.returncode != 0
    assert "MISSING  pandas" in doctor.stdout
