# SPDX-License-Identifier: BSD-2-Clause
"""Where the cycles of a message of 8 bytes go, in the same groups for GNU Mach, for our
baseline and for the optimized kernel (section 4: what Mach spends its time on)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from harness import intervals, peers, profile, records, tables
from harness.build import Built
from harness.errors import Refused
from harness.experiments.experiment import BOTH_ENDS, ONE_WAY, Experiment, Row, csv
from harness.models.i486 import model
from harness.models.i486.model import Board
from harness.profile import Instruction

ROUND_TRIPS = 50  # of Mach's, traced

USER = "user's loop and stubs"
ENTRY = "entry and exit"
COPY = "copying in and out"
BUFFERS = "message buffers"
PARTNER = "partner and rights"
QUEUES = "queues and scheduling"
SWITCH = "switch of thread and space"
LOCKS = "locks and interrupt masks"
REST = "all else"
TLB = "TLB misses"
CACHE = "cache and write buffer"

# By a function's name, or that of a step of the hand-coded path. In PARTNER is Mach's
# mach_msg_trap whole: names, rights, the message's header and port queues are in one
# function there.
FUNCTIONS = (
    (
        ENTRY,
        r"syscall_|mach_call_call|_kret_|_?return_|_return_to_user|_return_from_trap|"
        r"thread_syscall_return|entry_|after_|fetch_parameters|check_segments|int$|iret$",
    ),
    (
        COPY,
        r"copyinmsg|copyoutmsg|memcpy|transfer_long|message_take$|buffer_open|copy_",
    ),
    (BUFFERS, r"heap_|message_drop|memset|ipc_kmsg_|kmem_"),
    (
        PARTNER,
        r"rdxtree_|mach_msg_|ipc_|send_message|receive_message|find_source|message_open|"
        r"waits_for|received_message|settle|thread_lookup|check_|compute_|compare_|"
        r"own_tcb|load_words|keep_buffer",
    ),
    (
        QUEUES,
        r"node_|start_receiver|schedule|wait_and_start|timeslice_|thread_handoff|"
        r"wait_for$|start_partner|keep_successor|queue_",
    ),
    (
        SWITCH,
        r"stack_handoff|switch_|pmap_|kvtophys|db_load_context|leave_resources|stack_",
    ),
    (LOCKS, r"lock_|spl"),
)
GROUPS = (USER, *(group for group, _ in FUNCTIONS), REST, TLB, CACHE)

# What GNU Mach does and our baseline does not, by function, and why it stays out of the
# baseline: no technique of the paper removes it.
ONLY_MACH = (
    (
        "locks of spaces and ports",
        r"lock_",
        "The paper names no technique for it: L3 has one processor, and its kernel runs "
        "with interrupts off.",
    ),
    (
        "interrupt priority (spl)",
        r"spl",
        "The same: a mask of the interrupt controller, set and set back.",
    ),
    (
        "physical addresses looked up at each switch",
        r"pmap_|kvtophys",
        "An implementation of the switch: our tcb has the page directory's address, with "
        "and without the techniques.",
    ),
    (
        "debug registers at each switch",
        r"db_load_context",
        "The paper's lazy switching is of them too (5.5.6); programs of our kernels cannot "
        "set them.",
    ),
    (
        "port names in a radix tree",
        r"rdxtree_",
        "Instead our baseline searches a table for the uid (without UID_ADDRESSING). Ports "
        "are an extension in the paper (7.1), and in none of the two kernels.",
    ),
)
OUTSIDE = "of them "  # a row of ONLY_MACH

# Of a run: each instruction of one round trip of both kernels.
PATH = "path.csv"

OF_CACHE = ("L1 code", "L1 data", "write buffer")


def group_of(name: str, level: int) -> str:
    """level: of privilege."""
    if level == 3:
        return USER
    fitting = (group for group, names in FUNCTIONS if re.match(names, name))
    return next(fitting, REST)


def by_group(executed: Iterable[tuple[str, Instruction]]) -> Counter[str]:
    """Cycles of instructions with the names of their functions. What int and iret take
    is entry and exit, wherever they stand; misses are groups of their own."""
    cycles: Counter[str] = Counter()
    for name, one in executed:
        group = group_of(name, one.level)
        for cause, count in one.cycles.items():
            if cause == "entry/exit":
                cycles[ENTRY] += count
            elif cause == "TLB":
                cycles[TLB] += count
            else:
                cycles[CACHE if cause in OF_CACHE else group] += count
    return cycles


def only_mach(executed: Iterable[tuple[str, Instruction]]) -> Counter[str]:
    """Whole cycles, with misses, of the functions of ONLY_MACH."""
    cycles: Counter[str] = Counter()
    for name, one in executed:
        for what, names, _ in ONLY_MACH:
            if one.level == 0 and re.match(names, name):
                cycles[OUTSIDE + what] += one.total
    return cycles


def write(cycles: Counter[str], messages: int, path: Path) -> None:
    others = [name for name in cycles if name.startswith(OUTSIDE)]
    rows = [(group, cycles[group] / messages) for group in (*GROUPS, *others)]
    pd.DataFrame(rows, columns=["group", "cycles"]).to_csv(path, index=False)


def measure(built: Built, board: Board, stem: Path) -> None:
    """Leaves the cycles of each group, of half a round trip."""
    found = profile.profile(built, board, profile.Series(8))
    executed = ((one.step or one.function, one) for one in found.all)
    write(by_group(executed), 2, csv(stem))
    tables.write(profile.instructions(found.messages), _path_of(stem))


def _path_of(stem: Path) -> Path:
    return stem.with_name(f"{stem.name}.path.csv")


def path(left: Path) -> pd.DataFrame:
    """path.csv: each instruction of a round trip of 8 bytes, of both kernels; columns:
    configuration, and those of profile.instructions. Empty of an older run."""
    frames = [
        pd.read_csv(file, keep_default_na=False).assign(configuration=configuration)
        for configuration in BOTH_ENDS
        if (file := _path_of(left / f"anatomy-{configuration}")).exists()
    ]
    if not frames:
        return pd.DataFrame()
    table = pd.concat(frames, ignore_index=True)
    return table[["configuration", *table.columns.drop("configuration")]]


def measure_mach(_: Built, board: Board, stem: Path) -> None:
    """The same of GNU Mach, built with its debugger and so with symbols; nothing where
    that cannot be fetched."""
    try:
        image = peers.kernel_with_symbols()
    except Refused:
        csv(stem).write_text("group,cycles\n")
        return
    subject = peers.subject(image, ROUND_TRIPS)
    done = intervals.run(subject, board, peers.DEADLINE, peers.check_console)
    samples = records.parse(done.ending.console, peers.SYSTEM, ours=False).samples
    number = 2 * int(samples.query("bytes == 8 and traps == 1").index[0])
    trace = intervals.trace(subject, board, peers.DEADLINE, number).trace
    executed = [profile.read_instruction(line) for line in trace]
    total, stamped = sum(i.total for i in executed), done.stamps
    if total != model.between(stamped, number, "cycles"):
        raise Refused(f"{peers.SYSTEM}: the trace has {total} cycles, not the stamps'")
    names = intervals.Names(subject)
    named = [(names.function(i.pc, i.level == 0), i) for i in executed]
    write(by_group(named) + only_mach(named), 2 * ROUND_TRIPS, csv(stem))


def evaluate(stem: Path, _: Board) -> list[Row]:
    rows = pd.read_csv(csv(stem)).itertuples()
    return [
        Row(row.group, row.cycles, direction=ONE_WAY, parameter="8") for row in rows
    ]


# --- from Mach to L3's design ---------------------------------------------------

MACH = "GNU Mach"


def side_by_side(table: pd.DataFrame) -> pd.DataFrame:
    """A row a group, a column a system: GNU Mach if it was measured, baseline,
    optimized."""
    rows = table[table["experiment"].isin(["anatomy", "anatomy_of_mach"])]
    rows = rows.assign(system=rows["configuration"].replace("", MACH))
    wide = rows.pivot(index="quantity", columns="system", values="value")
    systems = [name for name in (MACH, *BOTH_ENDS) if name in wide]
    return wide.reindex(index=GROUPS, columns=systems)


def series(table: pd.DataFrame, _: int) -> pd.DataFrame:
    """A row for each system, from 0 to what it takes, and between two of them for each
    group, from what was before it to what is after it."""
    wide = side_by_side(table)
    rows: list[tuple[str, float, float, int]] = []
    for place, system in enumerate(wide):
        if place:
            at = rows[-1][2]
            more = wide[system] - wide[wide.columns[place - 1]]
            for group, cycles in more[more.abs() >= 0.5].items():
                rows.append((str(group), at, at + cycles, 0))
                at += cycles
        rows.append((system, 0, wide[system].sum(), 1))
    return pd.DataFrame(rows, columns=["what", "from", "to", "whole"])


def outside(table: pd.DataFrame) -> list[tuple[str, float, str]]:
    """What only Mach does, its cycles, and why our baseline does not; empty if Mach was
    not measured."""
    rows = table[table["experiment"] == "anatomy_of_mach"]
    cycles = dict(zip(rows["quantity"], rows["value"]))
    named = [(what, cycles.get(OUTSIDE + what), why) for what, _, why in ONLY_MACH]
    return [(what, number, why) for what, number, why in named if number is not None]


def about(table: pd.DataFrame, mhz: int) -> dict[str, object]:
    rows = len(series(table, mhz))
    return {"rows": rows, "height": 110 + 24 * rows}


EXPERIMENT = Experiment(BOTH_ENDS, measure, evaluate, series, about)
OF_MACH = Experiment(("",), measure_mach, evaluate)
