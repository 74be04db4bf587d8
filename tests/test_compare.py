# SPDX-License-Identifier: BSD-2-Clause
"""Two runs, number by number."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import numpy
import pandas as pd
import pytest

from harness import command_line, commands, compare
from harness.errors import Refused
from harness.places import ROOT

REFERENCE = ROOT / "results" / "reference"


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """The same run in another place."""
    shutil.copytree(REFERENCE, tmp_path / "run")
    return tmp_path / "run"


def sides(a: object, b: object) -> tuple[compare.Side, compare.Side]:
    return compare.side(str(a), "A"), compare.side(str(b), "B")


def change(run: Path, key: str, value: object) -> None:
    path = run / "provenance.json"
    facts = json.loads(path.read_text())
    if isinstance(value, dict):
        value = facts[key] | value
    path.write_text(json.dumps(facts | {key: value}))


def test_the_same_run_elsewhere(other: Path) -> None:
    a, b = sides(REFERENCE, other)
    rows = compare.compare(a, b)
    assert set(rows["verdict"]) == {compare.SAME} and len(rows) > 500
    assert (rows["ratio"].dropna() == 1).all()
    assert compare.explanations(a, b) == [] and compare.steps(a, b).empty


def test_with_one_ablation() -> None:
    """Exactly what table 1 says."""
    a, b = sides(f"{REFERENCE}:optimized", f"{REFERENCE}:optimized-lazy_scheduling")
    compare.check(a, b, across=False)
    rows = compare.compare(a, b).query("bytes == 8 and unit == 'cycles'")
    (row,) = rows.itertuples()
    table1 = pd.read_csv(REFERENCE / "table1.csv")
    wanted = "switch == 'lazy_scheduling' and bytes == 8 and order == 'minus'"
    (percent,) = table1.query(wanted)["increase_percent"]
    assert 100 * (row.ratio - 1) == pytest.approx(percent, abs=0.01)
    assert compare.explanations(a, b) == ["only in A: lazy_scheduling"]


def test_what_explains_a_difference(other: Path) -> None:
    change(other, "tools", {"compiler": "another", "qemu": "QEMU 99"})
    change(other, "cycles_sha256", "0" * 64)
    steps = pd.read_csv(other / "steps.csv")
    steps.loc[0, "call"] += 7
    steps.to_csv(other / "steps.csv", index=False)
    a, b = sides(REFERENCE, other)
    told = " | ".join(compare.explanations(a, b))
    for what in ("compiler: ", "another", "QEMU 99", "cycles.csv"):
        assert what in told
    (step,) = compare.steps(a, b).itertuples()
    assert step.message == "call" and step.b == step.a + 7


def test_refusals(other: Path) -> None:
    with pytest.raises(Refused, match="A and B are the same"):
        compare.check(*sides(REFERENCE, REFERENCE), across=True)
    with pytest.raises(Refused, match="name a kernel behind both, or behind none"):
        compare.check(*sides(f"{REFERENCE}:optimized", other), across=True)
    change(other, "board", {"name": "dx33"})
    with pytest.raises(Refused, match="board dx50; B is by .*board dx33.*ACROSS=1"):
        compare.check(*sides(REFERENCE, other), across=False)
    compare.check(*sides(REFERENCE, other), across=True)
    with pytest.raises(Refused, match="no optimized-lazy_scheduling-late_checks in it"):
        compare.compare(
            *sides(
                f"{other}:optimized-lazy_scheduling-late_checks", f"{other}:baseline"
            )
        )


def run(*arguments: str) -> int:
    sys.argv = ["harness", "compare", *arguments]
    return command_line.main()


def test_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    monkeypatch.setattr(commands, "COMPARED", tmp_path / "compare")
    a, b = f"--a={REFERENCE}:optimized", f"--b={REFERENCE}:optimized-segment_check"
    assert run(a, b, "--html") == 0
    assert "only in A: segment_check" in capsys.readouterr().out
    page = (tmp_path / "compare" / "report.html").read_text()
    assert "segment_check" in page and "<table>" in page
    assert len(pd.read_csv(tmp_path / "compare" / "compare.csv")) == 10
    assert run(a, b, "--fail-above=50%") == 0
    assert not (tmp_path / "compare" / "report.html").exists()  # of another comparison
    assert run(a, b, "--fail-above=2%") == 1
    assert "are more than 2 % above A's, first" in capsys.readouterr().err
    assert run(a, b, "--fail-above=x") == 1


# --- measured ---------------------------------------------------------------------


def machine(folder: Path, factor: float, seed: int, clock: str = "TSC") -> Path:
    """Three boots of 20 batches each, with noise of some percent."""
    generator = numpy.random.default_rng(seed)
    rows = [
        {
            **{"configuration": "optimized", "spaces": 2, "cache": "warm", "bytes": 8},
            **{"boot": boot, "batch": batch, "clock": clock, "unit": "us"},
            "one_way_us": factor * generator.normal(1.0, 0.02),
        }
        for boot in range(1, 4)
        for batch in range(1, 21)
    ]
    folder.mkdir()
    pd.DataFrame(rows).to_csv(folder / "samples.csv", index=False)
    facts = {"machine": "a-486", "clock": clock}
    (folder / "machine.json").write_text(json.dumps(facts))
    return folder


def test_of_a_real_machine(tmp_path: Path) -> None:
    first = machine(tmp_path / "first", 1.0, seed=1)
    again = machine(tmp_path / "again", 1.0, seed=2)
    slower = machine(tmp_path / "slower", 1.2, seed=3)
    (row,) = compare.compare(*sides(first, again)).itertuples()
    assert row.verdict == compare.UNDETECTED and row.p > 0.01
    rows = compare.compare(*sides(first, slower))
    (row,) = rows.itertuples()
    assert row.verdict == compare.DIFFERENT and row.p < 0.01
    assert 1.1 < row.low95 < row.ratio < row.high95 < 1.3
    assert len(compare.slower(rows, 10)) == 1 and compare.slower(rows, 25).empty
    another = machine(tmp_path / "another", 1.0, seed=4, clock="PIT")
    with pytest.raises(Refused, match="ACROSS=1"):
        compare.check(*sides(first, another), across=False)
    with pytest.raises(Refused, match="by the i486 model, the other one measured"):
        compare.check(*sides(first, REFERENCE), across=True)
