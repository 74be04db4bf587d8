# SPDX-License-Identifier: BSD-2-Clause
"""The paper's claims, each beside what a run of ours has measured.

A claim (claims.toml) is a number of the paper's (paper.csv), the one of ours that
stands beside it, found or computed here from the CSV files of a run, and the rule by
which they agree. Where ours is not there, the claim is not measured. Why a claim is
not reproduced is written by people, in reasons.toml.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from harness import headers, paper, switches
from harness.experiments.experiment import CACHE_LINE
from harness.experiments.path_steps import OF_THEM_TLB
from harness.measure import SIZES
from harness.models.i486 import model
from harness.tables import MODEL

CLAIMS = Path(__file__).parent / "claims.toml"
REASONS = Path(__file__).parent / "reasons.toml"

REPRODUCED = "reproduced"
BETTER = "better"
DIRECTION = "direction only"
NOT_REPRODUCED = "not reproduced"
NOT_MEASURED = "not measured"
VERDICTS = (REPRODUCED, BETTER, DIRECTION, NOT_REPRODUCED, NOT_MEASURED)

UNEXPLAINED = "no explanation yet"

# The files of a run that are read here, with the columns, and what makes them.
FIGURES, ABLATION = "make figures", "make ablation"
FILES = {
    "table7.csv": ("bytes,system,cache,clock,one_way", FIGURES),
    "table1.csv": ("switch,bytes,order,increase_percent", ABLATION),
    "table1_us.csv": (
        "switch,bytes,order,tlb_misses,reference_tlb_misses",
        ABLATION,
    ),
    "experiments.csv": ("experiment,configuration,parameter,quantity,value", FIGURES),
    "peers.csv": ("system,bytes,quantity,value,unit", FIGURES),
}


# When do they agree?

ABOUT = "within 15 %"
POINTS = f"within {paper.POINTS} points"
AT_MOST = "at most"
AT_LEAST = "at least"

RULES: dict[str, Callable[[float, float], bool]] = {
    ABOUT: lambda papers, ours: abs(ours - papers) <= 0.15 * abs(papers),
    POINTS: lambda papers, ours: bool(paper.agree_in_points(papers, ours)),
    AT_MOST: lambda papers, ours: ours <= papers,
    AT_LEAST: lambda papers, ours: ours >= papers,
}


def verdict(
    rule: str, papers: float, ours: float, beside: float, cost: bool = False
) -> str:
    """beside: what the paper compares its number with, nan if with nothing. Only the
    direction is right if ours is on the same side of it. cost: the number is what
    something takes in the paper's design, the less the better."""
    if not math.isfinite(ours):
        return NOT_MEASURED
    if RULES[rule](papers, ours):
        return REPRODUCED
    if cost and 0 <= ours < papers:
        return BETTER
    if (ours - beside) * (papers - beside) > 0:
        return DIRECTION
    return NOT_REPRODUCED


# What we have measured


