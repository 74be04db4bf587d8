# SPDX-License-Identifier: BSD-2-Clause
"""Debug builds: the assertion walk notices what is wrong, and says what it is."""

from __future__ import annotations

from pathlib import Path

import pytest
from faulty import console_of

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
        "a thread that waits with a timeout is in a wakeup list",
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
    console = console_of(f"{name}.debug", file, text, fault, tmp_path)
    assert f"PANIC: it does not hold that {complaint}" in console
