# SPDX-License-Identifier: BSD-2-Clause
"""From the records of real machines to their tables, figures and report.

The same tables as for the model (table7.csv, table1.csv), by the machine's own clock,
which each row names. The paper's numbers and the model's stand beside them in columns
of their own.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Sequence

import numpy
import pandas as pd

from harness import ablation, collect, figures, page, paper, results, tables
from harness.collect import Boot
from harness.errors import Refused
from harness.places import RESULTS, ROOT
from harness.records import Records
from harness.render import render

REFERENCE = ROOT / "results" / "reference"  # the modelled run that stands beside
KEYS = ["configuration", "spaces", "cache", "bytes"]
RESAMPLES = 2000
SEED = 1993
PIT = "PIT"


@dataclass(frozen=True)
class Machine:
    """One real machine, and its boots that are whole."""

    name: str  # for files
    boots: tuple[Boot, ...]

    @property
    def runs(self) -> list[Records]:
        return [boot.run for boot in self.boots if boot.run]


def machines(found: Sequence[Boot]) -> list[Machine]:
    """Told apart by what the processor says of itself, the memory and the clock."""
    groups: dict[str, list[Boot]] = {}
    for boot in found:
        if boot.run and boot.run.about:
            groups.setdefault(name_of(boot.run), []).append(boot)
    return [Machine(name, tuple(boots)) for name, boots in groups.items()]


def name_of(run: Records) -> str:
    about = run.about.get("machine", {})
    brand = about.get("brand", "unknown")
    parts = [about.get("vendor", "unknown")]
    parts += [f"f{about.get('family', 0)}", f"m{about.get('model', 0)}"]
    parts += [f"s{about.get('stepping', 0)}"]
    parts += [] if brand == "unknown" else [brand]
    megabytes = int(run.about.get("memory", {}).get("free_kb", 0)) + 4095 >> 10
    parts += [f"{megabytes}MB", run.about.get("clock", {}).get("clock", "unknown")]
    return re.sub(r"[^\w.]+", "-", "-".join(parts)).strip("-").lower()


def clock_of(run: Records) -> str:
    """What a time is measured with, in words."""
    clock = run.about["clock"]
    mhz = int(clock["khz"]) / 1000
    if clock["clock"] == "pit":
        return f"{PIT}, {mhz:.3f} MHz"
    kind = "invariant TSC" if clock["invariant"] == "1" else "TSC"
    return f"{kind}, {mhz:.0f} MHz by {clock['source']}"


def samples(machine: Machine) -> pd.DataFrame:
    """A row a batch. Columns: KEYS, boot, batch, one_way_us; smi (None: not counted),
    pit_us: the same by the PIT."""
    frames = []
    for number, boot in enumerate(machine.boots, start=1):
        run = boot.run
        if run is None or run.samples.empty:
            continue
        khz = int(run.about["clock"]["khz"])
        if not khz:
            raise Refused(f"{boot.name}: nothing says how fast its clock is")
        rows = run.samples
        messages = 2 * rows["round_trips"]
        # Without clock ticks nobody knows how often the PIT has begun again.
        pit = rows["pit"] if rows["ticks"].any() else float("nan")
        frame = pd.DataFrame(
            {
                "configuration": run.configuration,
                "spaces": rows["spaces"],
                "cache": rows["cold"].map(lambda cold: "cold" if cold else "warm"),
                "bytes": rows["bytes"],
                "boot": number,
                "one_way_us": (rows["end"] - rows["start"]) * 1000 / khz / messages,
                "pit_us": pit * 1e6 / 1193182 / messages,
                "smi": rows["smi"] if "smi" in rows else None,
            }
        )
        frame["batch"] = frame.groupby(KEYS).cumcount() + 1
        frames.append(frame)
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()


def bootstrap(of: pd.DataFrame, generator: numpy.random.Generator) -> numpy.ndarray:
    """Medians of samples of one series, drawn again: boots first, then batches of each
    (a hierarchical bootstrap: what differs from boot to boot counts as such)."""
    boots = [group["one_way_us"].to_numpy() for _, group in of.groupby("boot")]
    medians = numpy.empty(RESAMPLES)
    for n in range(RESAMPLES):
        chosen = generator.integers(len(boots), size=len(boots))
        drawn = [generator.choice(boots[boot], len(boots[boot])) for boot in chosen]
        medians[n] = numpy.median(numpy.concatenate(drawn))
    return medians


def statistics(rows: pd.DataFrame) -> pd.DataFrame:
    """A row a series: of one_way_us min, q1, median, q3, max, and low95 and high95,
    between which the median lies in 95 of 100 resamplings; outliers, boots, batches;
    smi: batches with a system management interrupt; aa_percent: by how much halves of
    the same data differ in 95 of 100 halvings, which no difference should be less than.
    """
    generator = numpy.random.default_rng(SEED)
    lines = []
    for key, of in rows.groupby(KEYS):
        us = of["one_way_us"]
        q1, q3 = us.quantile(0.25), us.quantile(0.75)
        far = 1.5 * (q3 - q1)
        drawn = bootstrap(of, generator)
        line = dict(zip(KEYS, key))
        line |= {"min": us.min(), "q1": q1, "median": us.median(), "q3": q3}
        line |= {
            "max": us.max(),
            "outliers": int(((us < q1 - far) | (us > q3 + far)).sum()),
        }
        line |= {"boots": of["boot"].nunique(), "batches": len(of)}
        line["low95"], line["high95"] = numpy.percentile(drawn, [2.5, 97.5])
        line["smi"] = None if of["smi"].isna().any() else int((of["smi"] > 0).sum())
        line["aa_percent"] = halves(us.to_numpy(), generator)
        lines.append(line)
    return pd.DataFrame(lines)


def halves(values: numpy.ndarray, generator: numpy.random.Generator) -> float | None:
    """The A/A band, in percent."""
    if len(values) < 4:
        return None
    differences = []
    for _ in range(RESAMPLES // 4):
        mixed = generator.permutation(values)
        first, second = mixed[: len(mixed) // 2], mixed[len(mixed) // 2 :]
        differences.append(abs(numpy.median(first) / numpy.median(second) - 1))
    return float(100 * numpy.percentile(differences, 95))


def from_series(machine: Machine) -> pd.DataFrame:
    """The same of boots that came without samples (photographs): what the machine has
    worked out itself, of the last such boot of each configuration."""
    lines = []
    for run in machine.runs:
        khz = int(run.about["clock"]["khz"])
        for row in run.series.to_dict("records"):
            us = {
                name: row[name] * 1000 / khz / (2 * row["round_trips"])
                for name in ("min", "q1", "median", "q3", "max")
            }
            lines.append(
                {
                    "configuration": run.configuration,
                    "spaces": row["spaces"],
                    "cache": "cold" if row["cold"] else "warm",
                    "bytes": row["bytes"],
                    **us,
                    "outliers": row["outliers"],
                    "boots": 1,
                    "batches": row["batches"],
                }
            )
    return pd.DataFrame(lines).drop_duplicates(KEYS, keep="last")


def series_table(machine: Machine) -> pd.DataFrame:
    """Of all configurations, by samples where there are some."""
    rows = samples(machine)
    found = statistics(rows) if len(rows) else pd.DataFrame()
    without = [run for run in machine.runs if run.samples.empty]
    if without:
        other = from_series(machine)
        if len(found):
            there = set(found["configuration"])
            other = other[~other["configuration"].isin(there)]
        found = pd.concat([found, other], ignore_index=True)
    # What boots without samples do not tell.
    return found.reindex(columns=found.columns.union(["aa_percent", "smi"], sort=False))


def table7(series: pd.DataFrame, clock: str) -> pd.DataFrame:
    """As tables.table7, by a machine's clock. one_way: the median, us. paper_us and
    model_us: the paper's, and ours by the i486 model (results/reference), or empty."""
    rows = series.rename(columns={"configuration": "system", "median": "one_way"})
    rows = rows.assign(clock=clock, unit="us", direction="one way")
    model = _model("table7.csv", 2) | _model("table7_one_space.csv", 1)
    rows["paper_us"] = [
        tables.paper_us(system, size, cache) if spaces == 2 else None
        for system, size, cache, spaces in zip(
            rows["system"], rows["bytes"], rows["cache"], rows["spaces"]
        )
    ]
    keys = zip(rows["spaces"], rows["bytes"], rows["system"], rows["cache"])
    rows["model_us"] = [model.get(key) for key in keys]
    columns = ["bytes", "system", "spaces", "cache", "clock", "one_way", "unit"]
    columns += ["direction", "low95", "high95", "min", "q1", "q3", "max", "outliers"]
    columns += ["batches", "boots", "smi", "aa_percent", "paper_us", "model_us"]
    order = ["spaces", "cache", "bytes", "system"]
    rows = rows.reindex(columns=columns)
    return rows.sort_values(order, ascending=[False, False, True, True])


