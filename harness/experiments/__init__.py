# SPDX-License-Identifier: BSD-2-Clause
"""The paper's smaller experiments, besides table 7 and table 1: a file each.

Each is booted on some configurations under the i486 model. A boot leaves files behind,
named after the experiment and the configuration; from these alone the rows of
experiments.csv are made, and the figures from these. A new experiment is one more file
here, and a line in EXPERIMENTS.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from harness import build, figures, measure, records, switches, tables
from harness.experiments import anatomy, bare_move, entry_exit, footprint, minimum
from harness.experiments import notifications, path_steps, ports, queue_statistics
from harness.experiments import remapping, stack_switch, virtual_registers, wakeup
from harness.experiments.experiment import ALL_COLUMNS, frame, logs
from harness.models.i486.model import Board

# In the order of the rows; those that take longest are booted first.
EXPERIMENTS = {
    "wakeup": wakeup.EXPERIMENT,
    "queue_statistics": queue_statistics.EXPERIMENT,
    "stack_switch": stack_switch.EXPERIMENT,
    "steps": path_steps.EXPERIMENT,
    "footprint": footprint.EXPERIMENT,
    "entry_exit": entry_exit.EXPERIMENT,
    "ports": ports.EXPERIMENT,
    "remapping": remapping.EXPERIMENT,
    "notifications": notifications.EXPERIMENT,
    "virtual_registers": virtual_registers.EXPERIMENT,
    "minimum": minimum.EXPERIMENT,
    "bare_move": bare_move.EXPERIMENT,
    "anatomy": anatomy.EXPERIMENT,
    "anatomy_of_mach": anatomy.OF_MACH,
}


@dataclass(frozen=True)
class Boot:
    """An experiment on a configuration; '' for a guest that is not our kernel."""

    experiment: str
    configuration: str

    @property
    def stem(self) -> str:
        return f"{self.experiment}-{self.configuration}".rstrip("-")

    def __str__(self) -> str:
        on = f" on {self.configuration}" if self.configuration else ""
        return f"{self.experiment}{on}"


def boots() -> list[Boot]:
    return [
        Boot(name, configuration)
        for name, experiment in EXPERIMENTS.items()
        for configuration in experiment.configurations
    ]


def measure_boot(boot: Boot, board: Board, folder: Path) -> build.Built:
    """Builds what it needs, boots it, leaves its files in the folder."""
    built = build.build(switches.parse(boot.configuration or "optimized"))
    EXPERIMENTS[boot.experiment].measure(built, board, folder / boot.stem)
    return built


def write(left: Path, folder: Path, facts: dict[str, Any]) -> None:
    """experiments.csv, path.csv and the figures. left: what the boots have left; facts: the
    run's provenance."""
    board = Board(**facts["board"])
    table = evaluate(left, board, facts["revision"])
    tables.write(table, folder / "experiments.csv")
    if len(path := anatomy.path(left)):
        tables.write(path, folder / anatomy.PATH)
    draw(table, folder, board.mhz)


def evaluate(left: Path, board: Board, revision: str) -> pd.DataFrame:
    """experiments.csv, of the files in a folder. An older run may not have them all."""
    parts = []
    for boot in boots():
        if not list(left.glob(f"{boot.stem}.*")):
            continue
        check_logs(left / boot.stem, boot, revision)
        rows = EXPERIMENTS[boot.experiment].evaluate(left / boot.stem, board)
        about = {"experiment": boot.experiment, "configuration": boot.configuration}
        parts.append(frame(rows).assign(**about))
    table = pd.concat(parts, ignore_index=True)
    there = set(table["experiment"])
    for name, experiment in EXPERIMENTS.items():
        for configuration, row in experiment.across(table) if name in there else ():
            more = frame([row]).assign(experiment=name, configuration=configuration)
            table = pd.concat([table, more], ignore_index=True)
    return table[list(ALL_COLUMNS)]


def check_logs(stem: Path, boot: Boot, revision: str) -> None:
    """Refuses logs, if there are any, of another kernel."""
    for log in logs(stem):
        parsed = measure.read_records(log)
        records.expect(parsed, boot.configuration, revision, str(log))


def draw(table: pd.DataFrame, folder: Path, mhz: int) -> None:
    """The figures, and the series from which they are drawn."""
    for name, experiment in EXPERIMENTS.items():
        if experiment.series and (table["experiment"] == name).any():
            data = folder / f"{name}.csv"
            tables.write(experiment.series(table, mhz), data)
            figures.draw(name, data, folder, **experiment.variables(table, mhz))
