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

from harness import paper, switches
from harness.models.i486 import model
from harness.tables import MODEL

CLAIMS = Path(__file__).parent / "claims.toml"
REASONS = Path(__file__).parent / "reasons.toml"

REPRODUCED = "reproduced"
DIRECTION = "direction only"
NOT_REPRODUCED = "not reproduced"
NOT_MEASURED = "not measured"
VERDICTS = (REPRODUCED, DIRECTION, NOT_REPRODUCED, NOT_MEASURED)

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
    "peers.csv": ("system,bytes,quantity,value", FIGURES),
}


# When do they agree?

ABOUT = "within 15 %"
POINTS = "within 5 points"
AT_MOST = "at most"
AT_LEAST = "at least"

RULES: dict[str, Callable[[float, float], bool]] = {
    ABOUT: lambda papers, ours: abs(ours - papers) <= 0.15 * abs(papers),
    # A saving never agrees with a cost, however small.
    POINTS: lambda papers, ours: abs(ours - papers) <= 5 and round(ours) * papers >= 0,
    AT_MOST: lambda papers, ours: ours <= papers,
    AT_LEAST: lambda papers, ours: ours >= papers,
}


def verdict(rule: str, papers: float, ours: float, beside: float) -> str:
    """beside: what the paper compares its number with, nan if with nothing. Only the
    direction is right if ours is on the same side of it."""
    if not math.isfinite(ours):
        return NOT_MEASURED
    if RULES[rule](papers, ours):
        return REPRODUCED
    if (ours - beside) * (papers - beside) > 0:
        return DIRECTION
    return NOT_REPRODUCED


# What we have measured


@dataclass(frozen=True)
class Run:
    """The CSV files of a run, as texts. What is not there is nan."""

    files: dict[str, pd.DataFrame]
    mhz: int

    def us(self, system: str, size: int, cache: str = "warm") -> float:
        """Of one message, one way, between two address spaces."""
        where = {"system": system, "bytes": size, "cache": cache, "clock": MODEL}
        return self.value("table7.csv", "one_way", **where)

    def cycles(self, system: str, size: int) -> float:
        return self.us(system, size) * self.mhz

    def line(self, *sizes: int) -> tuple[float, float]:
        """Least squares: us of a byte more, and of a message without bytes."""
        times = [self.us("optimized", size) for size in sizes]
        if not np.isfinite(times).all():
            return math.nan, math.nan
        slope, constant = np.polyfit(sizes, times, 1)
        return float(slope), float(constant)

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

    def wakeups(self) -> float:
        """Cycles a second that 400 waiting threads add to the clock interrupts."""
        name, quantity = "wakeup", "clock_interrupt"
        some = self.experiment(name, quantity, parameter=400)
        return TICKS * (some - self.experiment(name, quantity, parameter=0))

    def gnumach(self, quantity: str, **where: float) -> float:
        return self.value("peers.csv", "value", quantity=quantity, **where)

    def value(self, file: str, column: str, **where: float | str) -> float:
        """Of the only row where the columns have these values."""
        rows = self.files[file]
        for name, wanted in where.items():
            text = wanted if isinstance(wanted, str) else f"{wanted:g}"
            rows = rows[rows[name] == text]
        found = pd.to_numeric(rows[column], errors="coerce")
        return float(found.iloc[0]) if len(found) == 1 else math.nan


TICKS = 250  # clock interrupts a second
THREE = ("CONDENSED_TABLES", "VIRTUAL_TCBS", "LAZY_SCHEDULING")


def _sum_of_table1(run: Run, _: pd.Series) -> float:
    cells = paper.numbers().query("quantity == 'removal_cost' and bytes == 8")
    return sum(run.increase(switch, 8) for switch in cells["system"])


