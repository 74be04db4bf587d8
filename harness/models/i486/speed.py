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

PASSES = 50  # of the workload: about 400 million instructions
RUNS = 5  # of each kind, in turn; the fastest counts


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
    measured = [(_once(built, board), _once(built, None)) for _ in range(RUNS)]
    return Speed(max(w for w, _ in measured), max(w for _, w in measured))


def _once(built: Built, board: model.Board | None) -> float:
    """Millions of instructions a second; booting, a few of them, included."""
    start = time.monotonic()
    outcome = measure.run(built, measure.WORKLOAD, f"passes={PASSES}", board=board)
    seconds = time.monotonic() - start
    (sample,) = records.parse(outcome.console, "workload").samples.itertuples()
    return (sample.end - sample.start) / qemu.TSC_PER_INSTRUCTION / seconds / 1e6
