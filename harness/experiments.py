# SPDX-License-Identifier: BSD-2-Clause
"""The paper's smaller experiments, besides table 7 and table 1.

Each is booted on some configurations under the i486 model. A boot leaves files
behind, named after the experiment and the configuration; from these alone the
rows of experiments.csv are made, and the figures from these. A new experiment
is one more line in EXPERIMENTS.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, Iterator

import numpy as np
import pandas as pd

from harness import build, figures, measure, paper, profile, records, switches, tables
from harness.build import Built
from harness.errors import Refused
from harness.models.i486 import model, validate
from harness.models.i486.model import Board
from harness.tables import INSTRUCTIONS, MODEL

COLUMNS = (
    *("experiment", "configuration", "parameter", "quantity"),
    *("value", "unit", "clock", "direction"),
)
ONE_WAY, ROUND_TRIP = "one way", "round trip"
MS_PER_TICK = 4
LINE_BYTES = 16

SERVICE_CALLS = 20  # traced; they do not fill a clock tick
ROUND_TRIPS = 1000

# kernels/include/abi.h
KERNEL_SERVICE = 0x34


@dataclass(frozen=True)
class Experiment:
    """measure boots it and leaves files at a path, with various suffixes;
    evaluate makes rows of them: parameter, quantity, value, unit, clock,
    direction."""

    configurations: tuple[str, ...]
    measure: Callable[[Built, Board, Path], None]
    evaluate: Callable[[Path, Board], list[tuple]]


@dataclass(frozen=True)
class Run:
    """One boot. configuration: '' for a guest that is not our kernel."""

    experiment: str
    configuration: str

    @property
    def stem(self) -> str:
        return f"{self.experiment}-{self.configuration}".rstrip("-")

    def __str__(self) -> str:
        on = f" on {self.configuration}" if self.configuration else ""
        return f"{self.experiment}{on}"


def runs() -> list[Run]:
    """All boots, the longest first."""
    return [Run(e, c) for e, about in EXPERIMENTS.items() for c in about.configurations]


def measure_run(run: Run, board: Board, folder: Path) -> build.Built:
    """Builds what it needs, boots it, leaves its files in the folder."""
    built = build.build(switches.parse(run.configuration or "optimized"))
    EXPERIMENTS[run.experiment].measure(built, board, folder / run.stem)
    return built


def write(logs: Path, folder: Path, facts: dict[str, Any]) -> None:
    """experiments.csv and its figures. logs: what the boots have left; facts:
    the run's provenance."""
    table = evaluate(logs, Board(**facts["board"]), facts["revision"])
    tables.write(table, folder / "experiments.csv")
    draw(table, folder, Board(**facts["board"]).mhz)


def evaluate(folder: Path, board: Board, revision: str) -> pd.DataFrame:
    """experiments.csv, from the files in the folder."""
    parts = []
    for run in runs():
        stem = folder / run.stem
        check_log(stem, run, revision)
        rows = EXPERIMENTS[run.experiment].evaluate(stem, board)
        table = pd.DataFrame(rows, columns=COLUMNS[2:])
        table.insert(0, "experiment", run.experiment)
        table.insert(1, "configuration", run.configuration)
        parts.append(table)
    return added_by_ports(pd.concat(parts, ignore_index=True))


def check_log(stem: Path, run: Run, revision: str) -> None:
    """Refuses logs, if there are any, of another kernel."""
    for log in (*stem.parent.glob(f"{stem.name}.log"), *more_logs(stem)):
        parsed = measure.read_records(log)
        records.expect(parsed, run.configuration, revision, str(log))


def more_logs(stem: Path) -> list[Path]:
    """Of an experiment that boots more than once."""
    return list(stem.parent.glob(f"{stem.name}.*.log"))


def draw(table: pd.DataFrame, folder: Path, mhz: int) -> None:
    """The figures, and the series from which they are drawn."""
    operation = "ipc_per_queue_operation"
    typical = {
        "low": int(paper.value(operation, "L3")),
        "high": int(paper.value(f"{operation}_typical", "L3")),
        "peak": int(paper.value(f"{operation}_peak", "L3")),
    }
    for name, series, variables in (
        ("wakeup", wakeup_series(table), {}),
        ("footprint", footprint_series(table), {}),
        ("steps", steps_series(table), {}),
        ("queue_statistics", queue_series(table), typical),
        ("remapping", remapping_series(table, mhz), remapping_line(table, mhz)),
    ):
        data = folder / f"{name}.csv"
        tables.write(series, data)
        figures.draw(name, data, folder, **variables)


# --- booting and reading ------------------------------------------------------


