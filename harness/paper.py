# SPDX-License-Identifier: BSD-2-Clause
"""The paper's own numbers, from paper.csv."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

Numbers: TypeAlias = float | pd.Series

AS_PRINTED = "table 7"
AS_DRAWN = "figures 7 and 8"


@cache
def numbers() -> pd.DataFrame:
    """Columns: source, quantity, system, bytes, value, unit, note."""
    return pd.read_csv(Path(__file__).parent / "paper.csv")


def one_way_us(system: str, source: str = AS_PRINTED) -> pd.Series:
    """IPC time, one way, in us; index: bytes. system: L3 or Mach."""
    return _by_bytes("one_way", system, source)


def cold_penalty_us() -> pd.Series:
    """What L3 takes longer, one way, in us, with a cold cache; index: bytes."""
    return _by_bytes("cold_penalty", "L3", AS_PRINTED)


def value(quantity: str, system: str) -> float:
    """A number that there is once."""
    (found,) = rows(quantity=quantity, system=system)["value"]
    return float(found)


def rows(**where: str | float) -> pd.DataFrame:
    """Those in which the columns have these values."""
    found = numbers()
    for column, wanted in where.items():
        found = found[found[column] == wanted]
    return found


def convert(number: float, unit: str, to: str) -> float:
    """Between us and cycles of the paper's machine."""
    if unit == to:
        return number
    mhz = value("clock", "486DX-50")
    return {("us", "cycles"): number * mhz, ("cycles", "us"): number / mhz}[unit, to]


def _by_bytes(quantity: str, system: str, source: str) -> pd.Series:
    rows = numbers().query(
        "quantity == @quantity and system == @system and source == @source"
    )
    return pd.Series(rows["value"].values, index=rows["bytes"].astype(int).values)


# Percents agree if they differ by no more points than this.
POINTS = 5


def agree_in_points(papers: Numbers, ours: Numbers) -> Any:
    """Of two percents, or of two columns of them. A saving never agrees with a cost,
    however small; what is not there agrees with nothing."""
    near = np.abs(ours - papers) <= POINTS
    return near & (np.round(ours) * papers >= 0)
