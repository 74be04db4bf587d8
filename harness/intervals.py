# SPDX-License-Identifier: BSD-2-Clause
"""Any multiboot kernel under the i486 model: what is between its rdtscs.

The guest need not know of us. The model writes a stamp at each rdtsc; an interval
is what was counted from one to the next. Intervals between the same two places in
the code that have about as many instructions are a group, and a line of the table.
"""

from __future__ import annotations

import re
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Callable, Iterator, Sequence

import numpy as np
import pandas as pd
from elftools.common.exceptions import ELFError
from elftools.elf.elffile import ELFFile

from harness import folders, multiboot
from harness.build import BUILD
from harness.errors import Refused
from harness.machines import qemu
from harness.models.i486 import model
from harness.profile import CAUSES, Instruction, lines_by_kind, lines_touched
from harness.profile import read_instruction
from harness.symbols import Functions

RDTSC = b"\x0f\x31"

# Intervals of one group have at most so many times the instructions of the
# smallest, and a few more.
SPREAD, FEW = 1.1, 4

MODULE = re.compile(
    r"""\s*((?P<quote>["'])(?P<quoted>.+?)(?P=quote)|(?P<plain>[^\s,]+))"""
    r"(?P<arguments>(\s[^,]*)?)(?=,|$)"
)

# A longer trace would be gigabytes.
TRACED = 1_000_000
LISTED = 2_000  # a longer one is told by functions only

SUMS = [
    *("cycles", "executions", "instructions", "kernel_instructions", "tlb_misses"),
    *("code_misses", "data_misses", "table_misses", "write_stall_cycles"),
    *("interrupts", "exceptions", "assumed", "unknown", "not_486"),
    *("unexplained", "failed_walks"),
]


@dataclass(frozen=True)
class Subject:
    """A kernel that is not ours, and how to boot it."""

    image: Path
    modules: Sequence[Path] = ()
    arguments: Sequence[str] = ()  # of each module
    command_line: str = ""
    cpu: str = "486"
    memory_mb: int = qemu.MEMORY_MB
    until: bytes = b""  # what it writes on COM1 when it has finished

    @property
    def name(self) -> str:
        return self.image.name.removesuffix(".gz") or self.image.name

    @property
    def names(self) -> list[str]:
        """Of the image and the modules, as QEMU gets them. It takes a blank for the
        name's end and a comma for the list's."""
        files = (self.name, *(module.name for module in self.modules))
        return [re.sub("[ ,]", "_", name) for name in files]


@dataclass(frozen=True)
class Measurement:
    """What a boot has left behind."""

    stamps: pd.DataFrame
    ending: qemu.Ending
    assumed: int = 0  # places of instructions that no 486 has: cycles are assumed
    unknown: int = 0  # places of instructions without cycles
    cut: bool = False  # there would be more stamps
    trace: list[str] = field(default_factory=list)


def parse_modules(text: str) -> tuple[list[Path], list[str]]:
    """From "FILE ARGUMENTS,FILE ARGUMENTS" to files and arguments. A name with blanks
    or commas stands in quotes."""
    paths, arguments = [], []
    at = 0
    while text.strip() and at <= len(text):
        part = MODULE.match(text, at)
        if not part:
            raise Refused(f"MODULES='{text}': a module without a name")
        paths.append(Path(part["quoted"] or part["plain"]))
        arguments.append(part["arguments"].strip())
        at = part.end() + 1
    return paths, arguments


# --- a boot -------------------------------------------------------------------


def run(
    subject: Subject,
    board: model.Board,
    deadline: float,
    check: Callable[[str], None] = lambda console: None,
) -> Measurement:
    """Boots it under the model. check: looks at the console before anything else."""
    return _run(subject, board, deadline, None, check)


def trace(
    subject: Subject, board: model.Board, deadline: float, number: int
) -> Measurement:
    """The same, only for a trace from stamp number to the next, TRACED lines."""
    return _run(subject, board, deadline, number, lambda console: None)


def _run(
    subject: Subject,
    board: model.Board,
    deadline: float,
    traced: int | None,
    check: Callable[[str], None],
) -> Measurement:
    log = BUILD / "measure" / f"{subject.name}.log"
    with (
        _gathered(subject) as (folder, guest, entry),
        qemu.memory_file("events") as events,
    ):
        path = folder / "trace"
        wanted = None
        if traced is not None:
            wanted = model.Trace(path, traced, traced + 1, TRACED, stop=True)
        timed = model.Model(
            board,
            folder / "stamps",
            wanted,
            memory_mb=subject.memory_mb,
            events=events,
        )
        extra = timed.foreign_arguments(entry)
        ending = qemu.watch(
            qemu.Guest(**guest, log=log, extra=extra, events=events),
            deadline,
            subject.until,
        )
        if traced is not None:
            trace = _read_trace(path, subject)
            return Measurement(pd.DataFrame(), ending, trace=trace)
        check(ending.console)
        _check_start(subject, ending, folder / "stamps", log)
        said = len(ending.written) if ending.said else None
        stamps = model.read_foreign(
            folder / "stamps", subject.name, said, ending.shut_down
        )
    if not stamps.cut:
        _check_end(subject, ending, len(stamps.table), deadline, log)
    return Measurement(stamps.table, ending, stamps.assumed, stamps.unknown, stamps.cut)


