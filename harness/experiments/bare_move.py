# SPDX-License-Identifier: BSD-2-Clause
"""The bare data move (section 6, figure 8)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from harness.build import Built
from harness.experiments.experiment import Experiment, Row, csv
from harness.experiments.minimum import run_guest
from harness.models.i486.model import Board


def measure(_: Built, __: Board, stem: Path) -> None:
    run_guest("moves", stem)


def evaluate(stem: Path, _: Board) -> list[Row]:
    """Each length, and the line through them."""
    table = pd.read_csv(csv(stem))
    lengths = table["bracket"].str.extract(r"^rep movsd, (\d+) bytes")[0]
    moves = table.assign(bytes=lengths).dropna().astype({"bytes": int})
    per_byte, constant = np.polyfit(moves["bytes"], moves["cycles"], 1)
    return [
        *(
            Row("bare_move", m.cycles, parameter=str(m.bytes))
            for m in moves.itertuples()
        ),
        Row("constant", constant),
        Row("per_byte", per_byte),
    ]


EXPERIMENT = Experiment(("",), measure, evaluate)
