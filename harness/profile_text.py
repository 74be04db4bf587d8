# SPDX-License-Identifier: BSD-2-Clause
"""A profile as text: each instruction with a bar, then sums by phase, step, function."""

from __future__ import annotations

from dataclasses import dataclass, field

from harness.profile import CAUSES, MESSAGES, OUTSIDE, Instruction, Profile, functions
from harness.profile import lines_by_kind, lines_touched, matrix, merged, path_steps

BAR = " ▏▎▍▌▋▊▉█"
BAR_CELLS = 8
BAR_FULL = 40  # cycles of a full bar


def bar(cycles: int) -> str:
    """A bar of BAR_CELLS characters; longer ones end with an arrow."""
    eighths = round(cycles * BAR_CELLS * 8 / BAR_FULL)
    if eighths > BAR_CELLS * 8:
        return "█" * (BAR_CELLS - 1) + "▶"
    whole, rest = divmod(eighths, 8)
    return ("█" * whole + (BAR[rest] if rest else "")).ljust(BAR_CELLS)


def why(instruction: Instruction) -> str:
    """What is added to the instruction's own cycles."""
    return ", ".join(f"{c} {n}" for c, n in instruction.cycles.items() if c != "base")


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
        f"board {p.board.name}, revision {p.built.revision}, cycles by the i486 model"
    )
    total = sum(instruction.total for instruction in p.all)
    out.add(
        f"one round trip of {total} cycles, {total / 2 / p.board.mhz:.2f} us one way; "
        f"the {len(p.round_trips)} whole ones traced: "
        f"{min(p.round_trips)} to {max(p.round_trips)}"
    )
    out.add(f"all cycles of the loop are accounted for: {p.loop_cycles}, as stamped")


def _listing(out: Text, message: list[Instruction], title: str) -> None:
    total = sum(instruction.total for instruction in message)
    out.add()
    out.add(f"{title}: {total} cycles, {len(message)} instructions", "bold")
    phase = function = step = ""
    for instruction in message:
        if (instruction.phase, instruction.function) != (phase, function):
            phase, function, step = instruction.phase, instruction.function, ""
            out.add()
            out.add(f"  {phase:9} {function}", "cyan")
        if instruction.step != step and instruction.step not in ("", *OUTSIDE):
            out.add(f"           {instruction.step}:", "cyan")
        step = instruction.step
        cycles, text = instruction.total, instruction.text
        style = "" if cycles < 9 else "yellow" if cycles < 30 else "red"
        text = text if len(text) < 44 else text[:41] + "..."
        line = f"  {instruction.pc:08x} {cycles:5} {bar(cycles)} {text:44} "
        out.add(line + why(instruction), style)


def _summary(out: Text, p: Profile) -> None:
    table = matrix(p.messages)
    total = int(table.values.sum())
    used = [cause for cause in CAUSES if table[cause].any()]
    out.add()
    out.add("cycles of the round trip, by phase and cause", "bold")
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
    _path_steps(out, p)
    out.add()
    out.add("functions", "bold")
    out.add()
    for function, row in functions(p.messages).iterrows():
        out.add(
            f"  {function:34} {row['cycles']:6} cycles "
            f"{row['instructions']:5} instructions"
        )
    out.add()
    out.add("distinct cache lines of 16 bytes touched in the round trip", "bold")
    out.add()
    for kind, count in lines_by_kind(lines_touched(p.all)).items():
        out.add(f"  {kind:12} {count:5}   {count * 16:6} bytes")


def _path_steps(out: Text, p: Profile) -> None:
    table = path_steps(p.messages)
    if table.empty:
        return
    out.add()
    title = "steps of the hand-coded path: cycles, in brackets those of TLB misses"
    out.add(title, "bold")
    out.add()
    out.add(f"  {'':24}{'call':>13}{'reply':>13}")
    for step in merged(table["message"], table["step"]):
        cells = ""
        for message in MESSAGES:
            found = table[(table["message"] == message) & (table["step"] == step)]
            for one in found.itertuples():
                misses = f"({one.tlb})" if one.tlb else ""
                cells += f"{one.cycles:8}{misses:>5}"
            cells += " " * 13 * found.empty
        out.add(f"  {step:24}{cells}")


def _row(out: Text, title: str, cells: list[int], total: int) -> None:
    shown = "".join(f"{cell or '':>13}" for cell in cells)
    out.add(
        f"  {title:10}{shown}{sum(cells):10}{100 * sum(cells) / total:7.1f}",
        "bold" if title == "all" else "",
    )
