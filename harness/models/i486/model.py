# SPDX-License-Identifier: BSD-2-Clause
"""The i486 timing model: builds it, tells QEMU to load it, reads its stamps."""

from __future__ import annotations

import re
import subprocess
import tomllib
from dataclasses import dataclass
from functools import cache
from io import StringIO
from pathlib import Path
from typing import Sequence, TextIO

import numpy as np
import pandas as pd

from harness import multiboot, processes
from harness.build import BUILD, call_make, host_compiler, locked, relative
from harness.errors import Refused
from harness.machines import qemu

FOLDER = Path(__file__).parent
BOARDS = FOLDER / "boards"
CYCLES = FOLDER / "cycles.csv"
LATER = FOLDER / "later.csv"  # instructions of later processors

DEFAULT_BOARD = "dx50"

PLUGINS = BUILD / "model"

# The versions of QEMU with which 'make validate-model' has been exact, and those of
# its plugin interface that qemu_api.c knows.
TRIED = ("7.2", "10.0", "11.1")
INTERFACES = range(1, 8)

# Stamps of one boot. Ours have tens; kernels that read the clock all the time, some
# hundred thousands.
MOST_STAMPS = 500_000
CUT = "# cut"  # a trace's last line but one, if it has become too long

# Each number of a board profile, and the range in which it makes sense.
NUMBERS = {
    "mhz": (1, 200),
    "perfect": (0, 1),
    "tlb_miss": (1, 100),
    "tlb_miss_far": (1, 100),
    "l2_bytes": (0, 1 << 24),
    "l2_first": (2, 100),
    "l2_next": (1, 100),
    "l2_write": (2, 100),
    "dram_first": (2, 200),
    "dram_first_new_page": (2, 200),
    "dram_next": (1, 200),
    "dram_write": (2, 200),
    "dram_page_bytes": (256, 1 << 20),
    "invd_flushes_l2": (0, 1),
    "io": (0, 1000),
    "interrupt_acknowledge": (0, 1000),
}


@dataclass(frozen=True)
class Board:
    """A board profile: the numbers of boards/NAME.toml."""

    name: str
    description: str
    numbers: dict[str, int]

    @property
    def mhz(self) -> int:
        return self.numbers["mhz"]


def board_names() -> list[str]:
    return sorted(path.stem for path in BOARDS.glob("*.toml"))


