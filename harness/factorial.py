# SPDX-License-Identifier: BSD-2-Clause
"""How techniques work together: kernels with all subsets of some switches.

Of one message's cycles in each: main effects (what a switch saves, on the average over
what else is on), interactions of pairs (how much more two save together), and Shapley
shares: what a switch saves when it is switched on, on the average over all orders in
which they can be. The shares add up to what all of them save. For many switches orders
are drawn instead, both ways each, with an interval.
"""

from __future__ import annotations

import itertools
import json
import math
import os
import random
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy
import pandas as pd

from harness import build, figures, folders, measure, results, switches, tables
from harness.errors import Refused
from harness.models.i486.model import CYCLES, Board
from harness.progress import Stage
from harness.switches import Configuration, Switch

SIZES = (8, 4096)
CSV = "factorial.csv"
MOST = 8  # switches of which all subsets are measured
ROUNDS = "table=1 rounds=2000"
SEED = 1993
RESAMPLES = 2000

# By what is on; to cycles of one message.
Times = Mapping[frozenset[str], float]


def chosen(text: str) -> list[Switch]:
    """Of names with blanks between, in Kconfig's order; refuses what is none, is there
    twice or too many."""
    names = text.lower().split()
    found = [switches.find(name) for name in names]
    for switch in found:
        if switch.extension:
            raise Refused(f"{switch.name} is no optimisation")
        if names.count(switch.name) > 1:
            raise Refused(f"{switch.name} is there twice")
        if others := switches.needs(switch):
            raise Refused(
                f"{switch.name} needs {', '.join(sorted(others)).lower()}: not all "
                "subsets are kernels"
            )
    if not 2 <= len(found) <= MOST:
        raise Refused(f"SWITCHES: {len(found)} of them: take 2 to {MOST}, or all")
    return [s for s in switches.switches() if s in found]


def subsets(of: Iterable[str]) -> list[frozenset[str]]:
    items = sorted(of)
    counts = range(len(items) + 1)
    return [frozenset(c) for n in counts for c in itertools.combinations(items, n)]


def configuration(on: frozenset[str], of: Iterable[str], others: bool) -> Configuration:
    """others: are the switches that are not among them on?"""
    rest = switches.optimized().on - frozenset(of) if others else frozenset()
    return switches.check(Configuration(rest | on))


@dataclass(frozen=True)
class Plan:
    """What is measured: kernels, by what is on of the switches that it is about (of,
    symbols). orders: how many are drawn; 0: all subsets."""

    of: list[str]
    kernels: dict[frozenset[str], Configuration]
    orders: int

    def times(self, found: pd.DataFrame) -> dict[int, Times]:
        """By size. found: columns configuration, bytes, cycles."""
        named = {str(kernel): on for on, kernel in self.kernels.items()}
        return {
            size: {named[row.configuration]: row.cycles for row in rows.itertuples()}
            for size, rows in found.groupby("bytes")
        }


def plan(text: str, others: bool, count: int) -> Plan:
    """text: names of switches, or "all", of which so many orders are drawn. others: are
    the switches that are not named on?"""
    if drawn := text == "all":
        of = [s.symbol for s in switches.switches()]
        on_the_way = map(along, orders(of, count))
        wanted = list(dict.fromkeys(on for order in on_the_way for on in order))
    else:
        of = [s.symbol for s in chosen(text)]
        wanted = subsets(of)
    kernels = {on: configuration(on, of, others) for on in wanted}
    return Plan(of, kernels, count if drawn else 0)


# --- measuring, so that it can be broken off ------------------------------------------


def measured(
    wanted: Sequence[Configuration], board: Board, kept: Path, stage: Stage
) -> pd.DataFrame:
    """Builds and boots them, but those that kept has already, of the same kernel, program,
    board and model. Columns: configuration, bytes, cycles."""
    kept.mkdir(parents=True, exist_ok=True)

    def one(configuration: Configuration) -> list[dict[str, object]]:
        with stage(f"{configuration}"):
            built = build.build(configuration, jobs=1, programs=("pingpong",))
            identity = [
                results.sha256(built.kernel, built.program("pingpong"), CYCLES),
                results.sha256(*sorted(CYCLES.parent.glob("*.[ch]"))),
                json.dumps(board.numbers, sort_keys=True),
                ROUNDS,
            ]
            path = kept / f"{configuration}.json"
            cycles = _read(path, identity)
            if cycles is None:
                cycles = _boot(built, board)
                text = json.dumps({"identity": identity, "cycles": cycles}, indent=1)
                folders.write_whole(path, text.encode())
        return [
            {"configuration": str(configuration), "bytes": int(size), "cycles": number}
            for size, number in cycles.items()
        ]

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        waiting = [pool.submit(one, configuration) for configuration in wanted]
        try:
            rows = [row for future in waiting for row in future.result()]
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    return pd.DataFrame(rows)


