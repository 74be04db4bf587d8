# SPDX-License-Identifier: BSD-2-Clause
"""A copy of the checkout, for tests that change it or build it elsewhere."""

from __future__ import annotations

import shutil
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
