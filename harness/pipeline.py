# SPDX-License-Identifier: BSD-2-Clause
"""From kernels to a run in the results folder: build, measure, evaluate.

A run is measured into a folder beside its place, which it takes when it is whole.
evaluate makes tables, figures and report of what the measurements have left in logs/,
and of nothing else.
"""

from __future__ import annotations

import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pandas as pd

from harness import ablation, build, experiments, factorial, folders, measure, peers
from harness import figures as plots
from harness import publish, report, results, switches, tables
from harness.build import Built
from harness.errors import Refused
from harness.models.i486 import model
from harness.models.i486.model import Board
from harness.progress import stages
from harness.switches import Configuration

CONFIGURATIONS = ("baseline", "optimized")
EXPERIMENTS = Path("logs") / "experiments"  # in a run's folder


def figures(target: Path, board: Board) -> str:
    """Builds, boots, measures: a new run. Returns what is to be said of the peers."""
    results.check_target(target)
    started = results.now()
    configurations = [switches.parse(name) for name in CONFIGURATIONS]
    small = experiments.boots()
    ablated = ablation.configurations(ablation.comparisons())
    count = 3 + 2 * len(configurations) + len(small) + len(ablated)
    with results.publishing(target) as folder, stages("figures", count) as stage:
        (folder / EXPERIMENTS).mkdir(parents=True)
        with stage("build the i486 model"):
            model.library()
        built = []
        for configuration in configurations:
            with stage(f"build {configuration}"):
                built.append(build.build(configuration))

        def pingpong(b: Built) -> None:
            with stage(f"pingpong on {b.configuration}"):
                outcome = measure.boot(b, measure.PINGPONG, board=board)
                outcome.save(folder / "logs" / b.configuration.name)

        def experiment(boot: experiments.Boot) -> Built:
            with stage(f"{boot}"):
                return experiments.measure_boot(boot, board, folder / EXPERIMENTS)

        def pingpong_of_peer() -> None:
            with stage(f"pingpong on {peers.SYSTEM}"):
                try:
                    peers.kernel()
                except Refused as reason:
                    peers.leave_out(folder, str(reason))
                else:
                    peers.run(board, folder / "logs")

        with ThreadPoolExecutor(os.cpu_count()) as pool:
            peer = pool.submit(pingpong_of_peer)
            list(pool.map(pingpong, built))
            built += pool.map(experiment, small)
            peer.result()
        built += ablation.run(ablated, board, folder / "logs" / ablation.LOGS, stage)
        with stage("tables, figures, report"):
            results.write_provenance(folder, built, board, started)
            return evaluate(folder)


def table1(target: Path, board: Board) -> None:
    """Table 1: added to the run that is there."""
    results.check_target(target)
    started = results.now()
    chosen = ablation.configurations(ablation.comparisons())
    with (
        results.publishing(target) as folder,
        stages("ablation", 2 + len(chosen)) as stage,
    ):
        with stage("build the i486 model"):
            model.library()
        built = ablation.run(chosen, board, folder / "logs" / ablation.LOGS, stage)
        with stage("tables, figures, report"):
            results.write_provenance(folder, built, board, started)
            results.keep(target, folder)
            evaluate(folder)


def one_switch(name: str, board: Board) -> pd.DataFrame:
    """The rows of one switch, as ablation.compare makes them. Nothing is kept."""
    chosen = ablation.comparisons_of(name)
    wanted = ablation.configurations(chosen)
    with (
        folders.scratch(build.BUILD) as folder,
        stages("ablation", 1 + len(wanted)) as stage,
    ):
        with stage("build the i486 model"):
            model.library()
        logs = folder / ablation.LOGS
        ablation.run(wanted, board, logs, stage)
        times = ablation.read(wanted, logs, build.revision(), board.mhz)
    return ablation.compare(times, chosen)


def factorial_run(target: Path, plan: factorial.Plan, board: Board) -> pd.DataFrame:
    """A folder of its own. What build/ has already of such kernels is not measured
    again."""
    results.check_target(target, factorial.CSV, "result of make factorial")
    times = plan.times(measure_kernels(list(plan.kernels.values()), board))
    with results.publishing(target) as folder:
        if plan.orders:
            return factorial.write_estimated(
                times, plan.of, plan.orders, folder, factorial.CSV
            )
        return factorial.write(times, plan.of, folder)


def measure_kernels(kernels: list[Configuration], board: Board) -> pd.DataFrame:
    """Columns: configuration, bytes, cycles of one message. Each kernel's are kept."""
    with stages("factorial", 1 + len(kernels)) as stage:
        with stage("build the i486 model"):
            model.library()
        kept = build.BUILD / "factorial"
        return factorial.measured(kernels, board, kept, stage)


def add_shares(run: Path, plan: factorial.Plan) -> pd.DataFrame:
    """What each of all switches contributes: into a run that is there, of the same
    revision."""
    facts = results.read_provenance(run)
    board = model.Board(**facts["board"])
    if (ours := build.revision()) != facts["revision"]:
        raise Refused(
            f"{run}: is of revision {facts['revision']}, this is {ours}: measure it again"
        )
    found = measure_kernels(list(plan.kernels.values()), board)
    with results.publishing(run) as folder:
        shutil.copytree(run / results.RAW, folder / results.RAW)
        tables.write(found.assign(orders=plan.orders), folder / factorial.RAW_OF_RUN)
        results.write_again(folder, facts)
        evaluate(folder)
    return pd.read_csv(run / factorial.CSV_OF_RUN)


def redraw(run: Path) -> str:
    """Tables, figures and report of an old run again, from its logs."""
    results.read_provenance(run)
    with results.publishing(run) as folder:
        shutil.copytree(run / "logs", folder / "logs")
        shutil.copy(run / "provenance.json", folder)
        return evaluate(folder)


def evaluate(folder: Path) -> str:
    """From folder/logs to the tables, figures and report in folder. Returns what is
    to be said of the peers."""
    facts = results.read_provenance(folder)
    if ablation.measured(folder):
        ablation.evaluate(folder, facts)
        if not (folder / "logs" / "optimized.log").exists():
            _finish(folder, facts)
            return ""  # only table 1 has been measured
    mhz = facts["board"]["numbers"]["mhz"]
    logs = folder / "logs"
    measurements = pd.concat(
        measure.read_pingpong(
            logs / f"{name}.log", logs / f"{name}.stamps", name, facts["revision"]
        )
        for name in CONFIGURATIONS
    )
    table7 = tables.table7(measurements, mhz)
    one_space = tables.table7(measurements, mhz, spaces=1)
    events = tables.events(measurements)
    tables.write(table7, folder / "table7.csv")
    tables.write(one_space, folder / "table7_one_space.csv")
    tables.write(events, folder / "events.csv")
    board = model.Board(**facts["board"])
    peer = peers.evaluate(folder, table7, board, facts["revision"])
    series = folder / "figures.csv"
    tables.write(peers.add_series(tables.series(table7), peer), series)
    for name in ("figure7", "figure8"):
        plots.draw(name, series, folder, mhz=mhz, no_peer=peers.missing(folder))
    if (folder / EXPERIMENTS).exists():  # not in an old run
        experiments.write(folder / EXPERIMENTS, folder, facts)
    _finish(folder, facts)
    return peers.note(folder, table7, peer)


def _finish(folder: Path, facts: dict[str, Any]) -> None:
    factorial.evaluate_of_run(folder)
    report.write(folder)
    publish.write(folder, facts["board"]["name"])
    samples = publish.samples(folder, facts["revision"])
    tables.write(samples, folder / publish.SAMPLES)
