# SPDX-License-Identifier: BSD-2-Clause
"""How fast the i486 model is: a guest that computes, with it and without.

Host times, which differ from machine to machine and from run to run: they are
told, and nothing is decided by them.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from harness import measure, records, switches
from harness.build import Built, build
from harness.machines import qemu
from harness.models.i486 import model

# Passes of the workload: what the long run takes longer than the short one is
# without booting. The fastest of many is the least disturbed by others on the host.
SHORT, LONG = 1, 11
RUNS = 12


@dataclass(frozen=True)
class Speed:
    """Millions of guest instructions in a second of host time, on one core."""

    with_model: float
    without: float

    def __str__(self) -> str:
        return (
            f"speed of the model: {self.with_model:.0f} million guest instructions "
            f"a second; QEMU without it: {self.without:.0f} (host clock, this "
            f"machine, the best of {RUNS} runs)"
        )


def measure_speed() -> Speed:
    built = build(switches.optimized())
    board = model.load_board(model.DEFAULT_BOARD)
    pairs = [(_boots(built, board), _boots(built, None)) for _ in range(RUNS)]
    return Speed(_best([w for w, _ in pairs]), _best([w for _, w in pairs]))


Boot = tuple[float, int]  # seconds of host time, instructions of the workload


def _boots(built: Built, board: model.Board | None) -> tuple[Boot, Boot]:
    return _boot(built, board, SHORT), _boot(built, board, LONG)


def _best(boots: list[tuple[Boot, Boot]]) -> float:
    """Millions of instructions a second, from the fastest of each length."""
    short, long = (min(lengths) for lengths in zip(*boots))
    return (long[1] - short[1]) / (long[0] - short[0]) / 1e6


def _boot(built: Built, board: model.Board | None, passes: int) -> Boot:
    start = time.monotonic()
    outcome = measure.boot(built, measure.WORKLOAD, f"passes={passes}", board=board)
    seconds = time.monotonic() - start
    (sample,) = records.parse(outcome.console, "workload").samples.itertuples()
    return seconds, (sample.end - sample.start) // qemu.TSC_PER_INSTRUCTION