@dataclass(frozen=True)
class Run:
    """The CSV files of a run, as texts. What is not there is nan."""

    files: dict[str, pd.DataFrame]
    board: str
    mhz: int

    def us(self, system: str, size: int, cache: str = "warm") -> float:
        """Of one message, one way, between two address spaces."""
        where = {"system": system, "bytes": size, "cache": cache, "clock": MODEL}
        return self.value("table7.csv", "one_way", **where)

    def cycles(self, system: str, size: int) -> float:
        return self.us(system, size) * self.mhz

    def increase(self, switch: str, size: int) -> float:
        """Percent that the optimized kernel takes longer without it."""
        where = {"switch": switch.lower(), "bytes": size, "order": "minus"}
        return self.value("table1.csv", "increase_percent", **where)

    def cost(self, switch: str) -> float:
        """The same in us, 8 bytes."""
        return self.increase(switch, 8) / 100 * self.us("optimized", 8)

    def increases(self) -> float:
        """The sum over all switches that were measured, 8 bytes."""
        rows = self.files["table1.csv"].query("order == 'minus' and bytes == '8'")
        numbers = pd.to_numeric(rows["increase_percent"], errors="coerce")
        return float(numbers.sum(skipna=False)) if len(rows) else math.nan

    def whole(self) -> float:
        """Percent that the baseline takes longer, 8 bytes."""
        return 100 * (self.us("baseline", 8) / self.us("optimized", 8) - 1)

    def tlb_misses(self, switch: str) -> float:
        """How many more without it, 8 bytes."""
        where = {"switch": switch.lower(), "bytes": 8, "order": "minus"}
        without = self.value("table1_us.csv", "tlb_misses", **where)
        return without - self.value("table1_us.csv", "reference_tlb_misses", **where)

    def experiment(self, name: str, quantity: str, **where: float | str) -> float:
        where = {"configuration": "optimized", **where}
        where = {"experiment": name, "quantity": quantity, **where}
        return self.value("experiments.csv", "value", **where)

    def extension(self, name: str, quantity: str, extension: str) -> float:
        """Of the optimized kernel with the extension."""
        configuration = f"optimized+{extension}"
        return self.experiment(name, quantity, configuration=configuration)

    def wakeups(self) -> float:
        """Cycles a second that 400 waiting threads add to the clock interrupts."""
        name, quantity = "wakeup", "clock_interrupt"
        some = self.experiment(name, quantity, parameter=400)
        return TICKS * (some - self.experiment(name, quantity, parameter=0))

    def stack(self, configuration: str) -> float:
        """us of a message of 8 bytes."""
        name, quantity = "stack_switch", "one_way"
        return self.experiment(name, quantity, configuration=configuration) / self.mhz

    def step(self, step: str) -> float:
        """Cycles of a step of a call of 8 bytes, without TLB misses."""
        whole = self.experiment("steps", step, parameter="call")
        misses = self.experiment("steps", step, parameter=f"call{OF_THEM_TLB}")
        return whole - misses

    def queues(self) -> float:
        """Messages for each operation on the ready queue, under the load with least."""
        rows = self.files["experiments.csv"]
        rows = rows[rows["quantity"] == "messages_per_ready_queue_operation"]
        rows = rows[rows["configuration"] == "optimized"]
        return float(pd.to_numeric(rows["value"], errors="coerce").min())

    def minimum(self, table: int, quantity: str) -> float:
        where = {"configuration": "", "parameter": f"table {table}"}
        return self.experiment("minimum", quantity, **where)

    def gnumach(self, quantity: str, **where: float) -> float:
        """us."""
        where = {"quantity": quantity, "unit": "us", **where}
        return self.value("peers.csv", "value", **where)

    def gnumach_message(self, size: int) -> float:
        """us, one way, sent and received by one trap on each side."""
        return self.gnumach("message_one_trap", bytes=size)

    def value(self, file: str, column: str, **where: float | str) -> float:
        """Of the only row where the columns have these values."""
        rows = self.files[file]
        for name, wanted in where.items():
            text = wanted if isinstance(wanted, str) else f"{wanted:g}"
            rows = rows[rows[name] == text]
        found = pd.to_numeric(rows[column], errors="coerce")
        return float(found.iloc[0]) if len(found) == 1 else math.nan


def line(us: Callable[[int], float], *sizes: int) -> tuple[float, float]:
    """Least squares: us of a byte more, and of a message without bytes."""
    times = [us(size) for size in sizes]
    if not np.isfinite(times).all():
        return math.nan, math.nan
    slope, constant = np.polyfit(sizes, times, 1)
    return float(slope), float(constant)


def _short_line(run: Run) -> tuple[float, float]:
    return line(lambda size: run.us("optimized", size), 12, 128, 512, 1024, 2048)


def _long_line(run: Run) -> tuple[float, float]:
    return line(lambda size: run.us("optimized", size), 2048, 4096)


TICKS = 1000 / headers.define("kernels/include/clock.h", "MS_PER_TICK")  # a second
IPC_RATE = paper.value("ipc_rate", "L3")
THREE = ("CONDENSED_TABLES", "VIRTUAL_TCBS", "LAZY_SCHEDULING")


def _sum_of_table1(run: Run, _: pd.Series) -> float:
    cells = paper.numbers().query("quantity == 'removal_cost' and bytes == 8")
    return sum(run.increase(switch, 8) for switch in cells["system"])