def _read_trace(path: Path, subject: Subject) -> list[str]:
    lines = path.read_text().splitlines() if path.exists() else []
    if len(lines) < 2 or lines[-1] != "# end":
        raise Refused(f"{subject.name}: no whole trace; a longer TIMEOUT= may do")
    return lines[:-1]  # the last one may be model.CUT


@contextmanager
def _gathered(subject: Subject) -> Iterator[tuple[Path, dict[str, object], int]]:
    """The image and the modules, expanded, in a folder of their own: the guest sees
    their names, and shall see the same ones wherever they are."""
    with folders.scratch(BUILD / "measure") as folder:
        image = multiboot.read(subject.image)
        entry = multiboot.entry(image, str(subject.image))
        (folder / "image").mkdir()
        kernel, *modules = [folder / "image" / name for name in subject.names]
        kernel.write_bytes(image)
        for source, module in zip(subject.modules, modules):
            module.write_bytes(multiboot.read(source))
        guest = {
            "name": subject.name,
            "kernel": kernel,
            "modules": modules,
            "arguments": subject.arguments,
            "command_line": subject.command_line,
            "memory_mb": subject.memory_mb,
            "cpu": subject.cpu,
        }
        yield folder, guest, entry


def check_names(subject: Subject) -> None:
    """Refuses files that would take each other's places."""
    files: dict[str, Path] = {}
    for name, path in zip(subject.names, (subject.image, *subject.modules)):
        if files.setdefault(name, path.resolve()) != path.resolve():
            raise Refused(f"two files are called {name}: rename one")


def _check_start(
    subject: Subject, ending: qemu.Ending, stamps: Path, log: Path
) -> None:
    """Whether QEMU has executed the guest at all."""
    if ending.status == 1 and ending.complaint:
        raise Refused(f"{subject.name}: {ending.complaint}")
    if ending.status is not None and ending.status < 0:
        raise Refused(f"{subject.name}: {ending.how}")
    if not stamps.exists():
        raise Refused(f"{subject.name}: QEMU did not start: its console is in {log}")


def _check_end(
    subject: Subject, ending: qemu.Ending, executed: int, deadline: float, log: Path
) -> None:
    """Refuses a guest that has not come to its end, or has nothing to be measured."""
    where = f"its console is in {log}"
    what = subject.name
    number = {0: "no rdtsc", 1: "only one rdtsc"}.get(executed, f"{executed} rdtscs")
    if ending.how.startswith(qemu.KILLED):
        raise Refused(f"{what}: {ending.how}, after {number}")
    if ending.how in (qemu.RESET, qemu.TRIPLE_FAULT):
        hint = "if it says something before, UNTIL= stops it there"
        if executed < 2:
            hint = "perhaps it needs another CPU="
        raise Refused(f"{what}: {ending.how}, after {number}; {hint}; {where}")
    if subject.until and not ending.said:
        how = f"in {deadline:g} s" if ending.status is None else "before it ended"
        raise Refused(f"{what}: has not said '{_shown(subject)}' {how}; {where}")
    if executed >= 2:
        return
    if ending.said:
        raise Refused(
            f"{what}: has executed {number} before it said '{_shown(subject)}'; {where}"
        )
    if ending.status is None:
        raise Refused(
            f"{what}: hangs, or needs more than TIMEOUT={deadline:g} s: it has "
            f"executed {number}; {where}"
        )
    raise Refused(f"{what}: has executed {number}; {where}")


def _shown(subject: Subject) -> str:
    return subject.until.decode(errors="replace")


# --- intervals and groups -----------------------------------------------------


def intervals(stamps: pd.DataFrame) -> pd.DataFrame:
    """A row for each interval; number: that of the stamp it begins with; start and
    end: the addresses of its rdtscs."""
    counts = model.in_intervals(stamps, SUMS)
    counts.insert(0, "number", stamps["number"].iloc[:-1].values)
    counts.insert(1, "start", stamps["pc"].iloc[:-1].values)
    counts.insert(2, "end", stamps["pc"].iloc[1:].values)
    return counts


