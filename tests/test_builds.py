# SPDX-License-Identifier: BSD-2-Clause
"""What is built: subsets of the switches, for a 486."""

from __future__ import annotations

import itertools
import random
import re
import subprocess

import pytest
from conftest import seed

from harness import build, switches
from harness.build import Built
from harness.errors import Refused
from harness.switches import Configuration

ALL_OF = 7  # switches: 128 subsets

# What came after the 486, or has no business in a kernel for it: of the
# coprocessor all but what saves and loads its registers.
NOT_486 = re.compile(
    r"^(cmov\w+|fcmov\w+|rdtsc\w*|rdpmc|rdmsr|wrmsr|cpuid|cmpxchg8b|sysenter|"
    r"sysexit|syscall|ud2|nop[wl]|endbr\d+|pause|prefetch\w*|\w*fence|"
    r"f(?!ninit|nstsw|nsave|rstor|nclex)\w+|.*%(xmm|mm|cr4).*)$"
)


def subsets() -> list[Configuration]:
    """Every subset of the first switches; of the others some, chosen by the seed."""
    symbols = [s.symbol for s in switches.switches()]
    first, others = symbols[:ALL_OF], symbols[ALL_OF:]
    choose = random.Random(seed())
    return [
        Configuration(frozenset(some) | {s for s in others if choose.random() < 0.5})
        for size in range(len(first) + 1)
        for some in itertools.combinations(first, size)
    ]


@pytest.mark.parametrize("configuration", subsets(), ids=str)
def test_every_subset_builds(
    configuration: Configuration, capfd: pytest.CaptureFixture[str]
) -> None:
    built = build.build(configuration)
    identity = (
        f"Twentyfold kernel, configuration {configuration}, revision {built.revision}"
    )
    assert identity.encode() in built.kernel.read_bytes()
    assert capfd.readouterr().out == "", "the compiler warns"


@pytest.mark.parametrize("end", ["baseline", "optimized"])
def test_kernel_has_only_486_instructions(
    end: str, request: pytest.FixtureRequest
) -> None:
    built: Built = request.getfixturevalue(end)
    objdump = f"{build.find_toolchain().prefix}objdump"
    listing = subprocess.run(
        [objdump, "-d", "--no-show-raw-insn", str(built.kernel)],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    instructions = re.findall(r"^[0-9a-f]+:\t(.*)$", listing, re.M)
    assert len(instructions) > 1000
    found = [i for i in instructions if NOT_486.match(i.split()[0]) or "%cr4" in i]
    assert found == []


def test_unknown_compiler_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CROSS_COMPILE", "no-such-compiler-")
    build.find_toolchain.cache_clear()
    with pytest.raises(Refused, match="no-such-compiler-gcc.*gcc-i686-linux-gnu"):
        build.find_toolchain()
    build.find_toolchain.cache_clear()
