# SPDX-License-Identifier: BSD-2-Clause
"""The one page of a run, report.md and report.html: the result, the figures and tables,
where the cycles go, what has become of the paper's claims, and the rest."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from harness import claims, factorial, figures, page, paper, peers, results, tables
from harness.experiments import anatomy, notifications, virtual_registers
from harness.render import render

# Files of a run that are shown as they are, if they are there.
TABLE1 = "table1.md"
EXPERIMENTS = "experiments.csv"
PEERS = "peers.csv"

# Figures that have a place of their own on the page; others are shown after the
# experiments.
PLACED = ("anatomy", "figure7", "figure8", "table1", "cumulative", "steps")
PLACED += ("shares_8", "shares_4096", "notifications", "virtual_registers")

# Experiments that have a section of their own.
OWN_SECTION = ("minimum", "bare_move", "anatomy", "anatomy_of_mach", "notifications")
OWN_SECTION += ("virtual_registers",)


def write(folder: Path) -> pd.DataFrame:
    """From the CSV files of a run to claims.csv, report.md and report.html; the
    claims."""
    facts = results.read_provenance(folder)
    found = claims.evaluate(folder, facts)
    tables.write(found, folder / "claims.csv")
    text = render("report.md", **content(folder, facts, found))
    (folder / "report.md").write_text(text)
    (folder / "report.html").write_text(page.html(text, folder))
    return found


def content(folder: Path, facts: dict[str, Any], found: pd.DataFrame) -> dict[str, Any]:
    """What the template of report.md reads."""
    table7 = _read(folder / "table7.csv")
    one_space = _read(folder / "table7_one_space.csv")
    table1 = folder / TABLE1
    experiments = _tidy(folder / EXPERIMENTS)
    drawn = {path.stem for path in folder.glob("*.svg")}
    return {
        "facts": facts,
        "compiler_note": results.compiler_note(facts),
        "claims": found.to_dict("records"),
        "counts": pd.crosstab(found["group"], found["verdict"])
        .reindex(index=found["group"].unique(), columns=claims.VERDICTS, fill_value=0)
        .assign(all=lambda counts: counts.sum(axis=1)),
        "verdicts": claims.VERDICTS,
        "sizes": sorted(table7["bytes"].unique()) if len(table7) else [],
        "us": _finder(table7, tables.MODEL),
        "instructions": _finder(table7, tables.INSTRUCTIONS),
        "us_one_space": _finder(one_space, tables.MODEL),
        "events": _events(folder / "events.csv"),
        "l3": paper.one_way_us("L3"),
        "l3_cold": (paper.one_way_us("L3") + paper.cold_penalty_us()).round(1),
        "mach_printed": paper.one_way_us("Mach", paper.AS_PRINTED),
        "mach_drawn": paper.one_way_us("Mach", paper.AS_DRAWN),
        "null_rpc": _table2(folder / "table2.csv").to_dict("records"),
        "table1": table1.read_text() if table1.exists() else "",
        "experiments": _wide(experiments),
        "anatomy": _anatomy(experiments),
        **_after(experiments),
        "path": anatomy.PATH if (folder / anatomy.PATH).exists() else "",
        "orders": _orders(folder / factorial.CSV_OF_RUN),
        "peers": _tidy(folder / PEERS).to_dict("records"),
        "figures": sorted(drawn & figures.captions().keys()),
        "shown_elsewhere": PLACED,
    }


def _read(path: Path) -> pd.DataFrame:
    return pd.read_csv(path) if path.exists() else pd.DataFrame()


def _table2(path: Path) -> pd.DataFrame:
    """Without a run's file: of a run that has measured table 1 only."""
    return pd.read_csv(path) if path.exists() else peers.table2(None, None)


def _tidy(path: Path) -> pd.DataFrame:
    """Rows with a number each; sizes and parameters as they are written."""
    if not path.exists():
        return pd.DataFrame()
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    return table.assign(value=pd.to_numeric(table["value"]))


def _wide(table: pd.DataFrame) -> dict[str, dict[str, Any]]:
    """By experiment, without those that have a section of their own: the parameters, and
    lines with what they are of and a value for each parameter."""
    if table.empty:
        return {}
    about = ["configuration", "quantity", "unit", "clock", "direction"]
    wide = {}
    for name, rows in table.groupby("experiment", sort=False):
        if name not in OWN_SECTION:
            lines = [
                (of, group.set_index("parameter")["value"].to_dict())
                for of, group in rows.groupby(about, sort=False)
            ]
            wide[name] = {"parameters": rows["parameter"].unique(), "lines": lines}
    return wide


def _anatomy(table: pd.DataFrame) -> dict[str, list[Any]]:
    """The systems; and lines: a group, and its cycles in each of them. Last the sums."""
    if table.empty or not (table["experiment"] == "anatomy").any():
        return {"systems": [], "lines": [], "outside": []}
    wide = anatomy.side_by_side(table)
    lines = [(group, list(row)) for group, row in wide.iterrows()]
    return {
        "systems": list(wide.columns),
        "lines": [*lines, ("**all**", list(wide.sum()))],
        "outside": anatomy.outside(table),
    }


def _after(table: pd.DataFrame) -> dict[str, Any]:
    """Of the extensions that came after the paper: lines, and the numbers of the answers."""
    there = set() if table.empty else set(table["experiment"])
    found: dict[str, Any] = {"after": [], "words": []}
    if "notifications" in there:
        wide = notifications.side_by_side(table)
        found["after"] = [(about, list(cycles)) for about, cycles in wide.iterrows()]
        found["notify"] = notifications.answer(wide)
    if "virtual_registers" in there:
        wide = virtual_registers.side_by_side(table)
        found["words"] = [(words, list(values)) for words, values in wide.iterrows()]
        found["words_answer"] = virtual_registers.answer(wide)
    return found


def _orders(path: Path) -> int:
    """By how many drawn orders the shares are; 0: there are none."""
    return int(pd.read_csv(path)["orders"].iloc[0]) if path.exists() else 0


def _events(path: Path) -> list[dict[str, Any]]:
    events = _read(path)
    if events.empty:
        return []
    return events.query("spaces == 2 and bytes == 8").to_dict("records")


def _finder(table: pd.DataFrame, clock: str) -> dict[tuple[int, str, str], float]:
    """From size, system and cache to what one message takes."""
    if table.empty:
        return {}
    rows = table[table["clock"] == clock]
    keys = zip(rows["bytes"], rows["system"], rows["cache"])
    return dict(zip(keys, rows["one_way"]))
