# SPDX-License-Identifier: BSD-2-Clause
"""A release: one tarball with all that git has, the reference run among it.

It has a file more, RELEASE: the revision, and what each file hashes to. So a kernel that
is built from an unpacked release knows its revision, and whether a file has been changed.
"""

from __future__ import annotations

import hashlib
import lzma
import os
import re
from pathlib import Path

from harness import folders, git
from harness.errors import Refused
from harness.places import ROOT

MANIFEST = "RELEASE"


def version() -> str:
    """Of CITATION.cff; refuses one that CHANGES.md does not begin with."""
    (cited,) = re.findall(r"^version: (\S+)$", _text("CITATION.cff"), re.M)
    told = re.search(r"^## (\S+) \(", _text("CHANGES.md"), re.M)
    if told is None or told[1] != cited:
        raise Refused(f"CHANGES.md does not begin with {cited}, CITATION.cff's version")
    return str(cited)


def make(revision: str, folder: Path) -> Path:
    """The tarball of a commit, the same bytes each time. revision: as kernels have it."""
    name = f"twentyfold-{version()}"
    folder.mkdir(parents=True, exist_ok=True)
    with folders.scratch(folder) as scratch:
        names = git.ask("ls-tree", "-r", "-z", "--name-only", "HEAD").split(b"\0")[:-1]
        lines = [
            f"{_hash(ROOT / os.fsdecode(name))}  {os.fsdecode(name)}" for name in names
        ]
        (scratch / MANIFEST).write_text("\n".join([revision, *lines, ""]))
        prefix = f"--prefix={name}/"
        tar = git.ask("archive", prefix, f"--add-file={scratch / MANIFEST}", "HEAD")
    target = folder / f"{name}.tar.xz"
    folders.write_whole(target, lzma.compress(tar, preset=6))
    return target


def unpacked() -> tuple[str, bool] | None:
    """Of a release that this folder is: its revision, and whether a file is not as it
    was. None if it is none."""
    try:
        revision, *lines = (ROOT / MANIFEST).read_text().splitlines()
    except (OSError, ValueError):
        return None
    promised = (line.split("  ", 1) for line in lines)
    return revision, any(_hash(ROOT / name) != promise for promise, name in promised)


def _hash(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return "missing"


def _text(name: str) -> str:
    return (ROOT / name).read_text()
