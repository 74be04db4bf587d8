# SPDX-License-Identifier: BSD-2-Clause
"""The commands of ``python3 -m harness``, which are under the make targets."""

from __future__ import annotations

import argparse
import json
import os
import shlex
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pandas as pd
from rich.console import Console

from harness import ablation, build, claims, collect, compare, doctor, exports
from harness import factorial, figures, folders
from harness import fuzz, images, intervals, measure, pipeline, places, processes
from harness import profile, profile_text, real_machines, records, release, results
from harness import sides
from harness import switches, verify, virtual
from harness.errors import Refused
from harness.machines import qemu
from harness.models.i486 import model, speed, validate
from harness.models.i486.model import Board
from harness.places import ROOT
from harness.progress import stages

LATEST = places.RESULTS / "latest"
PROFILES = places.RESULTS / "profile"
MEASURED = places.RESULTS / "measure"
COMPARED = places.RESULTS / "compare"
FACTORIAL = places.RESULTS / "factorial"


def make_figures(arguments: argparse.Namespace) -> None:
    """Builds, boots, measures: a new run in the results folder."""
    if arguments.source or arguments.machine:
        return make_machine_figures(arguments)
    target = arguments.results or LATEST
    print(pipeline.figures(target, model.load_board(arguments.board)))
    tell(target, "tables and figures are there")


def make_machine_figures(arguments: argparse.Namespace) -> None:
    """Of a real machine's records, or of kernels on this machine's processor."""
    if arguments.source and arguments.machine:
        raise Refused("FROM and MACHINE exclude each other: take one")
    if arguments.source:
        made = real_machines.make_figures(arguments.source, arguments.results)
    else:
        virtual.check_accelerator(arguments.machine)
        made = [
            virtual.measure_all(
                arguments.machine,
                arguments.configs,
                _number("BOOTS", arguments.boots, 1, 1000) or 3,
                _number("BATCHES", arguments.batches, 1, 60) or images.BATCHES,
                arguments.command_line,
                arguments.results,
            )
        ]
    for folder in made:
        facts = json.loads((folder / "machine.json").read_text())
        print(f"{_relative(folder)}: {facts['machine']}, {len(facts['boots'])} boots")
        print(f"clock: {facts['clock']}; read report.html, or report.md")
        if facts["note"]:
            print(facts["note"])
        for line in facts["refused"]:
            print(f"refused: {line}")


def collect_records(arguments: argparse.Namespace) -> None:
    """From a serial cable, logs or photographs into a folder."""
    if not arguments.source:
        raise Refused("SOURCE= is missing: a serial port, logs or pictures")
    if not arguments.into:
        raise Refused("INTO= is missing: the folder for what comes")
    folder = Path(arguments.into)
    quiet = _number("QUIET", arguments.quiet, 1, 10**6) or 600
    speed = _number("SPEED", arguments.speed, 50, 4_000_000) or collect.SPEED
    if arguments.photos:
        collect.add_photos([Path(name) for name in arguments.source], folder)
    elif not arguments.follow and all(Path(n).is_file() for n in arguments.source):
        for name in arguments.source:
            collect.add_file(Path(name), folder)
    else:
        _follow(arguments, folder, speed, quiet)
    found = collect.read(folder)
    print("\n".join(collect.summary(found)))
    print(f"{_relative(folder)}: make figures FROM={_relative(folder)}")


def _follow(
    arguments: argparse.Namespace, folder: Path, speed: int, quiet: float
) -> None:
    if len(arguments.source) != 1:
        raise Refused("one serial line at a time")
    wanted = [str(switches.parse(name)) for name in arguments.configs.split()]
    progress = collect.Progress(wanted)
    if arguments.serve:
        tree = arguments.serve
        wanted = wanted or collect.configurations_of(tree)
        hang = _number("HANG", arguments.hang, 1, 10**6) or 300
        progress = collect.Campaign(wanted, tree, arguments.mac, hang)
    try:
        collect.follow(arguments.source[0], folder, speed, quiet, progress)
    finally:
        if isinstance(progress, collect.Campaign):
            print("\n".join(f"campaign: {line}" for line in progress.close()))