# By the names in claims.toml: from a run, and the paper's row, to what stands beside.
OURS: dict[str, Callable[[Run, pd.Series], float]] = {
    "target": lambda run, _: run.cycles("optimized", 8),
    "achieved": lambda run, _: run.cycles("optimized", 8),
    "factor": lambda run, _: run.us("baseline", 8) / run.us("optimized", 8),
    "factor-long": lambda run, _: run.us("baseline", 4096) / run.us("optimized", 4096),
    "factor-gnumach": lambda run, _: (
        run.gnumach("one_way", bytes=8) / run.us("optimized", 8)
    ),
    "factor-long-gnumach": lambda run, _: (
        run.gnumach("one_way", bytes=4096) / run.us("optimized", 4096)
    ),
    "mach": lambda run, _: run.gnumach("one_way", bytes=8),
    "mach-entry": lambda run, _: run.gnumach("null_call"),
    "kernel-call": lambda run, _: run.experiment("entry_exit", "null_service_call"),
    "null-rpc": lambda run, _: 2 * run.us("optimized", 8),
    "footprint": lambda run, _: run.experiment("footprint", "bytes"),
    "growth": lambda run, _: run.line(12, 128, 512, 1024, 2048)[0],
    "growth-constant": lambda run, _: run.line(12, 128, 512, 1024, 2048)[1],
    "growth-above": lambda run, _: run.line(2048, 4096)[0],
    "growth-above-constant": lambda run, _: run.line(2048, 4096)[1],
    "table7": lambda run, row: run.us("optimized", row.bytes),
    "cold": lambda run, row: (
        run.us("optimized", row.bytes, "cold") - run.us("optimized", row.bytes)
    ),
    "table1": lambda run, row: run.increase(row.system, row.bytes),
    "table1-sum": _sum_of_table1,
    "synergy": lambda run, _: run.whole() / run.increases(),
    "stack-switching": lambda run, _: (
        run.experiment("stack_switch", "stack_switching") / run.mhz
    ),
    "state-copying": lambda run, _: run.cost("THREAD_KERNEL_STACKS"),
    "tlb-misses": lambda run, row: run.tlb_misses(row.system),
    "tlb-misses-together": lambda run, _: sum(run.tlb_misses(s) for s in THREE),
    "uid-address": lambda run, _: math.nan,
    "uid-check": lambda run, _: math.nan,
    "wakeup-load": lambda run, _: 100 * run.wakeups() / (run.mhz * 1e6),
    "wakeup-share": lambda run, _: (
        100 * run.wakeups() / (paper.value("ipc_rate", "L3") * run.cycles("optimized", 8))
    ),
    "eager-queues": lambda run, _: run.cost("LAZY_SCHEDULING") * run.mhz,
    "lazy-ratio": lambda run, _: (
        run.experiment("queue_statistics", "ipcs_per_queue_operation")
    ),
    "register-gain": lambda run, _: run.cost("REGISTER_MESSAGES"),
    "segments": lambda run, _: run.cost("SEGMENT_CHECK") * run.mhz,
    "ports": lambda run, _: run.experiment("ports", "added"),
    "remapping": lambda run, _: run.experiment("remapping", "per_page") / run.mhz,
    "remapping-constant": lambda run, _: (
        run.experiment("remapping", "constant") / run.mhz
    ),
    "entry-exit": lambda run, _: run.experiment("minimum", "entry_and_exit"),
    "bare-move": lambda run, _: run.experiment("minimum", "move_per_byte") / run.mhz,
    "minimum": lambda run, _: run.experiment("minimum", "table3_execution"),
    "minimum-tlb": lambda run, _: run.experiment("minimum", "table3_tlb"),
    "mapping": lambda run, _: run.experiment("minimum", "table4_execution"),
    "mapping-tlb": lambda run, _: run.experiment("minimum", "table4_tlb"),
    "port": lambda run, _: run.experiment("minimum", "table5_execution"),
    "port-tlb": lambda run, _: run.experiment("minimum", "table5_tlb"),
}


# From a run's folder to its claims


def evaluate(folder: Path, facts: dict[str, Any]) -> pd.DataFrame:
    """A row for each claim. facts: provenance.

    Columns: claim (its name), section, group, text, source (where the paper's number
    stands), paper, rule, ours (nan if not measured), unit (of both), clock (of ours),
    direction, verdict, reason (why it is not reproduced, or what measures it).
    """
    run = Run(
        {name: _read(folder / name, columns) for name, (columns, _) in FILES.items()},
        facts["board"]["numbers"]["mhz"],
    )
    board = facts["board"]["name"]
    rows = []
    for name, claim in definitions().items():
        for row in paper.rows(**claim["paper"]).itertuples():
            ours = OURS[name](run, row) if board == model.DEFAULT_BOARD else math.nan
            rule = claim.get("rule", ABOUT)
            found = verdict(rule, row.value, ours, _beside(claim, row))
            key = _key(name, claim, row)
            if found == NOT_MEASURED:
                reason = _how(claim, row, run, board)
            else:
                reason = _reason(key) if found != REPRODUCED else ""
            rows.append(
                {
                    "claim": key,
                    "section": claim["section"],
                    "group": claim["group"],
                    "text": _named(claim["text"], row),
                    "source": row.source,
                    "paper": row.value,
                    "rule": rule,
                    "ours": ours if math.isfinite(ours) else math.nan,
                    "unit": row.unit,
                    "clock": MODEL,
                    "direction": claim.get("direction", "one way"),
                    "verdict": found,
                    "reason": reason,
                }
            )
    return pd.DataFrame(rows)


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
    return text.replace("{bytes}", f"{row.bytes:g}").replace("{system}", row.system.lower())


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


def _how(claim: dict[str, Any], row: Any, run: Run, board: str) -> str:
    """What measures it, or why nothing does."""
    if board != model.DEFAULT_BOARD:
        return f"board {board} is not the paper's machine, {model.DEFAULT_BOARD}"
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