def boot(
    built: Built,
    board: Board,
    stem: Path,
    program: measure.Experiment,
    options: str = "",
    **more: object,
) -> measure.Outcome:
    """Leaves its log and its stamps."""
    outcome = measure.run(built, program, options, board, **more)
    stem.with_name(f"{stem.name}.log").write_text(outcome.console)
    stem.with_name(f"{stem.name}.stamps").write_text(outcome.stamps)
    return outcome


def read(stem: Path) -> pd.DataFrame:
    """Its samples, with what the model counted during each."""
    return measure.read_joined(
        stem.with_name(f"{stem.name}.log"), stem.with_name(f"{stem.name}.stamps")
    )


def csv(stem: Path) -> Path:
    return stem.with_name(f"{stem.name}.csv")


# --- into the kernel and out again (sections 3 and 5.5) -----------------------


def measure_entry_exit(built: Built, board: Board, stem: Path) -> None:
    """Leaves the clocks of each call of the null service."""
    options = f"calls={SERVICE_CALLS}"
    traced = boot(built, board, stem, measure.NULL_SERVICE, options, trace=(0, 3))
    steps = profile.read_trace(traced.trace)
    symbols = profile.Symbols(built.kernel), profile.Symbols(
        built.program(measure.NULL_SERVICE.program)
    )
    profile.name(steps, *symbols)
    table = pd.DataFrame(service_calls(steps))
    if len(table) < 2 * SERVICE_CALLS:
        raise Refused(f"{stem}: {len(table)} calls traced, not {2 * SERVICE_CALLS}")
    # Between the two series the record of the first is written, by a service, too.
    ends = table.head(SERVICE_CALLS), table.tail(SERVICE_CALLS)
    named = [t.assign(tlb=w) for t, w in zip(ends, ("warm", "flushed"))]
    pd.concat(named).to_csv(csv(stem), index=False)


def service_calls(steps: list[profile.Step]) -> Iterator[dict[str, int]]:
    """Each call of a service: clocks from the int to the iret, both included; of
    these, what int and iret take by the manual; and clocks from int to int."""
    entries = [
        n for n, s in enumerate(steps) if s.text == f"int ${KERNEL_SERVICE:#x}"
    ]
    for entry, following in zip(entries, [*entries[1:], len(steps)]):
        inside = [steps[entry]]
        for step in steps[entry + 1 : following]:
            if step.level == 3:
                break
            inside.append(step)
        yield {
            "call": sum(s.total for s in steps[entry:following]),
            "in_kernel": sum(s.total for s in inside),
            "int_and_iret": sum(s.clocks.get("entry/exit", 0) for s in inside),
            "tlb_misses": sum(s.clocks.get("TLB", 0) for s in inside),
            "interrupts": sum(s.kind == "e" for s in inside),
        }


def evaluate_entry_exit(stem: Path, board: Board) -> list[tuple]:
    table = pd.read_csv(csv(stem)).query("interrupts == 0")
    usual = table.groupby("tlb").agg(lambda column: column.mode()[0])
    warm, flushed = usual.loc["warm"], usual.loc["flushed"]
    end = ("cycles", MODEL, ROUND_TRIP)
    return [
        ("", "null_service_call", warm["call"], *end),
        ("", "null_service_in_kernel", warm["in_kernel"], *end),
        ("TLB flushed", "null_service_in_kernel", flushed["in_kernel"], *end),
        ("TLB flushed", "tlb_misses", flushed["tlb_misses"], *end),
        ("", "int_and_iret", warm["int_and_iret"], *end),
    ]


# --- cache footprint (section 6) ----------------------------------------------


def measure_footprint(built: Built, board: Board, stem: Path) -> None:
    """Leaves the cache lines that one round trip of 8 bytes touches."""
    found = profile.profile(built, board, profile.Series(8))
    touched = {
        line for message in found.messages for step in message for line in step.lines
    }
    table = pd.DataFrame(sorted(touched), columns=["kind", "line"])
    table.to_csv(csv(stem), index=False)


def evaluate_footprint(stem: Path, board: Board) -> list[tuple]:
    """The paper counts the lines that are valid afterwards, in a cache that was
    empty; a write alone does not bring a line into a 486's."""
    lines = pd.read_csv(csv(stem)).groupby("kind")["line"].agg(set)
    empty: set[int] = set()
    code, data = lines.get(profile.CODE, empty), lines.get(profile.READ, empty)
    page_tables = lines.get(profile.TABLES, empty)
    valid = code | data | page_tables
    counts = {
        "code": len(code),
        "data": len(data),
        "page_tables": len(page_tables),
        "only_written": len(lines.get(profile.WRITTEN, empty) - valid),
        "valid": len(valid),
    }
    about = ("lines", MODEL, ROUND_TRIP)
    rows = [("8", name, count, *about) for name, count in counts.items()]
    bytes_ = counts["valid"] * LINE_BYTES
    return [*rows, ("8", "footprint", bytes_, "bytes", MODEL, ROUND_TRIP)]


