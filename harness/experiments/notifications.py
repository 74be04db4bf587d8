# SPDX-License-Identifier: BSD-2-Clause
"""Bits instead of messages (the extension NOTIFICATIONS): notify beside send and call, an
interrupt to its driver both ways, and a stream of items by a ring in shared memory."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from harness import headers
from harness.build import Built
from harness.errors import Refused
from harness.experiments.experiment import ONE_WAY, ROUND_TRIP, Experiment, Row, boot
from harness.experiments.experiment import read
from harness.measure import NOTIFICATIONS, RTC
from harness.models.i486.model import Board

KERNELS = ("optimized+notifications", "baseline+notifications")

SERIES = headers.enumerators("bench/notifications.c", "series")
# What one round of a series is called, and its direction.
QUANTITIES = {
    "BUSY": ("notify_busy_thread", ONE_WAY),
    "POLL": ("poll_without_bits", ""),
    "TO_AND_FRO": ("notify_and_wait", ROUND_TRIP),
    "PREEMPTS": ("notify_higher_priority", ONE_WAY),
    "SEND": ("send_and_receive", ROUND_TRIP),
    "CALL": ("call", ROUND_TRIP),
    "STREAM_CALL": ("item_by_call", ONE_WAY),
    "STREAM_SEND": ("item_by_send", ONE_WAY),
    "STREAM_RING": ("item_by_ring", ONE_WAY),
}
RING = "item_by_ring"

# Of the real-time clock, and loops of the thread that it interrupts (bench/rtc.c).
BESIDE_WORK = "rate=1024 work=2000000"
WAYS = {"as_message": "", "as_bits": " bits=1"}


def measure(built: Built, board: Board, stem: Path) -> None:
    boot(built, board, stem, NOTIFICATIONS)
    for way, option in WAYS.items():
        boot(built, board, interrupts(stem, way), RTC, BESIDE_WORK + option)


def interrupts(stem: Path, way: str) -> Path:
    """Where the boot is of which the interrupts come that way."""
    return stem.with_name(f"{stem.name}.{way}")


def evaluate(stem: Path, board: Board) -> list[Row]:
    rows = [series_row(sample) for sample in read(stem).to_dict("records")]
    for way in WAYS:
        cycles = cycles_of_interrupt(interrupts(stem, way))
        rows.append(Row(f"interrupt_{way}", cycles, direction=ROUND_TRIP))
    return rows


def series_row(sample: dict[str, int]) -> Row:
    """One round, or one item of a burst."""
    (name,) = (name for name, n in SERIES.items() if n == sample["series"])
    quantity, direction = QUANTITIES[name]
    cycles = sample["cycles"] / (sample["rounds"] * sample["burst"])
    parameter = str(sample["burst"]) if quantity == RING else ""
    return Row(quantity, cycles, direction=direction, parameter=parameter)


def cycles_of_interrupt(stem: Path) -> float:
    """To the driver, which has the device go on, and back to the thread that works. Of
    four samples: two lengths of work that nothing interrupts, work that the kernel's clock
    interrupts, and the same with the device's interrupts, too."""
    short, long, work, interrupted = read(stem).to_dict("records")
    if short["interrupts"] or long["interrupts"]:
        raise Refused(f"{stem}: an interrupt where none should be")
    loop = (long["cycles"] - short["cycles"]) / (long["loops"] - short["loops"])
    tick = (work["cycles"] - loop * work["loops"]) / work["interrupts"]
    ticks = interrupted["interrupts"] - interrupted["told"]
    more = interrupted["cycles"] - loop * interrupted["loops"] - tick * ticks
    return more / interrupted["told"]


def series(table: pd.DataFrame, _: int) -> pd.DataFrame:
    """For each length of a burst: cycles an item by ring, by call and by send, of each
    kernel."""
    rows = table.query("experiment == 'notifications'")
    ring = rows[rows["quantity"] == RING].astype({"parameter": int})
    wide = ring.pivot(index="parameter", columns="configuration", values="value")
    wide.columns = [f"{RING} {name}" for name in wide.columns]
    for row in rows.itertuples():
        if row.quantity in ("item_by_call", "item_by_send"):
            wide[f"{row.quantity} {row.configuration}"] = row.value
    return wide.rename_axis("burst").reset_index()


def side_by_side(table: pd.DataFrame) -> pd.DataFrame:
    """Of experiments.csv: a line each quantity, direction and burst, a column each kernel."""
    rows = table.query("experiment == 'notifications'")
    about = ["quantity", "direction", "parameter"]
    order = rows[about].drop_duplicates()
    wide = rows.pivot(index=about, columns="configuration", values="value")
    return wide.reindex(pd.MultiIndex.from_frame(order))[list(KERNELS)]


def answer(wide: pd.DataFrame) -> dict[str, float]:
    """Of side_by_side: the optimized kernel's cycles, and from which burst on a ring takes
    less than a call each."""
    cycles = wide[KERNELS[0]].droplevel(["direction", "parameter"])
    ring = wide[KERNELS[0]].xs(RING).droplevel("direction").rename(int)
    return {
        "busy": cycles["notify_busy_thread"],
        "call": cycles["call"],
        "to_and_fro": cycles["notify_and_wait"],
        "ring": ring[ring.index.max()],
        "longest": ring.index.max(),
        "crossing": ring[ring < cycles["item_by_call"]].index.min(),
    }


EXPERIMENT = Experiment(KERNELS, measure, evaluate, series)
