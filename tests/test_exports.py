# SPDX-License-Identifier: BSD-2-Clause
"""Runs in the formats of other tools."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pandas as pd
import pytest

from harness import command_line, compare, exports
from harness.places import ROOT

REFERENCE = ROOT / "results" / "reference"
EIGHT = "optimized/8_bytes/2_spaces/warm/one_way/i486_model"


@pytest.fixture(scope="module")
def us() -> float:
    table = pd.read_csv(REFERENCE / "table7.csv")
    wanted = "bytes == 8 and system == 'optimized' and cache == 'warm'"
    return float(table.query(wanted + " and clock == 'i486 model'")["one_way"].iloc[0])


def exported(format: str, of: str = "") -> object:
    side = compare.side(f"{REFERENCE}{of}", "RUN")
    return json.loads(exports.export(side, format))


def test_google_benchmark(us: float) -> None:
    """As its reporter writes it: compare.py needs name, real_time, cpu_time, time_unit."""
    found = exported("google-benchmark", ":optimized")
    assert found["context"]["library_build_type"] == "release"
    benchmarks = {one["name"]: one for one in found["benchmarks"]}
    assert len(benchmarks) == 28  # sizes, spaces, caches
    eight = benchmarks[EIGHT]
    assert eight["real_time"] == eight["cpu_time"] == pytest.approx(1000 * us, abs=0.1)
    assert eight["time_unit"] == "ns" and eight["run_type"] == "iteration"


def test_smaller_is_better(us: float) -> None:
    found = {one["name"]: one for one in exported("customSmallerIsBetter")}
    assert found[EIGHT]["value"] == pytest.approx(us, abs=1e-4)
    assert found[EIGHT]["unit"] == "us" and "i486 model" in found[EIGHT]["extra"]
    assert "optimized-lazy_scheduling" in " ".join(found)


def test_hyperfine(us: float) -> None:
    found = {one["command"]: one for one in exported("hyperfine")["results"]}
    assert found[EIGHT]["mean"] == pytest.approx(us / 1e6, abs=1e-10)
    assert len(found[EIGHT]["times"]) == 1 and found[EIGHT]["stddev"] is None


def run(*arguments: str) -> int:
    sys.argv = ["harness", "export", *arguments]
    return command_line.main()


def test_the_command(tmp_path: Path, capsys) -> None:
    assert run(str(REFERENCE), "--format=xml") == 1
    assert "FORMAT=xml: use one of google-benchmark" in capsys.readouterr().err
    into = tmp_path / "out.json"
    assert run(str(REFERENCE), "--format=hyperfine", f"--into={into}") == 0
    assert json.loads(into.read_text())["results"]
    assert run("--format=hyperfine") == 1
    assert "RUN= is missing" in capsys.readouterr().err
