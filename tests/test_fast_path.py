# SPDX-License-Identifier: BSD-2-Clause
"""The optimized kernel is as good as the paper's, by the i486 model."""

from __future__ import annotations

import pandas as pd
import pytest

from harness import measure, paper, profile
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
    outcome = measure.run(optimized, measure.PINGPONG, "rounds=200", board=board)
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
    clocks = measured.loc["warm"]["clocks"]
    assert (clocks <= paper.one_way_us("L3") * mhz).all(), clocks
    penalty = measured.loc["cold"]["clocks"] - clocks
    assert penalty[8] <= paper.cold_penalty_us()[8] * mhz


def test_instructions(measured: pd.DataFrame) -> None:
    instructions = measured.loc["warm"]["instructions"]
    assert instructions[8] <= 60
    assert instructions[4096] <= 1200


def test_cache_lines(optimized: Built) -> None:
    """Code and data of a short ping-pong, both sides."""
    series = profile.Series(8, 2, False)
    found = profile.profile(optimized, model.load_board(BOARD), series)
    lines = profile.lines_touched(found.messages)
    bytes_ = 16 * (lines["code"] + lines["data"])
    assert bytes_ <= paper.value("cache_footprint", "L3")
