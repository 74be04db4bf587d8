# SPDX-License-Identifier: BSD-2-Clause
"""report.md: the tables of a run beside the paper's, for people."""

from __future__ import annotations

from pathlib import Path

import jinja2
import pandas as pd

from harness import paper, tables

TEMPLATES = Path(__file__).parent / "templates"


def write(
    folder: Path,
    table7: pd.DataFrame,
    one_space: pd.DataFrame,
    events: pd.DataFrame,
    facts: dict[str, object],
) -> None:
    """table7, one_space, events: as tables makes them; facts: provenance."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    text = environment.get_template("report.md").render(
        facts=facts,
        sizes=sorted(table7["bytes"].unique()),
        us=_finder(table7, tables.MODEL),
        instructions=_finder(table7, tables.INSTRUCTIONS),
        us_one_space=_finder(one_space, tables.MODEL),
        events=events.query("spaces == 2 and bytes == 8").to_dict("records"),
        l3=paper.one_way_us("L3"),
        l3_cold=(paper.one_way_us("L3") + paper.cold_penalty_us()).round(1),
        mach_printed=paper.one_way_us("Mach", paper.AS_PRINTED),
        mach_drawn=paper.one_way_us("Mach", paper.AS_DRAWN),
    )
    (folder / "report.md").write_text(text)


def _finder(table: pd.DataFrame, clock: str) -> dict[tuple[int, str, str], float]:
    """From size, system and cache to what one message takes."""
    rows = table[table["clock"] == clock]
    keys = zip(rows["bytes"], rows["system"], rows["cache"])
    return dict(zip(keys, rows["one_way"]))
