# SPDX-License-Identifier: BSD-2-Clause
"""The semantic IPC tests (bench/ipc_tests) on many configurations."""

from __future__ import annotations

import random
from functools import cache

import pytest
from conftest import seed
from tap import failures, transcript

from harness import build, measure, records, switches
from harness.switches import Configuration

RANDOM_CONFIGURATIONS = 8


def named() -> list[Configuration]:
    """Both ends, and every configuration one switch or extension away from them."""
    ends = [switches.baseline(), switches.optimized()]
    near = [switches.neighbours(end) + switches.extended(end) for end in ends]
    return ends + [n for of_end in near for n in of_end]


def others() -> list[Configuration]:
    """Of all the rest, some, chosen by the seed."""
    symbols = [s.symbol for s in switches.switches()]
    known = set(named())
    choose = random.Random(seed())
    chosen: list[Configuration] = []
    while len(chosen) < RANDOM_CONFIGURATIONS:
        some = Configuration(frozenset(s for s in symbols if choose.random() < 0.5))
        if some not in known:
            known.add(some)
            chosen.append(some)
    return chosen


def debug_builds() -> list[Configuration]:
    ends = (switches.baseline(), switches.optimized())
    return [Configuration(end.on, debug=True) for end in ends]


def console_of(built: build.Built) -> str:
    """Two tests may want the same configuration, whose log is one file."""
    with build.locked(built.folder):
        return measure.run(built, measure.IPC_TESTS).console


@cache
def reference() -> list[str]:
    """The transcript that all configurations must give."""
    return transcript(console_of(build.build(switches.optimized())))


@pytest.mark.parametrize(
    "configuration", named() + debug_builds() + others(), ids=str
)
def test_semantics(configuration: Configuration) -> None:
    built = build.build(configuration)
    console = console_of(built)
    run = records.parse(console, configuration.name)
    records.expect(run, configuration.name, built.revision, configuration.name)
    assert failures(console) == []
    assert transcript(console) == reference()
