# SPDX-License-Identifier: BSD-2-Clause
"""What is timed of an optimized message is assembly: no compiler changes it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from harness import build, profile, switches, toolchain
from harness.models.i486.model import load_board

DX50 = load_board("dx50")
WARM = profile.Series(8, 2, False)
COLD = profile.Series(8, 2, True)

# Compilers that a machine may have besides the pinned one: commands for gcc, and the
# prefix of the other tools.
OTHERS = {
    "native": ("gcc -m32", ""),
    "cross": ("i686-linux-gnu-gcc", "i686-linux-gnu-"),
    "elf": ("i686-elf-gcc", "i686-elf-"),
    "clang": ("clang --target=i686-linux-gnu -fno-integrated-as", "i686-linux-gnu-"),
}


def wrapped(folder: Path, name: str) -> str:
    """A prefix for CROSS_COMPILE; skips the test if there is no such compiler."""
    command, prefix = OTHERS[name]
    tools = {"gcc": command, "objdump": f"{prefix}objdump"}
    for tool, words in tools.items():
        if not shutil.which(words.split()[0]):
            pytest.skip(f"no {words.split()[0]} here")
        program = folder / f"{name}-{tool}"
        program.write_text(f'#!/bin/sh\nexec {words} "$@"\n')
        program.chmod(0o755)
    found = toolchain.probe(f"{folder}/{name}-", "")
    if not found:
        pytest.skip(f"{command} makes no i386 kernels here")
    if found.comment == build.find_toolchain().comment:
        pytest.skip(f"{command} is the pinned compiler")
    return f"{folder}/{name}-"


def told(series: profile.Series) -> tuple[list[list[object]], dict[str, int]]:
    """Of a round trip: each instruction's cycles with their causes, and how many
    lines of the cache it touches."""
    built = build.build(switches.optimized(), programs=("pingpong",))
    found = profile.profile(built, DX50, series)
    steps = profile.instructions(found.messages)
    steps = steps.drop(columns=["address", "instruction"])
    return steps.values.tolist(), profile.lines_by_kind(
        profile.lines_touched(found.all)
    )


@pytest.mark.parametrize("name", OTHERS)
def test_a_short_message_takes_the_same_with_any_compiler(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prefix = wrapped(tmp_path, name)
    expected = [told(series) for series in (WARM, COLD)]
    monkeypatch.setenv("CROSS_COMPILE", prefix)
    own = build.BUILD / f"test-compiler-{name}"
    monkeypatch.setattr(build, "BUILD", own)
    build.find_toolchain.cache_clear()
    try:
        assert [told(series) for series in (WARM, COLD)] == expected
    finally:
        build.find_toolchain.cache_clear()
        shutil.rmtree(own, ignore_errors=True)
