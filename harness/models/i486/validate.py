# SPDX-License-Identifier: BSD-2-Clause
"""Validates the i486 model against what is known of the processor.

Guests (validation/*.S, and one made from every row of cycles.csv) execute code
between pairs of rdtsc. Beside each pair its source says how many cycles it
should take; here that is compared with what the model counts. The instructions
of our own kernels are also counted by Bochs.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Sequence

import pandas as pd
from elftools.elf.elffile import ELFFile

from harness import folders, measure, records
from harness.build import BUILD, assemble, build, locked
from harness.errors import Refused
from harness.machines import bochs, qemu
from harness.models.i486 import model
from harness.switches import Configuration

SOURCES = Path(__file__).parent / "validation"
DEADLINE = 120

# Each guest and the board on which it has to run.
GUESTS = {
    "rows": "ideal",
    "modifiers": "ideal",
    "interrupts": "ideal",
    "paging": "ideal",
    "moves": "ideal",
    "walk": "dx50",
}

# Expectations that begin with ~ are other programs' cycles, on real hardware.
ABOUT = "~"
TOLERANCE = 0.10

# The expectation of a bracket whose guest prints how many interrupts it had.
INTERRUPTS = "interrupts"

# Round trips of pingpong under Bochs: few, for no interrupt to come in between.
ROUNDS = 5

COPIES = 4  # of the instruction of a row
SPACER = 2  # nops behind each, so that copies have no hazards among them


@dataclass(frozen=True)
class Check:
    """One bracket: what it should take and what the model says."""

    guest: str
    name: str
    unit: str
    expected: int
    modelled: int
    exact: bool = True  # or only about

    @property
    def difference(self) -> int:
        return self.modelled - self.expected

    @property
    def passed(self) -> bool:
        if self.exact:
            return self.difference == 0
        return abs(self.difference) <= TOLERANCE * self.expected


def check_guest(guest: str) -> list[Check]:
    """Builds and runs a guest; a check for each of its brackets."""
    image = build_guest(guest)
    console, stamps = run(image, GUESTS[guest])
    found = brackets(image)
    if len(stamps) != 2 * len(found):
        raise Refused(f"{image}: {len(stamps)} stamps for {len(found)} brackets")
    counted = stamps.iloc[1::2].reset_index() - stamps.iloc[0::2].reset_index()
    results = []
    for (name, text), (_, counts) in zip(found, counted.iterrows()):
        if text == INTERRUPTS:
            modelled = int(counts["interrupts"])
            results.append(Check(guest, name, text, int(console, 16), modelled))
        else:
            expected, modelled = evaluate(text.lstrip(ABOUT)), int(counts["cycles"])
            exact = not text.startswith(ABOUT)
            results.append(Check(guest, name, "cycles", expected, modelled, exact))
    return results


def check_instructions(configuration: Configuration) -> list[Check]:
    """The loops of pingpong, short ones: instructions counted by Bochs and by the
    model, where no clock interrupt has come in between in either."""
    built = build(configuration)
    options = f"rounds={ROUNDS}"
    log = built.folder / "bochs.log"
    guest = measure.guest(built, measure.PINGPONG, options)
    console = bochs.boot(replace(guest, log=log), DEADLINE)
    board = model.load_board("ideal")
    outcome = measure.boot(built, measure.PINGPONG, options, board=board)
    source = str(configuration)
    ours = measure.join(
        records.parse(outcome.console, source).samples,
        model.parse_stamps(outcome.stamps, source),
        source,
    )
    theirs = records.parse(console, str(log)).samples
    quiet = (ours["ticks"] == 0) & (theirs["ticks"] == 0)
    if not quiet.any():
        raise Refused(f"{log}: no loop without a clock interrupt to be compared")
    expected = (theirs["end"] - theirs["start"])[quiet]
    results = []
    for (_, sample), bochss in zip(ours[quiet].iterrows(), expected):
        cache = "cold" if sample["cold"] else "warm"
        spaces = "two spaces" if sample["spaces"] == 2 else "one space"
        name = f"{sample['bytes']} bytes, {spaces}, {cache}"
        modelled = int(sample["instructions"])
        results.append(
            Check(f"bochs {configuration}", name, "instructions", bochss, modelled)
        )
    return results


def table(checks: Sequence[Check]) -> list[str]:
    """Lines: each check, then how many there are of each guest."""
    width = max(len(check.name) for check in checks)
    head = f"{'expected':>10} {'modelled':>10} {'difference':>10}"
    lines = []
    for guest in dict.fromkeys(check.guest for check in checks):
        lines += ["", f"{guest:{width}} {head}"]
        for c in checks:
            if c.guest == guest:
                about = "" if c.exact else f" (within {TOLERANCE:.0%})"
                verdict = "" if c.passed else " FAILED"
                lines.append(
                    f"{c.name:{width}} {c.expected:10} {c.modelled:10} "
                    f"{c.difference:+10} {c.unit}{about}{verdict}"
                )
    lines.append("")
    for guest in dict.fromkeys(check.guest for check in checks):
        passed = [check.passed for check in checks if check.guest == guest]
        lines.append(f"{guest}: {sum(passed)} of {len(passed)} as expected")
    return lines


def evaluate(text: str) -> int:
    """An expectation as the sources have it, such as 16*(127+45)."""
    if not text or set(text) - set("0123456789+-*/() "):
        raise Refused(f"no number of cycles: '{text}'")
    return int(eval(text))


def brackets(image: Path) -> list[tuple[str, str]]:
    """Name and expectation of each bracket, in the order of execution."""
    with open(image, "rb") as file:
        section = ELFFile(file).get_section_by_name(".brackets")
        texts = section.data().decode().split("\0")[:-1] if section else []
    return list(zip(texts[0::2], texts[1::2]))


def run(image: Path, board: str) -> tuple[str, pd.DataFrame]:
    """Boots a validation guest under the model: console and stamps."""
    with folders.scratch(image.parent) as folder:
        stamps = folder / "stamps"
        timed = model.Model(model.load_board(board), stamps)
        log = image.with_suffix(".log")
        extra = timed.arguments(image)
        guest = qemu.Guest(image.stem, image, [], "", log, extra)
        return qemu.boot(guest, DEADLINE), model.read_stamps(stamps)


def build_guest(guest: str) -> Path:
    folder = BUILD / "validation"
    image = folder / f"{guest}.elf"
    with locked(folder):
        source = SOURCES / f"{guest}.S"
        if guest == "rows":
            source = folder / "rows.S"
            source.write_text(rows_source())
        options = ["-T", str(SOURCES / "guest.lds")]
        # Somebody may be booting the old one.
        new = image.with_suffix(".new")
        assemble(source, new, [*options, "-Wa,-mtune=i386", f"-I{SOURCES}"])
        new.replace(image)
    return image


# --- a guest made of the rows of cycles.csv ------------------------------------


def read_rows() -> list[dict[str, str]]:
    with open(model.CYCLES, newline="") as file:
        return list(csv.DictReader(file))


def rows_source() -> str:
    """A bracket or more for each row."""
    parts = [(SOURCES / "rows.inc").read_text()]
    for row in read_rows():
        for name, cycles, setup, code in row_brackets(row):
            parts.append(f"\n\tset_up\n{setup}")
            parts.append(f'\tbegin\t"{name}", {cycles}\n{code}\tend\n')
    parts.append("\n\tfinish\n")
    return "".join(parts)


Bracket = tuple[str, str, str, str]  # name, cycles, setup, code


def row_brackets(row: dict[str, str]) -> list[Bracket]:
    name = f"{row['opcode']} {row['operand']}{row['size']} {row['mnemonic']}"
    name = " ".join(name.split())
    if row["example"] == "@elsewhere":
        return []  # a guest of its own
    if row["example"].startswith("@"):
        return written_out(name, row)
    if row["kind"] == "repeat":
        return repeated(name, row)
    if row["kind"] == "branch":
        return branches(name, row)
    cycles = int(row["cycles"])
    if row["kind"] == "multiply":
        cycles = multiply_cycles(row["example"])
    if row["size"] == "16":
        cycles += 1  # operand-size prefix
    code = assembly(row["example"]) + SPACER * "\tnop\n"
    return [(name, f"{COPIES}*({cycles}+{SPACER})", "", COPIES * code)]


def assembly(example: str) -> str:
    """In a .csv file ; stands for the comma."""
    return "\t" + example.replace(";", ",") + "\n"


def multiply_cycles(example: str) -> int:
    """10 + log2 of the immediate, at least 3 (the manual's formula)."""
    immediate = int(example.split("$")[1].split(";")[0])
    return 10 + max((immediate - 1).bit_length(), 3)


def repeated(name: str, row: dict[str, str]) -> list[Bracket]:
    """No, one, two and ten iterations."""
    results = []
    for n in (0, 1, 2, 10):
        cycles = int(row["other"]) + n * int(row["per"])
        if n == 0:
            cycles = int(row["cycles"])
        if n == 1 and row["once"]:
            cycles = int(row["once"])
        setup = f"\tmovl\t${n}, %ecx\n"
        # EAX: what no other row has left in memory, for scas to look for.
        code = f"\tmovl\t$0x80, %edx\n\tmovl\t$0x{row['opcode'][-2:]}, %eax\n"
        code += assembly(row["example"])
        results.append((f"{name}, {n} times", f"2+{cycles}", setup, code))
    return results


def branches(name: str, row: dict[str, str]) -> list[Bracket]:
    """Jcc: taken and not."""
    code = assembly(row["example"]) + "\tnop\n"
    cycles, taken = row["cycles"], row["other"]
    return [
        (f"{name}, not taken", f"2+{cycles}+1", "", f"\tclc\n{code}1:\n"),
        (f"{name}, taken", f"2+{taken}", "", f"\tstc\n{code}\t.balign 16\n1:\n"),
    ]


def written_out(name: str, row: dict[str, str]) -> list[Bracket]:
    """Rows whose example is code in rows.inc, as a macro of that name. Its cycles
    besides the row's are noted beside it."""
    macro = f"row_{row['example'][1:]}"
    extra = _extra_cycles().get(macro)
    if extra is None:
        raise Refused(f"validation/rows.inc has no macro {macro}")
    return [(name, f"{row['cycles']}+{extra}", "", f"\t{macro}\n")]


def _extra_cycles() -> dict[str, str]:
    """Of the macros in rows.inc: '.macro NAME  /* + CYCLES */'."""
    text = (SOURCES / "rows.inc").read_text()
    return dict(re.findall(r"^\.macro\s+(\S+)\s*/\* \+ (\S+) \*/$", text, re.M))
