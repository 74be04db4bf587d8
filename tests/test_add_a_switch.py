# SPDX-License-Identifier: BSD-2-Clause
"""Switches that documents add: each on a copy of the sources, command by command."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from checkout import copy_checkout, run

from harness.places import ROOT

EXAMPLE = ROOT / "docs/add-a-switch.md"
LAB = ROOT / "docs/course/answers/lab2.md"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$|^`([\w./-]+)`:$", re.M | re.S)


def change(path: Path, diff: str) -> None:
    """Lines with a minus are there once, with the others around them."""
    lines = diff.splitlines(keepends=True)
    old = "".join(line[1:] for line in lines if line[0] in " -")
    new = "".join(line[1:] for line in lines if line[0] in " +")
    text = path.read_text()
    assert text.count(old) == 1, f"{path}: this is not there once:\n{old}"
    path.write_text(text.replace(old, new))


@pytest.fixture
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sources; what is built is built anew."""
    folder = tmp_path_factory.mktemp("switch") / "twentyfold"
    return copy_checkout(folder)


def follow(page: Path, copy: Path) -> dict[str, str]:
    """Does what the page says; what each of its commands has said."""
    said: dict[str, str] = {}
    file = ""
    for kind, text, named in BLOCK.findall(page.read_text()):
        if named:
            file = named
        elif kind == "diff":
            change(copy / file, text)
        elif kind == "sh":
            said |= {command: run(copy, command) for command in text.splitlines()}
        else:
            assert not (copy / file).exists()
            (copy / file).write_text(text)
    return said


def test_the_example(copy: Path) -> None:
    said = follow(EXAMPLE, copy)
    switch = "trusted_tcbs"
    assert (
        "2 passed, 0 failed"
        in said["harness/python.sh -m pytest tests/test_tcb_mark.py"]
    )
    assert re.search(
        rf"^{switch} .*steps/tcb_mark.h, tcb_mark.h$", said["make switches"], re.M
    )
    assert (
        "+++ kernels/optimized/steps/tcb_mark.h" in said[f"make diff SWITCH={switch}"]
    )
    profile = said[f"make profile CONFIG=optimized-{switch}"]
    assert re.search(r"check_mark:\n.*cmpl", profile) and "jne" in profile
    row = said[f"make ablation SWITCH={switch}"]
    assert re.search(r"minus .* 8 .*\+\d", row)


def test_the_lab(copy: Path) -> None:
    said = follow(LAB, copy)
    for command, text in said.items():
        if "ipc_tests" in command:
            assert "ok" in text and "not ok" not in text
    for cache in ("", " CACHE=cold"):
        without = said[f"make profile CONFIG=optimized-untraced_messages{cache}"]
        assert re.search(r"note_sender: *\n.*  1 .*mov %edi,", without)
        assert re.search(r"^  note_sender +1 +1 *$", without, re.M)
