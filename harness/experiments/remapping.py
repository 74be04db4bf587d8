# SPDX-License-Identifier: BSD-2-Clause
"""Pages that move (7.2)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from harness import paper
from harness.build import Built
from harness.experiments.experiment import ONE_WAY, Experiment, Row, boot, read
from harness.measure import REMAPPING as PROGRAM
from harness.models.i486.model import Board

REMAPPING = "optimized+page_remapping"


def measure(built: Built, board: Board, stem: Path) -> None:
    boot(built, board, stem, PROGRAM)


def evaluate(stem: Path, board: Board) -> list[Row]:
    """Each number of pages, and the line through them: the paper's is 8 + n us.
    A message without pages is none of them."""
    samples = read(stem)
    samples["one_way"] = samples["cycles"] / (2 * samples["round_trips"])
    some = samples.query("pages > 0")
    per_page, constant = np.polyfit(some["pages"], some["one_way"], 1)
    return [
        *(
            Row("one_way", s["one_way"], direction=ONE_WAY, parameter=str(s["pages"]))
            for s in samples.to_dict("records")
        ),
        Row("constant", constant, direction=ONE_WAY),
        Row("per_page", per_page, direction=ONE_WAY),
    ]


def series(table: pd.DataFrame, mhz: int) -> pd.DataFrame:
    """For each number of pages: us, and where the paper's line is."""
    rows = table.query("experiment == 'remapping' and quantity == 'one_way'")
    series = pd.DataFrame(
        {"pages": rows["parameter"].astype(int), "us": rows["value"] / mhz}
    ).query("pages > 0")
    constant = paper.value("remapping_constant", "L3")
    per_page = paper.value("remapping_per_page", "L3")
    series["paper_us"] = constant + per_page * series["pages"]
    return series


def remapping_line(table: pd.DataFrame, mhz: int) -> dict[str, str]:
    """us, as gnuplot reads them."""
    rows = table.query("experiment == 'remapping'").set_index("quantity")["value"]
    return {name: str(rows[name] / mhz) for name in ("constant", "per_page")}


EXPERIMENT = Experiment((REMAPPING,), measure, evaluate, series, remapping_line)
