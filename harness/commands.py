# SPDX-License-Identifier: BSD-2-Clause
"""The commands of ``python3 -m harness``, which are under the make targets."""

from __future__ import annotations

import argparse
import errno
import json
import os
import shlex
import shutil
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pandas as pd

from rich.console import Console

from harness import ablation, build, claims, collect, doctor, experiments, figures
from harness import folders
from harness import (
    fuzz,
    images,
    intervals,
    measure,
    peers,
    places,
    processes,
    profile,
    records,
)
from harness import real_machines, report, results, sides, switches, tables, virtual
from harness.errors import Refused, describe
from harness.machines import qemu
from harness.models.i486 import model, speed, validate
from harness.progress import steps
from harness.places import ROOT

CONFIGURATIONS = ("baseline", "optimized")
EXPERIMENTS = Path("logs") / "experiments"  # in a run's folder
LATEST = places.RESULTS / "latest"
PROFILES = places.RESULTS / "profile"
MEASURED = places.RESULTS / "measure"


def make_figures(arguments: argparse.Namespace) -> None:
    """Builds, boots, measures: a new run in the results folder."""
    if arguments.source or arguments.machine:
        return make_machine_figures(arguments)
    arguments.results = arguments.results or LATEST
    results.check_target(arguments.results)
    started = results.now()
    board = model.load_board(arguments.board)
    configurations = [switches.parse(name) for name in CONFIGURATIONS]
    small = experiments.runs()
    ablated = ablation.configurations(ablation.comparisons())
    with (
        results.publishing(arguments.results) as folder,
        steps(
            "figures", 3 + 2 * len(configurations) + len(small) + len(ablated)
        ) as step,
    ):
        (folder / EXPERIMENTS).mkdir(parents=True)
        with step("build the i486 model"):
            model.library()
        built = []
        for configuration in configurations:
            with step(f"build {configuration}"):
                built.append(build.build(configuration))

        def measured(b: build.Built) -> None:
            with step(f"pingpong on {b.configuration}"):
                outcome = measure.run(b, measure.PINGPONG, board=board)
                name = folder / "logs" / b.configuration.name
                name.with_suffix(".log").write_text(outcome.console)
                name.with_suffix(".stamps").write_text(outcome.stamps)

        def experiment(run: experiments.Run) -> build.Built:
            with step(f"{run}"):
                return experiments.measure_run(run, board, folder / EXPERIMENTS)

        def measured_peer() -> None:
            with step(f"pingpong on {peers.SYSTEM}"):
                try:
                    peers.kernel()
                except Refused as reason:
                    peers.leave_out(folder, str(reason))
                else:
                    peers.run(board, folder / "logs")

        with ThreadPoolExecutor(os.cpu_count()) as pool:
            peer = pool.submit(measured_peer)
            list(pool.map(measured, built))
            built += pool.map(experiment, small)
            peer.result()
        built += ablation.run(ablated, board, folder / "logs" / ablation.LOGS, step)
        with step("tables, figures, report"):
            results.write_provenance(folder, built, board, started)
            closing = evaluate(folder)
    print(closing)
    tell(arguments.results, "tables and figures are there")


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
    results.check_target(arguments.results)
    started = results.now()
    board = model.load_board(arguments.board)
    chosen = ablation.configurations(ablation.comparisons())
    with (
        results.publishing(arguments.results) as folder,
        steps("ablation", 2 + len(chosen)) as step,
    ):
        with step("build the i486 model"):
            model.library()
        built = ablation.run(chosen, board, folder / "logs" / ablation.LOGS, step)
        with step("tables, figures, report"):
            results.write_provenance(folder, built, board, started)
            results.keep(arguments.results, folder)
            evaluate(folder)
    tell(arguments.results, "table 1 is there")


def show_ablation(arguments: argparse.Namespace) -> None:
    """The rows of one switch, on the terminal only."""
    board = model.load_board(arguments.board)
    chosen = ablation.comparisons_of(arguments.switch)
    wanted = ablation.configurations(chosen)
    with (
        folders.scratch(build.BUILD) as folder,
        steps("ablation", 1 + len(wanted)) as step,
    ):
        with step("build the i486 model"):
            model.library()
        logs = folder / ablation.LOGS
        ablation.run(wanted, board, logs, step)
        times = ablation.read(wanted, logs, build.revision(), board.mhz)
    compared = ablation.compare(times, chosen)
    Console(highlight=False).print(ablation.rich_table(compared, board.mhz))


def redraw(arguments: argparse.Namespace) -> None:
    """Tables, figures and report of an old run again, from its logs."""
    source = arguments.run
    results.read_provenance(source)
    with results.publishing(source) as folder:
        shutil.copytree(source / "logs", folder / "logs")
        shutil.copy(source / "provenance.json", folder)
        closing = evaluate(folder)
    print(closing)
    tell(source, "tables and figures made again")