# By the names in claims.toml: from a run, and the paper's row, to what stands beside.
# Claims that no file of a run answers are not here; they say what does.
OURS: dict[str, Callable[[Run, pd.Series], float]] = {
    "target": lambda run, _: run.cycles("optimized", 8),
    "achieved": lambda run, _: run.cycles("optimized", 8),
    "factor": lambda run, _: run.us("baseline", 8) / run.us("optimized", 8),
    "factor-long": lambda run, _: run.us("baseline", 4096) / run.us("optimized", 4096),
    "factor-gnumach": lambda run, _: run.gnumach_message(8) / run.us("optimized", 8),
    "factor-long-gnumach": lambda run, _: (
        run.gnumach_message(4096) / run.us("optimized", 4096)
    ),
    "mach": lambda run, _: run.gnumach_message(8),
    "mach-growth": lambda run, _: line(run.gnumach_message, *SIZES)[0],
    "mach-growth-constant": lambda run, _: line(run.gnumach_message, *SIZES)[1],
    "mach-entry": lambda run, _: run.gnumach("null_call"),
    "kernel-call": lambda run, _: run.experiment("entry_exit", "null_service_call"),
    "null-rpc": lambda run, _: 2 * run.us("optimized", 8),
    "footprint": lambda run, _: (
        run.experiment("footprint", "footprint")
        - CACHE_LINE * run.experiment("footprint", "page_tables")
    ),
    "footprint-tables": lambda run, _: run.experiment("footprint", "footprint"),
    "growth": lambda run, _: _short_line(run)[0],
    "growth-constant": lambda run, _: _short_line(run)[1],
    "growth-above": lambda run, _: _long_line(run)[0],
    "growth-above-constant": lambda run, _: _long_line(run)[1],
    "table7": lambda run, row: run.us("optimized", row.bytes),
    "cold": lambda run, row: (
        run.us("optimized", row.bytes, "cold") - run.us("optimized", row.bytes)
    ),
    "table1": lambda run, row: run.increase(row.system, row.bytes),
    "table1-sum": _sum_of_table1,
    "synergy": lambda run, _: run.whole() / run.increases(),
    "state-copying": lambda run, _: (
        run.stack("optimized-thread_kernel_stacks") - run.stack("optimized")
    ),
    "tlb-misses": lambda run, row: run.tlb_misses(row.system),
    "tlb-misses-together": lambda run, _: sum(run.tlb_misses(s) for s in THREE),
    "uid-address": lambda run, _: run.step("compute_destination"),
    "uid-check": lambda run, _: run.step("compare_uid"),
    "wakeup-load": lambda run, _: 100 * run.wakeups() / (run.mhz * 1e6),
    "wakeup-share": lambda run, _: (
        100 * run.wakeups() / (IPC_RATE * run.cycles("optimized", 8))
    ),
    "eager-queues": lambda run, _: run.cost("LAZY_SCHEDULING") * run.mhz,
    "lazy-ratio": lambda run, _: run.queues(),
    "register-gain": lambda run, _: run.cost("REGISTER_MESSAGES"),
    "segments": lambda run, _: run.cost("SEGMENT_CHECK") * run.mhz,
    "ports": lambda run, _: run.extension("ports", "added", "ports"),
    "remapping": lambda run, _: (
        run.extension("remapping", "per_page", "page_remapping") / run.mhz
    ),
    "remapping-constant": lambda run, _: (
        run.extension("remapping", "constant", "page_remapping") / run.mhz
    ),
    "entry-exit": lambda run, _: run.experiment("entry_exit", "int_and_iret"),
    "bare-move": lambda run, _: (
        run.experiment("bare_move", "per_byte", configuration="") / run.mhz
    ),
    "minimum": lambda run, _: run.minimum(3, "null_message_execution"),
    "minimum-tlb": lambda run, _: run.minimum(3, "null_message_tlb_misses"),
    "mapping": lambda run, _: run.minimum(4, "temporary_mapping_execution"),
    "mapping-tlb": lambda run, _: run.minimum(4, "temporary_mapping_tlb_misses"),
    "port": lambda run, _: run.minimum(5, "port_access_execution"),
    "port-tlb": lambda run, _: run.minimum(5, "port_access_tlb_misses"),
}


# From a run's folder to its claims


def evaluate(folder: Path, facts: dict[str, Any]) -> pd.DataFrame:
    """A row for each claim. facts: provenance.

    Columns: claim (its name), section, group, text, source (where the paper's number
    stands), paper, rule, ours (nan if not measured), unit (of both), clock (of ours),
    direction, verdict, reason (why it is not reproduced, or what measures it).
    """
    files = {n: _read(folder / n, columns) for n, (columns, _) in FILES.items()}
    board = facts["board"]
    run = Run(files, board["name"], board["numbers"]["mhz"])
    return pd.DataFrame(
        _judged(name, claim, row, run)
        for name, claim in definitions().items()
        for row in paper.rows(**claim["paper"]).itertuples()
    )


