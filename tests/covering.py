# SPDX-License-Identifier: BSD-2-Clause
"""Configurations chosen by the seed, in which any few switches are in all positions."""

from __future__ import annotations

import itertools
import random
from typing import Sequence

from harness import switches
from harness.errors import Refused
from harness.switches import Configuration

CANDIDATES = 20  # of which the best is taken
TRIES = 200  # before a position is taken for one that dependencies exclude

Position = tuple[tuple[str, bool], ...]


def positions(on: frozenset[str], strength: int) -> set[Position]:
    """How any so many switches are set."""
    values = [(s.symbol, s.symbol in on) for s in switches.switches()]
    return set(itertools.combinations(values, strength))


def all_positions(strength: int) -> set[Position]:
    symbols = [s.symbol for s in switches.switches()]
    return {
        tuple(zip(some, values))
        for some in itertools.combinations(symbols, strength)
        for values in itertools.product((False, True), repeat=strength)
    }


def candidates(position: Position, choose: random.Random) -> list[frozenset[str]]:
    """Some configurations in which these switches are set so; [] if none is."""
    found: list[frozenset[str]] = []
    for _ in range(TRIES):
        values = {s.symbol: choose.random() < 0.5 for s in switches.switches()}
        values.update(position)
        on = frozenset(symbol for symbol, value in values.items() if value)
        try:
            switches.check(Configuration(on))
        except Refused:
            continue
        found.append(on)
        if len(found) == CANDIDATES:
            break
    return found


def covering(
    strength: int, seed: int, given: Sequence[Configuration] = ()
) -> list[Configuration]:
    """Besides the given ones: any so many switches are in all positions that
    their dependencies allow."""
    choose = random.Random(seed)
    missing = all_positions(strength)
    for configuration in given:
        missing -= positions(configuration.on, strength)
    chosen: list[Configuration] = []
    while missing:
        position = choose.choice(sorted(missing))
        some = candidates(position, choose)
        if some:
            best = max(some, key=lambda on: len(positions(on, strength) & missing))
            missing -= positions(best, strength)
            chosen.append(Configuration(best))
        else:
            missing.discard(position)
    return chosen
