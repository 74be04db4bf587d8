# SPDX-License-Identifier: BSD-2-Clause
"""The paper's claims: rules, verdicts, what is not measured; and the page."""

from __future__ import annotations

import json
import math
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pandas as pd
import pytest

from harness import claims, paper, render, report, results, switches
from harness.places import ROOT

REFERENCE = ROOT / "results" / "reference"

# Tags of HTML that have no end.
VOID = {"meta", "br", "hr", "img", "link", "input"}


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A run of which only the tables of make figures are there."""
    folder = tmp_path / "run"
    folder.mkdir()
    for name in ("provenance.json", "table7.csv", "table7_one_space.csv", "events.csv"):
        shutil.copy(REFERENCE / name, folder)
    for name in ("figure7.svg", "figure8.svg", "figures.csv"):
        shutil.copy(REFERENCE / name, folder)
    return folder


def evaluate(folder: Path) -> pd.DataFrame:
    """By the claims' names."""
    found = claims.evaluate(folder, results.read_provenance(folder))
    assert not found["claim"].duplicated().any()
    return found.set_index("claim")


@pytest.mark.parametrize(
    ("rule", "papers", "ours", "beside", "verdict"),
    [
        ("within 15 %", 100, 115, math.nan, claims.REPRODUCED),
        ("within 15 %", 100, 85, math.nan, claims.REPRODUCED),
        ("within 15 %", 100, 116, math.nan, claims.NOT_REPRODUCED),
        ("within 15 %", 100, 116, 120, claims.DIRECTION),
        ("within 15 %", 100, 121, 120, claims.NOT_REPRODUCED),
        ("within 15 %", 100, 120, 120, claims.NOT_REPRODUCED),
        ("within 15 %", 22, 1.1, 1, claims.DIRECTION),
        ("within 15 %", 22, 0.9, 1, claims.NOT_REPRODUCED),
        ("within 5 points", 23, 28, 0, claims.REPRODUCED),
        ("within 5 points", 23, 28.1, 0, claims.DIRECTION),
        ("within 5 points", 1, -0.4, 0, claims.REPRODUCED),
        ("within 5 points", 1, -1, 0, claims.NOT_REPRODUCED),
        ("at most", 350, 350, math.nan, claims.REPRODUCED),
        ("at most", 350, 351, math.nan, claims.NOT_REPRODUCED),
        ("at most", 180, 200, 900, claims.DIRECTION),
        ("at least", 58, 58, 0, claims.REPRODUCED),
        ("at least", 58, 57, 0, claims.DIRECTION),
        ("at least", 58, -1, 0, claims.NOT_REPRODUCED),
        ("at most", 350, math.nan, 0, claims.NOT_MEASURED),
        ("within 15 %", 350, math.inf, 0, claims.NOT_MEASURED),
    ],
)
def test_verdicts(
    rule: str, papers: float, ours: float, beside: float, verdict: str
) -> None:
    assert claims.verdict(rule, papers, ours, beside) == verdict


@pytest.mark.parametrize(
    ("rule", "ours", "verdict"),
    [
        ("within 15 %", 85, claims.REPRODUCED),
        ("within 15 %", 84, claims.BETTER),
        ("within 15 %", 116, claims.DIRECTION),
        ("within 15 %", -1, claims.DIRECTION),
        ("at most", 1, claims.REPRODUCED),
        ("within 15 %", math.nan, claims.NOT_MEASURED),
    ],
)
def test_verdicts_of_costs(rule: str, ours: float, verdict: str) -> None:
    """Of 100 in the paper, which Mach needs 1000 for."""
    assert claims.verdict(rule, 100, ours, 1000, cost=True) == verdict