def footprint_series(table: pd.DataFrame) -> pd.DataFrame:
    """A row for each kernel, and the paper's."""
    rows = table.query("experiment == 'footprint' and quantity != 'footprint'")
    series = rows.pivot(index="configuration", columns="quantity", values="value")
    series.loc["L3 (paper)"] = pd.Series(
        {"valid": paper.value("cache_footprint", "L3") / LINE_BYTES}
    )
    return series.reset_index()


# --- steps of the hand-coded path (5.5.4) --------------------------------------

OF_THEM_TLB = ", of them TLB misses"


def measure_steps(built: Built, board: Board, stem: Path) -> None:
    """Leaves the clocks of each step of one round trip of 8 bytes."""
    found = profile.profile(built, board, profile.Series(8))
    profile.parts(found.messages).to_csv(csv(stem), index=False)


def evaluate_steps(stem: Path, board: Board) -> list[tuple]:
    end = ("cycles", MODEL, ONE_WAY)
    rows: list[tuple] = []
    for step in pd.read_csv(csv(stem)).itertuples():
        rows.append((step.message, step.step, step.clocks, *end))
        rows.append((step.message + OF_THEM_TLB, step.step, step.tlb, *end))
    return rows


def steps_series(table: pd.DataFrame) -> pd.DataFrame:
    """A row for each step: of a call and of a reply, cycles without TLB misses, and
    those for TLB misses; 0 where a message has no such step."""
    rows = table.query("experiment == 'steps'")
    wide = rows.pivot(index="quantity", columns="parameter", values="value")
    series = pd.DataFrame({"step": profile.merged(rows["parameter"], rows["quantity"])})
    for message in profile.MESSAGES:
        all_, tlb = wide[message], wide[message + OF_THEM_TLB]
        series[message] = series["step"].map(all_ - tlb)
        series[f"{message}_tlb"] = series["step"].map(tlb)
    return series.fillna(0)


# --- kernel stacks (5.2.4) ----------------------------------------------------


def measure_stack_switch(built: Built, board: Board, stem: Path) -> None:
    boot(built, board, stem, measure.PINGPONG, f"bytes=8 rounds={ROUND_TRIPS}")


def evaluate_stack_switch(stem: Path, board: Board) -> list[tuple]:
    found = measure.one_way(read(stem)).query("spaces == 2 and cache == 'warm'")
    (clocks,) = found["clocks"]
    return [("8", "one_way", clocks, "cycles", MODEL, ONE_WAY)]


# --- operations on queues (5.3.4) ---------------------------------------------


def queue_marks(kernel: Path) -> list[tuple[str, int]]:
    """Where the kernel puts a thread into a queue or takes one out: names such as
    insert_ready, and addresses (QUEUE_MARK in kernels/include/queue.h)."""
    return [
        (text.removesuffix("_link").replace(" ", "_"), address)
        for text, address in profile.read_marks(kernel, ".queue_marks")
    ]


def measure_queue_statistics(built: Built, board: Board, stem: Path) -> None:
    counted = queue_marks(built.kernel)
    boot(built, board, stem, measure.LOAD, counted=counted)


def evaluate_queue_statistics(stem: Path, board: Board) -> list[tuple]:
    rows: list[tuple] = []
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
            parameter = str(sample["calls_a_time"])
            rows.append((parameter, quantity, value, unit, INSTRUCTIONS, ""))
    return rows


def queue_series(table: pd.DataFrame) -> pd.DataFrame:
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


# --- timeouts (5.3.3) ---------------------------------------------------------

# enum what in bench/sleepers.c
LOOP, INTERRUPTED_LOOP, CALL, CALL_WITH_TIMEOUT = range(4)


def measure_wakeup(built: Built, board: Board, stem: Path) -> None:
    boot(built, board, stem, measure.SLEEPERS)


