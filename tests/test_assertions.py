# SPDX-License-Identifier: BSD-2-Clause
"""Debug builds: the assertion walk notices what is wrong, and says what it is."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from harness import build, measure, switches
from harness.errors import Refused
from harness.machines import qemu
from harness.places import ROOT

DEADLINE = 120

# Configuration; file; a text in it, what it is replaced by; what then does not hold.
FAULTS = [
    (
        "optimized",
        "optimized/ready_queue.h",
        "t->in_ready_queue = false;",
        "",
        "a thread is in a ready queue once",
    ),
    (
        "baseline",
        "core/rendezvous.c",
        "wakeup_set(me, *timeout);",
        "",
        "who waits with a timeout is in a wakeup list",
    ),
    (
        "optimized",
        "core/thread.c",
        "task->threads++;",
        "",
        "a task has as many threads as it counts",
    ),
]


@pytest.mark.parametrize(
    ("name", "file", "text", "fault", "complaint"), FAULTS, ids=lambda value: value[:24]
)
def test_a_fault_is_noticed(
    name: str, file: str, text: str, fault: str, complaint: str, tmp_path: Path
) -> None:
    built = build.build(switches.parse(f"{name}.debug"))
    shutil.copytree(ROOT / "kernels", tmp_path / "kernels")
    source = tmp_path / "kernels" / file
    assert source.read_text().count(text) == 1
    source.write_text(source.read_text().replace(text, fault))
    shutil.copytree(built.folder / "include", tmp_path / "include")
    shutil.copy(built.folder / "config.mk", tmp_path)
    arguments = [f"O={tmp_path}", *build.find_toolchain().for_make]
    makefile = str(tmp_path / "kernels" / "Makefile")
    build.call_make(makefile, arguments, "a faulty kernel")
    tests = measure.IPC_TESTS
    modules = [built.program(tests.name)] * tests.modules
    log = tmp_path / "log"
    guest = qemu.Guest("fault", tmp_path / "kernel.elf", modules, "", log)
    with pytest.raises(Refused):
        qemu.boot(guest, DEADLINE)
    assert f"PANIC: it does not hold that {complaint}" in log.read_text()