def grouped(table: pd.DataFrame) -> pd.DataFrame:
    """Adds a column group, numbered from 1 in the order of their first intervals."""
    keys = np.zeros(len(table), dtype="int64")
    places = table.groupby(["start", "end"], sort=False).indices
    key = 0
    for rows in places.values():
        instructions = table["instructions"].values[rows]
        counts, which = np.unique(instructions, return_inverse=True)
        smallest, sizes = -1.0, []
        for count in counts:
            if smallest < 0 or count > smallest * SPREAD + FEW:
                smallest, key = float(count), key + 1
            sizes.append(key)
        keys[rows] = np.array(sizes)[which]
    return table.assign(group=pd.factorize(keys)[0] + 1)


def summary(table: pd.DataFrame, mhz: int) -> pd.DataFrame:
    """A row for each group: medians, the least and the greatest cycles, and typical,
    the number of the interval whose cycles are nearest to the median."""
    rows = []
    for number, group in table.groupby("group"):
        median = group["cycles"].median()
        nearest = (group["cycles"] - median).abs().idxmin()
        row = {"group": number, "n": len(group), "cycles": median}
        row |= {"us": median / mhz, "least": group["cycles"].min()}
        row |= {"greatest": group["cycles"].max()}
        row |= {column: group[column].median() for column in SUMS[1:]}
        row |= {"typical": group.loc[nearest, "number"]}
        row |= {"start": group["start"].iloc[0], "end": group["end"].iloc[0]}
        rows.append(row)
    return pd.DataFrame(rows)


# --- symbols ------------------------------------------------------------------


class Names:
    """Functions of the image and its modules, as far as they are ELF files with
    symbols. Programs may be at the same addresses: see find."""

    def __init__(self, subject: Subject) -> None:
        paths = dict.fromkeys([subject.image, *subject.modules])
        self._files = [file for path in paths if (file := _File.read(path))]

    def function(self, pc: int, inner: bool | None = None) -> str:
        """The file's name in front, if it is not the image."""
        file = self._find(pc, inner)
        return file.function(pc) if file else "?"

    def _find(self, pc: int, inner: bool | None) -> _File | None:
        """inner: at privilege level 0, then it is the image's. Not known: whoever
        has an rdtsc there."""
        found = [file for file in self._files if file.bytes_at(pc, 1)]
        if inner is None:
            found = [f for f in found if f.bytes_at(pc, 2) == RDTSC] or found
        if inner is False:
            found = [f for f in found if f is not self._files[0]] or found
        return found[0] if found else None


@dataclass(frozen=True)
class _File:
    name: str
    segments: list[tuple[int, bytes]]
    functions: Functions

    @staticmethod
    def read(path: Path) -> _File | None:
        try:
            elf = ELFFile(BytesIO(multiboot.read(path)))
            segments = [(s["p_vaddr"], s.data()) for s in elf.iter_segments("PT_LOAD")]
            return _File(path.name.removesuffix(".gz"), segments, Functions(elf))
        except ELFError:
            return None

    def bytes_at(self, pc: int, count: int) -> bytes:
        for start, data in self.segments:
            if start <= pc < start + len(data):
                return data[pc - start : pc - start + count]
        return b""

    def function(self, pc: int) -> str:
        return self.functions.name(pc) or self.name


# --- what is shown ------------------------------------------------------------


def render(
    subject: Subject, board: model.Board, result: Measurement, table: pd.DataFrame
) -> list[str]:
    """table: as summary makes it."""
    names = Names(subject)
    head = (
        f"{'group':>5} {'n':>6} {'instructions':>12} {'cycles':>10} {'least':>10} "
        f"{'greatest':>10} {'us':>10} {'TLB':>7} {'cache':>7} {'example':>8}  place"
    )
    lines = [
        f"{subject.name}: intervals between rdtscs, medians of each group",
        f"board {board.name}, {board.mhz} MHz, cycles by the i486 model; "
        "TLB, cache: misses",
        "",
        head,
    ]
    for _, row in table.iterrows():
        start, end = int(row["start"]), int(row["end"])
        misses = row["code_misses"] + row["data_misses"] + row["table_misses"]
        lines.append(
            f"{row['group']:5.0f} {row['n']:6.0f} {row['instructions']:12.0f} "
            f"{row['cycles']:10.0f} {row['least']:10.0f} {row['greatest']:10.0f} "
            f"{row['us']:10.2f} {row['tlb_misses']:7.0f} {misses:7.0f} "
            f"{row['typical']:8.0f}  {names.function(start)} {start:x}"
            + (f" to {names.function(end)} {end:x}" if end != start else "")
        )
    return [*lines, "", *remarks(result, table)]