def test_every_claim_is_the_papers() -> None:
    keys = {*("section", "group", "text", "paper", "rule", "beside", "data")}
    keys |= {"direction", "clock", "switch", "command", "cost"}
    for name, claim in claims.definitions().items():
        rows = paper.rows(**claim["paper"])
        assert len(rows), name
        assert rows["source"].notna().all() and rows["unit"].notna().all(), name
        assert set(claim) <= keys, name
        assert claim.get("rule", claims.ABOUT) in claims.RULES, name
        assert claim.get("data", "table7.csv") in claims.FILES, name
        assert name in claims.OURS or "command" in claim, name
    assert set(claims.OURS) <= set(claims.definitions())


def test_every_cell_of_the_papers_tables_is_a_claim(run: Path) -> None:
    names = set(evaluate(run).index)
    cells = paper.rows(source="table 1", quantity="removal_cost")
    assert len(cells) == 30
    for switch, size in zip(cells["system"], cells["bytes"]):
        assert f"table1-{switch.lower()}-{size:.0f}" in names
    for size in (8, 12, 128, 512, 1024, 2048, 4096):
        assert {f"table7-{size}", f"cold-{size}"} <= names


def test_every_reason_is_of_a_claim(run: Path) -> None:
    names = evaluate(run).index
    for pattern in claims.reasons():
        expression = re.compile(re.escape(pattern).replace(r"\*", ".*"))
        assert any(expression.fullmatch(name) for name in names), pattern


def test_what_is_there_is_judged(run: Path) -> None:
    found = evaluate(run)
    table = pd.read_csv(run / "table7.csv").query("clock == 'i486 model'")
    cell = table.query("system == 'optimized' and bytes == 8").set_index("cache")
    ours = cell["one_way"]
    assert found["ours"]["table7-8"] == ours["warm"]
    assert found["ours"]["target"] == pytest.approx(50 * ours["warm"])
    assert found["ours"]["cold-8"] == pytest.approx(ours["cold"] - ours["warm"])
    assert found["ours"]["null-rpc"] == 2 * ours["warm"]
    assert set(found["verdict"]) <= set(claims.VERDICTS)
    assert found["direction"]["null-rpc"] == "round trip"


def test_what_is_not_there_is_not_measured(run: Path) -> None:
    found = evaluate(run)
    assert found["verdict"]["table1-lazy_scheduling-8"] == claims.NOT_MEASURED
    assert found["reason"]["table1-lazy_scheduling-8"] == "make ablation"
    assert found["reason"]["footprint"] == "make figures"
    for path in run.glob("*.csv"):
        path.unlink()
    assert set(evaluate(run)["verdict"]) == {claims.NOT_MEASURED}


@pytest.mark.parametrize(
    "text", ["", "\n", "no,such,columns\n1,2,3\n", "switch,bytes,order\n"]
)
def test_strange_files_are_not_measured(run: Path, text: str) -> None:
    for name in claims.FILES:
        (run / name).write_text(text)
    assert set(evaluate(run)["verdict"]) == {claims.NOT_MEASURED}


def test_table_1(run: Path) -> None:
    rows = [
        "lazy_scheduling,8,minus,25.5,23",
        "lazy_scheduling,8,plus,-3,",
        "lazy_scheduling,12,minus,30,16",
        "reply_and_receive,8,minus,-2,18",
        "virtual_tcbs,8,minus,,10",
    ]
    header = "switch,bytes,order,increase_percent,paper_percent"
    (run / "table1.csv").write_text("\n".join([header, *rows]) + "\n")
    found = evaluate(run)
    assert found["verdict"]["table1-lazy_scheduling-8"] == claims.REPRODUCED
    assert found["verdict"]["table1-lazy_scheduling-12"] == claims.DIRECTION
    assert found["reason"]["table1-lazy_scheduling-12"] == claims.UNEXPLAINED
    assert found["verdict"]["table1-reply_and_receive-8"] == claims.NOT_REPRODUCED
    assert found["reason"]["table1-lazy_scheduling-512"] == "not in table1.csv"
    assert found["verdict"]["table1-virtual_tcbs-8"] == claims.NOT_MEASURED
    assert math.isnan(found["ours"]["synergy"])  # without a sum of all of them
    cycles = 0.255 * found["ours"]["target"]
    assert found["ours"]["eager-queues"] == pytest.approx(cycles)


