# SPDX-License-Identifier: BSD-2-Clause
"""How techniques work together."""

from __future__ import annotations

import itertools
import shutil
import subprocess
from pathlib import Path

import pandas as pd
import pytest

from harness import factorial, pipeline, publish, switches
from harness.errors import Refused
from harness.models.i486 import model
from harness.places import ROOT

ABC = ("A", "B", "C")


def game(saved: dict[str, float], whole: float = 1000) -> dict[frozenset[str], float]:
    """Times; saved: by each subset of ABC, letters in order, others nothing."""
    return {s: whole - saved.get("".join(sorted(s)), 0) for s in factorial.subsets(ABC)}


ADDITIVE = game({"A": 1, "B": 2, "C": 4, "AB": 3, "AC": 5, "BC": 6, "ABC": 7})
# The glove game: A has a left one, B and C a right one each; a pair is worth 60.
GLOVES = game({"AB": 60, "AC": 60, "ABC": 60})


def test_without_interaction() -> None:
    own = {"A": 1, "B": 2, "C": 4}
    assert factorial.main_effects(ADDITIVE, ABC) == own
    assert factorial.shapley(ADDITIVE, ABC) == pytest.approx(own)
    table = factorial.interactions(ADDITIVE, ABC)
    assert all(table.loc[a, b] == 0 for a, b in itertools.permutations(ABC, 2))


def test_shares_of_a_known_game() -> None:
    shares = factorial.shapley(GLOVES, ABC)
    assert shares == pytest.approx({"A": 40, "B": 10, "C": 10})
    table = factorial.interactions(GLOVES, ABC)
    assert table.loc["A", "B"] == table.loc["A", "C"] == 30
    assert table.loc["B", "C"] == -30


@pytest.mark.parametrize("times", [ADDITIVE, GLOVES])
def test_shares_add_up_to_the_whole(times) -> None:
    rows = factorial.tidy(times, ABC, 8)
    (whole,) = rows.query("what == 'whole'")["cycles"]
    assert rows.query("what == 'share'")["cycles"].sum() == pytest.approx(whole)
    assert rows.query("what == 'share'")["percent"].sum() == pytest.approx(100)


def test_drawn_orders() -> None:
    """Each with its reverse, always the same; their averages come near the shares."""
    drawn = factorial.orders(ABC, 200)
    assert drawn == factorial.orders(ABC, 200) and len(drawn) == 200
    assert all(a == b[::-1] for a, b in zip(drawn[::2], drawn[1::2]))
    found = factorial.estimated(GLOVES, drawn).set_index("switch")
    assert found["cycles"].sum() == pytest.approx(60)
    for one, share in factorial.shapley(GLOVES, ABC).items():
        assert found.loc[one, "low95"] <= share <= found.loc[one, "high95"]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "SWITCHES: 0 of them: take 2 to 8, or all"),
        ("lazy_scheduling", "1 of them: take 2 to 8"),
        ("lazy_scheduling lasy", "no switch 'lasy'"),
        ("late_checks late_checks", "late_checks is there twice"),
        ("late_checks ports", "ports is no optimisation"),
        (" ".join(s.name for s in switches.switches()[:9]), "9 of them: take 2 to 8"),
    ],
)
def test_switches_that_are_refused(text: str, complaint: str) -> None:
    with pytest.raises(Refused, match=complaint):
        factorial.chosen(text)


