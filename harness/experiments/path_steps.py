# SPDX-License-Identifier: BSD-2-Clause
"""The steps of the hand-coded path (5.5.4)."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from harness import profile
from harness.build import Built
from harness.experiments.experiment import ONE_WAY, Experiment, Row, csv
from harness.models.i486.model import Board

OF_THEM_TLB = ", of them TLB misses"


def measure(built: Built, board: Board, stem: Path) -> None:
    """Leaves the cycles of each step of one round trip of 8 bytes."""
    found = profile.profile(built, board, profile.Series(8))
    profile.path_steps(found.messages).to_csv(csv(stem), index=False)


def evaluate(stem: Path, board: Board) -> list[Row]:
    rows: list[Row] = []
    for step in pd.read_csv(csv(stem)).itertuples():
        values = {step.message: step.cycles, step.message + OF_THEM_TLB: step.tlb}
        rows += [
            Row(step.step, value, direction=ONE_WAY, parameter=message)
            for message, value in values.items()
        ]
    return rows


def series(table: pd.DataFrame, _: int) -> pd.DataFrame:
    """A row for each step: of a call and of a reply, cycles without TLB misses, and
    those for TLB misses; 0 where a message has no such step."""
    rows = table.query("experiment == 'steps'")
    wide = rows.pivot(index="quantity", columns="parameter", values="value")
    series = pd.DataFrame({"step": profile.merged(rows["parameter"], rows["quantity"])})
    for message in profile.MESSAGES:
        all_, tlb = wide[message], wide[message + OF_THEM_TLB]
        series[message] = series["step"].map(all_ - tlb)
        series[f"{message}_tlb"] = series["step"].map(tlb)
    return series.fillna(0)


EXPERIMENT = Experiment(("optimized",), measure, evaluate, series)
