# SPDX-License-Identifier: BSD-2-Clause
"""The reference model of IPC: builds it, runs it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from harness import processes
from harness.build import BUILD, call_make, host_compiler, locked, relative
from harness.errors import Refused
from harness.switches import Configuration

# Switches that a program can tell by results, in the order of the arguments.
VISIBLE = (
    "REGISTER_MESSAGES",
    "DIRECT_TRANSFER",
    "COMPLEX_MESSAGES",
    "PAGE_REMAPPING",
    "NOTIFICATIONS",
    "PORTS",
    "RPC_SYSCALLS",
    "VIRTUAL_REGISTERS",
)


@cache
def program() -> Path:
    """The model, built for this host."""
    folder = BUILD / "model"
    with locked(folder):
        call_make(
            "harness/models/ipc/Makefile",
            [f"O={relative(folder)}", f"HOSTCC={host_compiler(folder)}"],
            "the reference model of IPC",
        )
    return folder / "ipc-model"


def transcript(
    configuration: Configuration,
    seed: int,
    calls: int,
    interval: int,
    window: tuple[int, int] = (1, 0),
) -> str:
    """What should come of the calls of a seed (harness/models/ipc/main.c)."""
    switches = [int(symbol in configuration.on) for symbol in VISIBLE]
    numbers = [seed, calls, interval, *window, *switches]
    done = processes.run(
        [str(program()), *map(str, numbers)], capture_output=True, text=True
    )
    if done.returncode != 0:
        raise Refused(f"the reference model has failed: {done.stderr.strip()}")
    return done.stdout