def _model(file: str, spaces: int) -> dict[tuple[int, int, str, str], float]:
    path = REFERENCE / file
    if not path.exists():
        return {}
    rows = pd.read_csv(path).query("clock == @tables.MODEL")
    keys = zip([spaces] * len(rows), rows["bytes"], rows["system"], rows["cache"])
    return dict(zip(keys, rows["one_way"]))


def table1(rows: pd.DataFrame, series: pd.DataFrame, clock: str) -> pd.DataFrame:
    """What each removal costs, of the comparisons of which both kernels were measured:
    switch, order, bytes, increase_percent with low95 and high95, aa_percent of the
    reference; paper_percent, model_percent."""
    generator = numpy.random.default_rng(SEED)
    warm = series.query("spaces == 2 and cache == 'warm'")
    medians = warm.set_index(["configuration", "bytes"])["median"].to_dict()
    bands = warm.set_index(["configuration", "bytes"])["aa_percent"].to_dict()
    model = _model_percents()
    lines = []
    for c in ablation.comparisons():
        for size in sorted(warm["bytes"].unique()):
            ours, reference = (str(c.configuration), size), (str(c.reference), size)
            if ours not in medians or reference not in medians:
                continue
            low, high = _ratio_bounds(rows, ours, reference, generator)
            lines.append(
                {
                    "switch": c.switch.name,
                    "order": c.order,
                    "bytes": size,
                    "increase_percent": 100 * (medians[ours] / medians[reference] - 1),
                    "low95": low,
                    "high95": high,
                    "aa_percent": bands.get(reference),
                    "clock": clock,
                    "direction": "one way",
                    "model_percent": model.get((c.switch.name, size, c.order)),
                }
            )
    if not lines:
        return pd.DataFrame()
    table = pd.DataFrame(lines)
    return table.merge(
        ablation.paper_percents(), on=["switch", "bytes", "order"], how="left"
    )


