# SPDX-License-Identifier: BSD-2-Clause
"""Where the cycles of an IPC go: each instruction of one round trip.

The i486 model writes a line for each instruction of the timed loop (trace.h).
The loop is cut into round trips and a typical one of them is shown: in the
order of execution, by phase, by cause, by function, and what it touches.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from harness import headers, measure
from harness.build import Built
from harness.errors import Refused
from harness.models.i486.model import CUT, Board, between, parse_stamps
from harness.symbols import Symbols, read_marks

KERNEL_START = headers.define("kernels/include/abi.h", "USER_END")
ROUND_TRIPS = 8

# In the order of enum cause in model.h.
CAUSES = (
    "base",
    "entry/exit",
    "TLB",
    "L1 code",
    "L1 data",
    "write buffer",
    "hazard",
    "bus",
)

PHASES = ("user", "entry", "IPC", "switch", "exit", "interrupt")

# Kernel functions that belong to a phase; all others are IPC.
PHASE_OF_FUNCTION = (
    (re.compile(r"(invd_|wbinvd_)?entry_|trap_stubs|(slow|lost|c)_"), "entry"),
    (re.compile(r"after_|return_to_user"), "exit"),
    (re.compile(r"switch_|schedule"), "switch"),
)

# Lines of memory in a trace, by their letters.
CODE, READ, WRITTEN, TABLES = "c", "r", "w", "t"


@dataclass
class Instruction:
    """An executed instruction, or an interrupt (then pc is its vector)."""

    kind: str  # "i" or "e"
    pc: int
    level: int  # privilege
    cycles: dict[str, int]  # by cause, without zeros
    lines: list[tuple[str, int]]  # letter and physical address
    text: str = ""
    function: str = ""
    phase: str = ""
    step: str = ""  # of the hand-coded path, by the name that it has there

    @property
    def total(self) -> int:
        return sum(self.cycles.values())


@dataclass(frozen=True)
class Series:
    """Which of pingpong's series is profiled."""

    bytes: int
    spaces: int = 2
    cold: bool = False

    @property
    def name(self) -> str:
        space = "" if self.spaces == 2 else "-one_space"
        return f"{self.bytes}{space}{'-cold' if self.cold else ''}"

    @property
    def number(self) -> int:
        """Its place among the samples of one size."""
        return (2 if self.cold else 0) + (0 if self.spaces == 2 else 1)


@dataclass(frozen=True)
class Profile:
    """One round trip, and how it stands among those of the loop."""

    built: Built
    board: Board
    series: Series
    messages: list[list[Instruction]]  # there and back
    round_trips: list[int]  # cycles of each in the loop
    loop_cycles: int  # equal to what the stamps say

    @property
    def all(self) -> list[Instruction]:
        return [instruction for message in self.messages for instruction in message]


def profile(built: Built, board: Board, series: Series) -> Profile:
    """Boots pingpong once, with a trace of the series' timed loop."""
    first = 2 * series.number
    outcome = measure.boot(
        built,
        measure.PINGPONG,
        f"bytes={series.bytes} rounds={ROUND_TRIPS}",
        board,
        trace=(first, first + 1),
    )
    instructions = read_trace(outcome.trace)
    name(instructions, Symbols(built.kernel), Symbols(built.program("pingpong")))
    loop_cycles = _check_sum(instructions, outcome.stamps, first)
    trips = cut(instructions)
    cycles = [
        sum(instruction.total for m in trip for instruction in m) for trip in trips
    ]
    return Profile(
        built, board, series, trips[typical(trips, cycles)], cycles, loop_cycles
    )


def read_trace(text: str) -> list[Instruction]:
    lines = text.splitlines()
    if not lines or lines[-1] != "# end":
        raise Refused("the trace is cut off, it has no end line")
    if lines[-2:-1] == [CUT]:
        raise Refused("the trace is cut: what is traced takes too long")
    return [read_instruction(line) for line in lines[:-1]]


def read_instruction(line: str) -> Instruction:
    kind, pc, level, *rest = line.split()
    numbers, touched = rest[: len(CAUSES)], rest[len(CAUSES) :]
    cycles = {c: int(n) for c, n in zip(CAUSES, numbers) if n != "0"}
    lines = [(item[0], int(item[1:], 16)) for item in touched]
    return Instruction(kind, int(pc, 16), int(level), cycles, lines)


