# SPDX-License-Identifier: BSD-2-Clause
"""The semantic IPC tests (bench/ipc_tests) on many configurations."""

from __future__ import annotations

import random

import pytest
from conftest import seed
from tap import failures

from harness import build, measure, records, switches
from harness.switches import Configuration

RANDOM_CONFIGURATIONS = 40


def named() -> list[Configuration]:
    """Both ends, and every configuration one switch away from them."""
    ends = [switches.baseline(), switches.optimized()]
    return ends + [n for end in ends for n in switches.neighbours(end)]


def others() -> list[Configuration]:
    """Of all the rest, some, chosen by the seed."""
    symbols = [s.symbol for s in switches.switches()]
    rest = [
        configuration
        for bits in range(2 ** len(symbols))
        if (
            configuration := Configuration(
                frozenset(s for n, s in enumerate(symbols) if bits >> n & 1)
            )
        )
        not in named()
    ]
    return random.Random(seed()).sample(rest, RANDOM_CONFIGURATIONS)


def debug_builds() -> list[Configuration]:
    ends = (switches.baseline(), switches.optimized())
    return [Configuration(end.on, debug=True) for end in ends]


@pytest.mark.parametrize(
    "configuration", named() + debug_builds() + others(), ids=str
)
def test_semantics(configuration: Configuration) -> None:
    built = build.build(configuration)
    console = measure.run(built, measure.IPC_TESTS).console
    run = records.parse(console, configuration.name)
    records.expect(run, configuration.name, built.revision, configuration.name)
    assert failures(console) == []
