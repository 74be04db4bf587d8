# SPDX-License-Identifier: BSD-2-Clause
"""The fuzzer: the calls of a seed, made in the guest and by the reference model.

The guest (bench/fuzz) sends a digest of what has come of the calls every INTERVAL
of them. Where the model's digest differs for the first time, both are run again
and tell the calls in between in words; the first line that differs is reported.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, replace
from itertools import zip_longest
from pathlib import Path

from harness import measure, records, switches
from harness.build import BUILD, Built
from harness.errors import Refused
from harness.machines import qemu
from harness.models.ipc import model
from harness.switches import Configuration

FUZZ = measure.Program("fuzz", 4, memory_mb=40)

INTERVAL = 1000
MOST_CALLS = 100_000_000
MOST_SEED = 2**31 - 1

# Seconds of host time; a busy host makes a tenth of the calls of an idle one.
STARTING = 60
CALLS_PER_SECOND = 700

# Lines before the one that differs.
CONTEXT = 12


@dataclass(frozen=True)
class Job:
    """The calls of a seed on one configuration."""

    configuration: Configuration
    seed: int
    calls: int

    @property
    def command(self) -> str:
        return (
            f"make fuzz SEED={self.seed} CALLS={self.calls} "
            f"CONFIG={self.configuration}"
        )

    @property
    def log(self) -> Path:
        """Its own: another run may be on the same configuration."""
        return BUILD / "fuzz" / f"{self.configuration}-{self.seed}.log"

    def expected(self, window: tuple[int, int] = (1, 0)) -> str:
        return model.transcript(
            self.configuration, self.seed, self.calls, INTERVAL, window
        )


def configurations(seed: int) -> list[Configuration]:
    """Both ends, and one of the others that the seed chooses."""
    symbols = [switch.symbol for switch in switches.switches()]
    choice = random.Random(seed)
    while True:
        on = frozenset(s for s in symbols if choice.random() < 0.5)
        try:
            chosen = switches.check(Configuration(on))
        except Refused:
            continue
        if 1 < len(on) < len(symbols) - 1:
            return [switches.baseline(), switches.optimized(), chosen]


def check(built: Built, job: Job) -> None:
    """Refuses a kernel that does not do what the model says, with the reason."""
    try:
        console = boot(built, job)
        window = first_difference(built, job, console)
        if not window:
            job.log.unlink(missing_ok=True)
            return
        trouble = explain(built, job, window)
    except Refused as refusal:
        trouble = f"{refusal}\n{last_lines(job.log)}"
    raise Refused(
        f"{job.configuration} with seed {job.seed}: {trouble}\n"
        f"console in {job.log}; the same again: {job.command}"
    )


def boot(built: Built, job: Job, window: tuple[int, int] = (1, 0)) -> str:
    """The guest's console."""
    first, last = window
    calls = min(last, job.calls) or job.calls
    command_line = f"seed={job.seed} calls={calls} interval={INTERVAL}"
    if last:
        command_line += f" first={first} last={last}"
    guest = measure.guest(built, FUZZ, command_line)
    log = job.log.with_suffix(".words.log") if last else job.log
    return qemu.boot(replace(guest, log=log), STARTING + calls / CALLS_PER_SECOND)


def first_difference(built: Built, job: Job, console: str) -> tuple[int, int] | None:
    """Between which calls the guest and the model first disagree."""
    source = f"fuzz on {job.configuration}"
    parsed = records.parse(console, source)
    if parsed.program != FUZZ.name:
        raise Refused(f"{source}: records of {parsed.program}, not of fuzz")
    records.expect(parsed, job.configuration.name, built.revision, source)
    told = list(zip(parsed.samples["call"], parsed.samples["digest"]))
    expected = [
        (int(call), int(digest))
        for call, digest in re.findall(r"^digest (\d+) (\d+)$", job.expected(), re.M)
    ]
    before = 0
    for ours, theirs in zip_longest(told, expected):
        if ours != theirs:
            return before + 1, (theirs or ours)[0]
        before = theirs[0]
    return None


def in_words(text: str) -> list[str]:
    """The lines that tell calls, among others."""
    return [line for line in text.splitlines() if re.match(r"call \d|  \S", line)]


def explain(built: Built, job: Job, window: tuple[int, int]) -> str:
    """The first call that differs, in words, of those in the window."""
    first, last = window
    theirs = in_words(job.expected(window))
    ours = in_words(boot(built, job, window))
    for n, (kernel, expected) in enumerate(zip_longest(ours, theirs)):
        if kernel != expected:
            before = "\n".join(ours[max(0, n - CONTEXT) : n])
            return (
                "the kernel does not do what the model says:\n"
                f"{before}\nkernel: {(kernel or 'nothing').strip()}\n"
                f"model:  {(expected or 'nothing').strip()}"
            )
    return (
        f"calls {first} to {last} have differed from the model's, but not when made "
        "again: what happens depends on the clock"
    )


def last_lines(log: Path, count: int = 8) -> str:
    if not log.exists():
        return ""  # it was not even booted
    return "\n".join(qemu.read_console(log).splitlines()[-count:])
