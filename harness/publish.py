# SPDX-License-Identifier: BSD-2-Clause
"""A run's tables for a paper or a page: the same in CSV, Markdown and LaTeX.

The CSV files beside the report are for programs, with a number a row. These are for
readers: numbers as one prints them, the paper's beside ours, clock and direction in the
caption.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from harness import ablation, claims, factorial, measure, tables
from harness.experiments import anatomy
from harness.render import short

FOLDER = "tables"
SAMPLES = "samples.csv"

MODEL_ONE_WAY = "One message, one way, by the i486 model of board {board}"


@dataclass(frozen=True)
class Table:
    """frame: texts only, the first column names the rows."""

    name: str
    caption: str
    frame: pd.DataFrame


def write(folder: Path, board: str) -> None:
    """From the CSV files of a run to folder/tables, each as NAME.csv, .md and .tex."""
    target = folder / FOLDER
    target.mkdir(exist_ok=True)
    for table in of_run(folder, board):
        table.frame.to_csv(target / f"{table.name}.csv", index=False)
        (target / f"{table.name}.md").write_text(markdown(table))
        (target / f"{table.name}.tex").write_text(latex(table))


def of_run(folder: Path, board: str) -> Iterator[Table]:
    """Those that the run has measured."""
    one_way = MODEL_ONE_WAY.format(board=board)
    makers = {
        "table7.csv": (
            _table7,
            f"{one_way}, us; in parentheses the paper's, of L3 beside optimized and of "
            "Mach beside baseline (table 7, figures 7 and 8)",
        ),
        "table2.csv": (_table2, "Null RPC, round trip, us (table 2)"),
        "table1.csv": (
            _table1,
            f"{one_way}, warm, between two spaces: by how many percent it takes longer "
            "without a technique; in parentheses the paper's (table 1)",
        ),
        factorial.CSV_OF_RUN: (
            _shares,
            f"{one_way}, warm: percent of what all techniques save, from the baseline to "
            "the optimized kernel, on the average over drawn orders; in parentheses "
            "between which it is in 95 of 100 resamplings",
        ),
        "experiments.csv": (
            _anatomy,
            f"{one_way}, warm, 8 bytes between two spaces: cycles by what they are for",
        ),
        "claims.csv": (_claims, "The paper's claims, by what became of them"),
    }
    for source, (make, caption) in makers.items():
        path = folder / source
        if path.exists():
            frame = make(pd.read_csv(path, dtype={"parameter": str}))
            if len(frame):
                yield Table(make.__name__.strip("_"), caption, frame)


def _table7(table: pd.DataFrame) -> pd.DataFrame:
    rows = table[table["clock"] == tables.MODEL]
    cells = rows["one_way"].map("{:.2f}".format)
    cells += rows["paper_us"].map(lambda us: "" if pd.isna(us) else f" ({us:g})")
    rows = rows.assign(cell=cells, column=rows["system"] + ", " + rows["cache"])
    wide = rows.pivot(index="bytes", columns="column", values="cell")
    order = ["optimized, warm", "optimized, cold", "baseline, warm", "baseline, cold"]
    return wide[order].rename_axis(columns=None).reset_index()


def _table2(table: pd.DataFrame) -> pd.DataFrame:
    return table.assign(us=table["us"].map(short))


def _table1(table: pd.DataFrame) -> pd.DataFrame:
    """All switches: those that the paper has not have no number of it."""
    rows = table.query("order == 'minus'")
    said = rows["paper_percent"].map(lambda n: "" if pd.isna(n) else f" ({n:g})")
    increase = rows["increase_percent"].round(1) + 0.0  # no -0
    rows = rows.assign(cell=increase.map("{:+.1f}".format) + said)
    wide = rows.pivot(index="switch", columns="bytes", values="cell")
    order = list(dict.fromkeys(rows["switch"]))
    return wide.loc[order].rename_axis(columns=None).reset_index()


def _shares(table: pd.DataFrame) -> pd.DataFrame:
    """The largest at 8 bytes first."""
    low, high = table["low95"].map("{:.1f}".format), table["high95"].map(
        "{:.1f}".format
    )
    cells = table["percent"].map("{:.1f}".format) + " (" + low + " to " + high + ")"
    smallest = table[table["bytes"] == table["bytes"].min()]
    order = smallest.sort_values("percent", ascending=False)["switch"]
    wide = table.assign(cell=cells).pivot(
        index="switch", columns="bytes", values="cell"
    )
    wide = wide.loc[list(order)].rename(columns="{} bytes".format)
    return wide.rename_axis(columns=None).reset_index()


def _anatomy(table: pd.DataFrame) -> pd.DataFrame:
    if not (table["experiment"] == "anatomy").any():
        return pd.DataFrame()
    table = table.fillna({"configuration": ""})
    wide = anatomy.side_by_side(table)
    wide.loc["all"] = wide.sum()
    wide = wide.round().astype(int).astype(str)
    return wide.rename_axis("group", axis=0).rename_axis(columns=None).reset_index()


def _claims(table: pd.DataFrame) -> pd.DataFrame:
    counts = pd.crosstab(table["group"], table["verdict"])
    groups = table["group"].unique()
    counts = counts.reindex(index=groups, columns=claims.VERDICTS, fill_value=0)
    counts.loc["all"] = counts.sum()
    return counts.rename_axis(columns=None).reset_index().astype(str)


def markdown(table: Table) -> str:
    frame = table.frame.astype(str)
    rows = [list(frame), ["---", *["---:"] * (frame.shape[1] - 1)], *frame.values]
    lines = ["| " + " | ".join(map(str, row)) + " |" for row in rows]
    return "\n".join([*lines, "", table.caption + ".", ""])


def latex(table: Table) -> str:
    """With booktabs: \\input it, in a document that has that package."""
    frame = table.frame.astype(str).rename(columns=str)
    style = frame.style.hide(axis="index")
    style = style.format(escape="latex").format_index(escape="latex", axis=1)
    return str(
        style.to_latex(
            hrules=True,
            column_format="l" + "r" * (table.frame.shape[1] - 1),
            caption=table.caption.replace("%", r"\%") + ".",
            label=f"tab:{table.name}",
            position_float="centering",
        )
    )


def read_samples(folder: Path, revision: str) -> pd.DataFrame:
    """samples.csv, or what it would be: an older run has none."""
    path = folder / SAMPLES
    return pd.read_csv(path) if path.exists() else samples(folder, revision)


def samples(folder: Path, revision: str) -> pd.DataFrame:
    """All that pingpong measured, a row a sample and clock. Columns: configuration, of
    (the paper's table), bytes, spaces, cache, round_trips, clock_interrupts, value, unit,
    clock, direction."""
    logs = {"table 7": folder / "logs", "table 1": folder / "logs" / ablation.LOGS}
    frames = []
    for of, place in logs.items():
        for log in sorted(place.glob("*.log")):
            stamps = log.with_suffix(".stamps")
            if stamps.exists():  # else a peer's
                one = measure.read_pingpong(log, stamps, log.stem, revision)
                frames.append(one.assign(of=of))
    rows = pd.concat(frames, ignore_index=True)
    rows = rows.rename(columns={"ticks": "clock_interrupts"})
    about = ["configuration", "of", "bytes", "spaces", "cache"]
    about += ["round_trips", "clock_interrupts"]
    clocks = {"cycles": tables.MODEL, "instructions": tables.INSTRUCTIONS}
    tidy = rows.melt(about, list(clocks), "unit", "value")
    tidy = tidy.assign(clock=tidy["unit"].map(clocks), direction="one way")
    order = ["of", "configuration", "clock", "spaces", "cache", "bytes"]
    return tidy.sort_values(order)[[*about, "value", "unit", "clock", "direction"]]
