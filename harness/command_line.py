# SPDX-License-Identifier: BSD-2-Clause
"""``python3 -m harness``: what is typed, and how a command ends."""

from __future__ import annotations

import argparse
import errno
import os
import signal
import sys
from pathlib import Path

from harness import build, commands, exports, folders, images, processes
from harness.commands import LATEST
from harness.errors import Refused, describe
from harness.models.i486 import model


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(
        prog="python3 -m harness", description="Twentyfold's harness."
    )
    subparsers = top.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, function: object, help: str) -> argparse.ArgumentParser:
        sub = subparsers.add_parser(name, help=help, description=help)
        sub.set_defaults(function=function)
        return sub

    sub = command(
        "figures", commands.make_figures, "build, boot, measure, draw: a whole run"
    )
    sub.add_argument("--results", type=Path, metavar="FOLDER")
    sub.add_argument("--board", default=model.DEFAULT_BOARD, help="profile to model")
    sub.add_argument("--from", dest="source", type=Path, help="a collection, or a log")
    sub.add_argument("--machine", default="", help="kvm, or tcg to try")
    sub.add_argument("--configs", default="", help="configurations, blanks between")
    sub.add_argument("--boots", help="of each configuration; 3")
    sub.add_argument("--batches", help="in each boot; 30")
    sub.add_argument("--command-line", default="", help="for the kernels")
    sub = command("collect", commands.collect_records, "records of a real machine")
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
    sub = command(
        "ablation", commands.make_ablation, "table 1: what each switch is worth"
    )
    sub.add_argument("--results", type=Path, default=LATEST, metavar="FOLDER")
    sub.add_argument("--board", default=model.DEFAULT_BOARD, help="profile to model")
    sub.add_argument("--switch", help="only this one, on the terminal")
    sub = command(
        "redraw", commands.redraw, "a run's tables and figures again, without booting"
    )
    sub.add_argument("run", type=Path, nargs="?", default=LATEST)
    sub = command("compare", commands.compare_runs, "two runs, number by number")
    sub.add_argument("--a", default="", help="RUN or RUN:CONFIGURATION")
    sub.add_argument("--b", default="", help="the same")
    sub.add_argument("--html", action="store_true", help="a page of it, too")
    sub.add_argument("--across", action="store_true", help="other boards and clocks")
    sub.add_argument("--fail-above", help="percent that B may be slower; all is told")
    sub = command("factorial", commands.make_factorial, "how techniques work together")
    sub.add_argument("--switches", default="", help="2 to 8, blanks between; or all")
    sub.add_argument("--others", default="on", help="the switches that are not named")
    sub.add_argument("--orders", help="of all: how many are drawn; 20")
    sub.add_argument("--results", type=Path, help="folder, and what is there already")
    sub.add_argument("--run", type=Path, help="instead: a run, which gets the shares")
    sub.add_argument("--configuration", help="only this kernel, for later")
    sub.add_argument("--board", default=model.DEFAULT_BOARD, help="profile to model")
    sub = command("export", commands.export_run, "a run in another tool's format")
    sub.add_argument("run", nargs="?", default="")
    sub.add_argument("--format", default="", help=" ".join(exports.FORMATS))
    sub.add_argument("--into", default="", help="file; standard output")
    sub = command("verify", commands.verify_run, "a run against its raw records")
    sub.add_argument("run", nargs="?", default="")
    sub = command(
        "records", commands.print_records, "the samples in a console log, as CSV"
    )
    sub.add_argument("log", type=Path)
    sub.add_argument("--configuration", required=True, help="which it is of")
    sub.add_argument("--revision", help="which it is of, if not this one")
    command("dist", commands.make_release, "a release, as one tarball")
    sub = command("build", commands.build_some, "build configurations")
    sub.add_argument("configuration", nargs="+")
    sub = command("image", commands.make_image, "an image that real machines boot")
    sub.add_argument("kind", choices=sorted(images.KINDS))
    sub.add_argument("--configs", default="", help="configurations, blanks between")
    sub.add_argument("--command-line", default="", help="for the kernels")
    sub = command("run", commands.run, "boot a configuration on the terminal")
    sub.add_argument("configuration")
    sub.add_argument("--program", default="pingpong", help="what to run on it")
    sub.add_argument("--bytes", help="this message size only")
    sub = command("profile", commands.show_profile, "where the cycles of one IPC go")
    sub.add_argument("configuration")
    sub.add_argument("--bytes", default="8")
    sub.add_argument("--spaces", default="2", help="address spaces: 1 or 2")
    sub.add_argument("--cache", default="warm", help="warm, or cold: flushed before")
    sub.add_argument("--board", default=model.DEFAULT_BOARD, help="profile to model")
    sub = command(
        "measure", commands.measure_image, "any multiboot kernel, between its rdtscs"
    )
    sub.add_argument("image", nargs="?", default="")
    sub.add_argument("--modules", default="", help="FILE ARGUMENTS,FILE ARGUMENTS")
    sub.add_argument("--command-line", default="", help="the kernel's")
    sub.add_argument("--cpu", default="486", help="QEMU's name of the processor")
    sub.add_argument("--memory", help="MB; 32")
    sub.add_argument("--timeout", help="seconds; 60")
    sub.add_argument("--until", default="", help="its last words on COM1")
    sub.add_argument("--profile", help="number of an interval")
    sub.add_argument("--board", default=model.DEFAULT_BOARD, help="profile to model")
    command("validate", commands.validate_model, "the i486 model against what is known")
    sub = command(
        "fuzz", commands.run_fuzzer, "random calls, against a reference model of IPC"
    )
    sub.add_argument("configuration", nargs="?", help="only this one")
    sub.add_argument("--seed", help="from which all calls follow; a random one")
    sub.add_argument("--calls", help="how many; 100000")
    sub = command("menuconfig", commands.menuconfig, "choose switches in a menu")
    sub.add_argument("configuration", nargs="?", help="to start from")
    command("switches", commands.list_switches, "list the switches")
    sub = command("diff", commands.show_sides, "the two sides of a switch")
    sub.add_argument("switch", nargs="?", default="")
    command("doctor", commands.examine, "what is installed, what is missing")
    return top


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
