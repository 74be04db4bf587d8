# SPDX-License-Identifier: BSD-2-Clause
"""Threads that wait with a timeout (5.3.3)."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from harness import headers
from harness.build import Built
from harness.errors import Refused
from harness.experiments.experiment import ROUND_TRIP, Experiment, Row, boot, read
from harness.measure import SLEEPERS
from harness.models.i486.model import Board

MS_PER_TICK = headers.define("kernels/include/clock.h", "MS_PER_TICK")

WHAT = headers.enumerators("bench/sleepers.c", "what")
LOOP, INTERRUPTED_LOOP = WHAT["LOOP"], WHAT["INTERRUPTED_LOOP"]
CALL, CALL_WITH_TIMEOUT = WHAT["CALL"], WHAT["CALL_WITH_TIMEOUT"]


def measure(built: Built, board: Board, stem: Path) -> None:
    boot(built, board, stem, SLEEPERS)


def evaluate(stem: Path, board: Board) -> list[Row]:
    samples = read(stem)
    if samples.query("what != @INTERRUPTED_LOOP")["interrupts"].any():
        raise Refused(f"{stem}: a clock interrupt where none should be")
    rows: list[Row] = []
    for (far, sleepers), group in samples.groupby(["far", "sleepers"]):
        suffix = "_far" if far else ""
        tick = cycles_of_interrupt(group)
        values = {
            "clock_interrupt": (tick, ""),
            "call": (cycles_a_time(group, CALL), ROUND_TRIP),
            "call_with_timeout": (cycles_a_time(group, CALL_WITH_TIMEOUT), ROUND_TRIP),
        }
        for name, (value, direction) in values.items():
            rows.append(
                Row(
                    name + suffix,
                    value,
                    direction=direction,
                    parameter=str(sleepers),
                )
            )
        if sleepers == 0:
            idle = tick
        share = 100 * (tick - idle) / (MS_PER_TICK * 1000 * board.mhz)
        name = f"wakeup_share_of_processor{suffix}"
        rows.append(Row(name, share, "percent", parameter=str(sleepers)))
    return rows


def cycles_a_time(group: pd.DataFrame, what: int) -> float:
    (sample,) = group[group["what"] == what].itertuples()
    return sample.cycles / sample.times


def cycles_of_interrupt(group: pd.DataFrame) -> float:
    """What interrupts add to a loop, of which two lengths without tell the rest."""
    short, long = group[group["what"] == LOOP].itertuples()
    loop = (long.cycles - short.cycles) / (long.times - short.times)
    (sample,) = group[group["what"] == INTERRUPTED_LOOP].itertuples()
    return (sample.cycles - loop * sample.times) / sample.interrupts


def series(table: pd.DataFrame, _: int) -> pd.DataFrame:
    """For each number of sleepers: a column for each quantity and kernel."""
    rows = table.query("experiment == 'wakeup' and unit == 'cycles'")
    rows = rows.assign(sleepers=rows["parameter"].astype(int))
    series = rows.pivot(
        index="sleepers", columns=["quantity", "configuration"], values="value"
    )
    series.columns = [f"{quantity} {name}" for quantity, name in series.columns]
    return series.reset_index()


EXPERIMENT = Experiment(
    ("optimized", "optimized-wakeup_lists"), measure, evaluate, series
)