def make_ablation(arguments: argparse.Namespace) -> None:
    """Table 1: added to what is in the results folder."""
    if arguments.switch:
        return show_ablation(arguments)
    pipeline.table1(arguments.results, model.load_board(arguments.board))
    tell(arguments.results, "table 1 is there")


def show_ablation(arguments: argparse.Namespace) -> None:
    """The rows of one switch, on the terminal only."""
    board = model.load_board(arguments.board)
    compared = pipeline.one_switch(arguments.switch, board)
    Console(highlight=False).print(ablation.rich_table(compared, board.mhz))


def redraw(arguments: argparse.Namespace) -> None:
    """Tables, figures and report of an old run again, from its logs."""
    print(pipeline.redraw(arguments.run))
    tell(arguments.run, "tables and figures made again")


def verify_run(arguments: argparse.Namespace) -> None:
    """A run against its schema and its raw records."""
    if not arguments.run:
        raise Refused("RUN= is missing: the folder of a run")
    run = Path(arguments.run)
    print(f"{_relative(run)}: {verify.verify(run, pipeline.evaluate)}")


def compare_runs(arguments: argparse.Namespace) -> None:
    """Two runs, number by number."""
    a, b = compare.side(arguments.a, "A"), compare.side(arguments.b, "B")
    limit = _percent("FAIL_ABOVE", arguments.fail_above)
    compare.check(a, b, arguments.across)
    rows = compare.compare(a, b)
    with results.publishing(COMPARED) as folder:
        compare.write(rows, a, b, folder, arguments.html)
    console = Console(highlight=False)
    if len((table := compare.rich_table(rows, a, b)).rows):
        console.print(table)
    for line in compare.explanations(a, b):
        print(line)
    for row in compare.steps(a, b).itertuples():
        cycles = f"{row.a:g}, {row.b:g} cycles (i486 model)"
        print(f"step {row.step} of a {row.message}: {cycles}")
    print(f"{compare.summary(rows)}; all are in {_relative(COMPARED)}/compare.csv")
    if arguments.html:
        print(f"{_relative(COMPARED)}/report.html")
    if limit is not None and len(worse := compare.slower(rows, limit)):
        first = worse.iloc[0]
        raise Refused(
            f"{len(worse)} times of B are more than {limit:g} % above A's, first "
            f"{first['what']}: {first['a']:.5g} and {first['b']:.5g} {first['unit']}"
        )


def export_run(arguments: argparse.Namespace) -> None:
    """A run in another tool's format, on standard output or in a file."""
    known = " ".join(exports.FORMATS)
    if arguments.format not in exports.FORMATS:
        raise Refused(f"FORMAT={arguments.format}: use one of {known}")
    text = exports.export(compare.side(arguments.run, "RUN"), arguments.format)
    if not arguments.into:
        sys.stdout.write(text)
        return
    folders.write_whole(Path(arguments.into), text.encode())
    print(f"{arguments.into}: as {arguments.format}")


def make_factorial(arguments: argparse.Namespace) -> None:
    """How some techniques work together, or what each contributes to all."""
    if arguments.others not in ("on", "off"):
        raise Refused(f"OTHERS={arguments.others}: use on or off")
    count = _number("ORDERS", arguments.orders, 4, 1000) or 20
    if count % 2:
        raise Refused(
            f"ORDERS={count}: take an even number, each comes with its reverse"
        )
    plan = factorial.plan(arguments.switches, arguments.others == "on", count)
    board = model.load_board(arguments.board)
    if arguments.configuration:
        _measure_one(arguments.configuration, plan, board)
        return
    if arguments.run:
        if arguments.results:
            raise Refused("RUN= and RESULTS=: the shares go into the one or the other")
        if not plan.orders:
            raise Refused(f"RUN={arguments.run}: shares in a run are those of all")
        target = arguments.run
        rows = pipeline.add_shares(target, plan)
    else:
        target = arguments.results or FACTORIAL
        rows = pipeline.factorial_run(target, plan, board)
    for size, of_size in rows[rows["what"] == "share"].groupby("bytes"):
        print(
            f"{size} bytes, one way: what each saves, on the average over orders, "
            "i486 model"
        )
        for row in of_size.sort_values("cycles", ascending=False).itertuples():
            print(f"  {row.switch:22} {row.cycles:9.1f} cycles {row.percent:6.1f} %")
    print(f"tables and figures are in {_relative(target)}")


