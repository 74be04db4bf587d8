# SPDX-License-Identifier: BSD-2-Clause
"""Boots what has been built and turns its records into measurements."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from harness import records
from harness.build import Built
from harness.errors import Refused
from harness.machines import qemu

# Seconds of host time; a boot takes a few.
DEADLINE = 300

SIZES = (8, 12, 128, 512, 1024, 2048, 4096)


@dataclass(frozen=True)
class Experiment:
    """A user program and how many modules of it are booted."""

    program: str
    modules: int


PINGPONG = Experiment("pingpong", 2)
IPC_TESTS = Experiment("ipc_tests", 4)


def guest(built: Built, experiment: Experiment, command_line: str = "") -> qemu.Guest:
    """Its log is in the build folder, named after the experiment."""
    return qemu.Guest(
        name=f"{experiment.program} on {built.configuration}",
        kernel=built.kernel,
        modules=[built.program(experiment.program)] * experiment.modules,
        command_line=command_line,
        log=built.folder / f"{experiment.program}.log",
    )


def run(built: Built, experiment: Experiment, command_line: str = "") -> str:
    """Boots it to its end and returns what it wrote on the console."""
    return qemu.boot(guest(built, experiment, command_line), DEADLINE)


def read_pingpong(log: Path, configuration: str, revision: str) -> pd.DataFrame:
    """The measurements in a log of pingpong, a row for each sample.

    Columns: configuration, bytes, spaces (2: between two address spaces, 1:
    inside one), round_trips, clock, one_way, unit, ticks (clock interrupts
    while it was measured).
    """
    source = str(log)
    try:
        text = qemu.read_console(log)
    except OSError as error:
        raise Refused(f"{source}: {error.strerror}") from error
    parsed = records.parse(text, source)
    if parsed.experiment != PINGPONG.program:
        raise Refused(f"{source}: records of {parsed.experiment}, not of pingpong")
    records.expect(parsed, configuration, revision, source)
    return one_way(parsed.samples, source).assign(configuration=configuration)


def one_way(samples: pd.DataFrame, source: str) -> pd.DataFrame:
    """Adds what one message took, in instructions, to samples of pingpong."""
    needed = {"bytes", "spaces", "round_trips", "start", "end", "ticks"}
    missing = needed - set(samples.columns)
    if missing:
        raise Refused(f"{source}: samples without {', '.join(sorted(missing))}")
    tsc = samples["end"] - samples["start"]
    if (tsc <= 0).any() or (tsc % qemu.TSC_PER_INSTRUCTION != 0).any():
        raise Refused(
            f"{source}: its clock did not count instructions in steps of "
            f"{qemu.TSC_PER_INSTRUCTION}: not a run under QEMU's icount"
        )
    instructions = tsc // qemu.TSC_PER_INSTRUCTION
    return samples.drop(columns=["start", "end"]).assign(
        clock="instructions",
        one_way=instructions / (2 * samples["round_trips"]),
        unit="instructions",
    )
