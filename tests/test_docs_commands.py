# SPDX-License-Identifier: BSD-2-Clause
"""Every command of the documents runs as it is printed.

Those that take seconds do in make check, those that take minutes in make check-docs. What
needs hardware, or a file that only the reader has, is listed here, with why.
"""

from __future__ import annotations

import re
import shutil
import warnings
from pathlib import Path

import pytest
from checkout import copy_checkout, run

from harness.places import ROOT

DEADLINE = 3600
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
# What these print is run by test_add_a_switch.py, which changes the kernel.
FOLLOWED = {"add-a-switch.md", "answers/lab2.md"}

# Words that a line begins with if it is a command.
PROGRAMS = "make|harness/|snakemake|git|gcc|dd|dnsmasq|apt-get|tar|patch|mkdir|export"
COMMAND = re.compile(rf"(?:{PROGRAMS}|\(cd)[ /]")

# Not run anywhere: a pattern, and why.
READERS = {
    r"make check$": "this is a part of it",
    r"IMAGE=kernel\.elf": "a kernel of the reader's",
    r"^make menuconfig": "waits for keys",
    r"^git clone https://example\.org": "an address of the reader's",
    r"^dd |^dnsmasq": "writes on a disk, serves a network",
    r"^make collect|FROM=results/collected": "a machine of the reader's",
    r"^make figures MACHINE=kvm": "a processor that can do it",
    r"snakemake .*--profile harness/workflow/slurm": "a cluster",
    r"CROSS_COMPILE=|COMPILER=": "a compiler of the reader's; test_compilers.py",
    r"^(apt-get|tar|patch|mkdir|\(cd|export)|MAKEINFO": "builds a compiler: hours",
}

# In make check-docs only.
MINUTES = re.compile(
    r"^make (figures|ablation|fuzz|disk|iso|pxe|floppy|validate-model)|SWITCHES=all|"
    r"build/peers|PROGRAM=ipc_tests"
)


def commands(page: Path) -> list[str]:
    """Of code blocks, indented or fenced; continued lines joined, comments gone."""
    text = re.sub(r"\\\n\s*", "", page.read_text())
    blocks = re.findall(r"^```sh\n(.*?)^```$", text, re.M | re.S)
    rest = re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S)
    lines = [line for block in blocks for line in block.splitlines()]
    lines += re.findall(r"^ {4,}(.*[^.,:\s])\s*$", rest, re.M)  # not prose of a list
    lines = [re.sub(r"\s+#.*", "", line.strip()) for line in lines]
    return [line for line in lines if COMMAND.match(line)]


def of_readers(command: str) -> bool:
    return any(re.search(pattern, command) for pattern in READERS)


ALL = [
    (page, command)
    for page in DOCUMENTS
    if not any(str(page).endswith(one) for one in FOLLOWED)
    for command in commands(page)
]
RUN = [(page, command) for page, command in ALL if not of_readers(command)]
QUICK = sorted({page for page, command in RUN if not MINUTES.search(command)})


# One copy, in which kernels are built once.
pytestmark = pytest.mark.xdist_group("documents")


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sources and the documents, with a run where make figures leaves one."""
    folder = copy_checkout(tmp_path_factory.mktemp("documents") / "twentyfold")
    shutil.copytree(ROOT / "docs", folder / "docs")
    for name in ("reference", "latest"):
        shutil.copytree(ROOT / "results" / "reference", folder / "results" / name)
    return folder


def run_printed(checkout: Path, command: str) -> None:
    program = command.split()[0].split("/")[0]
    if not shutil.which(program) and not (checkout / program).exists():
        warnings.warn(f"not run, as there is no {program}: {command}")
        return
    run(checkout, command, DEADLINE)


def write_files(page: Path, checkout: Path) -> None:
    """Those that the page has the reader type."""
    files = re.findall(
        r"^`([\w.]+)`:\n\n```gas\n(.*?)^```$", page.read_text(), re.M | re.S
    )
    for name, text in files:
        (checkout / name).write_text(text)


def test_what_is_not_run_is_printed_somewhere() -> None:
    for pattern in READERS:
        assert any(re.search(pattern, command) for _, command in ALL), pattern
    assert len(RUN) > 50


@pytest.mark.parametrize("page", QUICK, ids=lambda page: page.name)
def test_commands_of_seconds(page: Path, checkout: Path) -> None:
    write_files(page, checkout)
    for other, command in RUN:
        if other == page and not MINUTES.search(command):
            run_printed(checkout, command)


@pytest.mark.documents
def test_commands_of_minutes(checkout: Path) -> None:
    """All of them, as one who reads everything."""
    shutil.rmtree(checkout / "results" / "latest")
    run_printed(checkout, "make figures")
    for page, command in RUN:
        write_files(page, checkout)
        run_printed(checkout, command)
