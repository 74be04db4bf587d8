# SPDX-License-Identifier: BSD-2-Clause
"""Figures: runs the gnuplot scripts of plots/, each for SVG, PNG and PDF."""

from __future__ import annotations

import os
import re
import tempfile
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from harness import processes
from harness.errors import Refused
from harness.places import ROOT

PLOTS = ROOT / "plots"

HEIGHT = 560

# Pixels of .svg and .png, inches of .pdf: WIDTH of the first is 7 inches.
WIDTH = 900
TERMINALS = {
    "svg": f"svg size {WIDTH},{{0}} dynamic background rgb 'white' font 'DejaVu Sans,13'",
    "png": "pngcairo size 1350,{1} background rgb 'white' font 'DejaVu Sans,19'",
    "pdf": "pdfcairo size 7,{2} background rgb 'white' font 'DejaVu Sans,9'",
}
# The time of drawing, of which a figure shall not depend.
PDF_DATE = re.compile(rb"(/CreationDate \(D:)\d{14}")


def draw(
    script_name: str,
    data: Path,
    folder: Path,
    height: int = HEIGHT,
    name: str = "",
    **variables: str | int,
) -> None:
    """Draws plots/SCRIPT_NAME.gp from a CSV file as folder/NAME.svg, .png and .pdf; the
    name is the script's if there is none.

    The script finds the data file's name in the variable ``data``, and the
    other variables by their names. height: of the .svg; a variable, too.
    """
    settings = "".join(
        f"{key} = {quoted(value) if isinstance(value, str) else value}\n"
        for key, value in {"data": str(data), "height": height, **variables}.items()
    )
    for kind, terminal in TERMINALS.items():
        script = (
            f"plots = {quoted(str(PLOTS))}\n"
            f"set terminal {_sized(terminal, height)}\n{settings}"
            f"load {quoted(str(PLOTS / 'style.gp'))}\n"
            f"load {quoted(str(PLOTS / script_name))}.'.gp'\n"
        )
        # Not written by gnuplot, which says nothing when the disk is full.
        drawn = _drawn(kind, script, script_name)
        (folder / f"{name or script_name}.{kind}").write_bytes(drawn)


def _drawn(kind: str, script: str, name: str) -> bytes:
    drawn = _gnuplot(script, name)
    return _without_date(drawn) if kind == "pdf" else drawn


@dataclass(frozen=True)
class Caption:
    """What a page says of a figure. data: the CSV file with its numbers."""

    caption: str
    alt: str
    data: str


@cache
def captions() -> dict[str, Caption]:
    """plots/captions.toml, by the figures' names."""
    told = tomllib.loads((PLOTS / "captions.toml").read_text())
    return {
        name: Caption(one["caption"], one["alt"], one.get("data", f"{name}.csv"))
        for name, one in told.items()
    }


def check() -> None:
    """Refuses tools that cannot draw ours."""
    for kind, terminal in TERMINALS.items():
        _drawn(kind, f"set terminal {_sized(terminal, 100)}\nplot 1\n", "style")


def _without_date(pdf: bytes) -> bytes:
    """The same figure drawn at another time is the same file. Newer cairos (Debian 13's)
    write the date where it is compressed; qpdf takes it out of there."""
    if not PDF_DATE.search(pdf):
        with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
            file.write(pdf)
            file.flush()
            command = ["qpdf", "--object-streams=disable", "--static-id"]
            try:
                done = processes.run([*command, file.name, "-"], capture_output=True)
            except FileNotFoundError as error:
                raise Refused("qpdf not found: install Debian's qpdf") from error
        if done.returncode != 0:
            raise Refused(f"qpdf: {done.stderr.decode(errors='replace').strip()}")
        pdf = done.stdout
    return PDF_DATE.sub(rb"\g<1>20000101000000", pdf)


def _sized(terminal: str, height: int) -> str:
    return terminal.format(height, height * 3 // 2, round(7 * height / WIDTH, 3))


def quoted(text: str) -> str:
    """As gnuplot reads it."""
    return "'" + text.replace("'", "''") + "'"


def _gnuplot(script: str, name: str) -> bytes:
    """What the script draws."""
    try:
        # No start-up file of the user's.
        command = ["gnuplot", "--default-settings", "-"]
        done = processes.run(command, input=os.fsencode(script), capture_output=True)
    except FileNotFoundError as error:
        raise Refused("gnuplot not found: install Debian's gnuplot-nox") from error
    complaints = done.stderr.decode(errors="replace")
    if done.returncode != 0 or not done.stdout:
        lines = [line.strip() for line in complaints.splitlines() if line.strip()]
        raise Refused(f"plots/{name}.gp: gnuplot: {' '.join(lines[-2:])}")
    return done.stdout
