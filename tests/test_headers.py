# SPDX-License-Identifier: BSD-2-Clause
"""Constants that are read from C."""

from __future__ import annotations

import pytest

from harness import headers
from harness.errors import Refused
from harness.machines import qemu
from harness.profile import CAUSES


def test_numbers() -> None:
    assert headers.define("kernels/include/clock.h", "MS_PER_TICK") == 4
    assert headers.define("kernels/include/abi.h", "USER_END") == 0xE0000000
    assert (qemu.SUCCESS, qemu.FAILURE) == (33, 35)


def test_enumerators() -> None:
    what = headers.enumerators("bench/sleepers.c", "what")
    assert list(what) == ["LOOP", "INTERRUPTED_LOOP", "CALL", "CALL_WITH_TIMEOUT"]
    causes = headers.enumerators("harness/models/i486/model.h", "cause")
    assert causes["CAUSES"] == len(CAUSES)


def test_what_is_not_there_is_refused() -> None:
    with pytest.raises(Refused, match="abi.h: no number NOTHING is defined there"):
        headers.define("kernels/include/abi.h", "NOTHING")
    with pytest.raises(Refused, match="abi.h: no enum nothing is there"):
        headers.enumerators("kernels/include/abi.h", "nothing")
