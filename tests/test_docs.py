# SPDX-License-Identifier: BSD-2-Clause
"""What the documents say that can be checked."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest

from harness import build, release
from harness.machines import qemu
from harness.places import ROOT
from harness.switches import everything, parse

DEADLINE = 120
FOLDERS = {"kernels", "bench", "harness", "docs", "tests", "plots"}
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
# The switches of these are made by their test (test_add_a_switch.py).
for page in ("add-a-switch.md", "course/lab2.md", "course/answers/lab2.md"):
    DOCUMENTS.remove(ROOT / "docs" / page)
REFERENCE = ROOT / "results" / "reference"


def test_numbers_of_the_abi() -> None:
    header = (ROOT / "kernels" / "include" / "abi.h").read_text()
    text = (ROOT / "docs" / "kernel.md").read_text()
    defined = {
        name: int(number, 0)
        for name, number in re.findall(r"^#define (\w+) (\w+)\b", header, re.M)
        if re.fullmatch(r"0x[0-9a-fA-F]+|\d+", number)
    }
    told = {n: int(d) for d, n in re.findall(r"^\| (\d+) \| `(\w+)`", text, re.M)}
    told |= {
        name: int(number, 16)
        for name, number in re.findall(r"^\| `(IPC_\w+)` \| ([0-9A-F]+)h", text, re.M)
    }
    assert told and {name: defined.get(name) for name in told} == told
    results = {n for n in defined if n.startswith(("IPC_", "SERVICE_"))}
    assert results - set(told) == {
        *("IPC_OK", "IPC_CODE", "IPC_IN_RECEIVE", "IPC_RESULT", "SERVICE_OK")
    }


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_files_that_are_named_exist(document) -> None:
    named = re.findall(r"`([\w./-]+/[\w./-]*)`", document.read_text())
    missing = [
        path
        for path in named
        if path.split("/")[0] in FOLDERS and not (ROOT / path).exists()
    ]
    assert missing == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_switches_that_are_named_exist(document) -> None:
    symbols = {switch.symbol for switch in everything()}
    named = re.findall(r"CONFIG=(?:optimized|baseline)([-+]\w+)", document.read_text())
    assert {name[1:].upper() for name in named} <= symbols


def test_all_of_the_kernel_is_in_the_reading_order() -> None:
    text = (ROOT / "docs" / "reading-order.md").read_text()
    named = set()
    for path in re.findall(r"`((?:kernels|baseline|optimized)/[\w./\[\]]+)`", text):
        path = path if path.startswith("kernels/") else f"kernels/{path}"
        both = re.fullmatch(r"(.*)\.\[ch\]", path)
        named |= {f"{both[1]}.c", f"{both[1]}.h"} if both else {path}
    # Steps are pairs, each with one name.
    for path in re.findall(r"`(steps/\w+\.h)`", text):
        named |= {f"kernels/{side}/{path}" for side in ("baseline", "optimized")}
    folder = ROOT / "kernels"
    files = {str(f.relative_to(ROOT)) for f in folder.rglob("*") if f.is_file()}
    assert files - named == set()
    assert {path for path in named if path[-1] != "/"} <= files


@pytest.mark.parametrize("name", ["baseline", "optimized"])
def test_the_example_of_a_pager(name: str, tmp_path: Path) -> None:
    """Its client ends the machine; status 0 when it has got its page."""
    text = (ROOT / "docs" / "kernel.md").read_text()
    (code,) = re.findall(r"^```c\n(.*?)^```$", text, re.M | re.S)
    (tmp_path / "pager.c").write_text(code)
    built = build.build(parse(name))
    image = build_program(built, tmp_path / "pager.c")
    qemu.boot(qemu.Guest(name, built.kernel, [image], "", tmp_path / "log"), DEADLINE)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(document: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", document.read_text()):
        assert "://" in target or (document.parent / target).exists(), target


def test_how_far_off_each_prediction_was() -> None:
    found = pd.read_csv(REFERENCE / "claims.csv").set_index("claim")
    text = (ROOT / "docs" / "limits.md").read_text()
    row = r"^\| ([\w-]+) \| ([\d.]+) \| ([\d.]+) \| (.+) \| ([-+]\d+) % \|$"
    rows = re.findall(row, text, re.M)
    assert len(rows) == 30
    for name, papers, ours, unit, off in rows:
        claim = found.loc[name]
        assert float(papers) == claim["paper"] and unit == claim["unit"], name
        assert ours == f"{claim['ours']:.4g}", name
        assert off == f"{100 * (claim['ours'] / claim['paper'] - 1):+.0f}", name


def test_the_answers_of_the_labs() -> None:
    rows = pd.read_csv(REFERENCE / "table1.csv").query("order == 'minus'")
    found = rows.set_index(["switch", "bytes"])["increase_percent"]
    text = (ROOT / "docs" / "course" / "answers" / "lab1.md").read_text()
    told = re.findall(r"^\| (\w+) \| (\d+) \| ([-\d.]+) \|$", text, re.M)
    assert len(told) == 9
    for switch, size, percent in told:
        assert percent == f"{found[switch, int(size)]:.1f}", (switch, size)


def test_a_citation_is_complete() -> None:
    yaml = pytest.importorskip("yaml", reason="no python3-yaml")
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    needed = {
        "cff-version",
        "title",
        "message",
        "type",
        "authors",
        "version",
        "license",
    }
    assert needed <= cited.keys()
    assert str(cited["version"]) == release.version()
    assert (
        f"## {cited['version']} ({cited['date-released']})"
        in (ROOT / "CHANGES.md").read_text()
    )


def build_program(built: build.Built, source: Path) -> Path:
    """A program of one file, with the objects that bench/Makefile has made."""
    tools = build.find_toolchain()
    image = source.with_suffix(".elf")
    command = [
        "-std=gnu11",
        "-O2",
        "-march=i486",
        "-mgeneral-regs-only",
        "-ffreestanding",
        "-fno-pic",
    ]
    command += ["-fno-pie", "-fno-stack-protector", "-fomit-frame-pointer"]
    command += ["-fno-strict-aliasing", "-Wall", "-Werror", "-nostdlib", "-static"]
    command += ["-no-pie", "-Wl,--build-id=none", "-Wl,-z,noexecstack"]
    command += [f"-I{ROOT}/kernels/include", f"-I{built.folder}/include"]
    command += [f"-I{ROOT}/bench", "-T", f"{ROOT}/bench/runtime/user.lds"]
    objects = sorted((built.folder / "bench" / "runtime").glob("*.o"))
    command += [*map(str, objects), str(source), "-o", str(image)]
    done = tools.run("gcc", *command)
    assert done.returncode == 0, done.stderr
    return image