def budgets(kernel: Path) -> dict[str, int]:
    """At most how many cycles each step of the hand-coded path takes, as it says itself
    (step in ipc_entry.S): a short message, all switches on, without TLB misses."""
    marks = (text.split() for text, _ in read_marks(kernel, ".step_marks"))
    return {name: int(cycles) for name, cycles in marks}


def name(instructions: list[Instruction], kernel: Symbols, program: Symbols) -> None:
    """Fills in text, function and phase."""
    for instruction in instructions:
        symbols = kernel if instruction.pc >= KERNEL_START else program
        if instruction.kind == "e":
            instruction.text, instruction.function = (
                f"(interrupt {instruction.pc:#x})",
                "interrupt",
            )
            instruction.phase = "interrupt"
            continue
        instruction.text = symbols.text(instruction.pc)
        instruction.function = symbols.function(instruction.pc)
        instruction.phase = _phase(instruction)
        instruction.step = _step(instruction, symbols)


def _phase(instruction: Instruction) -> str:
    if instruction.level == 3:
        return "entry" if instruction.text.startswith("int ") else "user"
    if instruction.text == "iret":
        return "exit"
    for pattern, phase in PHASE_OF_FUNCTION:
        if pattern.match(instruction.function):
            return phase
    return "IPC"


MESSAGES = ("call", "reply")

# Parts of a message that are no steps of the hand-coded path.
OUTSIDE = USER, INT, IRET = "user's loop", "int", "iret"


def _step(instruction: Instruction, symbols: Symbols) -> str:
    if instruction.level == 3:
        return INT if instruction.phase == "entry" else USER
    return IRET if instruction.text == "iret" else symbols.step(instruction.pc)


def _check_sum(instructions: list[Instruction], stamps: str, first: int) -> int:
    """The trace must account for every cycle between the two stamps."""
    cycles = between(parse_stamps(stamps, "stamps"), first, "cycles")
    traced = sum(instruction.total for instruction in instructions)
    if traced != cycles:
        raise Refused(f"the trace has {traced} cycles, the stamps say {cycles}")
    return cycles


# In one space the two sides share their code: what tells them apart. Other functions
# are those of whoever has called them.
SERVER = re.compile(r"serve|reply")
CLIENT = re.compile(r"play|round_trip|measure|call")


def _modules(instructions: list[Instruction]) -> dict[int, int]:
    """Of each physical page of user code, one page of the same program in memory:
    client and server are one program, loaded twice. What runs without a stop is one."""
    same: dict[int, int] = {}

    def first(page: int) -> int:
        while same.setdefault(page, page) != page:
            page = same[page]
        return page

    before: int | None = None
    for instruction in instructions:
        page = _code_page(instruction)
        if instruction.level != 3:
            before = None
        elif page is not None:
            if before is not None:
                same[first(page)] = first(before)
            before = first(page)
    return {page: first(page) for page in same}


def _code_page(instruction: Instruction) -> int | None:
    code = [line for letter, line in instruction.lines if letter == CODE]
    return code[0] // 4096 if code else None


def _sides(instructions: list[Instruction]) -> list[str]:
    """Of each instruction, which side executes it; the kernel's are of the side that has
    entered it."""
    modules = _modules(instructions)
    two = len(set(modules.values())) > 1
    sides: list[str] = []
    side = ""
    for instruction in instructions:
        if instruction.level == 3 and two:
            side = str(modules.get(_code_page(instruction) or 0, side))
        elif instruction.level == 3 and SERVER.search(instruction.function):
            side = "server"
        elif instruction.level == 3 and CLIENT.search(instruction.function):
            side = "client"
        sides.append(side)
    return sides


def cut(instructions: list[Instruction]) -> list[list[list[Instruction]]]:
    """Round trips, each two messages, each a list of instructions.

    A message ends where the other side's user code begins. What is before the first
    whole round trip and after the last one is left out.
    """
    sides: list[list[Instruction]] = []
    last = ""
    for instruction, side in zip(instructions, _sides(instructions)):
        if side != last:
            last = side
            sides.append([])
        if sides:
            sides[-1].append(instruction)
    whole = sides[2:-1] if len(sides) % 2 else sides[2:-2]
    return [whole[n : n + 2] for n in range(0, len(whole), 2)]