def _ratio_bounds(
    rows: pd.DataFrame,
    ours: tuple[str, int],
    reference: tuple[str, int],
    generator: numpy.random.Generator,
) -> tuple[float | None, float | None]:
    if rows.empty:
        return None, None
    warm = rows.query("spaces == 2 and cache == 'warm'")
    pair = [
        warm[(warm["configuration"] == name) & (warm["bytes"] == size)]
        for name, size in (ours, reference)
    ]
    if any(of.empty for of in pair):
        return None, None
    first, second = (bootstrap(of, generator) for of in pair)
    low, high = numpy.percentile(100 * (first / second - 1), [2.5, 97.5])
    return float(low), float(high)


def _model_percents() -> dict[tuple[str, int, str], float]:
    path = REFERENCE / "table1.csv"
    if not path.exists():
        return {}
    table = pd.read_csv(path)
    keys = zip(table["switch"], table["bytes"], table["order"])
    return dict(zip(keys, table["increase_percent"]))


def publish(
    machine: Machine, folder: Path, found: Sequence[Boot], note: str = ""
) -> None:
    """All files of a machine's run. found: all boots, also those that were refused.
    note: what has to be said first, such as that it is no measurement."""
    rows, series = samples(machine), series_table(machine)
    last = machine.runs[-1]
    clock = clock_of(last) + (f"; {note.partition('.')[0]}" if note else "")
    seven = table7(series, clock)
    one = table1(rows, series, clock)
    tables.write(seven, folder / "table7.csv")
    if len(rows):
        tables.write(rows.assign(clock=clock, unit="us"), folder / "samples.csv")
    if len(one):
        tables.write(one, folder / "table1.csv")
    facts = {
        "machine": machine.name,
        "clock": clock,
        "note": note,
        "about": last.about,
        "options": last.options,
        "revisions": sorted({run.revision for run in machine.runs}),
        "boots": [boot.name for boot in machine.boots],
        "refused": [f"{boot.name}: {boot.trouble}" for boot in found if not boot.run],
        "disagreement": last.about["clock"]["disagree"] == "1",
    }
    (folder / "machine.json").write_text(json.dumps(facts, indent=2) + "\n")
    draw(seven, one, folder, clock)
    text = render("machine.md", **facts_for_page(facts, seven, one))
    (folder / "report.md").write_text(text)
    (folder / "report.html").write_text(page.html(text, folder))


