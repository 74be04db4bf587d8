# SPDX-License-Identifier: BSD-2-Clause
"""The optimized kernel is as good as the paper's, by the i486 model."""

from __future__ import annotations

from itertools import groupby

import pandas as pd
import pytest

from harness import build, measure, paper, profile, switches
from harness.build import Built
from harness.models.i486 import model

BOARD = "dx50"  # the paper's machine


@pytest.fixture(scope="module")
def measured(
    optimized: Built, tmp_path_factory: pytest.TempPathFactory
) -> pd.DataFrame:
    """Between two spaces, with a warm cache; index: bytes."""
    folder = tmp_path_factory.mktemp("fast_path")
    board = model.load_board(BOARD)
    outcome = measure.boot(optimized, measure.PINGPONG, "rounds=200", board=board)
    (folder / "log").write_text(outcome.console)
    (folder / "stamps").write_text(outcome.stamps)
    table = measure.read_pingpong(
        folder / "log",
        folder / "stamps",
        optimized.configuration.name,
        optimized.revision,
    )
    return table.query("spaces == 2").set_index(["cache", "bytes"])


def test_no_slower_than_the_paper(measured: pd.DataFrame) -> None:
    mhz = model.load_board(BOARD).mhz
    cycles = measured.loc["warm"]["cycles"]
    assert (cycles <= paper.one_way_us("L3") * mhz).all(), cycles
    penalty = measured.loc["cold"]["cycles"] - cycles
    assert penalty[8] <= paper.cold_penalty_us()[8] * mhz


def test_instructions(measured: pd.DataFrame) -> None:
    instructions = measured.loc["warm"]["instructions"]
    assert instructions[8] <= 60
    assert instructions[4096] <= 1200


@pytest.fixture(scope="module")
def profiled(optimized: Built) -> profile.Profile:
    """A short ping-pong."""
    return profile.profile(optimized, model.load_board(BOARD), profile.Series(8))


def test_cache_lines(profiled: profile.Profile) -> None:
    """Code and data, of both sides."""
    lines = profile.lines_by_kind(profile.lines_touched(profiled.all))
    bytes_ = 16 * (lines["code"] + lines["data"])
    assert bytes_ <= paper.value("cache_footprint", "L3")


def taken(profiled: profile.Profile) -> dict[str, int]:
    """By each step: the most that it took at once, without TLB misses. A reply by send
    and receive is two system calls, and has some steps twice."""
    most: dict[str, int] = {}
    for message in profiled.messages:
        for step, instructions in groupby(message, key=lambda one: one.step):
            cycles = sum(i.total - i.cycles.get("TLB", 0) for i in instructions)
            most[step] = max(cycles, most.get(step, 0))
    return {step: n for step, n in most.items() if step not in profile.OUTSIDE}


def test_the_steps_are_the_message(profiled: profile.Profile) -> None:
    table = profile.path_steps(profiled.messages)
    assert table["cycles"].sum() == sum(one.total for one in profiled.all)
    assert "elsewhere in the kernel" not in set(table["step"])


def test_each_step_takes_what_it_says(profiled: profile.Profile) -> None:
    """The budgets (step in steps/marks.h), of call, reply & receive next, send and
    receive: no less, and no more than the longest."""
    without = build.build(switches.parse("optimized-reply_and_receive"))
    halves = profile.profile(without, model.load_board(BOARD), profile.Series(8))
    for one in (profiled, halves):
        budgets = profile.budgets(one.built.kernel)
        assert taken(one) == {step: budgets[step] for step in taken(one)}
    budgets = profile.budgets(profiled.built.kernel)
    others = budgets.keys() - taken(profiled).keys() - taken(halves).keys()
    assert not [step for step in others if budgets[step]]
