# SPDX-License-Identifier: BSD-2-Clause
"""Pairs: both sides of a mechanism have the same names."""

from __future__ import annotations

import re
from argparse import Namespace
from pathlib import Path

import pytest

from harness import commands, sides, switches
from harness.errors import Refused
from harness.places import ROOT

KERNELS = ROOT / "kernels"
SIDES = ("baseline", "optimized")
STEPS = sorted(path.name for path in (KERNELS / "optimized/steps").glob("*.h"))


def macros(path: Path) -> list[str]:
    return re.findall(r"^\.macro\t(\w+)", path.read_text(), re.M)


def users(name: str, but: Path) -> list[Path]:
    """Files in which a macro is called, but one."""
    places = [KERNELS / "optimized/ipc_entry.S", *KERNELS.glob("*/steps/*.h")]
    called = re.compile(rf"^\t{name}\b", re.M)
    return [path for path in places if path != but and called.search(path.read_text())]


def test_steps_are_pairs() -> None:
    assert STEPS == sorted(path.name for path in (KERNELS / "baseline/steps").glob("*"))
    assert len(STEPS) >= 13


@pytest.mark.parametrize("step", STEPS)
def test_both_sides_have_the_same_macros_in_the_same_order(step: str) -> None:
    """But those that only its own file calls."""
    public = []
    for side in SIDES:
        path = KERNELS / side / "steps" / step
        public.append([name for name in macros(path) if users(name, but=path)])
    assert public[0] == public[1] != []


def test_the_entries_test_only_the_shape_of_the_path() -> None:
    text = (KERNELS / "optimized/ipc_entry.S").read_text()
    assert set(re.findall(r"CONFIG_\w+", text)) == {
        "CONFIG_RPC_SYSCALLS",
        "CONFIG_PORTS",
    }


def functions(path: Path) -> list[str]:
    """Those that are defined, in their order."""
    text = path.read_text()
    if path.suffix == ".S":
        return re.findall(r"^(\w+):", text, re.M)
    return re.findall(r"^[a-z][\w \*]*?\b\**(\w+)\([^;{]*?\)\n\{", text, re.M)


PAIRS = sorted(
    path.name
    for path in (KERNELS / "optimized").glob("*.[chS]")
    if (KERNELS / "baseline" / path.name).exists()
)


@pytest.mark.parametrize("name", PAIRS)
def test_both_sides_have_their_functions_in_the_same_order(name: str) -> None:
    """So that a diff shows what is different."""
    naive, ours = (functions(KERNELS / side / name) for side in SIDES)
    assert [f for f in naive if f in ours] == [f for f in ours if f in naive]


@pytest.mark.parametrize("switch", switches.switches(), ids=lambda s: s.name)
def test_each_switch_can_be_seen(switch: switches.Switch) -> None:
    """As a pair of files, but for those that are a way to call or to lie in memory."""
    pairs, others = sides.pairs(switch), sides.others(switch)
    without = {"rpc_syscalls", "reply_and_receive", "shared_buffers", "cache_layout"}
    assert bool(pairs) == (switch.name not in without)
    assert pairs or others
    for name in pairs:
        assert any(line[:1] == "+" for line in sides.difference(name))


def test_the_sides_of_lazy_scheduling(capsys: pytest.CaptureFixture[str]) -> None:
    switch = switches.find("lazy_scheduling")
    assert sides.pairs(switch) == ["ready_queue.h", "steps/ready_queue.h"]
    commands.show_sides(Namespace(switch="LAZY_SCHEDULING"))
    shown = capsys.readouterr().out
    assert "+++ kernels/optimized/ready_queue.h" in shown
    assert "kernels/core/ready_queue.c: " in shown
    with pytest.raises(Refused, match="SWITCH= is missing"):
        commands.show_sides(Namespace(switch=""))


def test_tables_in_comments_are_whole() -> None:
    """A formatter that fills comments puts a table's lines together."""
    filled = re.compile(r"^ \*[^ /*\t\n]", re.M)
    for folder in (KERNELS, ROOT / "bench"):
        for path in folder.rglob("*.[chS]"):
            assert not filled.search(path.read_text()), path