def test_broken_off_and_gone_on_with(tmp_path: Path, monkeypatch) -> None:
    """What is there is not measured again; what is damaged, or of another board, is."""
    booted = []

    def boot(built, board):
        booted.append(str(built.configuration))
        if len(booted) == 2:
            raise Refused("broken off")
        return {"8": 100.0 + len(booted), "4096": 1000.0}

    from contextlib import nullcontext

    monkeypatch.setattr(factorial, "_boot", boot)
    monkeypatch.setattr(factorial.os, "cpu_count", lambda: 1)
    of = factorial.chosen("LATE_CHECKS lazy_scheduling")
    names = [s.symbol for s in of]
    wanted = [factorial.configuration(s, names, True) for s in factorial.subsets(names)]
    assert len(wanted) == 4 and wanted[-1] == switches.optimized()
    board = model.load_board("dx50")

    def measured(board=board):
        return factorial.measured(wanted, board, tmp_path, lambda _: nullcontext())

    with pytest.raises(Refused, match="broken off"):
        measured()
    table = measured()
    assert len(booted) == 5 and len(table) == 8
    assert measured().equals(table) and len(booted) == 5
    (tmp_path / f"{wanted[0]}.json").write_text("{")
    measured()
    assert booted[5:] == [str(wanted[0])]
    measured(model.load_board("dx33"))
    assert len(booted) == 10


def measured_orders(folder: Path) -> pd.DataFrame:
    """Of a run: each switch that is on saves 10 cycles."""
    plan = factorial.plan("all", True, 4)
    rows = [
        (str(kernel), size, 1000.0 - 10 * len(kernel.on), 4)
        for kernel in plan.kernels.values()
        for size in factorial.SIZES
    ]
    table = pd.DataFrame(rows, columns=["configuration", "bytes", "cycles", "orders"])
    (folder / "logs").mkdir()
    table.to_csv(folder / factorial.RAW_OF_RUN, index=False)
    return table


def test_shares_in_a_run(tmp_path: Path) -> None:
    measured_orders(tmp_path)
    factorial.evaluate_of_run(tmp_path)
    shares = pd.read_csv(tmp_path / factorial.CSV_OF_RUN)
    assert set(shares["switch"]) == {s.name for s in switches.switches()}
    assert set(shares["orders"]) == {4} and set(shares["bytes"]) == {8, 4096}
    assert shares["cycles"].to_list() == pytest.approx([10] * len(shares))
    assert (shares["low95"] <= shares["high95"]).all()
    for size in factorial.SIZES:
        assert (tmp_path / f"shares_{size}.svg").exists()
    (table,) = publish.of_run(tmp_path, "dx50")
    assert list(table.frame) == ["switch", "8 bytes", "4096 bytes"]
    assert set(table.frame["8 bytes"]) == {"5.0 (5.0 to 5.0)"}


def test_a_run_without_shares(tmp_path: Path) -> None:
    factorial.evaluate_of_run(tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "damage",
    [
        lambda rows: rows[:-1],
        lambda rows: rows[rows["configuration"] != "optimized"],
        lambda rows: rows.drop(columns="orders"),
        lambda rows: rows[:0],
        lambda rows: rows.assign(orders=6),
    ],
)
def test_shares_of_a_run_that_is_cut(tmp_path: Path, damage) -> None:
    rows = damage(measured_orders(tmp_path))
    rows.to_csv(tmp_path / factorial.RAW_OF_RUN, index=False)
    with pytest.raises(Refused, match="orders.csv: .*: run make factorial again"):
        factorial.evaluate_of_run(tmp_path)


def test_shares_are_not_added_to_a_run_of_another_revision() -> None:
    with pytest.raises(Refused, match="is of revision .*, this is .*measure it again"):
        plan = factorial.plan("all", True, 4)
        pipeline.add_shares(ROOT / "results" / "reference", plan)


@pytest.mark.skipif(not shutil.which("snakemake"), reason="no snakemake")
def test_the_workflow_has_a_job_for_each_kernel(tmp_path: Path) -> None:
    """Without executing any."""
    copy = tmp_path / "checkout"
    for name in ("harness", "kernels"):
        shutil.copytree(ROOT / name, copy / name)
    command = ["snakemake", "-s", "harness/workflow/Snakefile", "--cores", "2", "-n"]
    command += ["--config", "switches=lazy_scheduling late_checks segment_check"]
    done = subprocess.run(command, cwd=copy, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("rule kernel:") == 8
    assert done.stdout.count("rule shares:") == 1
