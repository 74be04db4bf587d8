# SPDX-License-Identifier: BSD-2-Clause
"""Messages of 2 to 64 words: in virtual registers (the extension VIRTUAL_REGISTERS), as a
direct string through the window, and as one by two copies (without DIRECT_TRANSFER)."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from harness.build import Built
from harness.experiments.experiment import ONE_WAY, Experiment, Row, boot, read
from harness.measure import WORDS
from harness.models.i486.model import Board

REGISTERS, TWO_COPIES = "optimized+virtual_registers", "optimized-direct_transfer"

# By whether the message is in a block.
WAYS = {1: "in_registers", 0: "direct_string"}
CACHES = {0: "warm", 1: "cold"}
# A cache that is empty gets a line for each miss.
LINES = ["code_misses", "data_misses", "table_misses"]


def measure(built: Built, board: Board, stem: Path) -> None:
    boot(built, board, stem, WORDS)


def evaluate(stem: Path, board: Board) -> list[Row]:
    rows = []
    for sample in read(stem).to_dict("records"):
        messages = 2 * sample["round_trips"]
        way, words = WAYS[sample["block"]], str(sample["words"])
        values = {CACHES[sample["cold"]]: (sample["cycles"], "cycles")}
        if sample["cold"]:
            lines = sum(sample[kind] for kind in LINES)
            values["cache_lines"] = lines, "lines"
        else:
            values["tlb_misses"] = sample["tlb_misses"], "misses"
        for what, (value, unit) in values.items():
            name = f"{way}_{what}"
            rows.append(Row(name, value / messages, unit, ONE_WAY, words))
    return rows


def series(table: pd.DataFrame, _: int) -> pd.DataFrame:
    """For each number of words: cycles of each way, warm and cold."""
    rows = table.query("experiment == 'virtual_registers' and unit == 'cycles'")
    rows = rows.assign(words=rows["parameter"].astype(int))
    wide = rows.pivot(
        index="words", columns=["quantity", "configuration"], values="value"
    )
    wide.columns = [f"{quantity} {name}" for quantity, name in wide.columns]
    return wide.reset_index()


def side_by_side(table: pd.DataFrame) -> pd.DataFrame:
    """Of experiments.csv: a line each number of words; a column for what is counted of
    each way: in registers, direct string, direct string by two copies."""
    rows = table.query("experiment == 'virtual_registers'")
    rows = rows.assign(words=rows["parameter"].astype(int))
    wide = rows.pivot(
        index="words", columns=["configuration", "quantity"], values="value"
    )
    return pd.DataFrame(
        {
            f"{name} {what}": wide[configuration, f"{way}_{what}"]
            for what in ("warm", "cold", "tlb_misses", "cache_lines")
            for name, configuration, way in (
                ("registers", REGISTERS, "in_registers"),
                ("string", REGISTERS, "direct_string"),
                ("copied", TWO_COPIES, "direct_string"),
            )
        }
    )


def answer(wide: pd.DataFrame) -> dict[str, float]:
    """Of side_by_side: cycles of the longest message, and from how many words on virtual
    registers take less than a direct string."""
    longest = wide.loc[wide.index.max()]
    less = wide["registers warm"] < wide["string warm"]
    return {
        "most": wide.index.max(),
        "registers": longest["registers warm"],
        "string": longest["string warm"],
        "saved": longest["string warm"] - longest["registers warm"],
        "crossing": less.idxmax(),
    }


EXPERIMENT = Experiment((REGISTERS, TWO_COPIES), measure, evaluate, series)
