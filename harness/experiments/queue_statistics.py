# SPDX-License-Identifier: BSD-2-Clause
"""Operations on queues (5.3.4)."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from harness import headers, paper
from harness.build import Built
from harness.experiments.experiment import Experiment, Row, boot, read
from harness.measure import LOAD
from harness.models.i486.model import Board
from harness.symbols import read_marks
from harness.tables import INSTRUCTIONS

MS_PER_TICK = headers.define("kernels/include/clock.h", "MS_PER_TICK")


def queue_marks(kernel: Path) -> list[tuple[str, int]]:
    """Where the kernel puts a thread into a queue or takes one out: names such as
    insert_ready, and addresses (QUEUE_MARK in kernels/include/queue.h)."""
    return [
        (text.removesuffix("_link").replace(" ", "_"), address)
        for text, address in read_marks(kernel, ".queue_marks")
    ]


def measure(built: Built, board: Board, stem: Path) -> None:
    counted = queue_marks(built.kernel)
    boot(built, board, stem, LOAD, counted=counted)


def evaluate(stem: Path, board: Board) -> list[Row]:
    rows: list[Row] = []
    for sample in read(stem).to_dict("records"):
        ready = sample["insert_ready"] + sample["remove_ready"]
        waiting = sample.get("insert_waiting", 0) + sample.get("remove_waiting", 0)
        messages = sample["messages"]
        seconds = sample["ticks"] * MS_PER_TICK / 1000
        values = {
            "messages_per_second": (messages / seconds, "1/s"),
            "ready_queue_operations": (ready, "operations"),
            "waiting_queue_operations": (waiting, "operations"),
            "messages_per_ready_queue_operation": (messages / ready, "ratio"),
            "queue_operations_per_message": ((ready + waiting) / messages, "ratio"),
        }
        for quantity, (value, unit) in values.items():
            calls = str(sample["calls_a_time"])
            rows.append(Row(quantity, value, unit, "", calls, INSTRUCTIONS))
    return rows


def series(table: pd.DataFrame, _: int) -> pd.DataFrame:
    """For each load: messages a second and a ready-queue operation."""
    rows = table.query("experiment == 'queue_statistics'")
    series = rows.pivot(
        index=["configuration", "parameter"], columns="quantity", values="value"
    ).reset_index()
    chosen = ["messages_per_second", "messages_per_ready_queue_operation"]
    series["calls"] = series["parameter"].astype(int)
    series = series.pivot(index="calls", columns="configuration", values=chosen)
    kinds = {chosen[0]: "rate", chosen[1]: "ratio"}
    series.columns = [f"{kinds[kind]} {name}" for kind, name in series.columns]
    return series.reset_index()


def typical(_: pd.DataFrame, __: int) -> dict[str, object]:
    """The paper's ratios, as lines in the figure."""
    operation = "ipc_per_queue_operation"
    return {
        "low": int(paper.value(operation, "L3")),
        "high": int(paper.value(f"{operation}_typical", "L3")),
        "peak": int(paper.value(f"{operation}_peak", "L3")),
    }


EXPERIMENT = Experiment(
    ("optimized", "optimized-lazy_scheduling"), measure, evaluate, series, typical
)