def tell(folder: Path, what: str) -> None:
    """Of a run: where to read on, and what has become of the paper's claims."""
    found = pd.read_csv(folder / "claims.csv")
    print(f"{_relative(folder)}: {what}; read report.html, or report.md")
    print(claims.summary(found))
    if note := results.compiler_note(results.read_provenance(folder)):
        print(note)


def evaluate(folder: Path) -> str:
    """From folder/logs to the tables, figures and report in folder. Returns what is
    to be said of the peers."""
    facts = results.read_provenance(folder)
    if ablation.measured(folder):
        ablation.evaluate(folder, facts)
        if not (folder / "logs" / "optimized.log").exists():
            report.write(folder)
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
        figures.draw(name, series, folder, mhz=mhz, no_peer=peers.missing(folder))
    if (folder / EXPERIMENTS).exists():  # not in an old run
        experiments.write(folder / EXPERIMENTS, folder, facts)
    report.write(folder)
    return peers.note(folder, table7, peer)


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
    known = {e.program: e for e in measure.EXPERIMENTS}
    experiment = known[_choice("program", arguments.program, tuple(known))]
    options = []
    if arguments.bytes is not None:
        options.append(f"bytes={_size(arguments.bytes)}")
    built = build.build(configuration)
    guest = measure.guest(built, experiment, " ".join(options))
    print(f"# cd {_relative(guest.kernel.parent)}; {shlex.join(qemu.command(guest))}")
    qemu.boot(guest, measure.DEADLINE, echo=True)


def show_profile(arguments: argparse.Namespace) -> None:
    """Each instruction of one IPC, with its clocks."""
    configuration = switches.parse(arguments.configuration)
    board = model.load_board(arguments.board)
    series = profile.Series(
        _size(arguments.bytes),
        int(_choice("spaces", arguments.spaces, ("1", "2"))),
        _choice("cache", arguments.cache, ("warm", "cold")) == "cold",
    )
    model.library()  # a QEMU that cannot be used is refused before a kernel is built
    found = profile.profile(build.build(configuration), board, series)
    text = profile.render(found)
    folder = PROFILES / f"{configuration}-{series.name}"
    with results.publishing(folder, wait=True) as partial:
        (partial / "profile.txt").write_text(text.plain())
        steps = profile.instructions(found.messages)
        steps.to_csv(partial / "instructions.csv", index=False)
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
        steps = intervals.trace(subject, board, deadline, number).trace
        lines += ["", *intervals.render_profile(subject, board, result, number, steps)]
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
    with steps("validation", len(validate.GUESTS) + len(CONFIGURATIONS)) as step:
        for guest in validate.GUESTS:
            with step(f"guest {guest}"):
                checks += validate.check_guest(guest)
        for name in CONFIGURATIONS:
            with step(f"instructions of {name} under Bochs"):
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
    runs = [fuzz.Run(configuration, seed, calls or 100_000) for configuration in chosen]
    print(f"seed {seed}, {runs[0].calls} calls on {', '.join(map(str, chosen))}")
    refusals: list[str] = []
    with steps("fuzz", 1 + 2 * len(runs)) as step:
        with step("build the reference model"):
            fuzz.model.program()
        built = []
        for configuration in chosen:
            with step(f"build {configuration}"):
                built.append(build.build(configuration))

        def check(b: build.Built, run: fuzz.Run) -> None:
            with step(f"{run.calls} calls on {run.configuration}"):
                try:
                    fuzz.check(b, run)
                except Refused as refusal:
                    refusals.append(str(refusal))

        with ThreadPoolExecutor(os.cpu_count()) as pool:
            list(pool.map(check, built, runs))
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


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(
        prog="python3 -m harness", description="Twentyfold's harness."
    )
    commands = top.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, function: object, help: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=help, description=help)
        sub.set_defaults(function=function)
        return sub

    sub = command("figures", make_figures, "build, boot, measure, draw: a whole run")
    sub.add_argument("--results", type=Path, metavar="FOLDER")
    sub.add_argument("--board", default=model.DEFAULT_BOARD, help="profile to model")
    sub.add_argument("--from", dest="source", type=Path, help="a collection, or a log")
    sub.add_argument("--machine", default="", help="kvm, or tcg to try")
    sub.add_argument("--configs", default="", help="configurations, blanks between")
    sub.add_argument("--boots", help="of each configuration; 3")
    sub.add_argument("--batches", help="in each boot; 30")
    sub.add_argument("--command-line", default="", help="for the kernels")
    sub = command("collect", collect_records, "records of a real machine")
    sub.add_argument("source", nargs="*", help="serial port, logs or pictures")
    sub.add_argument("--into", default="", help="a folder")
    sub.add_argument("--photos", action="store_true", help="pictures of QR codes")
    sub.add_argument("--follow", action="store_true", help="a file that still grows")
    sub.add_argument("--configs", default="", help="until these are there")
    sub.add_argument("--serve", type=Path, help="what make pxe has made")
    sub.add_argument("--mac", default="", help="of the machine that boots from it")
    sub.add_argument("--speed", help="bits a second; 115200")
    sub.add_argument("--quiet", help="seconds of silence after which it ends; 600")
    sub.add_argument("--hang", help="seconds of silence that are a hang; 300")
    sub = command("ablation", make_ablation, "table 1: what each switch is worth")
    sub.add_argument("--results", type=Path, default=LATEST, metavar="FOLDER")
    sub.add_argument("--board", default=model.DEFAULT_BOARD, help="profile to model")
    sub.add_argument("--switch", help="only this one, on the terminal")
    sub = command("redraw", redraw, "a run's tables and figures again, without booting")
    sub.add_argument("run", type=Path, nargs="?", default=LATEST)
    sub = command("records", print_records, "the samples in a console log, as CSV")
    sub.add_argument("log", type=Path)
    sub.add_argument("--configuration", required=True, help="which it is of")
    sub.add_argument("--revision", help="which it is of, if not this one")
    sub = command("build", build_some, "build configurations")
    sub.add_argument("configuration", nargs="+")
    sub = command("image", make_image, "an image that real machines boot")
    sub.add_argument("kind", choices=sorted(images.KINDS))
    sub.add_argument("--configs", default="", help="configurations, blanks between")
    sub.add_argument("--command-line", default="", help="for the kernels")
    sub = command("run", run, "boot a configuration on the terminal")
    sub.add_argument("configuration")
    sub.add_argument("--program", default="pingpong", help="what to run on it")
    sub.add_argument("--bytes", help="this message size only")
    sub = command("profile", show_profile, "where the clocks of one IPC go")
    sub.add_argument("configuration")
    sub.add_argument("--bytes", default="8")
    sub.add_argument("--spaces", default="2", help="address spaces: 1 or 2")
    sub.add_argument("--cache", default="warm", help="warm, or cold: flushed before")
    sub.add_argument("--board", default=model.DEFAULT_BOARD, help="profile to model")
    sub = command("measure", measure_image, "any multiboot kernel, between its rdtscs")
    sub.add_argument("image", nargs="?", default="")
    sub.add_argument("--modules", default="", help="FILE ARGUMENTS,FILE ARGUMENTS")
    sub.add_argument("--command-line", default="", help="the kernel's")
    sub.add_argument("--cpu", default="486", help="QEMU's name of the processor")
    sub.add_argument("--memory", help="MB; 32")
    sub.add_argument("--timeout", help="seconds; 60")
    sub.add_argument("--until", default="", help="its last words on COM1")
    sub.add_argument("--profile", help="number of an interval")
    sub.add_argument("--board", default=model.DEFAULT_BOARD, help="profile to model")
    command("validate", validate_model, "the i486 model against what is known")
    sub = command("fuzz", run_fuzzer, "random calls, against a reference model of IPC")
    sub.add_argument("configuration", nargs="?", help="only this one")
    sub.add_argument("--seed", help="from which all calls follow; a random one")
    sub.add_argument("--calls", help="how many; 100000")
    sub = command("menuconfig", menuconfig, "choose switches in a menu")
    sub.add_argument("configuration", nargs="?", help="to start from")
    command("switches", list_switches, "list the switches")
    sub = command("diff", show_sides, "the two sides of a switch")
    sub.add_argument("switch", nargs="?", default="")
    command("doctor", examine, "what is installed, what is missing")
    return top


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


