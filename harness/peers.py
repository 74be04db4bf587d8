# SPDX-License-Identifier: BSD-2-Clause
"""GNU Mach under the i486 model: a real kernel on the other side.

The kernel comes from Debian's package, as it is; the ping-pong from peers/gnumach.
Without the package, for which it takes Debian's mirror once, on whatever release, there
are figures without it.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd

from harness import debian, intervals, measure, paper, processes, records
from harness.build import BUILD, call_make, find_toolchain, locked, relative, revision
from harness.errors import Refused
from harness.models.i486 import model
from harness.switches import write_if_changed
from harness.tables import INSTRUCTIONS, MODEL, write

PACKAGE = "gnumach-image-1.8-486"
RELEASE = "bookworm"  # the last one that has it
ARCHITECTURE = "i386"
KERNEL = "boot/gnumach-1.8-486.gz"
SYMBOLS = "gnumach-image-1.8-486-dbg"
KERNEL_WITH_SYMBOLS = "boot/gnumach-1.8-486-dbg.gz"
SYSTEM = "GNU Mach 1.8"
NAME = "gnumach"  # of its log and stamps

# Debian compiles for processors with cmov; otherwise it runs on a 486.
CPU = "486,+cmov"
COMMAND_LINE = "console=com0"
SERVER = "server $(server=task-create) $(task-resume)"
CLIENT = "client ${server}%s $(task-create) $(task-resume)"
LAST_WORDS = b"# stopped: "
FAILED = "# FAILED: "
DEADLINE = 600
ROUND_TRIPS: int | None = None  # in each series; None: as many as in the paper

FOLDER = BUILD / "peers"
NULL_CALL = "null_call"
MESSAGE = {1: "message_one_trap", 2: "message_two_traps"}
COLUMNS = ["system", "bytes", "quantity", "value", "unit", "clock", "direction"]


# --- the kernel and the program -----------------------------------------------


def kernel() -> Path:
    """GNU Mach's image, from a package in build/peers or from Debian's mirror."""
    return _image(PACKAGE, KERNEL, FOLDER / "image")


def kernel_with_symbols() -> Path:
    """The same version built with its debugger: another image, with symbols."""
    return _image(SYMBOLS, KERNEL_WITH_SYMBOLS, FOLDER / "symbols")


def _image(package: str, kernel: str, folder: Path) -> Path:
    with locked(FOLDER):
        image = folder / kernel
        if not image.exists():
            file = next(FOLDER.glob(f"{package}_*.deb"), None) or _download(package)
            _expand(file, kernel, folder)
        return image


def _download(package: str) -> Path:
    try:
        debian.fetch([package], RELEASE, ARCHITECTURE, FOLDER)
    except Refused as refusal:
        raise Refused(f"{refusal}; its .deb may be put into build/peers") from refusal
    return next(FOLDER.glob(f"{package}_*.deb"))


def _expand(package: Path, kernel: str, folder: Path) -> None:
    new = folder.with_suffix(".new")
    shutil.rmtree(new, ignore_errors=True)
    try:
        done = processes.run(
            ["dpkg-deb", "-x", str(package), str(new)], capture_output=True, text=True
        )
    except FileNotFoundError as error:
        raise Refused(f"no dpkg-deb to take {package.name} apart") from error
    if done.returncode != 0 or not (new / kernel).exists():
        raise Refused(f"{package}: no {kernel} in it; remove it and try again")
    shutil.rmtree(folder, ignore_errors=True)
    new.rename(folder)


def program() -> Path:
    """The ping-pong for GNU Mach, built."""
    tools = find_toolchain()
    image = FOLDER / "gnumach-pingpong.elf"
    with locked(FOLDER):
        write_if_changed(FOLDER / "compiler", tools.identity)
        write_if_changed(
            FOLDER / "include" / "revision.h", f'#define REVISION "{revision()}"\n'
        )
        call_make(
            "peers/gnumach/Makefile",
            [f"O={relative(FOLDER)}", *tools.for_make],
            f"the ping-pong for GNU Mach, with {tools.command}",
        )
        tools.check(image)
    return image


# --- a boot -------------------------------------------------------------------


def run(board: model.Board, logs: Path) -> None:
    """Boots it to the end of the ping-pong; log and stamps into a folder."""
    done = intervals.run(subject(kernel(), ROUND_TRIPS), board, DEADLINE, check_console)
    (logs / f"{NAME}.log").write_text(done.ending.console)
    done.stamps.to_csv(logs / f"{NAME}.stamps.csv", index=False, lineterminator="\n")


def subject(image: Path, round_trips: int | None) -> intervals.Subject:
    """The ping-pong on an image of GNU Mach."""
    module = program()
    client = CLIENT % (f" {round_trips}" if round_trips else "")
    return intervals.Subject(
        image, [module, module], [SERVER, client], COMMAND_LINE, CPU, until=LAST_WORDS
    )


def check_console(console: str) -> None:
    """Refuses a ping-pong that says that it has failed."""
    _, failed, words = console.partition(FAILED)
    if failed:
        raise Refused(f"{SYSTEM}: {failed.lstrip('# ')}{words.splitlines()[0]}")


def read(logs: Path, mhz: int, revision: str) -> pd.DataFrame:
    """The measurements of a boot, tidy: COLUMNS. One message, one way; the null call
    there and back."""
    log, stamps = logs / f"{NAME}.log", logs / f"{NAME}.stamps.csv"
    try:
        text, counts = log.read_text(), pd.read_csv(stamps)
    except OSError as error:
        raise Refused(f"{error.filename}: {error.strerror}") from error
    parsed = records.parse(text, str(log), ours=False)
    records.expect(parsed, NAME, revision, str(log))
    joined = measure.join(parsed.samples, counts, str(stamps))
    for column in ("unknown", "unexplained", "failed_walks"):
        if joined[column].any():
            raise Refused(f"{stamps}: {column}: not 0 in a timed loop")
    rows = []
    for _, sample in joined.iterrows():
        size, traps = int(sample["bytes"]), int(sample["traps"])
        calls = int(sample["round_trips"]) * (2 if traps else 1)
        quantity = MESSAGE[traps] if traps else NULL_CALL
        direction = "one way" if traps else "round trip"
        values = {
            ("cycles", MODEL): sample["cycles"] / calls,
            ("us", MODEL): sample["cycles"] / calls / mhz,
            ("instructions", INSTRUCTIONS): sample["instructions"] / calls,
            ("TLB misses", MODEL): sample["tlb_misses"] / calls,
        }
        for (unit, clock), value in values.items():
            row = (SYSTEM, size if traps else None, quantity, value, unit, clock)
            rows.append((*row, direction))
    table = pd.DataFrame(rows, columns=COLUMNS)
    return table.astype({"bytes": "Int64"})


# --- tables -------------------------------------------------------------------


def series(table: pd.DataFrame, quantity: str) -> pd.Series:
    """us, one way; index: bytes."""
    rows = table[(table["quantity"] == quantity) & (table["unit"] == "us")]
    return rows.set_index("bytes")["value"]


def add_series(figures: pd.DataFrame, peer: pd.DataFrame | None) -> pd.DataFrame:
    """The columns of GNU Mach, and of the paper's other numbers of Mach."""
    figures = figures.set_index("bytes")
    figures["paper_Mach_printed"] = paper.one_way_us("Mach", paper.AS_PRINTED)
    for quantity in MESSAGE.values() if peer is not None else ():
        figures[f"{NAME}_{quantity}"] = series(peer, quantity)
    return figures.reset_index()


