# SPDX-License-Identifier: BSD-2-Clause
"""A kernel with a fault that a test has put into it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from harness import build, measure, switches
from harness.errors import Refused
from harness.machines import qemu
from harness.places import ROOT

DEADLINE = 120


def console_of(name: str, file: str, old: str, new: str, folder: Path) -> str:
    """Puts new where old is, once, in a file of kernels/, in a copy of them; boots the
    semantic tests on that, which must fail; returns the console. folder: an empty one.
    """
    built = build.build(switches.parse(name))
    shutil.copytree(ROOT / "kernels", folder / "kernels")
    source = folder / "kernels" / file
    assert source.read_text().count(old) == 1
    source.write_text(source.read_text().replace(old, new))
    shutil.copytree(built.folder / "include", folder / "include")
    shutil.copy(built.folder / "config.mk", folder)
    arguments = [f"O={folder}", *build.find_toolchain().for_make]
    build.call_make(str(folder / "kernels/Makefile"), arguments, "a faulty kernel")
    tests = measure.IPC_TESTS
    modules = [built.program(tests.name)] * tests.modules
    log = folder / "log"
    guest = qemu.Guest("fault", folder / "kernel.elf", modules, "", log)
    with pytest.raises(Refused):
        qemu.boot(guest, DEADLINE)
    return log.read_text()
