# SPDX-License-Identifier: BSD-2-Clause
"""Two runs, number by number.

By the i486 model a difference is exact, and something explains it: a switch, the
compiler, the kernel, the board. By the clock of a real machine it is a ratio of medians
with an interval (hierarchical bootstrap), a rank test, and the band within which halves of
the same data differ: what is inside the band is no detectable difference.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy
import pandas as pd
from rich.table import Table

from harness import page as pages
from harness import publish, real_machines, results, switches, tables
from harness.errors import Refused
from harness.render import render

KEY = ["configuration", "spaces", "cache", "bytes", "clock"]
EXPERIMENT_KEY = ["experiment", "configuration", "parameter", "quantity", "clock"]
MESSAGE = "one message"
SAME, DIFFERENT, UNDETECTED = "same", "different", "no detectable difference"
PERMUTATIONS = 2000


@dataclass(frozen=True)
class Side:
    """One of the two. configuration: the only one that is compared, or empty: all."""

    name: str  # as it was typed
    folder: Path
    facts: dict[str, Any]
    modelled: bool
    configuration: str

    @property
    def clock(self) -> str:
        """What has to be the same on both sides."""
        if self.modelled:
            return f"{tables.MODEL}, board {self.facts['board']['name']}"
        return f"{self.facts['machine']}, {self.facts['clock']}"


def side(text: str, variable: str) -> Side:
    """Of RUN or RUN:CONFIGURATION."""
    if not text:
        raise Refused(f"{variable}= is missing: the folder of a run")
    path, _, configuration = text.partition(":")
    if configuration:
        configuration = str(switches.parse(configuration))
    folder = Path(path)
    if (folder / "machine.json").exists():
        facts = json.loads((folder / "machine.json").read_text())
        return Side(text, folder, facts, False, configuration)
    return Side(text, folder, results.read_provenance(folder), True, configuration)


def check(a: Side, b: Side, across: bool) -> None:
    """Refuses what cannot be compared, or has not been asked for."""
    same = a.folder.resolve() == b.folder.resolve()
    if same and a.configuration == b.configuration:
        raise Refused(f"A and B are the same: {a.name}")
    if bool(a.configuration) != bool(b.configuration):
        raise Refused(
            f"A is {a.name}, B is {b.name}: name a kernel behind both, or behind none"
        )
    if a.clock != b.clock and not across:
        raise Refused(
            f"A is by {a.clock}; B is by {b.clock}: to compare them all the same, set "
            "ACROSS=1"
        )
    if a.modelled != b.modelled:
        raise Refused(
            "one is by the i486 model, the other one measured: not comparable"
        )


def compare(a: Side, b: Side) -> pd.DataFrame:
    """A row a number that both have. Columns: what, bytes, spaces, cache, a, b,
    difference, ratio, unit, clock, direction, verdict; of measured ones also low95,
    high95, p, aa_percent. Refuses runs that have no number in common."""
    rows = _modelled(a, b) if a.modelled else _measured(a, b)
    if rows.empty:
        raise Refused(f"{a.name} and {b.name} have measured nothing in common")
    return rows


# --- by the model -----------------------------------------------------------------


def _modelled(a: Side, b: Side) -> pd.DataFrame:
    messages = _joined(_messages(a), _messages(b), [k for k in KEY if _one(a, b, k)])
    others = (
        _joined(_others(a), _others(b), EXPERIMENT_KEY) if not _chosen(a, b) else []
    )
    frames = [frame for frame in (messages, others) if len(frame)]
    if not frames:
        return pd.DataFrame()
    rows = pd.concat(frames, ignore_index=True)
    difference = (rows["b"] - rows["a"]).round(5)
    return rows.assign(
        difference=difference,
        ratio=rows["b"] / rows["a"].where(rows["a"] != 0),
        verdict=difference.map(lambda d: DIFFERENT if d else SAME),
    )


def _chosen(a: Side, b: Side) -> bool:
    """Has each side one configuration only? check refuses one with and one without."""
    return bool(a.configuration and b.configuration)


def _one(a: Side, b: Side, key: str) -> bool:
    """Two configurations that were named are compared whatever they are."""
    return key != "configuration" or not _chosen(a, b)


def _messages(of: Side) -> pd.DataFrame:
    rows = publish.read_samples(of.folder, of.facts["revision"])
    if of.configuration:
        rows = rows[rows["configuration"] == of.configuration]
        if rows.empty:
            raise Refused(f"{of.folder}: no {of.configuration} in it")
        return rows.assign(what=MESSAGE)
    return rows.assign(what=rows["configuration"] + f": {MESSAGE}")


def _others(of: Side) -> pd.DataFrame:
    path = of.folder / "experiments.csv"
    if not path.exists():
        return pd.DataFrame(columns=[*EXPERIMENT_KEY, "value"])
    rows = pd.read_csv(path, dtype={"parameter": str}).fillna({"configuration": ""})
    rows = rows.fillna({"parameter": "", "direction": ""})
    names = rows["experiment"] + ": " + rows["quantity"]
    parameter = rows["parameter"].map(lambda text: f" ({text})" if text else "")
    where = rows["configuration"].map(lambda text: f"{text}: " if text else "")
    return rows.assign(what=where + names + parameter)


def _joined(a: pd.DataFrame, b: pd.DataFrame, key: list[str]) -> pd.DataFrame:
    """Of series that both have, the first; table 7's is of more sizes than table 1's."""
    series = [*key, "of"] if "of" in a else key
    other = b.rename(columns={"value": "b"})[[*series, "b"]]
    both = a.rename(columns={"value": "a"}).merge(other, on=series)
    if "of" in both:
        both = both.sort_values("of", ascending=False, kind="stable")
    both = both.drop_duplicates(key)
    columns = ["what", "bytes", "spaces", "cache", "a", "b"]
    columns += ["unit", "clock", "direction"]
    return both.reindex(columns=columns)


def explanations(a: Side, b: Side) -> list[str]:
    """What differs between two modelled runs, other than the numbers."""
    if not a.modelled:
        return []
    found = []
    parts = {"revision": "revision", "cycles_sha256": "cycles.csv"}
    parts |= {"model_sha256": "i486 model"}
    for key, what in parts.items():
        ours, theirs = a.facts.get(key), b.facts.get(key)
        if ours and theirs and ours != theirs:
            found.append(f"{what}: {ours[:18]}, {theirs[:18]}")
    if a.facts["board"] != b.facts["board"]:
        found.append(f"board: {a.facts['board']['name']}, {b.facts['board']['name']}")
    for tool in ("compiler", "binutils", "qemu"):
        ours, theirs = a.facts["tools"][tool], b.facts["tools"][tool]
        if ours != theirs:
            found.append(f"{tool}: {ours}; {theirs}")
    if _chosen(a, b):
        ours, theirs = (switches.parse(one.configuration).on for one in (a, b))
        if ours - theirs:
            found.append(f"only in A: {', '.join(sorted(ours - theirs)).lower()}")
        if theirs - ours:
            found.append(f"only in B: {', '.join(sorted(theirs - ours)).lower()}")
        return found
    ours, theirs = a.facts["configurations"], b.facts["configurations"]
    both = sorted(ours.keys() & theirs.keys())
    other = [c for c in both if ours[c]["kernel_sha256"] != theirs[c]["kernel_sha256"]]
    if other:
        found.append(f"kernels: {len(other)} of {len(both)} are others")
    return found


def steps(a: Side, b: Side) -> pd.DataFrame:
    """The steps of an 8-byte message of the optimized kernel that take longer or shorter:
    step, message, a, b in cycles, TLB misses included. Empty if a run has none, or none
    differs."""
    paths = [one.folder / "steps.csv" for one in (a, b)]
    if _chosen(a, b) or not all(path.exists() for path in paths):
        return pd.DataFrame()
    sides = []
    for path in paths:
        table = pd.read_csv(path)
        whole = pd.DataFrame({"step": table["step"]})
        for message in ("call", "reply"):
            whole[message] = table[message] + table[f"{message}_tlb"]
        sides.append(whole.melt("step", var_name="message"))
    both = sides[0].merge(sides[1], "outer", ["step", "message"], suffixes=("_a", "_b"))
    both = both.rename(columns={"value_a": "a", "value_b": "b"}).fillna(0)
    return both[both["a"] != both["b"]].reset_index(drop=True)


# --- measured ---------------------------------------------------------------------


def _measured(a: Side, b: Side) -> pd.DataFrame:
    generator = numpy.random.default_rng(real_machines.SEED)
    ours, theirs = _batches(a), _batches(b)
    key = [k for k in real_machines.KEYS if _one(a, b, k)]
    lines = []
    for names, of_a in ours.groupby(key):
        wanted = dict(zip(key, names))
        of_b = theirs[(theirs[key] == pd.Series(wanted)).all(axis=1)]
        if len(of_b):
            lines.append(_line(of_a, of_b, generator))
    return pd.DataFrame(lines)


def _batches(of: Side) -> pd.DataFrame:
    path = of.folder / "samples.csv"
    if not path.exists():
        raise Refused(f"{of.folder}: no samples in it: of photographs only medians are")
    rows = pd.read_csv(path)
    if of.configuration:
        rows = rows[rows["configuration"] == of.configuration]
        if rows.empty:
            raise Refused(f"{of.folder}: no {of.configuration} in it")
    return rows


def _line(
    of_a: pd.DataFrame, of_b: pd.DataFrame, generator: numpy.random.Generator
) -> dict[str, Any]:
    us_a, us_b = of_a["one_way_us"].to_numpy(), of_b["one_way_us"].to_numpy()
    a, b = float(numpy.median(us_a)), float(numpy.median(us_b))
    drawn = [real_machines.bootstrap(of, generator) for of in (of_a, of_b)]
    low, high = numpy.percentile(drawn[1] / drawn[0], [2.5, 97.5])
    bands = [real_machines.halves(us, generator) or 0.0 for us in (us_a, us_b)]
    band = max(bands)
    inside = abs(b / a - 1) * 100 <= band or low <= 1 <= high
    first = of_a.iloc[0]
    names = {str(of["configuration"].iloc[0]) for of in (of_a, of_b)}
    one = f"{first['configuration']}: {MESSAGE}" if len(names) == 1 else MESSAGE
    return {
        "what": one,
        "bytes": first["bytes"],
        "spaces": first["spaces"],
        "cache": first["cache"],
        "a": a,
        "b": b,
        "difference": b - a,
        "ratio": b / a,
        "low95": float(low),
        "high95": float(high),
        "p": rank_test(us_a, us_b, generator),
        "aa_percent": band,
        "unit": "us",
        "clock": first["clock"],
        "direction": "one way",
        "verdict": UNDETECTED if inside else DIFFERENT,
    }


def rank_test(
    a: numpy.ndarray, b: numpy.ndarray, generator: numpy.random.Generator
) -> float:
    """How probable a sum of ranks so far from the middle is if nothing differs (Wilcoxon,
    by permutation; equal values have equal ranks)."""
    ranks = pd.Series(numpy.concatenate([a, b])).rank().to_numpy()
    middle = ranks.mean() * len(a)
    seen = abs(ranks[: len(a)].sum() - middle)
    as_far = sum(
        abs(generator.permutation(ranks)[: len(a)].sum() - middle) >= seen
        for _ in range(PERMUTATIONS)
    )
    return (as_far + 1) / (PERMUTATIONS + 1)


# --- what is said of them -----------------------------------------------------------


def slower(rows: pd.DataFrame, percent: float) -> pd.DataFrame:
    """Times of B that are more than so many percent above A's, beyond doubt."""
    times = rows[rows["unit"].isin(["us", "cycles"])]
    ratio = times["low95"] if "low95" in times else times["ratio"]
    return times[ratio > 1 + percent / 100]


