# SPDX-License-Identifier: BSD-2-Clause
"""Where the clocks of an IPC go: each instruction of one round trip.

The i486 model writes a line for each instruction of the timed loop (trace.h).
The loop is cut into round trips and a typical one of them is shown: in the
order of execution, by phase, by cause, by function, and what it touches.
"""

from __future__ import annotations

import bisect
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
from elftools.elf.elffile import ELFFile

from harness import build, measure
from harness.build import Built
from harness.errors import Refused
from harness.models.i486.model import CUT, Board, parse_stamps

KERNEL_START = 0xE0000000
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
class Step:
    """An executed instruction, or an interrupt (then pc is its vector)."""

    kind: str  # "i" or "e"
    pc: int
    level: int  # privilege
    clocks: dict[str, int]  # by cause, without zeros
    lines: list[tuple[str, int]]  # letter and physical address
    text: str = ""
    function: str = ""
    phase: str = ""
    part: str = ""  # of the hand-coded path, by its names for its steps

    @property
    def total(self) -> int:
        return sum(self.clocks.values())


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
    messages: list[list[Step]]  # there and back
    round_trips: list[int]  # clocks of each in the loop
    loop_clocks: int  # equal to what the stamps say


def profile(built: Built, board: Board, series: Series) -> Profile:
    """Boots pingpong once, with a trace of the series' timed loop."""
    first = 2 * series.number
    outcome = measure.run(
        built,
        measure.PINGPONG,
        f"bytes={series.bytes} rounds={ROUND_TRIPS}",
        board,
        trace=(first, first + 1),
    )
    steps = read_trace(outcome.trace)
    name(steps, Symbols(built.kernel), Symbols(built.program("pingpong")))
    loop_clocks = _check_sum(steps, outcome.stamps, first)
    trips = cut(steps)
    clocks = [sum(step.total for m in trip for step in m) for trip in trips]
    return Profile(
        built, board, series, trips[typical(trips, clocks)], clocks, loop_clocks
    )


def read_trace(text: str) -> list[Step]:
    lines = text.splitlines()
    if not lines or lines[-1] != "# end":
        raise Refused("the trace is cut off, it has no end line")
    if lines[-2:-1] == [CUT]:
        raise Refused("the trace is cut: what is traced takes too long")
    return [read_step(line) for line in lines[:-1]]


def read_step(line: str) -> Step:
    kind, pc, level, *rest = line.split()
    numbers, touched = rest[: len(CAUSES)], rest[len(CAUSES) :]
    clocks = {c: int(n) for c, n in zip(CAUSES, numbers) if n != "0"}
    lines = [(item[0], int(item[1:], 16)) for item in touched]
    return Step(kind, int(pc, 16), int(level), clocks, lines)


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


def budgets(kernel: Path) -> dict[str, int]:
    """At most how many cycles each step of the hand-coded path takes, as it says itself
    (step in ipc_entry.S): a short message, all switches on, without TLB misses."""
    marks = (text.split() for text, _ in read_marks(kernel, ".step_marks"))
    return {name: int(cycles) for name, cycles in marks}


class Symbols:
    """Functions and disassembly of an ELF file; of a kernel, the steps of its
    hand-coded path."""

    def __init__(self, path: Path) -> None:
        with open(path, "rb") as file:
            table = ELFFile(file).get_section_by_name(".symtab")
            named = sorted(
                (symbol["st_value"], symbol.name)
                for symbol in table.iter_symbols()
                if symbol["st_info"]["type"] in ("STT_FUNC", "STT_NOTYPE")
                and symbol["st_shndx"] != "SHN_ABS"
                and symbol.name
                and not symbol.name.startswith(".")
            )
        self._addresses = [address for address, _ in named]
        self._names = [name for _, name in named]
        self._texts = _disassemble(path)
        marks = read_marks(path, ".step_marks")
        # Of steps that are empty in this configuration and the next one, the next.
        parts = sorted(marks, key=lambda mark: mark[1])
        self._parts = [(address, text.split()[0]) for text, address in parts]

    def function(self, pc: int) -> str:
        place = bisect.bisect_right(self._addresses, pc) - 1
        return self._names[place] if place >= 0 else "?"

    def part(self, pc: int) -> str:
        """A step goes on until the next one, or until a function."""
        place = bisect.bisect_right(self._parts, pc, key=lambda mark: mark[0]) - 1
        symbol = bisect.bisect_right(self._addresses, pc) - 1
        if place < 0 or symbol < 0 or self._parts[place][0] < self._addresses[symbol]:
            return ""
        return self._parts[place][1]

    def text(self, pc: int) -> str:
        return self._texts.get(pc, "?")


