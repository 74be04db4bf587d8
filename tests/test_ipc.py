# SPDX-License-Identifier: BSD-2-Clause
"""The semantic IPC tests (bench/ipc_tests) on many configurations."""

from __future__ import annotations

import itertools
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


# What the stubs of the ping-pong depend on, some of them in assembly.
INTERFACE = ("REPLY_AND_RECEIVE", "REGISTER_PARAMETERS", "REGISTER_MESSAGES")
INTERFACE += ("SHARED_BUFFERS", "RPC_SYSCALLS")


def stubs() -> list[Configuration]:
    """All of them; every other one has complex messages, too. Without calls there is no
    reply & receive next."""
    chosen = []
    for number, bits in enumerate(itertools.product((True, False), repeat=5)):
        on = {name for name, bit in zip(INTERFACE, bits) if bit}
        if "RPC_SYSCALLS" in on or "REPLY_AND_RECEIVE" not in on:
            on |= {"COMPLEX_MESSAGES"} if number // 2 % 2 else set()
            chosen.append(switches.check(Configuration(frozenset(on))))
    return chosen


@pytest.mark.parametrize("configuration", stubs(), ids=str)
def test_every_stub_of_the_ping_pong_delivers(configuration: Configuration) -> None:
    """The program itself compares what has arrived; 9 rounds are two of the unrolled
    loop and one more."""
    built = build.build(configuration, programs=("pingpong",))
    console = measure.boot(built, measure.PINGPONG, "rounds=9").console
    assert len(records.parse(console, configuration.name).samples) == 4 * 7


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