def _measure_one(name: str, plan: factorial.Plan, board: Board) -> None:
    """One kernel of a plan, kept for the others: work that others share out."""
    kernel = switches.parse(name)
    if kernel not in plan.kernels.values():
        raise Refused(f"CONFIG={name}: is not among the kernels of these SWITCHES")
    for row in pipeline.measure_kernels([kernel], board).itertuples():
        print(f"{row.configuration}: {row.bytes} bytes, {row.cycles:.1f} cycles")


def _percent(name: str, text: str | None) -> float | None:
    if not text:
        return None
    try:
        percent = float(text.removesuffix("%"))
    except ValueError:
        percent = -1
    if not 0 <= percent < float("inf"):
        raise Refused(f"{name}={text}: use percent, such as 2%")
    return percent


def tell(folder: Path, what: str) -> None:
    """Of a run: where to read on, and what has become of the paper's claims."""
    found = pd.read_csv(folder / "claims.csv")
    print(f"{_relative(folder)}: {what}; read report.html, or report.md")
    print(claims.summary(found))
    if note := results.compiler_note(results.read_provenance(folder)):
        print(note)


def print_records(arguments: argparse.Namespace) -> None:
    """The samples in a console log, as CSV."""
    configuration = switches.parse(arguments.configuration)
    revision = arguments.revision or build.revision()
    try:
        text = qemu.read_console(arguments.log)
    except OSError as error:
        raise Refused(f"{arguments.log}: {error.strerror}") from error
    parsed = records.parse(text, str(arguments.log))
    records.expect_measurable(parsed, str(arguments.log))
    records.expect(parsed, configuration.name, revision, str(arguments.log))
    parsed.samples.to_csv(sys.stdout, index=False)


def make_release(_: argparse.Namespace) -> None:
    """One tarball of what git has."""
    revision = build.revision()
    if revision == build.NO_REVISION or not (ROOT / ".git").exists():
        raise Refused(f"{ROOT}: no git clone: a release is made of a commit")
    if revision.endswith(build.DIRTY):
        raise Refused("files differ from git's: a release is made of a commit")
    made = release.make(revision, build.BUILD / "dist")
    print(f"{_relative(made)}: {made.stat().st_size} bytes, revision {revision}")


def build_some(arguments: argparse.Namespace) -> None:
    for name in arguments.configuration:
        built = build.build(switches.parse(name))
        print(f"{_relative(built.kernel)}: {built.configuration}, {built.revision}")


def make_image(arguments: argparse.Namespace) -> None:
    """A CD, disk, floppy or network tree that boots some configurations."""
    made = images.make(arguments.kind, arguments.configs, arguments.command_line)
    print(f"{_relative(made)}: {images.advice(arguments.kind, _relative(made))}")
    print(f"what is in it: {_relative(made)}.json")


def run(arguments: argparse.Namespace) -> None:
    """One configuration on the terminal."""
    configuration = switches.parse(arguments.configuration)
    known = {program.name: program for program in measure.PROGRAMS}
    program = known[_choice("program", arguments.program, tuple(known))]
    options = []
    if arguments.bytes is not None:
        options.append(f"bytes={_size(arguments.bytes)}")
    built = build.build(configuration)
    guest = measure.guest(built, program, " ".join(options))
    print(f"# cd {_relative(guest.kernel.parent)}; {shlex.join(qemu.command(guest))}")
    qemu.boot(guest, measure.DEADLINE, echo=True)