def remarks(result: Measurement, table: pd.DataFrame) -> list[str]:
    """How it ended, and what makes the numbers doubtful."""
    ending = result.ending
    if result.cut:
        lines = [
            f"stopped at {len(result.stamps)} rdtscs, the limit: what it does after "
            "them is not measured"
        ]
    elif ending.said:
        lines = ["stopped when it had said what it was to say"]
    elif ending.status is None:
        lines = [
            "stopped at TIMEOUT, by the time of this machine: the last intervals may "
            "be missing another time"
        ]
    elif ending.how:
        lines = [f"it {ending.how}"]
    else:
        lines = [f"it has ended QEMU, with status {ending.status}"]
    if result.assumed:
        lines.append(
            "it has executed instructions that no 486 has, at "
            f"{result.assumed} places: cycles are assumed "
            "(harness/models/i486/later.csv)"
        )
    if result.unknown:
        lines.append(
            f"it has executed instructions without cycles, at {result.unknown} places: "
            "each counts as 0 cycles (a line in harness/models/i486/later.csv mends it)"
        )
    doubtful = {
        "unknown": "contains instructions without cycles",
        "unexplained": "the model has lost its way in it",
        "failed_walks": "the model has found no page table for some accesses",
    }
    for _, row in table.iterrows():
        for column, what in doubtful.items():
            if row[column]:
                lines.append(f"DOUBTFUL: group {row['group']:.0f}: {what}")
    return lines


# --- the profile of one interval ----------------------------------------------


@dataclass
class Sums:
    """Cycles by cause, and instructions, of one function or level."""

    cycles: Counter[str] = field(default_factory=Counter)
    instructions: int = 0

    def add(self, instruction: Instruction) -> None:
        self.cycles.update(instruction.cycles)
        self.instructions += instruction.kind == "i"


def render_profile(
    subject: Subject,
    board: model.Board,
    result: Measurement,
    number: int,
    trace: list[str],
) -> list[str]:
    """Where the cycles between stamps number and number + 1 of a run go. trace: of
    another boot, a line for each instruction."""
    names = Names(subject)
    levels: dict[str, Sums] = {}
    functions: dict[str, Sums] = {}
    listing = []
    cut = trace[-1] == model.CUT
    executed = [read_instruction(line) for line in (trace[:-1] if cut else trace)]
    for one in executed:
        inner = one.level == 0
        name = names.function(one.pc, inner) if one.kind == "i" else "(interrupt)"
        levels.setdefault("kernel" if inner else "user", Sums()).add(one)
        functions.setdefault(name, Sums()).add(one)
        if len(listing) < LISTED:
            why = ", ".join(f"{c} {n}" for c, n in one.cycles.items())
            listing.append(f"  {one.pc:08x} {one.total:5}  {name:32} {why}")
    total = sum(level.cycles.total() for level in levels.values())
    whole = model.between(result.stamps, number, "cycles")
    count = sum(level.instructions for level in levels.values())
    lines = [f"{subject.name}: the interval from rdtsc {number} to {number + 1}"]
    lines += [f"board {board.name}, cycles by the i486 model"]
    if not cut:
        if total != whole:
            raise Refused(f"the trace has {total} cycles, the stamps say {whole}")
        lines += [f"all its {whole} cycles are accounted for, {count} instructions"]
    else:
        all_instructions = model.between(result.stamps, number, "instructions")
        lines += [
            f"its first {count} instructions, {total} cycles, of "
            f"{all_instructions}, {whole} cycles"
        ]
    if len(executed) <= LISTED:
        lines += ["", "address  cycles  function, causes", *listing]
    lines += ["", *_matrix("level", levels, total)]
    lines += ["", *_matrix("function", functions, total)]
    lines += ["", "distinct cache lines of 16 bytes touched"]
    touched = lines_by_kind(lines_touched(executed))
    lines += [f"  {kind:12} {found:6}" for kind, found in touched.items()]
    return lines


def _matrix(title: str, rows: dict[str, Sums], total: int) -> list[str]:
    used = [c for c in CAUSES if any(sums.cycles[c] for sums in rows.values())]
    head = f"{title:34}" + "".join(f"{cause:>13}" for cause in used)
    lines = [head + f"{'cycles':>11} {'%':>5} {'instructions':>12}"]
    for name, sums in sorted(rows.items(), key=lambda item: -item[1].cycles.total()):
        cells = "".join(f"{sums.cycles[cause] or '':>13}" for cause in used)
        cycles = sums.cycles.total()
        lines.append(
            f"{name[:33]:34}{cells}{cycles:11} {100 * cycles / max(total, 1):5.1f} "
            f"{sums.instructions:12}"
        )
    return lines


def check_number(stamps: pd.DataFrame, number: int) -> None:
    if number + 1 >= len(stamps):
        raise Refused(f"PROFILE={number}: its intervals are 0 to {len(stamps) - 2}")
