# SPDX-License-Identifier: BSD-2-Clause
"""From logs to tables and figures, and what happens when that fails."""

from __future__ import annotations

import dataclasses
import errno
import json
import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Iterator

import pandas as pd
import pytest

from harness import ablation, build, command_line, experiments, figures, measure, paper
from harness import peers, results, switches, tables
from harness.errors import Refused
from harness.machines import qemu

# With figures.
EXPERIMENTS = (
    "steps",
    "wakeup",
    "footprint",
    "queue_statistics",
    "remapping",
    "notifications",
    "virtual_registers",
    "anatomy",
)

# All on one worker, which makes the run.
pytestmark = pytest.mark.xdist_group("results")


@pytest.fixture(scope="module", autouse=True)
def short_runs() -> Iterator[None]:
    """Few round trips; of table 1 the two ends only."""
    lazy = switches.find("lazy_scheduling")
    ends = (switches.baseline(), switches.optimized())
    chosen = [
        ablation.Comparison(lazy, "minus", *ends),
        ablation.Comparison(lazy, "plus", *reversed(ends)),
        ablation.Comparison(lazy, "cumulative", *reversed(ends)),
    ]
    measured = measure.boot

    def few_rounds(
        built: build.Built,
        program: measure.Program,
        line: str = "",
        *more: Any,
        **named: Any,
    ) -> measure.Outcome:
        line = line or ("rounds=100" if program == measure.PINGPONG else "")
        return measured(built, program, line, *more, **named)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(peers, "ROUND_TRIPS", 50)
        patch.setattr(ablation, "comparisons", lambda: chosen)
        patch.setattr(ablation, "COMMAND_LINE", "table=1 rounds=50")
        patch.setattr(measure, "boot", few_rounds)
        yield


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A whole run, as make figures makes it."""
    folder = tmp_path_factory.mktemp("results") / "run"
    assert command("figures", "--results", str(folder)) == 0
    return folder


def command(*arguments: str) -> int:
    sys.argv = ["harness", *arguments]
    return command_line.main()


def test_a_run_is_complete(run: Path) -> None:
    peer = {"peers.csv"} if not peers.missing(run) else set()
    assert {path.name for path in run.iterdir()} == peer | {
        *("logs", "provenance.json", "figures.csv", "claims.csv"),
        *("report.md", "report.html", "table2.csv"),
        *("table7.csv", "table7_one_space.csv", "events.csv"),
        *("experiments.csv", "samples.csv", "path.csv", "tables"),
        *(f"{n}.{s}" for n in ("figure7", "figure8") for s in figures.TERMINALS),
        *(f"{n}.{s}" for n in EXPERIMENTS for s in ("csv", *figures.TERMINALS)),
        *("table1.md", "table1.csv", "table1_us.csv", "table1_paper.csv"),
        *("table1_minus.csv", "table1_cumulative.csv", "table1_synergy.csv"),
        *(f"{n}.{s}" for n in ("table1", "cumulative") for s in figures.TERMINALS),
    }
    readable = ("table1", "table2", "table7", "anatomy", "claims")
    kinds = ("csv", "md", "tex")
    found = {path.name for path in (run / "tables").iterdir()}
    assert found == {f"{name}.{kind}" for name in readable for kind in kinds}
    peer = {"gnumach.log", "gnumach.stamps.csv"} if peer else {"gnumach.missing"}
    assert {path.name for path in (run / "logs").iterdir()} == peer | {
        *("baseline.log", "baseline.stamps", "optimized.log", "optimized.stamps"),
        *("experiments", ablation.LOGS),
    }


def test_experiments(run: Path) -> None:
    table = pd.read_csv(run / "experiments.csv", keep_default_na=False)
    assert tuple(table.columns) == experiments.ALL_COLUMNS
    key = ["experiment", "configuration", "parameter", "quantity"]
    assert not table.duplicated(key).any()
    assert set(table["experiment"]) == set(experiments.EXPERIMENTS)
    assert set(table["clock"]) == {"i486 model", "instructions"}
    assert (table.query("unit != 'percent'")["value"] >= 0).all()


def test_table_7(run: Path) -> None:
    table = pd.read_csv(run / "table7.csv")
    columns = "bytes,system,cache,clock,one_way,unit,paper_us"
    assert ",".join(table.columns) == columns
    assert not table.drop(columns="paper_us").isna().any().any()
    ours = table[table["clock"] == "i486 model"]
    assert set(ours["unit"]) == {"us"}
    for _, series in ours.groupby(["system", "cache"]):
        assert list(series["bytes"]) == list(measure.SIZES)
        assert series["one_way"].is_monotonic_increasing
    instructions = table[table["clock"] == "instructions"]
    assert set(instructions["unit"]) == {"instructions"}
    assert len(instructions) == len(ours) == 2 * 2 * len(measure.SIZES)


def test_two_runs_are_identical(run: Path, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(experiments, "boots", lambda: [])
    monkeypatch.setattr(experiments, "write", lambda *_: None)
    assert command("figures", "--results", str(tmp_path / "again")) == 0
    names = ("table7.csv", "table7_one_space.csv", "table1.csv", "peers.csv")
    for name in (*(n for n in names if (run / n).exists()), "figure7.svg"):
        assert (tmp_path / "again" / name).read_bytes() == (run / name).read_bytes()


def test_redraw_makes_the_same_from_the_logs(run: Path, tmp_path: Path) -> None:
    shutil.copytree(run, tmp_path / "run")
    names = ("table7.csv", "figure8.svg", "experiments.csv", "claims.csv")
    names += ("report.html",)
    for name in names:
        (tmp_path / "run" / name).unlink()
    assert command("redraw", str(tmp_path / "run")) == 0
    for name in names:
        assert (tmp_path / "run" / name).read_bytes() == (run / name).read_bytes()


def test_samples(run: Path) -> None:
    """A row a sample and clock, with unit and direction."""
    samples = pd.read_csv(run / "samples.csv")
    assert len(samples) == 2 * (2 * 4 * len(measure.SIZES) + 2 * len(ablation.SIZES))
    assert set(samples["direction"]) == {"one way"}
    units = samples[["clock", "unit"]].drop_duplicates().values.tolist()
    assert sorted(units) == [["i486 model", "cycles"], ["instructions"] * 2]


def test_tables_for_a_paper(run: Path) -> None:
    text = (run / "tables" / "table7.tex").read_text()
    assert all(rule in text for rule in (r"\toprule", r"\midrule", r"\bottomrule"))
    assert "i486 model" in text and "one way" in text and "(5.2)" in text
    text = (run / "tables" / "table1.tex").read_text()
    assert r"lazy\_scheduling" in text and "%" not in text.replace(r"\%", "")


def test_a_run_is_verified(run: Path, capsys) -> None:
    assert command("verify", str(run)) == 0
    assert re.search(r"tables are what \d+ raw files say", capsys.readouterr().out)


def changed_fact(key: str, value: object) -> Callable[[Path], None]:
    def change(run: Path) -> None:
        path = run / "provenance.json"
        path.write_text(json.dumps(json.loads(path.read_text()) | {key: value}))

    return change


def changed_digit(run: Path) -> None:
    path = run / "table7.csv"
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    table.loc[3, "one_way"] = "1.0"
    table.to_csv(path, index=False)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (changed_digit, r"table7\.csv:5: one_way is '1\.0', the raw records say '\d"),
        (lambda run: (run / "table1.csv").unlink(), r"table1\.csv: is missing"),
        (lambda run: shutil.rmtree(run / "tables"), r"tables/.* is missing"),
        (lambda run: (run / "x.csv").write_text("a\n1\n"), r"x\.csv: is nothing that"),
        (
            lambda run: (run / "logs" / "optimized.stamps").write_text(""),
            r"logs/optimized\.stamps: has been changed",
        ),
        (
            lambda run: (run / "logs" / "x").write_text(""),
            r"logs/x: is not of this run",
        ),
        (
            lambda run: (run / "logs" / "baseline.log").unlink(),
            r"logs/baseline\.log: is missing: the run is cut",
        ),
        (changed_fact("schema", 99), r"of another version \(schema 99"),
        (changed_fact("project", "x"), "a run of another project"),
        (changed_fact("dirty", 1), "dirty: 1 is not of type 'boolean'"),
        (changed_fact("more", 1), r"Additional properties .*'more' was unexpected"),
        (lambda run: (run / "provenance.json").unlink(), "no run of ours"),
    ],
)
def test_a_run_that_was_changed(
    run: Path, tmp_path: Path, change: Callable[[Path], None], complaint: str, capsys
) -> None:
    shutil.copytree(run, tmp_path / "run")
    change(tmp_path / "run")
    assert command("verify", str(tmp_path / "run")) == 1
    error = capsys.readouterr().err
    assert_one_line(error, "twentyfold: ")
    assert re.search(complaint, error), error


@pytest.mark.parametrize(
    ("damage", "complaint"),
    [
        (lambda log: log[: log.index("\n", log.index("TF1")) - 9], "garbled"),
        (lambda log: log[: log.rindex("TF1")], "cut off after 28 samples"),
        (lambda log: log.replace("optimized", "baseline"), "checksum"),
        (lambda log: log + log, "a record behind the end record"),
    ],
)
def test_damaged_logs_leave_the_results_alone(
    run: Path, tmp_path: Path, damage, complaint: str, capsys
) -> None:
    shutil.copytree(run, tmp_path / "run")
    log = tmp_path / "run" / "logs" / "optimized.log"
    log.write_text(damage(log.read_text()))
    before = snapshot(tmp_path / "run")
    assert command("redraw", str(tmp_path / "run")) == 1
    assert snapshot(tmp_path / "run") == before
    assert [path.name for path in tmp_path.iterdir()] == ["run"]
    assert_one_line(capsys.readouterr().err, complaint)


def test_log_of_another_configuration(run: Path, tmp_path: Path, capsys) -> None:
    shutil.copytree(run, tmp_path / "run")
    logs = tmp_path / "run" / "logs"
    shutil.copy(logs / "baseline.log", logs / "optimized.log")
    assert command("redraw", str(tmp_path / "run")) == 1
    assert_one_line(
        capsys.readouterr().err, "from configuration baseline, not optimized"
    )


def test_log_of_another_revision(run: Path, capsys) -> None:
    log = str(run / "logs" / "optimized.log")
    arguments = ("records", log, "--configuration", "optimized", "--revision", "x")
    assert command(*arguments) == 1
    assert_one_line(capsys.readouterr().err, f"from revision {build.revision()}, not x")


def test_records_of_a_log(run: Path, capsys) -> None:
    log = str(run / "logs" / "baseline.log")
    assert command("records", log, "--configuration", "baseline") == 0
    assert len(capsys.readouterr().out.splitlines()) == 1 + 4 * len(measure.SIZES)


@pytest.mark.parametrize("full", ["table", "figure"])
def test_full_disk(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys, full: str
) -> None:
    """/dev/full is a disk without space."""
    shutil.copytree(run, tmp_path / "run")
    before = snapshot(tmp_path / "run")
    if full == "table":
        write = tables.write
        monkeypatch.setattr(tables, "write", lambda t, _: write(t, Path("/dev/full")))
    else:

        def refuse(*_: object, **__: object) -> None:
            raise OSError(errno.ENOSPC, "No space left on device", "figure7.svg")

        monkeypatch.setattr(figures, "draw", refuse)
    assert command("redraw", str(tmp_path / "run")) == 1
    assert_one_line(capsys.readouterr().err, "the disk is full")
    assert snapshot(tmp_path / "run") == before
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_a_failing_boot_keeps_its_log_and_the_results(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys
) -> None:
    shutil.copytree(run, tmp_path / "run")
    before = snapshot(tmp_path / "run")
    monkeypatch.setattr(measure, "PINGPONG", measure.Program("pingpong", 0))
    usual = measure.guest

    def with_its_own_log(built: build.Built, *more: Any) -> qemu.Guest:
        """Other tests boot the same kernels."""
        log = tmp_path / f"{built.configuration}.log"
        return dataclasses.replace(usual(built, *more), log=log)

    monkeypatch.setattr(measure, "guest", with_its_own_log)
    assert command("figures", "--results", str(tmp_path / "run")) == 1
    assert_one_line(capsys.readouterr().err, "no user program.*log")
    assert snapshot(tmp_path / "run") == before
    assert "PANIC: no user program" in (tmp_path / "baseline.log").read_text()


def test_gnuplot_that_fails(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="plots/figure7.gp: gnuplot: "):
        figures.draw("figure7", tmp_path / "no such data", tmp_path)


def test_publishing_replaces_only_when_complete(tmp_path: Path) -> None:
    target = tmp_path / "run"
    for text in ("first", "second"):
        with results.publishing(target) as folder:
            (folder / "file").write_text(text)
        assert (target / "file").read_text() == text
    with pytest.raises(KeyboardInterrupt):
        with results.publishing(target) as folder:
            (folder / "file").write_text("third")
            raise KeyboardInterrupt
    assert (target / "file").read_text() == "second"
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_the_papers_numbers() -> None:
    assert dict(paper.one_way_us("L3"))[4096] == 115.6
    assert list(paper.one_way_us("Mach").index) == list(measure.SIZES)
    assert paper.one_way_us("Mach", paper.AS_DRAWN)[512] == 172
    assert paper.cold_penalty_us()[8] == 6.4
    switched = set(paper.numbers().query("quantity == 'removal_cost'")["system"])
    existing = {s.symbol for s in switches.switches()}
    assert {"LAZY_SCHEDULING", "DIRECT_TRANSFER"} <= switched & existing


def snapshot(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def assert_one_line(message: str, contains: str) -> None:
    assert len(message.splitlines()) == 1
    assert message.startswith("twentyfold: ")
    assert re.search(contains, message)
