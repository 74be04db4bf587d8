# SPDX-License-Identifier: BSD-2-Clause
"""Into the kernel and out again (sections 3 and 5.5)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from harness import headers, profile
from harness.build import Built
from harness.errors import Refused
from harness.experiments.experiment import BOTH_ENDS, ROUND_TRIP, Experiment, Row, boot
from harness.experiments.experiment import csv
from harness.measure import NULL_SERVICE
from harness.models.i486.model import Board
from harness.profile import Instruction
from harness.symbols import Symbols

SERVICE_CALLS = 20  # traced; they do not fill a clock tick
KERNEL_SERVICE = headers.define("kernels/include/abi.h", "KERNEL_SERVICE")


def measure(built: Built, board: Board, stem: Path) -> None:
    """Leaves the cycles of each call of the null service."""
    options = f"calls={SERVICE_CALLS}"
    traced = boot(built, board, stem, NULL_SERVICE, options, trace=(0, 3))
    instructions = profile.read_trace(traced.trace)
    program = built.program(NULL_SERVICE.name)
    profile.name(instructions, Symbols(built.kernel), Symbols(program))
    table = pd.DataFrame(service_calls(instructions))
    if len(table) < 2 * SERVICE_CALLS:
        raise Refused(f"{stem}: {len(table)} calls traced, not {2 * SERVICE_CALLS}")
    # Between the two series the record of the first is written, by a service, too.
    ends = table.head(SERVICE_CALLS), table.tail(SERVICE_CALLS)
    named = [t.assign(tlb=w) for t, w in zip(ends, ("warm", "flushed"))]
    pd.concat(named).to_csv(csv(stem), index=False)


def service_calls(instructions: list[Instruction]) -> Iterator[dict[str, int]]:
    """Each call of a service: cycles from the int to the iret, both included; of
    these, what int and iret take by the manual; and cycles from int to int."""
    entries = [
        n for n, i in enumerate(instructions) if i.text == f"int ${KERNEL_SERVICE:#x}"
    ]
    for entry, following in zip(entries, [*entries[1:], len(instructions)]):
        inside = [instructions[entry]]
        for instruction in instructions[entry + 1 : following]:
            if instruction.level == 3:
                break
            inside.append(instruction)
        yield {
            "call": sum(i.total for i in instructions[entry:following]),
            "in_kernel": sum(i.total for i in inside),
            "int_and_iret": sum(i.cycles.get("entry/exit", 0) for i in inside),
            "tlb_misses": sum(i.cycles.get("TLB", 0) for i in inside),
            "interrupts": sum(i.kind == "e" for i in inside),
        }


def evaluate(stem: Path, board: Board) -> list[Row]:
    table = pd.read_csv(csv(stem)).query("interrupts == 0")
    usual = table.groupby("tlb").agg(lambda column: column.mode()[0])
    warm, flushed = usual.loc["warm"], usual.loc["flushed"]
    values = [
        ("null_service_call", "", warm["call"]),
        ("null_service_in_kernel", "", warm["in_kernel"]),
        ("null_service_in_kernel", "TLB flushed", flushed["in_kernel"]),
        ("tlb_misses", "TLB flushed", flushed["tlb_misses"]),
        ("int_and_iret", "", warm["int_and_iret"]),
    ]
    return [
        Row(quantity, value, direction=ROUND_TRIP, parameter=parameter)
        for quantity, parameter, value in values
    ]


EXPERIMENT = Experiment(BOTH_ENDS, measure, evaluate)
