# SPDX-License-Identifier: BSD-2-Clause
"""The paper's minima (tables 3, 4, 5)."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from harness.build import Built
from harness.experiments.experiment import ONE_WAY, Experiment, Row, csv
from harness.models.i486 import model, validate
from harness.models.i486.model import Board

# In the names of the validation guest's brackets; how many messages it takes.
MINIMA = {
    "table 3": ("null_message", 16),
    "table 4": ("temporary_mapping", 1),
    "table 5": ("port_access", 1),
}
MINIMA_GUEST = "paging"


def run_guest(guest: str, stem: Path) -> None:
    """A guest that validates the model, on its own board: no cache misses, as in the
    paper's sums. Leaves what was counted in each of its brackets."""
    image = validate.build_guest(guest)
    _, stamps = validate.run(image, validate.GUESTS[guest])
    names = [name for name, _ in validate.brackets(image)]
    model.in_pairs(stamps).assign(bracket=names).to_csv(csv(stem), index=False)


def measure(_: Built, __: Board, stem: Path) -> None:
    run_guest(MINIMA_GUEST, stem)


def evaluate(stem: Path, _: Board) -> list[Row]:
    tlb_miss = model.load_board(validate.GUESTS[MINIMA_GUEST]).numbers["tlb_miss"]
    table = pd.read_csv(csv(stem))
    rows: list[Row] = []
    for source, (name, times) in MINIMA.items():
        (found,) = table[table["bracket"].str.contains(source)].to_dict("records")
        cycles, tlb = found["cycles"] / times, found["tlb_misses"] * tlb_miss / times
        values = {"_execution": cycles - tlb, "_tlb_misses": tlb, "": cycles}
        direction = ONE_WAY if name == "null_message" else ""
        rows += [
            Row(f"{name}{of}", value, parameter=source, direction=direction)
            for of, value in values.items()
        ]
    return rows


EXPERIMENT = Experiment(("",), measure, evaluate)
