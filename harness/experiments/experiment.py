# SPDX-License-Identifier: BSD-2-Clause
"""What the experiments share: the rows of experiments.csv, and boots that leave files.

A boot of an experiment leaves files with one stem and various suffixes; from these
alone its rows are made.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from harness import measure
from harness.build import Built
from harness.models.i486.model import Board
from harness.tables import MODEL

ONE_WAY, ROUND_TRIP = "one way", "round trip"
BOTH_ENDS = ("baseline", "optimized")
ROUND_TRIPS = 1000  # of a series of pingpong
CACHE_LINE = 16  # bytes, of a 486


@dataclass(frozen=True)
class Row:
    """A number of experiments.csv. The quantity's names are those that plots and claims
    look for; direction: of a message, '' if it is of none."""

    quantity: str
    value: float
    unit: str = "cycles"
    direction: str = ""
    parameter: str = ""
    clock: str = MODEL


# In the order of the file's columns.
COLUMNS = ("parameter", "quantity", "value", "unit", "clock", "direction")
ALL_COLUMNS = ("experiment", "configuration", *COLUMNS)


def frame(rows: list[Row]) -> pd.DataFrame:
    return pd.DataFrame([vars(row) for row in rows], columns=list(COLUMNS))


@dataclass(frozen=True)
class Experiment:
    """measure boots a configuration and leaves files with a stem; evaluate makes rows
    of them. configurations: '' for a guest that is not our kernel."""

    configurations: tuple[str, ...]
    measure: Callable[[Built, Board, Path], None]
    evaluate: Callable[[Path, Board], list[Row]]
    # From experiments.csv and MHz: the figure's data, and its gnuplot variables.
    series: Callable[[pd.DataFrame, int], pd.DataFrame] | None = None
    variables: Callable[[pd.DataFrame, int], dict[str, object]] = lambda _, __: {}
    # Rows that need those of several kernels: (configuration, row).
    across: Callable[[pd.DataFrame], list[tuple[str, Row]]] = lambda _: []


def boot(
    built: Built,
    board: Board,
    stem: Path,
    program: measure.Program,
    options: str = "",
    **more: object,
) -> measure.Outcome:
    """Leaves its console and its stamps."""
    outcome = measure.boot(built, program, options, board, **more)
    outcome.save(stem)
    return outcome


def read(stem: Path) -> pd.DataFrame:
    """Its samples, with what the model counted during each."""
    return measure.read_joined(
        stem.with_name(f"{stem.name}.log"), stem.with_name(f"{stem.name}.stamps")
    )


def csv(stem: Path) -> Path:
    return stem.with_name(f"{stem.name}.csv")


def logs(stem: Path) -> list[Path]:
    """Of all its boots: some experiments boot more than once."""
    return [
        *stem.parent.glob(f"{stem.name}.log"),
        *stem.parent.glob(f"{stem.name}.*.log"),
    ]


def one_warm_sample(stem: Path) -> dict[str, float]:
    """Of a boot of pingpong with one size: one message, between two spaces."""
    found = measure.one_way(read(stem)).query("spaces == 2 and cache == 'warm'")
    (sample,) = found.to_dict("records")
    return sample