def show_profile(arguments: argparse.Namespace) -> None:
    """Each instruction of one IPC, with its cycles."""
    configuration = switches.parse(arguments.configuration)
    board = model.load_board(arguments.board)
    series = profile.Series(
        _size(arguments.bytes),
        int(_choice("spaces", arguments.spaces, ("1", "2"))),
        _choice("cache", arguments.cache, ("warm", "cold")) == "cold",
    )
    model.library()  # a QEMU that cannot be used is refused before a kernel is built
    found = profile.profile(build.build(configuration), board, series)
    text = profile_text.render(found)
    folder = PROFILES / f"{configuration}-{series.name}"
    with results.publishing(folder, wait=True) as partial:
        (partial / "profile.txt").write_text(text.plain())
        executed = profile.instructions(found.messages)
        executed.to_csv(partial / "instructions.csv", index=False)
        phases = profile.matrix(found.messages)
        phases["all"] = phases.sum(axis=1)
        phases.to_csv(partial / "phases.csv", index_label="phase")
        title = text.lines[0][0]
        columns = len(profile.CAUSES) + 1
        series_file = partial / "phases.csv"
        figures.draw("profile", series_file, partial, title_text=title, columns=columns)
    console = Console(highlight=False, soft_wrap=True)
    for line, style in text.lines:
        console.print(line, style=style, markup=False)
    console.print()
    console.print(f"also in {_relative(folder)}: profile.txt, .csv files, a bar chart")


def measure_image(arguments: argparse.Namespace) -> None:
    """The intervals between the rdtscs of any multiboot kernel."""
    board = model.load_board(arguments.board)
    modules, words = intervals.parse_modules(arguments.modules)
    deadline = _number("TIMEOUT", arguments.timeout, 1, 86400) or 60
    memory = _number("MEMORY", arguments.memory, 1, 2048) or qemu.MEMORY_MB
    number = _number("PROFILE", arguments.profile, 0, 1 << 40)
    if not arguments.image:
        raise Refused("IMAGE= is missing: the multiboot kernel to be measured")
    subject = intervals.Subject(
        Path(arguments.image),
        modules,
        words,
        arguments.command_line,
        arguments.cpu,
        memory,
        os.fsencode(arguments.until),
    )
    intervals.check_names(subject)
    result = intervals.run(subject, board, deadline)
    single = intervals.grouped(intervals.intervals(result.stamps))
    groups = intervals.summary(single, board.mhz)
    lines = intervals.render(subject, board, result, groups)
    if number is not None:
        intervals.check_number(result.stamps, number)
        trace = intervals.trace(subject, board, deadline, number).trace
        lines += ["", *intervals.render_profile(subject, board, result, number, trace)]
    folder = MEASURED / subject.name
    with results.publishing(folder, wait=True) as partial:
        folders.write_text(partial / "measure.txt", "\n".join(lines) + "\n")
        (partial / "console.log").write_bytes(result.ending.written)
        single.to_csv(partial / "intervals.csv", index=False)
        groups.to_csv(partial / "groups.csv", index=False)
    print("\n".join(lines))
    print(f"\nalso in {_relative(folder)}, with the console and .csv files")


def validate_model(_: argparse.Namespace) -> None:
    """What is known of the processor beside what the model says of it."""
    checks: list[validate.Check] = []
    with stages(
        "validation", len(validate.GUESTS) + len(pipeline.CONFIGURATIONS)
    ) as stage:
        for guest in validate.GUESTS:
            with stage(f"guest {guest}"):
                checks += validate.check_guest(guest)
        for name in pipeline.CONFIGURATIONS:
            with stage(f"instructions of {name} under Bochs"):
                checks += validate.check_instructions(switches.parse(name))
    print("\n".join(validate.table(checks)))
    print(speed.measure_speed())
    failed = [check for check in checks if not check.passed]
    if failed:
        raise Refused(f"{len(failed)} of {len(checks)} checks of the model failed")