def load_board(name: str) -> Board:
    """A board of ours by its name, or a profile by its path."""
    path = Path(name) if name.endswith(".toml") else BOARDS / f"{name}.toml"
    try:
        values = tomllib.loads(path.read_text())
    except FileNotFoundError as error:
        known = ", ".join(board_names())
        raise Refused(
            f"no board '{name}': there are {known}, or the path of a .toml"
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise Refused(f"{path}: {error}") from error
    return check_board(values, path)


def check_board(values: dict[str, object], path: Path) -> Board:
    """Refuses a profile with a missing, unknown or absurd value."""
    description = values.pop("description", "")
    unknown = sorted(set(values) - set(NUMBERS))
    if unknown:
        raise Refused(f"{path}: {unknown[0]} is nothing that a board has")
    numbers: dict[str, int] = {}
    for name, (least, most) in NUMBERS.items():
        if name not in values:
            raise Refused(f"{path}: {name} is missing")
        value = values[name]
        if type(value) is not int or not least <= value <= most:
            raise Refused(f"{path}: {name} is {value}, not {least} to {most}")
        numbers[name] = value
    for name in ("l2_bytes", "dram_page_bytes"):
        if numbers[name] & (numbers[name] - 1):
            raise Refused(f"{path}: {name} is {numbers[name]}, no power of 2")
    if numbers["tlb_miss_far"] < numbers["tlb_miss"]:
        raise Refused(f"{path}: tlb_miss_far is less than tlb_miss")
    return Board(path.stem, str(description), numbers)


@dataclass(frozen=True)
class Trace:
    """Asks for a line for each instruction between two stamps (trace.h)."""

    path: Path
    first: int
    last: int
    limit: int = 0  # most lines; 0: all
    stop: bool = False  # QEMU, when the trace ends


@dataclass(frozen=True)
class Model:
    """A model to be loaded into QEMU for one boot."""

    board: Board
    stamps: Path
    trace: Trace | None = None
    memory_mb: int = qemu.MEMORY_MB
    # Instructions to be counted: names and addresses. A name is a column.
    counted: Sequence[tuple[str, int]] = ()
    events: int | None = None  # qemu.Guest.events; then stamps tell positions

    def arguments(self, kernel: Path) -> list[str]:
        """What it adds to QEMU's command line. kernel: the image to be timed."""
        return self._arguments(entry_of(kernel), {})

    def foreign_arguments(self, entry: int) -> list[str]:
        """The same for a kernel that is not ours: on any processor, and with cycles
        assumed for instructions that no 486 has. entry: where the image begins."""
        return self._arguments(entry, {"any_cpu": 1, "later": LATER})

    def _arguments(self, entry: int, more: dict[str, object]) -> list[str]:
        values: dict[str, object] = {
            "cycles": CYCLES,
            "stamps": self.stamps,
            "entry": entry,
            "memory": self.memory_mb,
            "most": MOST_STAMPS,
            **more,
        }
        values |= {k: v for k, v in self.board.numbers.items() if k != "mhz"}
        if self.trace:
            values |= {
                "trace": self.trace.path,
                "first": self.trace.first,
                "last": self.trace.last,
                "limit": self.trace.limit,
                "stop": int(self.trace.stop),
            }
        if self.events is not None:
            values["events"] = self.events
        if self.counted:
            values["count"] = "+".join(f"{n}@{pc:x}" for n, pc in self.counted)
        pairs = [f"{k}={v}".replace(",", ",,") for k, v in values.items()]
        return ["-plugin", ",".join([str(library()).replace(",", ",,"), *pairs])]


def entry_of(kernel: Path) -> int:
    """Physical address of an image's first instruction."""
    return multiboot.entry(multiboot.read(kernel), str(kernel))


@cache
def library() -> Path:
    """The plugin, built for the QEMU that there is."""
    api = interface()
    what = f"the i486 model for QEMU's plugin interface {api}"
    return _make_plugin(f"i486-api{api}.so", what)


@cache
def interface() -> int:
    """The version of QEMU's plugin interface. Refuses a QEMU that has not been tried."""
    major, minor = qemu.version_number()
    found = f"QEMU {major}.{minor}"
    if f"{major}.{minor}" in TRIED:
        version = _ask_for_interface()
        if version in INTERFACES:
            return version
        found += f" with plugin interface {version}"
    raise Refused(
        f"{qemu.binary()}: {found} has never been tried with the i486 model, only "
        f"{', '.join(TRIED)} have: use one of them (docs/model.md, QEMU, tells how "
        "to try another)"
    )


def _ask_for_interface() -> int:
    """QEMU tells its version when it refuses a plugin that wants a newer one."""
    probe = _make_plugin("probe.so", "the plugin that asks QEMU for its interface")
    loaded = str(probe).replace(",", ",,")
    done = processes.run(
        [qemu.binary(), "-M", "none", "-display", "none", "-plugin", loaded],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    answer = re.search(r"supports only up to version (\d+)", done.stderr)
    if not answer:
        qemu.check_limit(done.returncode)
        said = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise Refused(
            f"{qemu.binary()} loads no plugins, which the i486 model needs ({said}): "
            "install Debian's qemu-system-x86"
        )
    return int(answer[1])


def _make_plugin(name: str, what: str) -> Path:
    with locked(PLUGINS):
        call_make(
            "harness/models/i486/Makefile",
            [
                f"O={relative(PLUGINS)}",
                f"PLUGIN={name}",
                f"HOSTCC={host_compiler(PLUGINS)}",
            ],
            what,
        )
    return PLUGINS / name


def read_stamps(path: Path) -> pd.DataFrame:
    """What the model counted up to each rdtsc that the guest executed."""
    with _opened(path) as file:
        return _parse(file, str(path))


def parse_stamps(text: str, source: str) -> pd.DataFrame:
    """A row for each rdtsc; columns as in plugin.c. source names it in refusals.

    Refuses stamps that are not whole, or a run in which the model has lost its way.
    """
    return _parse(StringIO(text), source)


def _parse(file: TextIO, source: str) -> pd.DataFrame:
    for note in _notes(file, source):
        if note.kind in ("unexplained", "failed-walks") and note.value != "0":
            raise Refused(f"{source}: the model lost its way: {note.kind} {note.value}")
        if note.kind == "cut":
            raise Refused(f"{source}: more than {note.value} rdtscs: cut there")
    stamps = _table(file, source)
    if stamps.empty:
        raise Refused(f"{source}: the guest has executed no rdtsc: nothing is measured")
    return stamps


@dataclass(frozen=True)
class Foreign:
    """The stamps of a kernel that is not ours, up to its end. In which of them the
    model has lost its way tell the columns unexplained and failed_walks."""

    table: pd.DataFrame
    assumed: int  # places of instructions that no 486 has, with cycles of later.csv
    unknown: int  # places of instructions without cycles
    cut: bool  # there would be more


def in_pairs(stamps: pd.DataFrame) -> pd.DataFrame:
    """What was counted from each stamp with an even number to the one behind it."""
    start = stamps.iloc[0::2].reset_index(drop=True)
    end = stamps.iloc[1::2].reset_index(drop=True)
    return (end - start).drop(columns=["number", "pc"])


def in_intervals(stamps: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """What was counted from each stamp to the one behind it."""
    return stamps[columns].diff().iloc[1:].astype("int64").reset_index(drop=True)


def between(stamps: pd.DataFrame, number: int, column: str) -> int:
    """From the stamp with the number to the one behind it."""
    counts = stamps.set_index("number")[column]
    return int(counts[number + 1] - counts[number])


def read_foreign(
    path: Path, source: str, said: int | None, shut_down: int | None
) -> Foreign:
    """Drops what the guest has executed after it had written so many bytes, or after
    the log of events had become so long: how much that is depends on the host."""
    with _opened(path) as file:
        notes = _notes(file, source)
        table = _table(file, source)
    if said is not None:
        table = table[table["console"] < said]
    if shut_down is not None:
        table = table[table["events"] <= shut_down]
    table = table.drop(columns=["console", "events"])
    # What is told behind the last one belongs to no interval.
    inside = [note for note in notes if note.stamps < len(table)]
    assumed = {note.value for note in inside if note.kind == ASSUMED}
    unknown = {note.value for note in inside if note.kind in STRANGE} - assumed
    cut = any(note.kind == "cut" and note.stamps == len(table) for note in notes)
    return Foreign(table, len(assumed), len(unknown), cut)


ASSUMED = "not-486"
STRANGE = {
    ASSUMED: "no 486 has",
    "not-486-unknown": "no 486 has",
    "unknown": "no cycles for",
}


def strange_instructions(path: Path) -> list[str]:
    """Instructions that the model has no cycles for, or a 486 does not have."""
    with _opened(path) as file:
        notes = _notes(file, str(path))
    return [
        f"{STRANGE[note.kind]} the instruction at {note.value}"
        for note in notes
        if note.kind in STRANGE
    ]


def _opened(path: Path) -> TextIO:
    try:
        return open(path)
    except OSError as error:
        raise Refused(f"{path}: {error.strerror}") from error


@dataclass(frozen=True)
class Note:
    """A line "# KIND VALUE", and how many stamps are before it."""

    kind: str
    value: str
    stamps: int


def _notes(file: TextIO, source: str) -> list[Note]:
    """Refuses stamps that are not whole."""
    notes, count, line = [], -1, ""  # the first line names the columns
    for line in file:
        if not line.startswith("#"):
            count += 1
        elif len(words := line.split()) == 3:
            notes.append(Note(words[1], words[2], count))
    if line.rstrip("\n") != "# end":
        raise Refused(f"{source}: cut off, no end line")
    if any(note.kind == "wide-entries" for note in notes):
        raise Refused(f"{source}: the guest uses PAE paging, which no 486 has")
    return notes


def _table(file: TextIO, source: str) -> pd.DataFrame:
    """There may be many stamps: they never become objects of Python."""
    file.seek(0)
    columns = file.readline().split()
    types = dict.fromkeys(columns, "int64") | {"pc": "category"}
    try:
        table = pd.read_csv(file, sep=" ", names=columns, dtype=types, comment="#")
        places = [int(text, 16) for text in table["pc"].cat.categories]
    except ValueError as error:
        raise Refused(f"{source}: garbled stamps: {error}") from error
    codes = table["pc"].cat.codes
    return table.assign(pc=np.array(places, dtype="int64")[codes])