def typical(trips: list[list[list[Instruction]]], cycles: list[int]) -> int:
    """The round trip with the most frequent number of cycles, undisturbed."""
    undisturbed = [
        n
        for n, trip in enumerate(trips)
        if not any(
            instruction.kind == "e" for message in trip for instruction in message
        )
    ]
    if not undisturbed:
        raise Refused("every round trip was interrupted by the clock")
    usual = Counter(cycles[n] for n in undisturbed).most_common(1)[0][0]
    return next(n for n in undisturbed if cycles[n] == usual)


# --- sums ----------------------------------------------------------------------


def matrix(messages: list[list[Instruction]]) -> pd.DataFrame:
    """Cycles of the round trip, phases (rows) by causes (columns)."""
    table = pd.DataFrame(0, index=list(PHASES), columns=list(CAUSES))
    for message in messages:
        for instruction in message:
            for cause, cycles in instruction.cycles.items():
                table.loc[instruction.phase, cause] += cycles
    return table[table.sum(axis=1) != 0]


def functions(messages: list[list[Instruction]]) -> pd.DataFrame:
    """Cycles and instructions of each function, most expensive first."""
    rows = [
        {"function": s.function, "cycles": s.total, "instructions": s.kind == "i"}
        for message in messages
        for s in message
    ]
    grouped = pd.DataFrame(rows).groupby("function", sort=False).sum()
    return grouped.sort_values("cycles", ascending=False, kind="stable")


def path_steps(messages: list[list[Instruction]]) -> pd.DataFrame:
    """Steps of the hand-coded path, and what is around it, in order of execution.
    Columns: message (call, reply), step, cycles, and how many of them are for TLB
    misses. Empty if that path is not taken."""
    rows = [
        (message, i.step, i.total, i.cycles.get("TLB", 0))
        for message, instructions in zip(MESSAGES, messages)
        for i in instructions
    ]
    table = pd.DataFrame(rows, columns=["message", "step", "cycles", "tlb"])
    if set(table["step"]) <= {"", *OUTSIDE}:
        return table[:0]
    table["step"] = table["step"].replace("", "elsewhere in the kernel")
    return table.groupby(["message", "step"], sort=False, as_index=False).sum()


def merged(messages: Iterable[str], steps: Iterable[str]) -> list[str]:
    """All steps, each once: those of a call in order, those that only a reply has
    behind the same step as there."""
    order: list[str] = []
    places = dict.fromkeys(messages, 0)
    for message, step in zip(messages, steps):
        if step not in order:
            order.insert(places[message], step)
        places[message] = order.index(step) + 1
    return order


def lines_touched(instructions: Iterable[Instruction]) -> list[tuple[str, int]]:
    """Distinct cache lines: letters, and physical addresses."""
    return sorted({line for one in instructions for line in one.lines})


def lines_by_kind(lines: Iterable[tuple[str, int]]) -> dict[str, int]:
    """How many are code, data, page tables; and all."""
    touched: dict[str, set[int]] = {"code": set(), "data": set(), "page tables": set()}
    kinds = {CODE: "code", READ: "data", WRITTEN: "data", TABLES: "page tables"}
    for letter, line in lines:
        touched[kinds[letter]].add(line)
    counts = {kind: len(of_kind) for kind, of_kind in touched.items()}
    return counts | {"all": len(set().union(*touched.values()))}


def instructions(messages: list[list[Instruction]]) -> pd.DataFrame:
    """A row for each of them, for instructions.csv."""
    rows = []
    for message, direction in zip(messages, ("there", "back")):
        for instruction in message:
            row = {
                "message": direction,
                "phase": instruction.phase,
                "step": "" if instruction.step == USER else instruction.step,
                "level": instruction.level,
            }
            row |= {
                "address": f"{instruction.pc:08x}",
                "function": instruction.function,
            }
            row |= {"instruction": instruction.text, "cycles": instruction.total}
            rows.append(row | {c: instruction.cycles.get(c, 0) for c in CAUSES})
    return pd.DataFrame(rows)