def run_fuzzer(arguments: argparse.Namespace) -> None:
    """The calls of a seed on some configurations, against the reference model."""
    seed = _number("SEED", arguments.seed, 0, fuzz.MOST_SEED)
    calls = _number("CALLS", arguments.calls, 1, fuzz.MOST_CALLS)
    if seed is None:
        seed = int.from_bytes(os.urandom(4), "little") & fuzz.MOST_SEED
    chosen = fuzz.configurations(seed)
    if arguments.configuration:
        chosen = [switches.parse(arguments.configuration)]
    jobs = [fuzz.Job(configuration, seed, calls or 100_000) for configuration in chosen]
    print(f"seed {seed}, {jobs[0].calls} calls on {', '.join(map(str, chosen))}")
    refusals: list[str] = []
    with stages("fuzz", 1 + 2 * len(jobs)) as stage:
        with stage("build the reference model"):
            fuzz.model.program()
        built = []
        for configuration in chosen:
            with stage(f"build {configuration}"):
                built.append(build.build(configuration))

        def check(b: build.Built, job: fuzz.Job) -> None:
            with stage(f"{job.calls} calls on {job.configuration}"):
                try:
                    fuzz.check(b, job)
                except Refused as refusal:
                    refusals.append(str(refusal))

        with ThreadPoolExecutor(os.cpu_count()) as pool:
            list(pool.map(check, built, jobs))
    if refusals:
        raise Refused("\n\n".join(refusals))
    print("each call has done what the reference model says")


def menuconfig(arguments: argparse.Namespace) -> None:
    """The switches as a menu; then says what the choice is called."""
    file = places.MENU
    busy = f"{file}: another menuconfig is changing it: wait for its end"
    file.parent.mkdir(parents=True, exist_ok=True)
    with folders.alone(file.with_name(".config.lock"), busy):
        if arguments.configuration:
            switches.save(switches.parse(arguments.configuration), file)
        elif not file.exists():
            switches.save(switches.optimized(), file)
        environment = {**os.environ, "KCONFIG_CONFIG": str(file)}
        command = [sys.executable, "-m", "menuconfig", str(switches.KCONFIG)]
        if processes.run(command, env=environment).returncode != 0:
            raise Refused("menuconfig has failed: it needs a terminal")
        name = switches.load(file).name
    print(f"this is configuration {name}: make run CONFIG={name}")


def list_switches(_: argparse.Namespace) -> None:
    """Each with the pairs of files that are its two sides."""
    for switch in switches.everything():
        pairs = ", ".join(sides.pairs(switch)) or "make diff tells where"
        print(f"{switch.name:20} {switch.prompt:57} {pairs}")


def show_sides(arguments: argparse.Namespace) -> None:
    """The two sides of a switch."""
    if not arguments.switch:
        raise Refused("SWITCH= is missing: 'make switches' lists them")
    switch = switches.find(arguments.switch.lower())
    console = Console(highlight=False, soft_wrap=True)
    styles = {"+": "green", "-": "red", "@": "cyan"}
    console.print(f"{switch.prompt}\n", style="bold")
    console.print(switch.help, markup=False)
    for name in sides.pairs(switch):
        console.print()
        for line in sides.difference(name):
            console.print(line, style=styles.get(line[:1]), markup=False)
    console.print("\ntested in, with the lines:", style="bold")
    for place in sides.others(switch):
        console.print(f"  {place}")


def examine(_: argparse.Namespace) -> None:
    if not doctor.examine():
        raise Refused("something is missing: 'make figures' installs it on Debian")


def _size(text: str) -> int:
    if text not in map(str, measure.SIZES):
        sizes = ", ".join(map(str, measure.SIZES))
        raise Refused(f"no message size '{text}': the paper's sizes are {sizes}")
    return int(text)


def _number(variable: str, text: str | None, least: int, most: int) -> int | None:
    if text is None:
        return None
    if not text.isascii() or not text.isdigit() or not least <= int(text) <= most:
        raise Refused(f"{variable} is '{text}', not a number from {least} to {most}")
    return int(text)


def _choice(what: str, given: str, known: tuple[str, ...]) -> str:
    if given not in known:
        raise Refused(f"no {what} '{given}': there are {' and '.join(known)}")
    return given


def _relative(path: Path) -> Path:
    path = path.resolve()
    return path.relative_to(ROOT) if path.is_relative_to(ROOT) else path
