# SPDX-License-Identifier: BSD-2-Clause
"""What ELF files say of themselves: functions, marks beside the code, disassembly."""

from __future__ import annotations

import re
from bisect import bisect_right
from pathlib import Path

from elftools.elf.elffile import ELFFile

from harness.build import find_toolchain
from harness.errors import Refused


def read_marks(kernel: Path, section: str) -> list[tuple[str, int]]:
    """Texts and addresses, in a section that the kernel has beside its code."""
    with open(kernel, "rb") as file:
        found = ELFFile(file).get_section_by_name(section)
        data = found.data() if found else b""
    marks = []
    while data:
        address, (text, _, data) = data[:4], data[4:].partition(b"\0")
        marks.append((text.decode(), int.from_bytes(address, "little")))
    return marks


class Functions:
    """The functions and labels of an ELF file, each up to the next one."""

    def __init__(self, elf: ELFFile) -> None:
        table = elf.get_section_by_name(".symtab")
        named = sorted(
            (int(symbol["st_value"]), symbol.name)
            for symbol in (table.iter_symbols() if table else ())
            if symbol["st_info"]["type"] in ("STT_FUNC", "STT_NOTYPE")
            and symbol["st_shndx"] not in ("SHN_ABS", "SHN_UNDEF")
            and symbol.name
            and not symbol.name.startswith(".")
        )
        self._starts = [start for start, _ in named]
        self._names = [name for _, name in named]

    def name(self, pc: int) -> str:
        """Empty if there is none."""
        place = bisect_right(self._starts, pc) - 1
        return self._names[place] if place >= 0 else ""

    def start(self, pc: int) -> int | None:
        place = bisect_right(self._starts, pc) - 1
        return self._starts[place] if place >= 0 else None


class Symbols:
    """Functions and disassembly of an ELF file; of a kernel, the steps of its
    hand-coded path."""

    def __init__(self, path: Path) -> None:
        with open(path, "rb") as file:
            self._functions = Functions(ELFFile(file))
        self._texts = _disassemble(path)
        marks = read_marks(path, ".step_marks")
        # Of steps that are empty in this configuration and the next one, the next.
        steps = sorted(marks, key=lambda mark: mark[1])
        self._steps = [(address, text.split()[0]) for text, address in steps]

    def function(self, pc: int) -> str:
        return self._functions.name(pc) or "?"

    def step(self, pc: int) -> str:
        """Of the hand-coded path. It goes on until the next one, or until a function."""
        place = bisect_right(self._steps, pc, key=lambda mark: mark[0]) - 1
        start = self._functions.start(pc)
        if place < 0 or start is None or self._steps[place][0] < start:
            return ""
        return self._steps[place][1]

    def text(self, pc: int) -> str:
        return self._texts.get(pc, "?")


def _disassemble(path: Path) -> dict[int, str]:
    tools = find_toolchain()
    done = tools.run("objdump", "-d", "--no-show-raw-insn", str(path))
    if done.returncode != 0:
        raise Refused(f"{path}: objdump: {done.stderr.strip()}")
    found = re.findall(r"^ *([0-9a-f]+):\t(.*)$", done.stdout, re.M)
    return {int(a, 16): " ".join(t.split("#")[0].split()) for a, t in found}
