# SPDX-License-Identifier: BSD-2-Clause
"""Tables: from measurements to CSV files."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from harness import paper
from harness.measure import COUNTS

MODEL = "i486 model"
INSTRUCTIONS = "instructions"

# Whose numbers of the paper stand beside whose of ours.
PAPER_SYSTEM = {
    "optimized": ("L3", paper.AS_PRINTED),
    "baseline": ("Mach", paper.AS_DRAWN),
}


def table7(measurements: pd.DataFrame, mhz: int, spaces: int = 2) -> pd.DataFrame:
    """The paper's table 7: IPC time for each message size, one way.

    measurements: as measure.read_pingpong makes them. mhz: the modelled
    processor's. spaces: 2, as in the paper, or 1. Columns: bytes, system, cache
    (warm or cold), clock (i486 model or instructions), one_way, unit (us or
    instructions), paper_us: L3's for the optimised kernel, Mach's (as drawn in
    the figures) for the baseline, empty where the paper has none.
    """
    rows = measurements[measurements["spaces"] == spaces]
    rows = rows.rename(columns={"configuration": "system"})
    cycles = rows.assign(clock=MODEL, one_way=rows["cycles"] / mhz, unit="us")
    counted = rows.assign(
        clock=INSTRUCTIONS, one_way=rows["instructions"], unit="instructions"
    )
    table = pd.concat([cycles, counted])
    columns = ["bytes", "system", "cache", "clock", "one_way", "unit"]
    order = ["clock", "cache", "bytes", "system"]
    table = table.sort_values(order, ascending=[True, False, True, True])[columns]
    table["paper_us"] = [
        paper_us(system, size, cache) if spaces == 2 else None
        for system, size, cache in zip(table["system"], table["bytes"], table["cache"])
    ]
    return table.reset_index(drop=True)


def events(measurements: pd.DataFrame) -> pd.DataFrame:
    """All that the model counted, for one message, one way."""
    columns = ["configuration", "spaces", "cache", "bytes", *COUNTS.values()]
    order = ["configuration", "spaces", "cache", "bytes"]
    ascending = [True, False, False, True]
    return measurements.sort_values(order, ascending=ascending)[columns]


def write(table: pd.DataFrame, path: Path) -> None:
    """CSV. Five decimals: what is measured over 20,000 messages has no more."""
    table.round(5).to_csv(path, index=False, lineterminator="\n")


def series(table: pd.DataFrame) -> pd.DataFrame:
    """For gnuplot: us for each size (rows), of each system and of the paper's."""
    rows = table[table["clock"] == MODEL]
    ours = rows.pivot(index="bytes", columns=["system", "cache"], values="one_way")
    ours.columns = [f"{system}_{cache}" for system, cache in ours.columns]
    ours["paper_L3"] = paper.one_way_us("L3")
    ours["paper_L3_cold"] = paper.one_way_us("L3") + paper.cold_penalty_us()
    ours["paper_Mach"] = paper.one_way_us("Mach", paper.AS_DRAWN)
    per_byte = paper.value("one_way_per_byte", "bare data move")
    ours["paper_bare_move"] = ours.index * per_byte
    return ours.reset_index()


def paper_us(system: str, size: int, cache: str) -> float | None:
    """What the paper has for one of our two ends, or None."""
    if system not in PAPER_SYSTEM or (system != "optimized" and cache == "cold"):
        return None
    warm = paper.one_way_us(*PAPER_SYSTEM[system])[size]
    cold = paper.cold_penalty_us()[size] if cache == "cold" else 0
    return round(float(warm + cold), 1)