def main() -> int:
    processes.clean_environment()
    arguments = parser().parse_args()
    with processes.signals() as ended:
        try:
            with folders.used(build.BUILD):
                arguments.function(arguments)
            return 0
        except BaseException as error:
            message, status = _verdict(error, ended.by)
    try:
        if message:
            print(f"twentyfold: {message}", file=sys.stderr)
        sys.stdout.flush()
    except OSError:
        # Whoever reads our output has gone: nothing more can be written.
        nowhere = os.open(os.devnull, os.O_WRONLY)
        for stream in (sys.stdout, sys.stderr):
            os.dup2(nowhere, stream.fileno())
    return status


def _verdict(error: BaseException, ended_by: int) -> tuple[str, int]:
    """What is to be said of a command that has not come to its end; its status."""
    as_before = "earlier results are as they were"
    if ended_by or isinstance(error, KeyboardInterrupt):
        number = signal.Signals(ended_by or signal.SIGINT)
        # Any error comes of it: a program that ended too early, a closed terminal.
        return f"{processes.SIGNALS[number]}; {as_before}", 128 + number
    if isinstance(error, Refused):
        return str(error), 1
    if isinstance(error, MemoryError):
        return f"memory is too small: end other programs; {as_before}", 1
    if isinstance(error, BrokenPipeError):
        return "", 1  # whoever reads our output has had enough
    if isinstance(error, OSError) and not processes.disk_is_full(error):
        return describe(error), 1
    if isinstance(error, OSError):
        where = f" (writing {error.filename})" if error.filename else ""
        full = f"the disk is full{where}: free some space and try again"
        if error.errno == errno.EFBIG:
            full = f"a file has become too large{where}: the limit is that of ulimit -f"
        return f"{full}; {as_before}", 1
    raise error