def facts_for_page(
    facts: dict[str, Any], seven: pd.DataFrame, one: pd.DataFrame
) -> dict[str, Any]:
    both = seven[seven["spaces"] == 2]
    cells = {(r.bytes, r.system, r.cache): r for r in both.itertuples()}
    return {
        **facts,
        "sizes": sorted(both["bytes"].unique()),
        "cells": cells,
        "systems": [s for s in ("optimized", "baseline") if s in set(both["system"])],
        "table1": one.to_dict("records") if len(one) else [],
    }


def draw(seven: pd.DataFrame, one: pd.DataFrame, folder: Path, clock: str) -> None:
    """Figures 7 and 8 with a logarithmic axis: such machines are up to a hundred times
    faster than the paper's."""
    rows = seven[
        (seven["spaces"] == 2) & seven["system"].isin(["optimized", "baseline"])
    ]
    if rows.empty:
        return
    wide = rows.pivot(index="bytes", columns=["system", "cache"], values="one_way")
    wide.columns = [f"{system}_{cache}" for system, cache in wide.columns]
    model = rows[rows["cache"] == "warm"].pivot(
        index="bytes", columns="system", values="model_us"
    )
    for name in ("optimized", "baseline"):
        for cache in ("warm", "cold"):
            if f"{name}_{cache}" not in wide:
                wide[f"{name}_{cache}"] = float("nan")
        wide[f"model_{name}"] = model[name] if name in model else float("nan")
    wide["paper_L3"] = paper.one_way_us("L3")
    wide["paper_Mach"] = paper.one_way_us("Mach", paper.AS_DRAWN)
    data = folder / "figures.csv"
    tables.write(wide.reset_index(), data)
    for name in ("machine7", "machine8"):
        figures.draw(name, data, folder, clock=clock)


def make_figures(source: Path, target: Path | None) -> list[Path]:
    """Of all machines in a collection or log; where their runs are."""
    found = collect.read(source)
    several = machines(found)
    if not several:
        why = "; ".join(collect.summary(found)) or "no boot in it"
        raise Refused(f"{source}: nothing that is whole: {why}")
    base = target or results_folder(source)
    made = []
    for machine in several:
        folder = base if len(several) == 1 else base / machine.name
        check_target(folder)
        with results.publishing(folder) as partial:
            publish(machine, partial, found)
        made.append(folder)
    return made


def results_folder(source: Path) -> Path:
    return RESULTS / "machines" / source.resolve().stem


def check_target(target: Path) -> None:
    """Refuses a folder that is there and is no machine's run."""
    results.check_target(target, "machine.json", "run of a real machine")