def rich_table(rows: pd.DataFrame, a: Side, b: Side) -> Table:
    """Of messages between two spaces, by a clock of time, those that differ."""
    rows = rows[(rows["spaces"] == 2) & (rows["unit"] != tables.INSTRUCTIONS)]
    clock = a.clock if a.clock == b.clock else f"A {a.clock}, B {b.clock}"
    title = f"A: {a.name}\nB: {b.name}\none way; clock: {clock}"
    drawn = Table(title=title, title_justify="left")
    drawn.add_column("what", no_wrap=True)
    for heading in ("bytes", "cache", "A", "B", "B - A", "B / A", "unit"):
        drawn.add_column(heading, justify="right")
    measured = "p" in rows
    for heading in ("95 %", "p", "A/A") if measured else ():
        drawn.add_column(heading, justify="right")
    for row in rows[rows["verdict"] != SAME].itertuples():
        about = [row.bytes, row.cache]
        cells = ["" if pd.isna(one) else _plain(one) for one in about]
        cells += [f"{row.a:.5g}", f"{row.b:.5g}", f"{row.difference:+.5g}"]
        cells += ["" if pd.isna(row.ratio) else f"{row.ratio:.4f}", str(row.unit)]
        if measured:
            cells += [f"{row.low95:.4f} to {row.high95:.4f}", f"{row.p:.4f}"]
            cells += [f"{row.aa_percent:.2f} %"]
        drawn.add_row(str(row.what), *cells)
    return drawn


def _plain(number: object) -> str:
    return f"{number:g}" if isinstance(number, float) else str(number)


def summary(rows: pd.DataFrame) -> str:
    counts = rows["verdict"].value_counts()
    found = ", ".join(f"{counts[verdict]} {verdict}" for verdict in counts.index)
    return f"{len(rows)} numbers: {found}"


def write(rows: pd.DataFrame, a: Side, b: Side, folder: Path, page: bool) -> None:
    """compare.csv; and report.md and report.html."""
    tables.write(rows, folder / "compare.csv")
    if not page:
        return
    text = render(
        "compare.md",
        a=a,
        b=b,
        summary=summary(rows),
        explanations=explanations(a, b),
        steps=steps(a, b).to_dict("records"),
        measured="p" in rows,
        rows=rows.to_dict("records"),
    )
    (folder / "report.md").write_text(text)
    (folder / "report.html").write_text(pages.html(text, folder))
