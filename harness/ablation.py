# SPDX-License-Identifier: BSD-2-Clause
"""Table 1: what each switch is worth.

Three ways: the optimized kernel without it (``minus``, the paper's table 1), the
baseline with it (``plus``), and all of them switched on one after the other, in
Kconfig's order (``cumulative``). Each compares two kernels: measured first, from
logs; then come tables and figures, which need nothing but the logs.
"""

from __future__ import annotations

import os
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Iterable, Sequence

import pandas as pd
from rich.table import Table

from harness import build, figures, measure, paper, switches, tables
from harness.errors import Refused
from harness.models.i486.model import Board
from harness.progress import Stage
from harness.render import render as template
from harness.switches import Configuration, Switch

# As bench/pingpong.c plays them with this on its command line.
COMMAND_LINE = "table=1"
SIZES = (8, 12, 128, 512, 4096)

ORDERS = ("minus", "plus", "cumulative")
LOGS = "table1"  # the folder in logs

# What is read of a kernel, and what it is called of the one that it is compared with.
MEASURED = {
    "one_way_us": "reference_us",
    "tlb_misses": "reference_tlb_misses",
    "cache_misses": "reference_cache_misses",
}

# Sizes of which the figure shows how one switch after the other is switched on.
CUMULATIVE_SIZES = (8, 512)


@dataclass(frozen=True)
class Comparison:
    """Two kernels with a switch between them. Where other switches need it, or it
    needs others, these are off, or on, with it."""

    switch: Switch
    order: str
    configuration: Configuration
    reference: Configuration


def comparisons() -> list[Comparison]:
    """All of table 1, in its order."""
    lines = [c for switch in switches.switches() for c in _alone(switch)]
    return sorted([*lines, *_cumulative()], key=lambda c: ORDERS.index(c.order))


def comparisons_of(name: str) -> list[Comparison]:
    """Those of one switch; refuses unknown ones."""
    symbol = switches.find(name.lower()).symbol
    chosen = [c for c in comparisons() if c.switch.symbol == symbol]
    if not chosen:
        raise Refused(f"{name} is no optimisation: table 1 does not have it")
    return chosen


def configurations(chosen: Iterable[Comparison]) -> list[Configuration]:
    """What is to be measured for them, each once."""
    pairs = [(c.reference, c.configuration) for c in chosen]
    return list(dict.fromkeys(one for pair in pairs for one in pair))


def _alone(switch: Switch) -> list[Comparison]:
    optimized, baseline = switches.optimized(), switches.baseline()
    needing = {
        s.symbol for s in switches.switches() if switch.symbol in switches.needs(s)
    }
    without = Configuration(optimized.on - {switch.symbol} - needing)
    alone = Configuration(switches.needs(switch) | {switch.symbol})
    return [
        Comparison(switch, "minus", without, optimized),
        Comparison(switch, "plus", alone, baseline),
    ]


def _cumulative() -> list[Comparison]:
    """Kconfig's order, but what needs another one comes behind it."""
    lines, before = [], switches.baseline()
    waiting = list(switches.switches())
    while waiting:
        switch = next(s for s in waiting if switches.needs(s) <= before.on)
        waiting.remove(switch)
        after = Configuration(before.on | {switch.symbol})
        lines.append(Comparison(switch, "cumulative", after, before))
        before = after
    return lines


def run(
    chosen: Sequence[Configuration], board: Board, logs: Path, stage: Stage
) -> list[build.Built]:
    """Builds and boots them, on all cores; leaves logs and stamps in the folder."""
    logs.mkdir(parents=True)

    def measured(configuration: Configuration) -> build.Built:
        with stage(f"{configuration}"):
            program = measure.PINGPONG
            built = build.build(configuration, jobs=1, programs=(program.name,))
            outcome = measure.boot(built, program, COMMAND_LINE, board=board)
            outcome.save(logs / str(configuration))
        return built

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        waiting = [pool.submit(measured, configuration) for configuration in chosen]
        try:
            wait(waiting, return_when=FIRST_EXCEPTION)
        finally:
            pool.shutdown(cancel_futures=True)
        return [one.result() for one in waiting]