def evaluate_wakeup(stem: Path, board: Board) -> list[tuple]:
    samples = read(stem)
    if samples.query("what != @INTERRUPTED_LOOP")["interrupts"].any():
        raise Refused(f"{stem}: a clock interrupt where none should be")
    rows: list[tuple] = []
    for (far, sleepers), group in samples.groupby(["far", "sleepers"]):
        suffix = "_far" if far else ""
        tick = clocks_of_interrupt(group)
        values = {
            "clock_interrupt": (tick, ""),
            "call": (clocks_a_time(group, CALL), ROUND_TRIP),
            "call_with_timeout": (clocks_a_time(group, CALL_WITH_TIMEOUT), ROUND_TRIP),
        }
        for name, (value, direction) in values.items():
            row = (str(sleepers), name + suffix, value, "cycles", MODEL, direction)
            rows.append(row)
        if sleepers == 0:
            idle = tick
        share = 100 * (tick - idle) / (MS_PER_TICK * 1000 * board.mhz)
        name = f"wakeup_share_of_processor{suffix}"
        rows.append((str(sleepers), name, share, "percent", MODEL, ""))
    return rows


def clocks_a_time(group: pd.DataFrame, what: int) -> float:
    (sample,) = group[group["what"] == what].itertuples()
    return sample.clocks / sample.times


def clocks_of_interrupt(group: pd.DataFrame) -> float:
    """What interrupts add to a loop, of which two lengths without tell the rest."""
    short, long = group[group["what"] == LOOP].itertuples()
    loop = (long.clocks - short.clocks) / (long.times - short.times)
    (sample,) = group[group["what"] == INTERRUPTED_LOOP].itertuples()
    return (sample.clocks - loop * sample.times) / sample.interrupts


def wakeup_series(table: pd.DataFrame) -> pd.DataFrame:
    """For each number of sleepers: a column for each quantity and kernel."""
    rows = table.query("experiment == 'wakeup' and unit == 'cycles'")
    rows = rows.assign(sleepers=rows["parameter"].astype(int))
    series = rows.pivot(
        index="sleepers", columns=["quantity", "configuration"], values="value"
    )
    series.columns = [f"{quantity} {name}" for quantity, name in series.columns]
    return series.reset_index()


# --- ports (7.1) --------------------------------------------------------------

PORTS = "optimized+ports"


def measure_ports(built: Built, board: Board, stem: Path) -> None:
    """Twice: by uid, and, if the kernel has them, by port."""
    series = f"bytes=8 rounds={ROUND_TRIPS}"
    boot(built, board, stem, measure.PINGPONG, series)
    if "PORTS" in built.configuration.on:
        boot(built, board, by_port(stem), measure.PINGPONG, f"{series} ports=1")


def by_port(stem: Path) -> Path:
    return stem.with_name(f"{stem.name}.by_port")


def evaluate_ports(stem: Path, board: Board) -> list[tuple]:
    rows = one_way_rows(stem, "by uid")
    if more_logs(stem):
        rows += one_way_rows(by_port(stem), "by port")
    return rows


def one_way_rows(stem: Path, parameter: str) -> list[tuple]:
    found = measure.one_way(read(stem)).query("spaces == 2 and cache == 'warm'")
    (sample,) = found.to_dict("records")
    return [
        (parameter, "one_way", sample["clocks"], "cycles", MODEL, ONE_WAY),
        (parameter, "tlb_misses", sample["tlb_misses"], "misses", MODEL, ONE_WAY),
    ]


def added_by_ports(table: pd.DataFrame) -> pd.DataFrame:
    """What a port adds to a message of the kernel that has none: a row more."""
    ports = table.query("experiment == 'ports' and quantity == 'one_way'")
    clocks = ports.set_index(["configuration", "parameter"])["value"]
    added = clocks[PORTS, "by port"] - clocks["optimized", "by uid"]
    row = ("ports", PORTS, "", "added", added, "cycles", MODEL, ONE_WAY)
    return pd.concat([table, pd.DataFrame([row], columns=COLUMNS)], ignore_index=True)


# --- pages that move (7.2) ----------------------------------------------------


REMAPPING = "optimized+page_remapping"


def measure_remapping(built: Built, board: Board, stem: Path) -> None:
    boot(built, board, stem, measure.REMAPPING)


def evaluate_remapping(stem: Path, board: Board) -> list[tuple]:
    """Each number of pages, and the line through them: the paper's is 8 + n us.
    A message without pages is none of them."""
    samples = read(stem)
    samples["one_way"] = samples["clocks"] / (2 * samples["round_trips"])
    end = ("cycles", MODEL, ONE_WAY)
    rows: list[tuple] = [
        (str(s["pages"]), "one_way", s["one_way"], *end)
        for s in samples.to_dict("records")
    ]
    some = samples.query("pages > 0")
    per_page, constant = np.polyfit(some["pages"], some["one_way"], 1)
    rows += [("", "constant", constant, *end), ("", "per_page", per_page, *end)]
    return rows


