# SPDX-License-Identifier: BSD-2-Clause
"""What is built: subsets of the switches, for a 486."""

from __future__ import annotations

import re
from functools import cache

import pytest
from conftest import seed
from covering import covering
from elftools.elf.elffile import ELFFile

from harness import build, switches
from harness.build import Built
from harness.errors import Refused
from harness.switches import Configuration

# What came after the 486, or has no business in a kernel for it: of the
# coprocessor all but what saves and loads its registers.
NOT_486 = re.compile(
    r"^(cmov\w+|fcmov\w+|rdtsc\w*|rdpmc|rdmsr|wrmsr|cpuid|cmpxchg8b|sysenter|"
    r"sysexit|syscall|ud2|nop[wl]|endbr\d+|pause|prefetch\w*|\w*fence|"
    r"f(?!ninit|nstsw|nsave|rstor|nclex)\w+|.*%(xmm|mm|cr4).*)$"
)

# They only find out whether the processor is a later one, and what to switch off then.
LOOK_FOR_LATER = {"machine/boot.S.o", "machine/processor.c.o"}


@cache
def subsets() -> list[Configuration]:
    """Chosen by the seed, so that any three switches are in all eight positions."""
    return covering(3, seed())


@pytest.mark.parametrize("configuration", subsets(), ids=str)
def test_kernels_of_subsets_build(
    configuration: Configuration, capfd: pytest.CaptureFixture[str]
) -> None:
    built = build.build(configuration, makefiles=build.MAKEFILES[:1])
    identity = (
        f"Twentyfold kernel, configuration {configuration}, revision {built.revision}"
    )
    assert identity.encode() in built.kernel.read_bytes()
    assert capfd.readouterr().out == "", "the compiler warns"


EXTENSIONS = "+ports+page_remapping+notifications+virtual_registers"


def address(built: Built, name: str) -> int:
    with open(built.kernel, "rb") as file:
        table = ELFFile(file).get_section_by_name(".symtab")
        (symbol,) = table.get_symbol_by_name(name)
        return symbol["st_value"]


@pytest.mark.parametrize(
    ("name", "pages"),
    [
        ("optimized", 1),
        (f"optimized{EXTENSIONS}", 1),
        (f"optimized-virtual_queues{EXTENSIONS}", 1),
        ("optimized-virtual_queues-thread_kernel_stacks-cache_layout", 1),
        (
            "optimized-virtual_queues-lazy_scheduling-thread_kernel_stacks-cache_layout"
            "-uid_addressing-register_parameters-segment_check-hand_coded_path",
            1,
        ),
        (f"optimized-direct_switch{EXTENSIONS}", 2),
        (
            "optimized-thread_kernel_stacks-virtual_tcbs-lazy_scheduling-late_checks"
            f"-register_parameters-segment_check-lazy_coprocessor{EXTENSIONS}",
            2,
        ),
    ],
)
def test_path_and_tables_in_one_page_if_they_fit(name: str, pages: int) -> None:
    """5.5.2: CONDENSED_TABLES. Long steps and all extensions leave no room for the
    tables, which have a page of their own then: such a subset builds, too."""
    built = build.build(switches.parse(name), makefiles=build.MAKEFILES[:1])
    page, tables = address(built, "path_page"), address(built, "tables")
    assert page % 4096 == 0 and (tables - page) // 4096 == pages - 1


@pytest.mark.parametrize("end", ["baseline", "optimized"])
def test_kernel_has_only_486_instructions(
    end: str, request: pytest.FixtureRequest
) -> None:
    built: Built = request.getfixturevalue(end)
    tools = build.find_toolchain()
    objects = [
        path
        for path in (built.folder / "kernel").rglob("*.o")
        if path.relative_to(built.folder / "kernel").as_posix() not in LOOK_FOR_LATER
    ]
    done = tools.run("objdump", "-d", "--no-show-raw-insn", *map(str, objects))
    instructions = re.findall(r"^ *[0-9a-f]+:\t(.*)$", done.stdout, re.M)
    assert len(instructions) > 1000
    found = [i for i in instructions if NOT_486.match(i.split()[0]) or "%cr4" in i]
    assert found == []


def test_unknown_compiler_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CROSS_COMPILE", "no-such-compiler-")
    build.find_toolchain.cache_clear()
    with pytest.raises(Refused, match="no-such-compiler-gcc.*gcc-i686-linux-gnu"):
        build.find_toolchain()
    build.find_toolchain.cache_clear()
