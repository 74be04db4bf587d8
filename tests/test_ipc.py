# SPDX-License-Identifier: BSD-2-Clause
"""The semantic IPC tests (bench/ipc_tests) on many configurations."""

from __future__ import annotations

import random
from dataclasses import replace
from functools import cache

import pytest
from conftest import seed
from covering import covering
from tap import failures, transcript

from harness import build, measure, records, switches
from harness.errors import Refused
from harness.machines import bochs
from harness.switches import Configuration

NEIGHBOURS = 4
DEADLINE = 300  # seconds of host time, under Bochs


@cache
def chosen() -> list[Configuration]:
    """Both ends, without and with the extensions; what the seed chooses: some of
    their neighbours, and others, so that any two switches are in all four positions."""
    ends = [switches.baseline(), switches.optimized()]
    neighbours = [n for end in ends for n in switches.neighbours(end) if allowed(n)]
    named = ends + [n for end in ends for n in switches.extended(end)]
    named += random.Random(seed()).sample(neighbours, NEIGHBOURS)
    return named + covering(2, seed(), named)


def allowed(configuration: Configuration) -> bool:
    try:
        switches.check(configuration)
    except Refused:
        return False
    return True


def debug_builds() -> list[Configuration]:
    ends = (switches.baseline(), switches.optimized())
    return [Configuration(end.on, debug=True) for end in ends]


@cache
def console_of(built: build.Built) -> str:
    """Two tests may want the same configuration, whose log is one file."""
    with build.locked(built.folder):
        return measure.boot(built, measure.IPC_TESTS).console


@cache
def reference() -> list[str]:
    """The transcript that all configurations must give."""
    return transcript(console_of(build.build(switches.optimized())))


@pytest.mark.parametrize("configuration", chosen() + debug_builds(), ids=str)
def test_semantics(configuration: Configuration) -> None:
    built = build.build(configuration)
    console = console_of(built)
    run = records.parse(console, configuration.name)
    records.expect(run, configuration.name, built.revision, configuration.name)
    assert failures(console) == []
    assert transcript(console) == reference()


@pytest.mark.parametrize("end", ["baseline", "optimized"])
def test_hostile_programs_on_a_stricter_emulator(
    end: str, request: pytest.FixtureRequest
) -> None:
    """Newer QEMUs let a program execute what a processor does not, where the tests
    are skipped; Bochs does not."""
    built: build.Built = request.getfixturevalue(end)
    guest = measure.guest(built, measure.IPC_TESTS, "hostility=1")
    console = bochs.boot(replace(guest, log=built.folder / "hostility.log"), DEADLINE)
    assert failures(console) == []
    assert "a thread that flushes the cache is ended\n" in console
    assert "# SKIP" not in console