def _read(path: Path, identity: list[str]) -> dict[str, float] | None:
    """None: not measured, of another kernel, or damaged."""
    try:
        found = json.loads(path.read_text())
        cycles = {size: float(found["cycles"][size]) for size in map(str, SIZES)}
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return cycles if found.get("identity") == identity else None


def _boot(built: build.Built, board: Board) -> dict[str, float]:
    outcome = measure.boot(built, measure.PINGPONG, ROUNDS, board=board)
    with folders.scratch(built.folder) as folder:
        outcome.save(folder / "pingpong")
        rows = measure.read_pingpong(
            folder / "pingpong.log",
            folder / "pingpong.stamps",
            str(built.configuration),
            built.revision,
        )
    cycles = rows.set_index("bytes")["cycles"]
    return {str(size): float(cycles[size]) for size in SIZES}


# --- what they are worth ------------------------------------------------------------


def main_effects(times: Times, of: Sequence[str]) -> dict[str, float]:
    """Cycles that each saves, on the average over all subsets of the others."""
    return {
        one: float(
            numpy.mean([times[s] - times[s | {one}] for s in times if one not in s])
        )
        for one in of
    }


def interactions(times: Times, of: Sequence[str]) -> pd.DataFrame:
    """Cycles that two save together more than one by one, on the average over all subsets
    of the others; less than 0: each takes away from the other. Rows and columns: of."""
    table = pd.DataFrame(float("nan"), index=list(of), columns=list(of))
    for a, b in itertools.combinations(of, 2):
        more = [
            times[s | {a}] + times[s | {b}] - times[s] - times[s | {a, b}]
            for s in times
            if a not in s and b not in s
        ]
        table.loc[a, b] = table.loc[b, a] = float(numpy.mean(more))
    return table


def shapley(times: Times, of: Sequence[str]) -> dict[str, float]:
    """Cycles; they add up to what all save together."""
    shares = {}
    for one in of:
        share = 0.0
        for others in subsets(set(of) - {one}):
            orders = math.factorial(len(others))
            orders *= math.factorial(len(of) - len(others) - 1)
            share += orders * (times[others] - times[others | {one}])
        shares[one] = share / math.factorial(len(of))
    return shares


def orders(of: Sequence[str], count: int) -> list[list[str]]:
    """So many, with SEED always the same; each followed by its reverse, which halves
    much of the noise."""
    generator = random.Random(SEED)
    drawn: list[list[str]] = []
    while len(drawn) < count:
        order = generator.sample(sorted(of), len(of))
        drawn += [order, order[::-1]]
    return drawn[:count]


def along(order: Sequence[str]) -> list[frozenset[str]]:
    """What is on, from nothing to all."""
    return [frozenset(order[:n]) for n in range(len(order) + 1)]


