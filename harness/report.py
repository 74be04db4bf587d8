# SPDX-License-Identifier: BSD-2-Clause
"""report.md: the tables of a run beside the paper's, for people."""

from __future__ import annotations

from pathlib import Path

import jinja2
import pandas as pd

from harness import paper

TEMPLATES = Path(__file__).parent / "templates"


def write(folder: Path, table7: pd.DataFrame, one_space: pd.DataFrame, revision: str) -> None:
    """table7, one_space: as tables.table7 makes them."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    text = environment.get_template("report.md").render(
        revision=revision,
        rows=_rows(table7, one_space),
        ratios=_ratios(table7),
    )
    (folder / "report.md").write_text(text)


def _rows(table7: pd.DataFrame, one_space: pd.DataFrame) -> list[dict[str, object]]:
    def value(table: pd.DataFrame, size: int, system: str) -> float:
        (found,) = table.query("bytes == @size and system == @system")["one_way"]
        return float(found)

    printed = paper.one_way_us("Mach", paper.AS_PRINTED)
    drawn = paper.one_way_us("Mach", paper.AS_DRAWN)
    return [
        {
            "bytes": size,
            "optimized": value(table7, size, "optimized"),
            "baseline": value(table7, size, "baseline"),
            "optimized_one_space": value(one_space, size, "optimized"),
            "baseline_one_space": value(one_space, size, "baseline"),
            "l3": paper.one_way_us("L3")[size],
            "mach_printed": printed[size],
            "mach_drawn": drawn[size],
        }
        for size in sorted(table7["bytes"].unique())
    ]


def _ratios(table7: pd.DataFrame) -> dict[int, float]:
    ours = table7.pivot(index="bytes", columns="system", values="one_way")
    return dict(ours["baseline"] / ours["optimized"])
