# SPDX-License-Identifier: BSD-2-Clause
"""Any multiboot kernel under the i486 model: what is between its rdtscs.

The guest need not know of us. The model writes a stamp at each rdtsc; an interval
is what was counted from one to the next. Intervals between the same two places in
the code that have about as many instructions are a group, and a line of the table.
"""

from __future__ import annotations

import re
from bisect import bisect_right
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
from harness.profile import CAUSES, CODE, READ, TABLES, WRITTEN, Step, read_step

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
    *("clocks", "executions", "instructions", "kernel_instructions", "tlb_misses"),
    *("code_misses", "data_misses", "table_misses", "write_stall_clocks"),
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
class Run:
    """What a boot has left behind."""

    stamps: pd.DataFrame
    ending: qemu.Ending
    assumed: int = 0  # places of instructions that no 486 has: clocks are assumed
    unknown: int = 0  # places of instructions without clocks
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
) -> Run:
    """Boots it under the model. check: looks at the console before anything else."""
    return _run(subject, board, deadline, None, check)


def trace(subject: Subject, board: model.Board, deadline: float, number: int) -> Run:
    """The same, only for a trace from stamp number to the next, TRACED lines."""
    return _run(subject, board, deadline, number, lambda console: None)


def _run(
    subject: Subject,
    board: model.Board,
    deadline: float,
    traced: int | None,
    check: Callable[[str], None],
) -> Run:
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
            return Run(pd.DataFrame(), ending, trace=trace)
        check(ending.console)
        _check_start(subject, ending, folder / "stamps", log)
        said = len(ending.written) if ending.said else None
        stamps = model.read_foreign(
            folder / "stamps", subject.name, said, ending.shut_down
        )
    if not stamps.cut:
        _check_end(subject, ending, len(stamps.table), deadline, log)
    return Run(stamps.table, ending, stamps.assumed, stamps.unknown, stamps.cut)


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
    counts = stamps[SUMS].diff().iloc[1:].astype("int64").reset_index(drop=True)
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
    """A row for each group: medians, the least and the greatest clocks, and typical,
    the number of the interval whose clocks are nearest to the median."""
    rows = []
    for number, group in table.groupby("group"):
        median = group["clocks"].median()
        nearest = (group["clocks"] - median).abs().idxmin()
        row = {"group": number, "n": len(group), "clocks": median}
        row |= {"us": median / mhz, "least": group["clocks"].min()}
        row |= {"greatest": group["clocks"].max()}
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
    addresses: list[int]
    functions: list[str]

    @staticmethod
    def read(path: Path) -> _File | None:
        try:
            elf = ELFFile(BytesIO(multiboot.read(path)))
            segments = [(s["p_vaddr"], s.data()) for s in elf.iter_segments("PT_LOAD")]
            table = elf.get_section_by_name(".symtab")
            symbols = sorted(
                (int(symbol["st_value"]), symbol.name)
                for symbol in (table.iter_symbols() if table else ())
                if symbol["st_info"]["type"] in ("STT_FUNC", "STT_NOTYPE")
                and symbol["st_shndx"] not in ("SHN_ABS", "SHN_UNDEF")
                and symbol.name
                and not symbol.name.startswith(".")
            )
        except ELFError:
            return None
        addresses, functions = [a for a, _ in symbols], [n for _, n in symbols]
        return _File(path.name.removesuffix(".gz"), segments, addresses, functions)

    def bytes_at(self, pc: int, count: int) -> bytes:
        for start, data in self.segments:
            if start <= pc < start + len(data):
                return data[pc - start : pc - start + count]
        return b""

    def function(self, pc: int) -> str:
        place = bisect_right(self.addresses, pc) - 1
        return self.functions[place] if place >= 0 else self.name


# --- what is shown ------------------------------------------------------------


def render(
    subject: Subject, board: model.Board, result: Run, table: pd.DataFrame
) -> list[str]:
    """table: as summary makes it."""
    names = Names(subject)
    head = (
        f"{'group':>5} {'n':>6} {'instructions':>12} {'clocks':>10} {'least':>10} "
        f"{'greatest':>10} {'us':>10} {'TLB':>7} {'cache':>7} {'example':>8}  place"
    )
    lines = [
        f"{subject.name}: intervals between rdtscs, medians of each group",
        f"board {board.name}, {board.mhz} MHz, clocks by the i486 model; "
        "TLB, cache: misses",
        "",
        head,
    ]
    for _, row in table.iterrows():
        start, end = int(row["start"]), int(row["end"])
        misses = row["code_misses"] + row["data_misses"] + row["table_misses"]
        lines.append(
            f"{row['group']:5.0f} {row['n']:6.0f} {row['instructions']:12.0f} "
            f"{row['clocks']:10.0f} {row['least']:10.0f} {row['greatest']:10.0f} "
            f"{row['us']:10.2f} {row['tlb_misses']:7.0f} {misses:7.0f} "
            f"{row['typical']:8.0f}  {names.function(start)} {start:x}"
            + (f" to {names.function(end)} {end:x}" if end != start else "")
        )
    return [*lines, "", *remarks(result, table)]


