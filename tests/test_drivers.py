# SPDX-License-Identifier: BSD-2-Clause
"""The example of a user-level driver (bench/rtc.c): interrupts as messages, or as bits."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from harness import build, measure, records, switches
from harness.build import Built
from harness.errors import Refused
from harness.machines import bochs, qemu

DEADLINE = 120
TICKS_A_SECOND = 250


def counted(console: str, configuration: str) -> dict[str, int]:
    """What the driver says it has counted, in two seconds of the machine's time."""
    run = records.parse(console, configuration)
    (sample,) = run.samples.to_dict("records")
    return sample


@pytest.mark.parametrize("boot", [qemu.boot, bochs.boot], ids=["qemu", "bochs"])
@pytest.mark.parametrize(
    ("name", "bits"),
    [
        ("baseline", ""),
        ("optimized", ""),
        ("baseline+notifications", " bits=1"),
        ("optimized+notifications", " bits=1"),
    ],
)
def test_each_interrupt_is_a_message(
    name: str, bits: str, boot, tmp_path: Path
) -> None:
    """None is lost: the device does not go on before its driver has looked, so
    that a lost one would have been the last."""
    built = build.build(switches.parse(name))
    guest = measure.guest(built, measure.RTC, f"rate=64{bits}")
    told = counted(boot(replace(guest, log=tmp_path / "log"), DEADLINE), name)
    assert told["interrupts"] == told["messages"] == 128
    assert told["ticks"] == pytest.approx(2 * TICKS_A_SECOND, rel=0.02)


def test_no_bits_without_notifications(optimized: Built) -> None:
    with pytest.raises(Refused, match="this kernel has no notifications"):
        measure.boot(optimized, measure.RTC, "bits=1")
