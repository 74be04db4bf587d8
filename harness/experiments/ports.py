# SPDX-License-Identifier: BSD-2-Clause
"""Messages to a port (7.1, table 5)."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from harness.build import Built
from harness.experiments.experiment import ONE_WAY, ROUND_TRIPS, Experiment, Row, boot
from harness.experiments.experiment import logs, one_warm_sample
from harness.measure import PINGPONG
from harness.models.i486.model import Board

PORTS = "optimized+ports"


def measure(built: Built, board: Board, stem: Path) -> None:
    """Twice: by uid, and, if the kernel has them, by port."""
    series = f"bytes=8 rounds={ROUND_TRIPS}"
    boot(built, board, stem, PINGPONG, series)
    if "PORTS" in built.configuration.on:
        boot(built, board, by_port(stem), PINGPONG, f"{series} ports=1")


def by_port(stem: Path) -> Path:
    return stem.with_name(f"{stem.name}.by_port")


def evaluate(stem: Path, board: Board) -> list[Row]:
    rows = one_way_rows(stem, "by uid")
    if len(logs(stem)) > 1:
        rows += one_way_rows(by_port(stem), "by port")
    return rows


def one_way_rows(stem: Path, parameter: str) -> list[Row]:
    sample = one_warm_sample(stem)
    return [
        Row("one_way", sample["cycles"], "cycles", ONE_WAY, parameter),
        Row("tlb_misses", sample["tlb_misses"], "misses", ONE_WAY, parameter),
    ]


def added(table: pd.DataFrame) -> list[tuple[str, Row]]:
    """What a port adds to a message of the kernel that has none."""
    rows = table.query("experiment == 'ports' and quantity == 'one_way'")
    cycles = rows.set_index(["configuration", "parameter"])["value"]
    more = cycles[PORTS, "by port"] - cycles["optimized", "by uid"]
    return [(PORTS, Row("added", more, direction=ONE_WAY))]


EXPERIMENT = Experiment(("optimized", PORTS), measure, evaluate, across=added)
