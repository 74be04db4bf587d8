# SPDX-License-Identifier: BSD-2-Clause
"""A run in the formats of other tools: google-benchmark's JSON, which its compare.py takes;
the list of numbers of which smaller is better of github-action-benchmark; hyperfine's JSON.

All have the time of one message, one way, a benchmark each for configuration, spaces,
cache and bytes. Clock and direction stand in the names: the formats have no place for them.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pandas as pd

from harness import publish, tables
from harness.compare import KEY, Side

US_IN_A_SECOND = 1e6


def times(of: Side) -> pd.DataFrame:
    """A row a sample. Columns: name, us, messages."""
    if not of.modelled:
        rows = pd.read_csv(of.folder / publish.SAMPLES).assign(messages=1)
        rows = rows.rename(columns={"one_way_us": "us"})
    else:
        rows = publish.read_samples(of.folder, of.facts["revision"])
        rows = rows[rows["clock"] == tables.MODEL]
        rows = rows.sort_values("of", ascending=False, kind="stable")
        rows = rows.drop_duplicates(KEY)
        mhz = of.facts["board"]["numbers"]["mhz"]
        rows = rows.assign(us=rows["value"] / mhz, messages=2 * rows["round_trips"])
    if of.configuration:
        rows = rows[rows["configuration"] == of.configuration]
    names = [
        f"{r.configuration}/{r.bytes}_bytes/{r.spaces}_spaces/{r.cache}/one_way/{r.clock}"
        for r in rows.itertuples()
    ]
    return rows.assign(name=[name.replace(" ", "_") for name in names])[
        ["name", "us", "messages"]
    ]


def google_benchmark(of: Side, rows: pd.DataFrame) -> Any:
    counts = rows.groupby("name")["us"].transform("size")
    index = rows.groupby("name").cumcount()
    benchmarks = [
        {
            "name": row.name,
            "run_name": row.name,
            "run_type": "iteration",
            "repetitions": int(count),
            "repetition_index": int(number),
            "threads": 1,
            "iterations": int(row.messages),
            "real_time": round(1000 * row.us, 2),
            "cpu_time": round(1000 * row.us, 2),
            "time_unit": "ns",  # of us its compare.py shows no fraction
        }
        for row, count, number in zip(rows.itertuples(index=False), counts, index)
    ]
    context = {
        "date": of.facts.get("started", ""),
        "host_name": of.clock,
        "executable": "twentyfold",
        "num_cpus": 1,
        "mhz_per_cpu": of.facts["board"]["numbers"]["mhz"] if of.modelled else 0,
        "cpu_scaling_enabled": False,
        "caches": [],
        "load_avg": [],
        "library_build_type": "release",
    }
    return {"context": context, "benchmarks": benchmarks}


def smaller_is_better(of: Side, rows: pd.DataFrame) -> Any:
    medians = rows.groupby("name", sort=False)["us"].median()
    return [
        {"name": name, "unit": "us", "value": round(us, 5), "extra": of.clock}
        for name, us in medians.items()
    ]


def hyperfine(of: Side, rows: pd.DataFrame) -> Any:
    results = []
    for name, us in rows.groupby("name", sort=False)["us"]:
        seconds = us / US_IN_A_SECOND
        results.append(
            {
                "command": name,
                "mean": seconds.mean(),
                "stddev": None if len(seconds) < 2 else seconds.std(),
                "median": seconds.median(),
                "user": 0.0,
                "system": seconds.mean(),
                "min": seconds.min(),
                "max": seconds.max(),
                "times": list(seconds),
                "exit_codes": [0] * len(seconds),
            }
        )
    return {"results": results}


FORMATS: dict[str, Callable[[Side, pd.DataFrame], Any]] = {
    "google-benchmark": google_benchmark,
    "customSmallerIsBetter": smaller_is_better,
    "hyperfine": hyperfine,
}


def export(of: Side, format: str) -> str:
    return json.dumps(FORMATS[format](of, times(of)), indent=2) + "\n"
