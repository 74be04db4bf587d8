# SPDX-License-Identifier: BSD-2-Clause
"""1,000 tasks and 10,000 threads, ended and made anew in random order (bench/crowd.c).
What single tasks and threads may be doing when they end is in the semantic tests."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from conftest import seed

from harness import build, measure, records, switches
from harness.switches import Configuration

SMALL_MB = 64  # too small for all tcbs, but they can be swapped out


def by_chance() -> Configuration:
    symbols = [s.symbol for s in switches.switches()]
    chosen = random.Random(seed())
    return Configuration(frozenset(s for s in symbols if chosen.random() < 0.5))


@pytest.mark.parametrize(
    "configuration",
    [switches.baseline(), switches.optimized(), by_chance()],
    ids=["baseline", "optimized", "by chance"],
)
def test_crowd(configuration: Configuration) -> None:
    built = build.build(configuration)
    crowd = measure.CROWD
    if "VIRTUAL_TCBS" in configuration.on:
        crowd = replace(crowd, memory_mb=SMALL_MB)
    console = measure.boot(built, crowd, f"seed={seed() % 2**31}").console
    run = records.parse(console, configuration.name)
    records.expect(run, configuration.name, built.revision, configuration.name)
    assert "# 10000 threads in 1000 tasks" in console