def read(
    chosen: Sequence[Configuration], logs: Path, revision: str, mhz: int
) -> pd.DataFrame:
    """From logs to times. Columns: configuration, bytes; for one message one_way_us,
    tlb_misses, cache_misses; round_trips, clock_interrupts."""
    frames = []
    for configuration in chosen:
        log = logs / f"{configuration}.log"
        if not log.exists():
            raise Refused(
                f"{logs}: no log of {configuration}: measured when there were other "
                "switches; 'make ablation' measures all again"
            )
        stamps = log.with_name(f"{configuration}.stamps")
        frames.append(measure.read_pingpong(log, stamps, str(configuration), revision))
    rows = pd.concat(frames, ignore_index=True)
    rows = rows[(rows["spaces"] == 2) & (rows["cache"] == "warm")]
    misses = rows[["code_misses", "data_misses", "table_misses"]].sum(axis=1)
    rows = rows.assign(one_way_us=rows["cycles"] / mhz, cache_misses=misses)
    rows = rows.rename(columns={"ticks": "clock_interrupts"})
    for name, of_one in rows.groupby("configuration"):
        if tuple(of_one["bytes"]) != SIZES:
            raise Refused(f"{logs}/{name}.log: not the series of table 1")
    columns = ["configuration", "bytes", *MEASURED, "round_trips", "clock_interrupts"]
    return rows[columns].reset_index(drop=True)


def compare(times: pd.DataFrame, chosen: Iterable[Comparison]) -> pd.DataFrame:
    """A row for each comparison and size: both kernels' times, as read makes them,
    and by how many percent the reference's increases."""
    lines = pd.DataFrame(
        {
            "switch": c.switch.name,
            "order": c.order,
            "configuration": str(c.configuration),
            "reference": str(c.reference),
        }
        for c in chosen
    )
    names = {"configuration": "reference", **MEASURED}
    reference = times.rename(columns=names)[["bytes", *names.values()]]
    rows = lines.merge(times, "left", "configuration").merge(
        reference, "left", ["reference", "bytes"]
    )
    increase = 100 * (rows["one_way_us"] / rows["reference_us"] - 1)
    return rows.assign(
        increase_percent=increase, clock=tables.MODEL, direction="one way"
    )


def table1(compared: pd.DataFrame) -> pd.DataFrame:
    """Columns: switch, bytes, order, increase_percent, paper_percent, which is
    empty where the paper says nothing."""
    rows = compared.merge(paper_percents(), on=["switch", "bytes", "order"], how="left")
    return rows[["switch", "bytes", "order", "increase_percent", "paper_percent"]]


def paper_percents() -> pd.DataFrame:
    """The paper's table 1: switch, bytes, order, paper_percent."""
    rows = _paper_rows()
    return pd.DataFrame(
        {
            "switch": rows["system"].str.lower(),
            "bytes": rows["bytes"].astype(int),
            "order": "minus",
            "paper_percent": rows["value"],
        }
    )


def _paper_rows() -> pd.DataFrame:
    return paper.numbers().query("source == 'table 1' and quantity == 'removal_cost'")


def agreeing(table: pd.DataFrame) -> pd.Series:
    """For each row, whether it agrees with the paper; never without the paper's."""
    return paper.agree_in_points(table["paper_percent"], table["increase_percent"])


def beside_paper(compared: pd.DataFrame) -> pd.DataFrame:
    """The rows of table1 that the paper has: how far they are apart, in percentage
    points, and whether they agree; and the increase in us, the paper's by its percents
    of its own times, and whether these agree, by as many percent of the paper's times.
    """
    table = table1(compared)
    times = compared.merge(table)
    rows = table.assign(increase_us=times["one_way_us"] - times["reference_us"])
    rows = rows.dropna(subset="paper_percent")
    whole = rows["bytes"].map(paper.one_way_us("L3"))
    return rows.assign(
        paper_us=rows["paper_percent"] / 100 * whole,
        difference_points=rows["increase_percent"] - rows["paper_percent"],
        agrees=agreeing(rows),
        agrees_in_us=paper.agree_in_points(
            rows["paper_percent"], 100 * rows["increase_us"] / whole
        ),
    )


