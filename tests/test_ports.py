# SPDX-License-Identifier: BSD-2-Clause
"""Ping-pong by ports; what ports do is tested with all the rest of IPC."""

from __future__ import annotations

import pytest

from harness import build, measure, records, switches
from harness.errors import Refused

DEADLINE = 60

ROUNDS = "rounds=20 bytes=12 ports=1"


@pytest.mark.parametrize("name", ["baseline+ports", "optimized+ports"])
def test_pingpong_by_ports(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measure, "DEADLINE", DEADLINE)
    built = build.build(switches.parse(name))
    with build.locked(built.folder):
        console = measure.boot(built, measure.PINGPONG, ROUNDS).console
    samples = records.parse(console, name).samples
    assert list(samples["spaces"]) == [2, 1, 2, 1]


def test_a_kernel_without_ports_says_so(
    optimized: build.Built, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(measure, "DEADLINE", DEADLINE)
    with build.locked(optimized.folder):
        with pytest.raises(Refused):
            measure.boot(optimized, measure.PINGPONG, ROUNDS)
        log = (optimized.folder / "pingpong.log").read_text()
    assert "ports=1: there is no port to be called" in log