def remapping_series(table: pd.DataFrame, mhz: int) -> pd.DataFrame:
    """For each number of pages: us, and where the paper's line is."""
    rows = table.query("experiment == 'remapping' and quantity == 'one_way'")
    series = pd.DataFrame(
        {"pages": rows["parameter"].astype(int), "us": rows["value"] / mhz}
    ).query("pages > 0")
    constant = paper.value("remapping_constant", "L3")
    per_page = paper.value("remapping_per_page", "L3")
    series["paper_us"] = constant + per_page * series["pages"]
    return series


def remapping_line(table: pd.DataFrame, mhz: int) -> dict[str, str]:
    """us, as gnuplot reads them."""
    rows = table.query("experiment == 'remapping'").set_index("quantity")["value"]
    return {name: str(rows[name] / mhz) for name in ("constant", "per_page")}


# --- the paper's minima (tables 3, 4, 5) --------------------------------------

# In the names of the validation guest's brackets; how many messages it takes.
MINIMA = {
    "table 3": ("null_message", 16),
    "table 4": ("temporary_mapping", 1),
    "table 5": ("port_access", 1),
}
MINIMA_GUEST = "paging"


def run_guest(guest: str, stem: Path) -> None:
    """A guest that validates the model, on its own board: no cache misses, as in the
    paper's sums. Leaves what was counted in each of its brackets."""
    image = validate.build_guest(guest)
    _, stamps = validate.run(image, validate.GUESTS[guest])
    names = [name for name, _ in validate.brackets(image)]
    counted = stamps.iloc[1::2].reset_index() - stamps.iloc[0::2].reset_index()
    counted.assign(bracket=names).to_csv(csv(stem), index=False)


def measure_minimum(_: Built, __: Board, stem: Path) -> None:
    run_guest(MINIMA_GUEST, stem)


def evaluate_minimum(stem: Path, _: Board) -> list[tuple]:
    tlb_miss = model.load_board(validate.GUESTS[MINIMA_GUEST]).numbers["tlb_miss"]
    table = pd.read_csv(csv(stem))
    rows: list[tuple] = []
    for source, (name, times) in MINIMA.items():
        (found,) = table[table["bracket"].str.contains(source)].to_dict("records")
        clocks, tlb = found["clocks"] / times, found["tlb_misses"] * tlb_miss / times
        end = ("cycles", MODEL, ONE_WAY if name == "null_message" else "")
        rows += [
            (source, f"{name}_execution", clocks - tlb, *end),
            (source, f"{name}_tlb_misses", tlb, *end),
            (source, name, clocks, *end),
        ]
    return rows


# --- the bare data move (section 6, figure 8) -----------------------------------


def measure_bare_move(_: Built, __: Board, stem: Path) -> None:
    run_guest("moves", stem)


def evaluate_bare_move(stem: Path, _: Board) -> list[tuple]:
    """Each length, and the line through them."""
    table = pd.read_csv(csv(stem))
    lengths = table["bracket"].str.extract(r"^rep movsd, (\d+) bytes")[0]
    moves = table.assign(bytes=lengths).dropna().astype({"bytes": int})
    per_byte, constant = np.polyfit(moves["bytes"], moves["clocks"], 1)
    end = ("cycles", MODEL, "")
    return [
        *((str(m.bytes), "bare_move", m.clocks, *end) for m in moves.itertuples()),
        ("", "constant", constant, *end),
        ("", "per_byte", per_byte, *end),
    ]


ENDS = ("baseline", "optimized")
EXPERIMENTS = {
    "wakeup": Experiment(
        ("optimized", "optimized-wakeup_lists"), measure_wakeup, evaluate_wakeup
    ),
    "queue_statistics": Experiment(
        ("optimized", "optimized-lazy_scheduling"),
        measure_queue_statistics,
        evaluate_queue_statistics,
    ),
    "stack_switch": Experiment(
        ("optimized", "optimized-thread_kernel_stacks"),
        measure_stack_switch,
        evaluate_stack_switch,
    ),
    "steps": Experiment(("optimized",), measure_steps, evaluate_steps),
    "footprint": Experiment(ENDS, measure_footprint, evaluate_footprint),
    "entry_exit": Experiment(ENDS, measure_entry_exit, evaluate_entry_exit),
    "ports": Experiment(("optimized", PORTS), measure_ports, evaluate_ports),
    "remapping": Experiment((REMAPPING,), measure_remapping, evaluate_remapping),
    "minimum": Experiment(("",), measure_minimum, evaluate_minimum),
    "bare_move": Experiment(("",), measure_bare_move, evaluate_bare_move),
}