def synergy(compared: pd.DataFrame) -> pd.DataFrame:
    """The single effects beside the whole, for each size; all percents of the
    optimized kernel's time, but saved_percent, of the baseline's.

    Columns: bytes; optimized_us, baseline_us; whole_percent: what the baseline
    takes longer; sum_percent: what the single removals add up to, and
    synergy_percent, what they leave unexplained; saved_percent: what the baseline
    saves by all switches, saved_sum_percent: by each alone, added up;
    paper_sum_percent: the paper's single removals, same_sum_percent: ours of the
    same switches, cells: how many they are, agreeing: how many agree.
    """
    table = table1(compared).assign(agrees=lambda t: agreeing(t))
    lines = []
    for size, rows in table.groupby("bytes"):
        cumulative = compared.query("order == 'cumulative' and bytes == @size")
        slow = cumulative["reference_us"].iloc[0]
        fast = cumulative["one_way_us"].iloc[-1]
        minus, plus = (rows[rows["order"] == order] for order in ("minus", "plus"))
        printed = minus.dropna(subset="paper_percent")
        whole, single = 100 * (slow / fast - 1), minus["increase_percent"].sum()
        lines.append(
            {
                "bytes": size,
                "optimized_us": fast,
                "baseline_us": slow,
                "whole_percent": whole,
                "sum_percent": single,
                "synergy_percent": whole - single,
                "saved_percent": 100 * (1 - fast / slow),
                "saved_sum_percent": -plus["increase_percent"].sum(),
                "paper_sum_percent": printed["paper_percent"].sum(),
                "same_sum_percent": printed["increase_percent"].sum(),
                "cells": len(printed),
                "agreeing": int(printed["agrees"].sum()),
            }
        )
    return pd.DataFrame(lines)


def evaluate(folder: Path, facts: dict[str, Any]) -> None:
    """From folder/logs/table1 to tables and figures in folder. facts: provenance."""
    chosen = comparisons()
    mhz = facts["board"]["numbers"]["mhz"]
    logs = folder / "logs" / LOGS
    times = read(configurations(chosen), logs, facts["revision"], mhz)
    compared = compare(times, chosen)
    table, whole = table1(compared), synergy(compared)
    tables.write(table, folder / "table1.csv")
    tables.write(compared.drop(columns="increase_percent"), folder / "table1_us.csv")
    tables.write(beside_paper(compared), folder / "table1_paper.csv")
    tables.write(whole, folder / "table1_synergy.csv")
    (folder / "table1.md").write_text(render(compared, table, whole, facts))
    minus, steps = folder / "table1_minus.csv", folder / "table1_cumulative.csv"
    tables.write(bars(compared, whole), minus)
    tables.write(waterfall(compared), steps)
    count = table["switch"].nunique()
    shown = " ".join(map(str, SIZES))
    height = figures.HEIGHT // 4 + 31 * (count + 2)
    figures.draw("table1", minus, folder, height, switches=count, sizes=shown)
    shown = " ".join(map(str, CUMULATIVE_SIZES))
    figures.draw("cumulative", steps, folder, rows=count + 2, sizes=shown, mhz=mhz)


def measured(folder: Path) -> bool:
    """Whether a run has logs of ours."""
    return (folder / "logs" / LOGS).exists()


ADDED_UP, AT_ONCE = "sum of all", "all at once"


def bars(compared: pd.DataFrame, whole: pd.DataFrame) -> pd.DataFrame:
    """For gnuplot: a row a switch, for each size ours and the paper's increase in
    percent, and ours in us. First the rows that the paper has, those that cost most
    first; then the others so; last what all removals add up to, and what they cost
    together. whole: as synergy makes it."""
    minus = table1(compared).query("order == 'minus'").merge(compared)
    minus = minus.assign(us=minus["one_way_us"] - minus["reference_us"]).rename(
        columns={"increase_percent": "ours", "paper_percent": "paper"}
    )
    wide = minus.pivot(index="switch", columns="bytes", values=["ours", "paper", "us"])
    wide.columns = [f"{what}_{size}" for what, size in wide.columns]
    smallest = minus["bytes"].min()
    wide = wide.assign(papers=wide.filter(like="paper_").notna().any(axis=1))
    wide = wide.sort_values(["papers", f"ours_{smallest}"], ascending=False)
    wide = wide.drop(columns="papers").reset_index()
    sums: dict[str, dict[str, object]] = {n: {"switch": n} for n in (ADDED_UP, AT_ONCE)}
    for row in whole.itertuples():
        percents = {ADDED_UP: row.sum_percent, AT_ONCE: row.whole_percent}
        for name, percent in percents.items():
            sums[name][f"ours_{row.bytes}"] = percent
            sums[name][f"us_{row.bytes}"] = percent / 100 * row.optimized_us
    return pd.concat([wide, pd.DataFrame(sums.values())], ignore_index=True)