def test_switches_that_are_not_there(
    run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(switches, "switches", lambda: ())
    reason = evaluate(run)["reason"]["table1-lazy_scheduling-8"]
    assert reason == "there is no switch lazy_scheduling yet"


def test_experiments(run: Path) -> None:
    columns = "experiment,configuration,parameter,quantity,value,unit,clock,direction"
    rows = [
        "wakeup,optimized,0,clock_interrupt,300,cycles,i486 model,",
        "wakeup,optimized,400,clock_interrupt,1300,cycles,i486 model,",
        "entry_exit,optimized,,null_service_call,150,cycles,i486 model,round trip",
        "stack_switch,optimized,8,one_way,260,cycles,i486 model,one way",
        "stack_switch,optimized-thread_kernel_stacks,8,one_way,345,cycles,,one way",
        "queue_statistics,optimized,1,messages_per_ready_queue_operation,3.5,ratio,,",
        "queue_statistics,optimized,9,messages_per_ready_queue_operation,30,ratio,,",
        "minimum,,table 4,temporary_mapping_tlb_misses,27,cycles,i486 model,",
    ]
    (run / "experiments.csv").write_text("\n".join([columns, *rows]) + "\n")
    found = evaluate(run)
    assert found["ours"]["kernel-call"] == 150
    assert found["ours"]["state-copying"] == pytest.approx(1.7)
    assert found["ours"]["lazy-ratio"] == 3.5
    assert found["ours"]["mapping-tlb"] == 27
    # 1000 cycles more, 250 times a second.
    assert found["ours"]["wakeup-load"] == pytest.approx(100 * 250_000 / 50e6)


def test_another_board_is_not_the_papers_machine(run: Path) -> None:
    facts = results.read_provenance(run)
    facts["board"]["name"] = "dx33"
    found = claims.evaluate(run, facts)
    assert set(found["verdict"]) == {claims.NOT_MEASURED}
    assert set(found["reason"]) == {"board dx33 is not the paper's machine, dx50"}


def test_reasons_are_shown_only_where_needed(
    run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = {
        "table7-1024": "first",
        "table7-*": "because",
        "footprint": "never measured",
    }
    monkeypatch.setattr(claims, "reasons", lambda: known)
    found = evaluate(run)
    assert found["reason"]["table7-1024"] == "first"
    assert found["reason"]["table7-512"] == "because"
    assert found["reason"]["footprint"] == "make figures"
    reproduced = found[found["verdict"] == claims.REPRODUCED]
    assert len(reproduced) and set(reproduced["reason"]) == {""}
    frame = found.reset_index()
    assert "table7-512" not in claims.unexplained(frame)
    assert "cold-8" in claims.unexplained(frame)
    assert "cold-8" in claims.summary(frame)


class Outline(HTMLParser):
    """Which tags are open; what refers to what."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.identifiers: list[str] = []
        self.references: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, Any]]) -> None:
        if tag not in VOID:
            self.open.append(tag)
        self.handle_startendtag(tag, attributes)

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, Any]]) -> None:
        for name, value in attributes:
            if name == "id":
                self.identifiers.append(value)
            if name in ("href", "xlink:href", "src", "srcset", "data", "poster"):
                self.references.append(value)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_is_well_formed_and_alone(run: Path) -> None:
    report.write(run)
    text = (run / "report.html").read_text()
    ElementTree.fromstring(text.replace("<!DOCTYPE html>", ""))
    outline = Outline(text)
    assert outline.open == []
    assert len(outline.identifiers) == len(set(outline.identifiers))
    targets = {f"#{name}" for name in outline.identifiers}
    outside = set(outline.references) - targets
    assert all(one.startswith("data:text/csv;base64,") for one in outside)
    for url in re.findall(r"url\(([^)]*)\)", text):
        assert url in targets
    namespaces = {"http://www.w3.org/1999/xhtml", "http://www.w3.org/2000/svg"}
    namespaces.add("http://www.w3.org/1999/xlink")
    assert set(re.findall(r"https?://[^\"' <)]*", text)) <= namespaces
    assert "@import" not in text and "<script" not in text
    assert text.count("<svg") == 2


def test_the_page_has_everything(run: Path) -> None:
    found = report.write(run)
    pages = [(run / f"report.{kind}").read_text() for kind in ("md", "html")]
    verdicts = found["verdict"].value_counts()
    for text in pages:
        for verdict, count in verdicts.items():
            assert f"<summary>{count} {verdict}</summary>" in text
        for heading in ("claims", "Provenance", "Table 7", "Table 1", "Table 2"):
            assert heading in text
        assert "120 + 0.08 n us" in text  # Mach's column, of which there are two
        assert text.count("one way") >= (found["direction"] == "one way").sum()
    written = pd.read_csv(run / "claims.csv")
    assert list(written["claim"]) == list(found["claim"])


def test_another_compiler_is_told(run: Path) -> None:
    report.write(run)
    assert "Another compiler" not in (run / "report.md").read_text()
    facts = results.read_provenance(run)
    facts["tools"] |= {"compiler": "GCC: (X) 14", "binutils": "GNU ld 2.44"}
    (run / "provenance.json").write_text(json.dumps(facts))
    report.write(run)
    text = (run / "report.md").read_text()
    assert "| compiler | GCC: (X) 14; GNU ld 2.44 |" in text
    assert "**Another compiler:** the compiler is GCC: (X) 14 with GNU ld 2.44" in text


def test_the_page_without_anything_but_provenance(run: Path) -> None:
    for path in (*run.glob("*.csv"), *run.glob("*.svg")):
        path.unlink()
    report.write(run)
    text = (run / "report.md").read_text()
    assert "`make figures` does" in text and "`make ablation` does" in text
    assert "figure7" not in text


def test_the_page_with_all_that_others_make(run: Path) -> None:
    (run / "table1.md").write_text(
        "## Table 1: what\n\n| a | b |\n| - | - |\n| 1 | 2 |\n\n![T1](table1.svg)\n"
    )
    for name in ("table1", "wakeup"):
        shutil.copy(run / "figure7.svg", run / f"{name}.svg")
    (run / "experiments.csv").write_text(
        "experiment,configuration,parameter,quantity,value,unit,clock,direction\n"
        "minimum,,table 3,null_message_execution,127,cycles,i486 model,one way\n"
        "wakeup,optimized,400,clock_interrupt,912,cycles,i486 model,\n"
    )
    (run / "peers.csv").write_text(
        "system,bytes,quantity,value,unit,clock,direction\n"
        "GNU Mach 1.8,8,message_one_trap,95.5,us,i486 model,one way\n"
        "GNU Mach 1.8,8,message_one_trap,4775,cycles,i486 model,one way\n"
    )
    report.write(run)
    text = (run / "report.md").read_text()
    assert "| 1 | 2 |" in text and "| optimized | clock interrupt | 912 |" in text
    assert "cycles | 127 | 127 | cycles | i486 model |" in text
    assert "| GNU Mach 1.8 | 8 | message one trap | 95.5 |" in text
    assert evaluate(run)["ours"]["mach"] == 95.5
    page = (run / "report.html").read_text()
    assert page.count("<svg") == 4
    outline = Outline(page)
    assert len(outline.identifiers) == len(set(outline.identifiers))


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (1295.78, "1296"),
        (60.052, "60.1"),
        (5.2, "5.2"),
        (0.030469, "0.0305"),
        (0, "0"),
        (45.0, "45"),
        (-3.456, "-3.46"),
        (math.nan, ""),
    ],
)
def test_short_numbers(number: float, text: str) -> None:
    assert render.short(number) == text
