# SPDX-License-Identifier: BSD-2-Clause
"""A kernel stack a thread, and one for the processor (5.2.4)."""

from __future__ import annotations

from pathlib import Path

from harness.build import Built
from harness.experiments.experiment import ONE_WAY, ROUND_TRIPS, Experiment, Row, boot
from harness.experiments.experiment import one_warm_sample
from harness.measure import PINGPONG
from harness.models.i486.model import Board


def measure(built: Built, board: Board, stem: Path) -> None:
    boot(built, board, stem, PINGPONG, f"bytes=8 rounds={ROUND_TRIPS}")


def evaluate(stem: Path, board: Board) -> list[Row]:
    cycles = one_warm_sample(stem)["cycles"]
    return [Row("one_way", cycles, direction=ONE_WAY, parameter="8")]


EXPERIMENT = Experiment(
    ("optimized", "optimized-thread_kernel_stacks"), measure, evaluate
)