def _disassemble(path: Path) -> dict[int, str]:
    tools = build.find_toolchain()
    done = tools.run("objdump", "-d", "--no-show-raw-insn", str(path))
    if done.returncode != 0:
        raise Refused(f"{path}: objdump: {done.stderr.strip()}")
    found = re.findall(r"^ *([0-9a-f]+):\t(.*)$", done.stdout, re.M)
    return {int(a, 16): " ".join(t.split("#")[0].split()) for a, t in found}


def name(steps: list[Step], kernel: Symbols, program: Symbols) -> None:
    """Fills in text, function and phase."""
    for step in steps:
        symbols = kernel if step.pc >= KERNEL_START else program
        if step.kind == "e":
            step.text, step.function = f"(interrupt {step.pc:#x})", "interrupt"
            step.phase = "interrupt"
            continue
        step.text = symbols.text(step.pc)
        step.function = symbols.function(step.pc)
        step.phase = _phase(step)
        step.part = _part(step, symbols)


def _phase(step: Step) -> str:
    if step.level == 3:
        return "entry" if step.text.startswith("int ") else "user"
    if step.text == "iret":
        return "exit"
    for pattern, phase in PHASE_OF_FUNCTION:
        if pattern.match(step.function):
            return phase
    return "IPC"


MESSAGES = ("call", "reply")

# Parts of a message that are no steps of the hand-coded path.
OUTSIDE = USER, INT, IRET = "user's loop", "int", "iret"


def _part(step: Step, symbols: Symbols) -> str:
    if step.level == 3:
        return INT if step.phase == "entry" else USER
    return IRET if step.text == "iret" else symbols.part(step.pc)


def _check_sum(steps: list[Step], stamps: str, first: int) -> int:
    """The trace must account for every clock between the two stamps."""
    stamped = parse_stamps(stamps, "stamps")["clocks"]
    clocks = int(stamped[first + 1] - stamped[first])
    traced = sum(step.total for step in steps)
    if traced != clocks:
        raise Refused(f"the trace has {traced} clocks, the stamps say {clocks}")
    return clocks


# In one space the two sides share their code: what tells them apart. Other functions
# are those of whoever has called them.
SERVER = re.compile(r"serve|reply")
CLIENT = re.compile(r"play|round_trip|measure|call")


def _modules(steps: list[Step]) -> dict[int, int]:
    """Of each physical page of user code, one page of the same program in memory:
    client and server are one program, loaded twice. What runs without a stop is one."""
    same: dict[int, int] = {}

    def first(page: int) -> int:
        while same.setdefault(page, page) != page:
            page = same[page]
        return page

    before: int | None = None
    for step in steps:
        page = _code_page(step)
        if step.level != 3:
            before = None
        elif page is not None:
            if before is not None:
                same[first(page)] = first(before)
            before = first(page)
    return {page: first(page) for page in same}


def _code_page(step: Step) -> int | None:
    code = [line for letter, line in step.lines if letter == CODE]
    return code[0] // 4096 if code else None


def _sides(steps: list[Step]) -> list[str]:
    """Of each step, whose it is; the kernel's are of whoever entered it."""
    modules = _modules(steps)
    two = len(set(modules.values())) > 1
    sides: list[str] = []
    side = ""
    for step in steps:
        if step.level == 3 and two:
            side = str(modules.get(_code_page(step) or 0, side))
        elif step.level == 3 and SERVER.search(step.function):
            side = "server"
        elif step.level == 3 and CLIENT.search(step.function):
            side = "client"
        sides.append(side)
    return sides


def cut(steps: list[Step]) -> list[list[list[Step]]]:
    """Round trips, each two messages, each a list of steps.

    A message ends where the other side's user code begins. What is before the first
    whole round trip and after the last one is left out.
    """
    sides: list[list[Step]] = []
    last = ""
    for step, side in zip(steps, _sides(steps)):
        if side != last:
            last = side
            sides.append([])
        if sides:
            sides[-1].append(step)
    whole = sides[2:-1] if len(sides) % 2 else sides[2:-2]
    return [whole[n : n + 2] for n in range(0, len(whole), 2)]