def estimated(times: Times, drawn: Sequence[Sequence[str]]) -> pd.DataFrame:
    """Shares by drawn orders. Columns: switch, cycles, low95, high95: between which the
    average lies in 95 of 100 resamplings of pairs of orders."""
    savings = pd.DataFrame(
        {
            one: times[before] - times[before | {one}]
            for before, one in zip(along(order), order)
        }
        for order in drawn
    )
    pairs = savings.groupby(savings.index // 2).mean()
    generator = numpy.random.default_rng(SEED)
    chosen = generator.integers(len(pairs), size=(RESAMPLES, len(pairs)))
    rows = []
    for one in savings:
        means = pairs[one].to_numpy()[chosen].mean(axis=1)
        low, high = numpy.percentile(means, [2.5, 97.5])
        rows.append((one, savings[one].mean(), float(low), float(high)))
    return pd.DataFrame(rows, columns=["switch", "cycles", "low95", "high95"])


def tidy(times: Times, of: Sequence[str], size: int) -> pd.DataFrame:
    """A row a number. Columns: what (main effect, interaction, share), switch, with,
    bytes, cycles, percent (of what all save), clock, direction."""
    whole = times[frozenset()] - times[frozenset(of)]
    rows: list[tuple[str, str, str, float]] = []
    rows += [("main effect", one, "", n) for one, n in main_effects(times, of).items()]
    together = interactions(times, of)
    rows += [
        ("interaction", a, b, float(together.loc[a, b]))
        for a, b in itertools.combinations(of, 2)
    ]
    rows += [("share", one, "", n) for one, n in shapley(times, of).items()]
    rows.append(("whole", "", "", whole))
    table = pd.DataFrame(rows, columns=["what", "switch", "with", "cycles"])
    for column in ("switch", "with"):
        table[column] = table[column].str.lower()
    return table.assign(
        bytes=size,
        percent=100 * table["cycles"] / whole,
        clock=tables.MODEL,
        direction="one way",
    )


# --- a folder of it -----------------------------------------------------------------


def write(times: dict[int, Times], of: Sequence[str], folder: Path) -> pd.DataFrame:
    """factorial.csv, and of each size interactions_SIZE and shares_SIZE, data and
    figures."""
    rows = pd.concat([tidy(of_size, of, size) for size, of_size in times.items()])
    tables.write(rows, folder / CSV)
    for size, of_size in times.items():
        _draw_interactions(rows[rows["bytes"] == size], of, size, folder)
        shares = rows.query("what == 'share' and bytes == @size")
        shares = shares.assign(low95=None, high95=None)
        _draw_shares(shares, of_size, of, "all orders", folder)
    return rows


def write_estimated(
    times: dict[int, Times], of: Sequence[str], count: int, folder: Path, name: str
) -> pd.DataFrame:
    """The same by so many drawn orders: only shares, with their intervals. name: of the
    table."""
    frames = []
    for size, of_size in times.items():
        found = estimated(of_size, orders(of, count))
        whole = of_size[frozenset()] - of_size[frozenset(of)]
        percents = 100 * found[["cycles", "low95", "high95"]] / whole
        found = found.assign(
            what="share",
            switch=found["switch"].str.lower(),
            percent=percents["cycles"],
            low95=percents["low95"],
            high95=percents["high95"],
            bytes=size,
            orders=count,
            clock=tables.MODEL,
            direction="one way",
        )
        _draw_shares(found, of_size, of, f"{count} drawn orders", folder)
        frames.append(found)
    rows = pd.concat(frames)
    tables.write(rows, folder / name)
    return rows


# --- in a run ------------------------------------------------------------------------

# In a run's folder: what was measured, and the shares.
RAW_OF_RUN = Path("logs") / "orders.csv"
CSV_OF_RUN = "shares.csv"


def read_of_run(folder: Path) -> tuple[Plan, pd.DataFrame] | None:
    """What a run has of make factorial; None: nothing. Refuses what is cut."""
    path = folder / RAW_OF_RUN
    if not path.exists():
        return None
    try:
        found = pd.read_csv(path)
        made = plan("all", True, int(found["orders"].iloc[0]))
        if set(found["configuration"]) != set(map(str, made.kernels.values())):
            raise ValueError("other kernels than those of its orders")
        if (found.groupby("configuration").size() != len(SIZES)).any():
            raise ValueError(f"not {len(SIZES)} sizes of each kernel")
    except (ValueError, KeyError, IndexError) as error:
        raise Refused(f"{path}: {error}: run make factorial again") from error
    return made, found


def evaluate_of_run(folder: Path) -> None:
    """shares.csv and its figures, if it was measured."""
    if of_run := read_of_run(folder):
        made, found = of_run
        times = made.times(found)
        write_estimated(times, made.of, made.orders, folder, CSV_OF_RUN)


def _words(times: Times, of: Sequence[str]) -> str:
    slow, fast = times[frozenset()], times[frozenset(of)]
    return f"{slow:.0f} to {fast:.0f} cycles, one way"


def _draw_interactions(
    rows: pd.DataFrame, of: Sequence[str], size: int, folder: Path
) -> None:
    names = [one.lower() for one in of]
    alone = rows[rows["what"] == "main effect"].set_index("switch")["percent"]
    pairs = rows[rows["what"] == "interaction"]
    cells = dict(zip(zip(pairs["switch"], pairs["with"]), pairs["percent"]))
    lines = []
    for (x, x_name), (y, y_name) in itertools.product(enumerate(names), repeat=2):
        percent = cells.get((x_name, y_name), cells.get((y_name, x_name)))
        percent = alone[x_name] if x == y else percent
        line = {"x": x, "y": y, "x_name": x_name, "y_name": y_name, "percent": percent}
        lines.append(line)
    data = folder / f"interactions_{size}.csv"
    tables.write(pd.DataFrame(lines), data)
    most = max(abs(line["percent"]) for line in lines)
    (whole,) = rows[rows["what"] == "whole"]["cycles"]
    figures.draw(
        "factorial",
        data,
        folder,
        180 + 60 * len(names),
        name=f"interactions_{size}",
        count=len(names),
        size=str(size),
        most=str(most),
        whole=f"{whole:.0f} cycles (i486 model)",
    )


def _draw_shares(
    rows: pd.DataFrame, times: Times, of: Sequence[str], over: str, folder: Path
) -> None:
    size = rows["bytes"].iloc[0]
    columns = ["switch", "percent", "low95", "high95"]
    rows = rows.sort_values("percent", ascending=False)[columns]
    data = folder / f"shares_{size}.csv"
    tables.write(rows, data)
    figures.draw(
        "shares",
        data,
        folder,
        120 + 26 * len(rows),
        name=f"shares_{size}",
        count=len(rows),
        size=str(size),
        whole=_words(times, of),
        over=over,
    )
