# SPDX-License-Identifier: BSD-2-Clause
"""What the documents say that can be checked."""

from __future__ import annotations

import re

import pytest

from harness.switches import ROOT, switches

FOLDERS = {"kernels", "bench", "harness", "docs", "tests", "plots"}
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


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
    symbols = {switch.symbol for switch in switches()}
    named = re.findall(r"CONFIG=(?:optimized|baseline)([-+]\w+)", document.read_text())
    assert {name[1:].upper() for name in named} <= symbols