def value(
    table: pd.DataFrame, quantity: str, unit: str, size: int | None = None
) -> float:
    rows = table[(table["quantity"] == quantity) & (table["unit"] == unit)]
    if size is not None:
        rows = rows[rows["bytes"] == size]
    (found,) = rows["value"]
    return float(found)


def table2(
    peer: pd.DataFrame | None, table7: pd.DataFrame | None, mhz: int = 0
) -> pd.DataFrame:
    """The paper's table 2, null RPC across systems, with ours and GNU Mach's 8-byte
    messages, there and back, as far as they were measured. Columns: system, us, clock,
    fastest first."""
    rows = paper.numbers().query("source == 'table 2' and quantity == 'null_rpc'")
    listed = [(f"{row.system}", row.value, "paper") for row in rows.itertuples()]
    where = f"486, {mhz} MHz"
    if table7 is not None:
        ours = table7.query("bytes == 8 and cache == 'warm' and clock == @MODEL")
        for row in ours.itertuples():
            listed.append((f"{row.system}, {where}", 2 * row.one_way, MODEL))
    if peer is not None:
        for traps, quantity in MESSAGE.items():
            name = f"{SYSTEM}, {traps} trap{'s' if traps > 1 else ''} a side, {where}"
            listed.append((name, 2 * value(peer, quantity, "us", 8), MODEL))
    table = pd.DataFrame(listed, columns=["system", "us", "clock"])
    return table.sort_values("us", kind="stable", ignore_index=True)


def evaluate(
    folder: Path, table7: pd.DataFrame, board: model.Board, revision: str
) -> pd.DataFrame | None:
    """peers.csv and table2.csv in a run's folder; None: GNU Mach was not measured."""
    peer = None
    if not missing(folder):
        peer = read(folder / "logs", board.mhz, revision)
        write(peer, folder / "peers.csv")
    write(table2(peer, table7, board.mhz), folder / "table2.csv")
    return peer


def leave_out(folder: Path, reason: str) -> None:
    """Of a run, which says so."""
    told = reason.encode(errors="replace")  # for the report
    (folder / "logs" / f"{NAME}.missing").write_bytes(told + b"\n")


def missing(folder: Path) -> str:
    """Why there is no GNU Mach in a run; empty if there is."""
    reason = folder / "logs" / f"{NAME}.missing"
    if reason.exists():
        return reason.read_text().strip()
    there = (folder / "logs" / f"{NAME}.log").exists()
    return "" if there else "the run is older"


def note(folder: Path, table7: pd.DataFrame, peer: pd.DataFrame | None) -> str:
    """What the closing lines of a run say of it."""
    if peer is None:
        return f"{SYSTEM} was not measured: {missing(folder)}"
    rows = table7.query("bytes == 8 and cache == 'warm' and clock == @MODEL")
    ours = rows.set_index("system")["one_way"]
    parts = []
    for traps, quantity in MESSAGE.items():
        us, cycles = (value(peer, quantity, unit, 8) for unit in ("us", "cycles"))
        ratios = ", ".join(f"{us / ours[n]:.1f} x {n}" for n in ours.index[::-1])
        parts.append(f"{cycles:.0f} cycles with {traps} trap(s) a side ({ratios})")
    null = value(peer, NULL_CALL, "cycles")
    return (
        f"{SYSTEM} by the i486 model: 8 bytes one way {'; '.join(parts)}; "
        f"null kernel call {null:.0f} cycles"
    )