def typical(trips: list[list[list[Step]]], clocks: list[int]) -> int:
    """The round trip with the most frequent number of clocks, undisturbed."""
    undisturbed = [
        n
        for n, trip in enumerate(trips)
        if not any(step.kind == "e" for message in trip for step in message)
    ]
    if not undisturbed:
        raise Refused("every round trip was interrupted by the clock")
    usual = Counter(clocks[n] for n in undisturbed).most_common(1)[0][0]
    return next(n for n in undisturbed if clocks[n] == usual)


# --- what is shown ------------------------------------------------------------


def matrix(messages: list[list[Step]]) -> pd.DataFrame:
    """Clocks of the round trip, phases (rows) by causes (columns)."""
    table = pd.DataFrame(0, index=list(PHASES), columns=list(CAUSES))
    for message in messages:
        for step in message:
            for cause, clocks in step.clocks.items():
                table.loc[step.phase, cause] += clocks
    return table[table.sum(axis=1) != 0]


def functions(messages: list[list[Step]]) -> pd.DataFrame:
    """Clocks and instructions of each function, most expensive first."""
    rows = [
        {"function": s.function, "clocks": s.total, "instructions": s.kind == "i"}
        for message in messages
        for s in message
    ]
    grouped = pd.DataFrame(rows).groupby("function", sort=False).sum()
    return grouped.sort_values("clocks", ascending=False, kind="stable")


def parts(messages: list[list[Step]]) -> pd.DataFrame:
    """Steps of the hand-coded path, and what is around it, in order of execution.
    Columns: message (call, reply), step, clocks, and how many of them are for TLB
    misses. Empty if that path is not taken."""
    rows = [
        (message, s.part, s.total, s.clocks.get("TLB", 0))
        for message, steps in zip(MESSAGES, messages)
        for s in steps
    ]
    table = pd.DataFrame(rows, columns=["message", "step", "clocks", "tlb"])
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


def lines_touched(messages: list[list[Step]]) -> dict[str, int]:
    """Distinct cache lines: code, data, page tables, and all."""
    touched: dict[str, set[int]] = {"code": set(), "data": set(), "page tables": set()}
    kinds = {CODE: "code", READ: "data", WRITTEN: "data", TABLES: "page tables"}
    for message in messages:
        for step in message:
            for letter, line in step.lines:
                touched[kinds[letter]].add(line)
    counts = {kind: len(lines) for kind, lines in touched.items()}
    return counts | {"all": len(set().union(*touched.values()))}


def instructions(messages: list[list[Step]]) -> pd.DataFrame:
    """A row for each step, for instructions.csv."""
    rows = []
    for message, direction in zip(messages, ("there", "back")):
        for step in message:
            row = {"message": direction, "phase": step.phase, "level": step.level}
            row |= {"address": f"{step.pc:08x}", "function": step.function}
            row |= {"instruction": step.text, "clocks": step.total}
            rows.append(row | {c: step.clocks.get(c, 0) for c in CAUSES})
    return pd.DataFrame(rows)


BAR = " ▏▎▍▌▋▊▉█"
BAR_CELLS = 8
BAR_FULL = 40  # clocks of a full bar


def bar(clocks: int) -> str:
    """A bar of BAR_CELLS characters; longer ones end with an arrow."""
    eighths = round(clocks * BAR_CELLS * 8 / BAR_FULL)
    if eighths > BAR_CELLS * 8:
        return "█" * (BAR_CELLS - 1) + "▶"
    whole, rest = divmod(eighths, 8)
    return ("█" * whole + (BAR[rest] if rest else "")).ljust(BAR_CELLS)


def why(step: Step) -> str:
    """What besides the clock table, or the whole of it if that is all."""
    return ", ".join(f"{c} {n}" for c, n in step.clocks.items() if c != "base")


@dataclass
class Text:
    """The profile as lines of text; styles are rich's."""

    lines: list[tuple[str, str]] = field(default_factory=list)

    def add(self, text: str = "", style: str = "") -> None:
        self.lines.append((text, style))

    def plain(self) -> str:
        return "".join(f"{text.rstrip()}\n" for text, _ in self.lines)


