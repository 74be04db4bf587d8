# SPDX-License-Identifier: BSD-2-Clause
"""Tables: from measurements to CSV files."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from harness import paper

# Whose numbers of the paper stand beside whose of ours.
PAPER_SYSTEM = {
    "optimized": ("L3", paper.AS_PRINTED),
    "baseline": ("Mach", paper.AS_DRAWN),
}


def table7(measurements: pd.DataFrame, spaces: int = 2) -> pd.DataFrame:
    """The paper's table 7: IPC time for each message size.

    measurements: as measure.read_pingpong makes them. spaces: 2, as in the
    paper, or 1. Columns: bytes, system, clock, one_way, unit, paper_us; the
    last one is L3's for the optimised kernel, Mach's (as drawn in the figures)
    for the baseline, and empty for one space.
    """
    rows = measurements[measurements["spaces"] == spaces]
    rows = rows.rename(columns={"configuration": "system"})
    columns = ["bytes", "system", "clock", "one_way", "unit"]
    table = rows[columns].sort_values(["bytes", "system"], kind="stable")
    table["paper_us"] = [
        _paper_us(system, size) if spaces == 2 else None
        for system, size in zip(table["system"], table["bytes"])
    ]
    return table.reset_index(drop=True)


def write(table: pd.DataFrame, path: Path) -> None:
    """CSV; measured numbers are multiples of 1/20000 and are written exactly."""
    formatted = table.copy()
    formatted["one_way"] = formatted["one_way"].map("{:.5f}".format)
    formatted.to_csv(path, index=False, lineterminator="\n")


def series(table: pd.DataFrame) -> pd.DataFrame:
    """For gnuplot: a row for each size, a column for each system and for the
    paper's systems."""
    ours = table.pivot(index="bytes", columns="system", values="one_way")
    ours["paper_L3_us"] = paper.one_way_us("L3")
    ours["paper_L3_cold_us"] = paper.one_way_us("L3") + paper.cold_penalty_us()
    ours["paper_Mach_us"] = paper.one_way_us("Mach", paper.AS_DRAWN)
    return ours.reset_index()


def _paper_us(system: str, size: int) -> float | None:
    if system not in PAPER_SYSTEM:
        return None
    return paper.one_way_us(*PAPER_SYSTEM[system]).get(size)