def waterfall(compared: pd.DataFrame) -> pd.DataFrame:
    """For gnuplot: a row a step, from which time to which, in us, for each size;
    the first and the last row are the whole kernels."""
    rows = compared[compared["order"] == "cumulative"]
    columns = {"step": ["baseline", *rows["switch"].unique(), "optimized"]}
    for size, of_size in rows.groupby("bytes"):
        before, after = list(of_size["reference_us"]), list(of_size["one_way_us"])
        columns[f"from_{size}"] = [0.0, *before, 0.0]
        columns[f"to_{size}"] = [before[0], *after, after[-1]]
    return pd.DataFrame(columns)


def render(
    compared: pd.DataFrame,
    table: pd.DataFrame,
    whole: pd.DataFrame,
    facts: dict[str, Any],
) -> str:
    """table1.md."""
    rows = compared.merge(table).assign(agrees=lambda t: agreeing(t))
    printed = beside_paper(compared)
    played = rows.groupby("bytes", as_index=False).agg(
        {"round_trips": "first", "clock_interrupts": "min"}
    )
    return template(
        "table1.md",
        facts=facts,
        sizes=SIZES,
        names={o: rows.query("order == @o")["switch"].unique() for o in ORDERS},
        cells={(r.order, r.switch, r.bytes): r for r in rows.itertuples()},
        printed={(r.switch, r.bytes): r for r in printed.itertuples()},
        notes=paper_notes(),
        together=not_alone(rows),
        played=played.to_dict("records"),
        baseline_misses=compared.query("order == 'plus'")[
            "reference_cache_misses"
        ].iloc[0],
        synergy=whole.to_dict("records"),
        agreement=paper.POINTS,
        cells_in_all=len(printed),
        cells_that_agree=int(printed["agrees"].sum()),
        cells_that_agree_in_us=int(printed["agrees_in_us"].sum()),
    )


def paper_notes() -> dict[str, str]:
    """What the paper says of a row of its table 1; by switch."""
    rows = _paper_rows().dropna(subset="note")
    return dict(zip(rows["system"].str.lower(), rows["note"]))


def not_alone(compared: pd.DataFrame) -> list[tuple[str, str, str]]:
    """Order, switch, configuration: where others had to be switched with it."""
    rows = compared[["order", "switch", "configuration"]].drop_duplicates()
    ends = {"minus": switches.optimized(), "plus": switches.baseline()}
    return [
        (r.order, r.switch, r.configuration)
        for r in rows.itertuples()
        if r.order in ends
        and len(switches.parse(r.configuration).on ^ ends[r.order].on) > 1
    ]


def rich_table(compared: pd.DataFrame, mhz: int) -> Table:
    """The rows of one switch, for a terminal."""
    table = table1(compared).merge(compared)
    switch = table["switch"].iloc[0]
    drawn = Table(
        title=f"{switch}: increase of the time of one message, one way, warm, between "
        f"two spaces; i486 model at {mhz} MHz",
        title_justify="left",
    )
    for heading in ("order", "bytes", "kernel, us", "compared with, us"):
        drawn.add_column(heading, justify="left" if heading == "order" else "right")
    drawn.add_column("increase", justify="right")
    drawn.add_column("paper", justify="right")
    for row in table.itertuples():
        printed = "" if pd.isna(row.paper_percent) else f"{row.paper_percent:.0f} %"
        drawn.add_row(
            str(row.order),
            str(row.bytes),
            f"{row.one_way_us:.2f}",
            f"{row.reference_us:.2f}",
            f"{row.increase_percent:+.1f} %",
            printed,
            end_section=row.bytes == SIZES[-1],
        )
    return drawn