def _judged(name: str, claim: dict[str, Any], row: Any, run: Run) -> dict[str, Any]:
    """A row of the table. row: the paper's number."""
    ours = _ours(name, row, run)
    key, rule = _key(name, claim, row), claim.get("rule", ABOUT)
    cost = claim.get("cost", False)
    found = verdict(rule, row.value, ours, _beside(claim, row), cost)
    reason = "" if found == REPRODUCED else _reason(key)
    return {
        "claim": key,
        "section": claim["section"],
        "group": claim["group"],
        "text": _named(claim["text"], row),
        "source": row.source,
        "paper": row.value,
        "rule": rule,
        "ours": ours,
        "unit": row.unit,
        "clock": claim.get("clock", MODEL),
        "direction": claim.get("direction", "one way"),
        "verdict": found,
        "reason": _how(claim, row, run) if found == NOT_MEASURED else reason,
    }


def _ours(name: str, row: Any, run: Run) -> float:
    if name not in OURS or run.board != model.DEFAULT_BOARD:
        return math.nan
    try:
        ours = OURS[name](run, row)
    except ZeroDivisionError:
        return math.nan
    return ours if math.isfinite(ours) else math.nan


@cache
def definitions() -> dict[str, dict[str, Any]]:
    """claims.toml."""
    return tomllib.loads(CLAIMS.read_text())


@cache
def reasons() -> dict[str, str]:
    """reasons.toml."""
    return tomllib.loads(REASONS.read_text())


def unexplained(claims: pd.DataFrame) -> list[str]:
    return list(claims.loc[claims["reason"] == UNEXPLAINED, "claim"])


def summary(claims: pd.DataFrame) -> str:
    """For the terminal: how many of which verdict; which lack an explanation."""
    counts = claims["verdict"].value_counts()
    text = ", ".join(f"{counts.get(one, 0)} {one}" for one in VERDICTS)
    missing = unexplained(claims)
    if missing:
        text += f"\n{UNEXPLAINED} (harness/reasons.toml): {', '.join(missing)}"
    return f"claims of the paper: {text}"


def _key(name: str, claim: dict[str, Any], row: Any) -> str:
    """The name, with what tells the paper's rows of the claim apart."""
    rows = paper.rows(**claim["paper"])
    parts = [name]
    if rows["system"].nunique() > 1:
        parts.append(row.system.lower())
    if rows["bytes"].nunique() > 1:
        parts.append(f"{row.bytes:g}")
    return "-".join(parts)


def _named(text: str, row: Any) -> str:
    named = text.replace("{system}", row.system.lower())
    return named.replace("{bytes}", f"{row.bytes:g}")


def _beside(claim: dict[str, Any], row: Any) -> float:
    """What the paper compares its number with, in its unit."""
    other = claim.get("beside", math.nan)
    if not isinstance(other, dict):
        return float(other)
    rows = paper.rows(**other)
    if len(rows) > 1:
        rows = rows[rows["bytes"] == row.bytes]
    (found,) = rows.itertuples()
    return paper.convert(found.value, found.unit, row.unit)


def _reason(key: str) -> str:
    fitting = (text for name, text in reasons().items() if fnmatchcase(key, name))
    return next(fitting, UNEXPLAINED)


def _how(claim: dict[str, Any], row: Any, run: Run) -> str:
    """What measures it, or why nothing does."""
    if run.board != model.DEFAULT_BOARD:
        return f"board {run.board} is not the paper's machine, {model.DEFAULT_BOARD}"
    switch = claim.get("switch", "").replace("{system}", row.system)
    if switch and switch not in {one.symbol for one in switches.switches()}:
        return f"there is no switch {switch.lower()} yet"
    if "command" in claim:
        return str(claim["command"])
    file = claim.get("data", "table7.csv")
    _, command = FILES[file]
    return command if run.files[file].empty else f"not in {file}"


def _read(path: Path, columns: str) -> pd.DataFrame:
    """All texts: what is a number in one file may be empty or a word in another."""
    names = columns.split(",")
    try:
        table = pd.read_csv(path, dtype=str, keep_default_na=False)
    except (FileNotFoundError, pd.errors.EmptyDataError):
        table = pd.DataFrame(dtype=str)
    return table.reindex(columns=names, fill_value="")
