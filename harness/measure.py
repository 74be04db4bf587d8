# SPDX-License-Identifier: BSD-2-Clause
"""Boots what has been built and turns its records into measurements.

Two things come out of a boot: the console log, with the guest's records, and
the stamps, what the i486 model counted up to each rdtsc that the guest
executed. The guest knows nothing of the stamps; they are joined here.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Sequence

import pandas as pd

from harness import folders, records
from harness.build import Built, find_toolchain
from harness.errors import Refused
from harness.machines import qemu
from harness.models.i486 import model

# Seconds of host time; a boot takes a few, with the model half a minute.
DEADLINE = 600

SIZES = (8, 12, 128, 512, 1024, 2048, 4096)

# What the model counts and how it is called here, for one message.
COUNTS = {
    "cycles": "cycles",
    "instructions": "instructions",
    "kernel_instructions": "kernel_instructions",
    "tlb_misses": "tlb_misses",
    "code_misses": "code_misses",
    "data_misses": "data_misses",
    "table_misses": "table_misses",
    "write_stall_cycles": "write_stall_cycles",
}


@dataclass(frozen=True)
class Program:
    """A user program and how many modules of it are booted."""

    name: str
    modules: int
    memory_mb: int = qemu.MEMORY_MB


PINGPONG = Program("pingpong", 2)
# Each module has memory for the longest string; kernels that buffer have one more.
IPC_TESTS = Program("ipc_tests", 4, memory_mb=48)
WORKLOAD = Program("workload", 1)
RTC = Program("rtc", 1)
# A tcb that cannot be swapped out takes a page and a half.
CROWD = Program("crowd", 1, memory_mb=128)
NULL_SERVICE = Program("null_service", 2)
SLEEPERS = Program("sleepers", 1)
LOAD = Program("load", 3)
REMAPPING = Program("remapping", 2)
NOTIFICATIONS = Program("notifications", 2)
WORDS = Program("words", 2)
MEMORY_TEST = Program("memory_test", 1)
PROGRAMS = (
    *(PINGPONG, IPC_TESTS, WORKLOAD, RTC, CROWD),
    *(NULL_SERVICE, SLEEPERS, LOAD, REMAPPING, NOTIFICATIONS, WORDS, MEMORY_TEST),
)


@dataclass(frozen=True)
class Outcome:
    """What a boot has left behind, as text."""

    console: str
    stamps: str = ""
    trace: str = ""

    def save(self, stem: Path) -> None:
        """Console and stamps, as read_joined reads them."""
        stem.with_name(f"{stem.name}.log").write_text(self.console)
        stem.with_name(f"{stem.name}.stamps").write_text(self.stamps)


def guest(
    built: Built,
    program: Program,
    command_line: str = "",
    extra: Sequence[str] = (),
) -> qemu.Guest:
    """Its log is in the build folder, named after the program."""
    return qemu.Guest(
        name=f"{program.name} on {built.configuration}",
        kernel=built.kernel,
        modules=[built.program(program.name)] * program.modules,
        command_line=command_line,
        log=built.folder / f"{program.name}.log",
        extra=extra,
        memory_mb=program.memory_mb,
    )


def boot(
    built: Built,
    program: Program,
    command_line: str = "",
    board: model.Board | None = None,
    trace: tuple[int, int] | None = None,
    extra: Sequence[str] = (),
    counted: Sequence[tuple[str, int]] = (),
) -> Outcome:
    """Boots it to its end. With a board, under the i486 model, if the compiler that
    is used now has made it; trace: from which to which stamp; counted: instructions to be counted
    (model.Model)."""
    if board is None:
        booted = guest(built, program, command_line, extra)
        return Outcome(qemu.boot(booted, DEADLINE))
    if built.configuration.debug:
        raise Refused(
            f"{built.configuration} is a debug build: its assertions take time, so "
            "it is not measured; take the same configuration without .debug"
        )
    find_toolchain().check(built.kernel, built.program(program.name))
    with folders.scratch(built.folder) as folder:
        traced = model.Trace(folder / "trace", *trace) if trace else None
        timed = model.Model(board, folder / "stamps", traced, counted=counted)
        plugin = timed.arguments(built.kernel)
        booted = guest(built, program, command_line, [*plugin, *extra])
        return Outcome(
            qemu.boot(booted, DEADLINE),
            (folder / "stamps").read_text(),
            (folder / "trace").read_text() if trace else "",
        )


def read_pingpong(
    log: Path, stamps: Path, configuration: str, revision: str
) -> pd.DataFrame:
    """The measurements of one boot of pingpong, a row for each sample.

    Columns: configuration, bytes, spaces (2: between two address spaces, 1:
    inside one), cache (warm, or cold: flushed before each message),
    round_trips, ticks (clock interrupts meanwhile), and for one message, one
    way, the COUNTS of the model.
    """
    parsed = read_records(log)
    if parsed.program != PINGPONG.name:
        raise Refused(f"{log}: records of {parsed.program}, not of pingpong")
    records.expect(parsed, configuration, revision, str(log))
    return one_way(read_joined(log, stamps)).assign(configuration=configuration)


def read_records(log: Path) -> records.Records:
    """The records in a log, of a kernel that may be measured."""
    try:
        text = qemu.read_console(log)
    except OSError as error:
        raise Refused(f"{log}: {error.strerror}") from error
    parsed = records.parse(text, str(log))
    return records.expect_measurable(parsed, str(log))


def read_joined(log: Path, stamps: Path) -> pd.DataFrame:
    """The samples of one boot, with what the model counted during each."""
    strange = model.strange_instructions(stamps)
    if strange:
        raise Refused(f"{stamps}: {strange[0]} ({len(strange)} such instructions)")
    samples = read_records(log).samples
    return join(samples, model.read_stamps(stamps), str(stamps))


def join(samples: pd.DataFrame, stamps: pd.DataFrame, source: str) -> pd.DataFrame:
    """Adds to each sample what the model counted between its two rdtsc.

    Every sample has executed two; the guest's own clock, which counts QEMU's
    executions of instructions, proves that they belong to it.
    """
    if len(stamps) != 2 * len(samples):
        raise Refused(
            f"{source}: {len(stamps)} stamps for {len(samples)} samples, which "
            "have two each"
        )
    counted = model.in_pairs(stamps)
    ticks = samples["end"] - samples["start"]
    if not (counted["executions"] * qemu.TSC_PER_INSTRUCTION == ticks).all():
        raise Refused(f"{source}: these stamps are not of these samples")
    return pd.concat([samples, counted], axis=1)


def one_way(joined: pd.DataFrame) -> pd.DataFrame:
    """From whole loops to one message, one way."""
    messages = 2 * joined["round_trips"]
    counts = {new: joined[old] / messages for old, new in COUNTS.items()}
    cache = joined["cold"].map(lambda cold: "cold" if cold else "warm")
    kept = joined[["bytes", "spaces", "round_trips", "ticks"]]
    return kept.assign(cache=cache, **counts)
