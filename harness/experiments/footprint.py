# SPDX-License-Identifier: BSD-2-Clause
"""The cache lines that one round trip touches (section 6)."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from harness import paper, profile
from harness.build import Built
from harness.experiments.experiment import BOTH_ENDS, CACHE_LINE, ROUND_TRIP
from harness.experiments.experiment import Experiment, Row, csv
from harness.models.i486.model import Board


def measure(built: Built, board: Board, stem: Path) -> None:
    """Leaves the cache lines that one round trip of 8 bytes touches."""
    found = profile.profile(built, board, profile.Series(8))
    table = pd.DataFrame(profile.lines_touched(found.all), columns=["kind", "line"])
    table.to_csv(csv(stem), index=False)


def evaluate(stem: Path, board: Board) -> list[Row]:
    """The paper counts the lines that are valid afterwards, in a cache that was
    empty; a write alone does not bring a line into a 486's."""
    lines = pd.read_csv(csv(stem)).groupby("kind")["line"].agg(set)
    empty: set[int] = set()
    code, data = lines.get(profile.CODE, empty), lines.get(profile.READ, empty)
    page_tables = lines.get(profile.TABLES, empty)
    valid = code | data | page_tables
    counts = {
        "code": len(code),
        "data": len(data),
        "page_tables": len(page_tables),
        "only_written": len(lines.get(profile.WRITTEN, empty) - valid),
        "valid": len(valid),
    }
    rows = [
        Row(name, count, "lines", ROUND_TRIP, "8") for name, count in counts.items()
    ]
    bytes_ = counts["valid"] * CACHE_LINE
    return [*rows, Row("footprint", bytes_, "bytes", ROUND_TRIP, "8")]


def series(table: pd.DataFrame, _: int) -> pd.DataFrame:
    """A row for each kernel, and the paper's."""
    rows = table.query("experiment == 'footprint' and quantity != 'footprint'")
    series = rows.pivot(index="configuration", columns="quantity", values="value")
    series.loc["L3 (paper)"] = pd.Series(
        {"valid": paper.value("cache_footprint", "L3") / CACHE_LINE}
    )
    return series.reset_index()


EXPERIMENT = Experiment(BOTH_ENDS, measure, evaluate, series)