def remarks(result: Run, table: pd.DataFrame) -> list[str]:
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
            f"{result.assumed} places: clocks are assumed "
            "(harness/models/i486/later.csv)"
        )
    if result.unknown:
        lines.append(
            f"it has executed instructions without clocks, at {result.unknown} places: "
            "each counts as 0 clocks (a line in harness/models/i486/later.csv mends it)"
        )
    doubtful = {
        "unknown": "contains instructions without clocks",
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
    """Clocks by cause, and instructions, of one function or level."""

    clocks: Counter[str] = field(default_factory=Counter)
    instructions: int = 0

    def add(self, step: Step) -> None:
        self.clocks.update(step.clocks)
        self.instructions += step.kind == "i"


def render_profile(
    subject: Subject, board: model.Board, result: Run, number: int, steps: list[str]
) -> list[str]:
    """Where the clocks between stamps number and number + 1 of a run go. steps: the
    trace of them, from another boot."""
    names = Names(subject)
    levels: dict[str, Sums] = {}
    functions: dict[str, Sums] = {}
    touched: dict[str, set[int]] = {"code": set(), "data": set(), "page tables": set()}
    kinds = {CODE: "code", READ: "data", WRITTEN: "data", TABLES: "page tables"}
    listing = []
    cut = steps[-1] == model.CUT
    steps = steps[:-1] if cut else steps
    for line in steps:
        step = read_step(line)
        inner = step.level == 0
        name = names.function(step.pc, inner) if step.kind == "i" else "(interrupt)"
        levels.setdefault("kernel" if inner else "user", Sums()).add(step)
        functions.setdefault(name, Sums()).add(step)
        for letter, address in step.lines:
            touched[kinds[letter]].add(address)
        if len(listing) < LISTED:
            why = ", ".join(f"{c} {n}" for c, n in step.clocks.items())
            listing.append(f"  {step.pc:08x} {step.total:5}  {name:32} {why}")
    total = sum(level.clocks.total() for level in levels.values())
    whole = _stamped(result, number, "clocks")
    count = sum(level.instructions for level in levels.values())
    lines = [f"{subject.name}: the interval from rdtsc {number} to {number + 1}"]
    lines += [f"board {board.name}, clocks by the i486 model"]
    if not cut:
        if total != whole:
            raise Refused(f"the trace has {total} clocks, the stamps say {whole}")
        lines += [f"all its {whole} clocks are accounted for, {count} instructions"]
    else:
        lines += [
            f"its first {count} instructions, {total} clocks, of "
            f"{_stamped(result, number, 'instructions')}, {whole} clocks"
        ]
    if len(steps) <= LISTED:
        lines += ["", "address  clocks  function, causes", *listing]
    lines += ["", *_matrix("level", levels, total)]
    lines += ["", *_matrix("function", functions, total)]
    lines += ["", "distinct cache lines of 16 bytes touched"]
    lines += [f"  {kind:12} {len(found):6}" for kind, found in touched.items()]
    return lines


def _stamped(result: Run, number: int, column: str) -> int:
    counts = result.stamps.set_index("number")[column]
    return int(counts[number + 1] - counts[number])


def _matrix(title: str, rows: dict[str, Sums], total: int) -> list[str]:
    used = [c for c in CAUSES if any(sums.clocks[c] for sums in rows.values())]
    head = f"{title:34}" + "".join(f"{cause:>13}" for cause in used)
    lines = [head + f"{'clocks':>11} {'%':>5} {'instructions':>12}"]
    for name, sums in sorted(rows.items(), key=lambda item: -item[1].clocks.total()):
        cells = "".join(f"{sums.clocks[cause] or '':>13}" for cause in used)
        clocks = sums.clocks.total()
        lines.append(
            f"{name[:33]:34}{cells}{clocks:11} {100 * clocks / max(total, 1):5.1f} "
            f"{sums.instructions:12}"
        )
    return lines


def check_number(stamps: pd.DataFrame, number: int) -> None:
    if number + 1 >= len(stamps):
        raise Refused(f"PROFILE={number}: its intervals are 0 to {len(stamps) - 2}")