def render(p: Profile) -> Text:
    out = Text()
    _heading(out, p)
    for message, title in zip(p.messages, ("client to server", "server to client")):
        _listing(out, message, title)
    _summary(out, p)
    return out


def _heading(out: Text, p: Profile) -> None:
    spaces = "between two address spaces" if p.series.spaces == 2 else "in one space"
    cache = "cold" if p.series.cold else "warm"
    out.add(
        f"{p.built.configuration}: {p.series.bytes} bytes {spaces}, {cache} cache",
        "bold",
    )
    out.add(
        f"board {p.board.name}, revision {p.built.revision}, clocks by the i486 model"
    )
    total = sum(s.total for m in p.messages for s in m)
    out.add(
        f"one round trip of {total} clocks, {total / 2 / p.board.mhz:.2f} us one way; "
        f"the {len(p.round_trips)} whole ones traced: "
        f"{min(p.round_trips)} to {max(p.round_trips)}"
    )
    out.add(f"all clocks of the loop are accounted for: {p.loop_clocks}, as stamped")


def _listing(out: Text, message: list[Step], title: str) -> None:
    total = sum(step.total for step in message)
    out.add()
    out.add(f"{title}: {total} clocks, {len(message)} instructions", "bold")
    phase = function = part = ""
    for step in message:
        if (step.phase, step.function) != (phase, function):
            phase, function, part = step.phase, step.function, ""
            out.add()
            out.add(f"  {phase:9} {function}", "cyan")
        if step.part != part and step.part not in ("", *OUTSIDE):
            out.add(f"           {step.part}:", "cyan")
        part = step.part
        style = "" if step.total < 9 else "yellow" if step.total < 30 else "red"
        text = step.text if len(step.text) < 44 else step.text[:41] + "..."
        out.add(
            f"  {step.pc:08x} {step.total:5} {bar(step.total)} {text:44} {why(step)}",
            style,
        )


def _summary(out: Text, p: Profile) -> None:
    table = matrix(p.messages)
    total = int(table.values.sum())
    used = [cause for cause in CAUSES if table[cause].any()]
    out.add()
    out.add("clocks of the round trip, by phase and cause", "bold")
    out.add()
    out.add(f"  {'':10}" + "".join(f"{c:>13}" for c in used) + f"{'all':>10}{'%':>7}")
    for phase, row in table.iterrows():
        _row(out, str(phase), [int(row[c]) for c in used], total)
    _row(out, "all", [int(table[c].sum()) for c in used], total)
    out.add(
        f"  {'%':10}"
        + "".join(f"{100 * table[c].sum() / total:13.1f}" for c in used)
        + f"{100:10.1f}"
    )
    _steps(out, p)
    out.add()
    out.add("functions", "bold")
    out.add()
    for function, row in functions(p.messages).iterrows():
        out.add(
            f"  {function:34} {row['clocks']:6} clocks "
            f"{row['instructions']:5} instructions"
        )
    out.add()
    out.add("distinct cache lines of 16 bytes touched in the round trip", "bold")
    out.add()
    for kind, count in lines_touched(p.messages).items():
        out.add(f"  {kind:12} {count:5}   {count * 16:6} bytes")


def _steps(out: Text, p: Profile) -> None:
    table = parts(p.messages)
    if table.empty:
        return
    out.add()
    out.add("steps of the hand-coded path: clocks, in brackets those of TLB misses", "bold")
    out.add()
    out.add(f"  {'':24}{'call':>13}{'reply':>13}")
    for step in merged(table["message"], table["step"]):
        cells = ""
        for message in MESSAGES:
            found = table[(table["message"] == message) & (table["step"] == step)]
            for one in found.itertuples():
                misses = f"({one.tlb})" if one.tlb else ""
                cells += f"{one.clocks:8}{misses:>5}"
            cells += " " * 13 * found.empty
        out.add(f"  {step:24}{cells}")


def _row(out: Text, title: str, cells: list[int], total: int) -> None:
    shown = "".join(f"{cell or '':>13}" for cell in cells)
    out.add(
        f"  {title:10}{shown}{sum(cells):10}{100 * sum(cells) / total:7.1f}",
        "bold" if title == "all" else "",
    )
