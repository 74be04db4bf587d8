# SPDX-License-Identifier: BSD-2-Clause
"""A copy of the checkout, for tests that change it or build it elsewhere."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from harness import build
from harness.places import ROOT


def copy_checkout(target: Path) -> Path:
    """The files of the checkout, as a tarball has them."""
    for name in ("kernels", "bench", "harness", "plots", "tests", "peers"):
        ignored = shutil.ignore_patterns("__pycache__", ".pytest_cache")
        shutil.copytree(ROOT / name, target / name, ignore=ignored)
    shutil.copy(ROOT / "Makefile", target)
    (target / "results").mkdir()
    for kept in ("toolchain", "peers"):  # fetched only once
        if (build.BUILD / kept).exists():
            shutil.copytree(build.BUILD / kept, target / "build" / kept, symlinks=True)
    return target


def run(checkout: Path, command: str, deadline: float = 600) -> str:
    """What a command says that a reader types there; it must not fail. deadline: s."""
    environment = {**os.environ, "NO_INSTALL": "1"}
    for name in ("TWENTYFOLD_BUILD", "MAKEFLAGS", "BUILD", "SEED"):
        environment.pop(name, None)
    done = subprocess.run(
        ["sh", "-c", command],
        cwd=checkout,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=deadline,
    )
    said = f"{command}: {done.stdout[-2000:]}{done.stderr[-2000:]}"
    assert done.returncode == 0, said
    return done.stdout
