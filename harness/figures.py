# SPDX-License-Identifier: BSD-2-Clause
"""Figures: runs the gnuplot scripts of plots/, each for SVG and for PNG."""

from __future__ import annotations

import subprocess
from pathlib import Path

from harness.errors import Refused
from harness.switches import ROOT

PLOTS = ROOT / "plots"

TERMINALS = {
    "svg": "svg size 900,560 dynamic background rgb 'white' font 'DejaVu Sans,13'",
    "png": "pngcairo size 1350,840 background rgb 'white' font 'DejaVu Sans,19'",
}


def draw(name: str, data: Path, folder: Path) -> None:
    """Draws plots/NAME.gp from a CSV file as folder/NAME.svg and .png.

    The script finds the data file's name in the variable ``data``.
    """
    for kind, terminal in TERMINALS.items():
        output = folder / f"{name}.{kind}"
        commands = [
            f'set terminal {terminal}',
            f'set output "{output}"',
            f'data = "{data}"',
            f'load "{PLOTS / "style.gp"}"',
            f'load "{PLOTS / name}.gp"',
        ]
        _gnuplot("\n".join(commands), name)
        if not output.exists() or output.stat().st_size == 0:
            raise Refused(f"{output}: gnuplot has drawn nothing")


def _gnuplot(script: str, name: str) -> None:
    try:
        done = subprocess.run(
            ["gnuplot", "-"], input=script, capture_output=True, text=True
        )
    except FileNotFoundError as error:
        raise Refused("gnuplot not found: install Debian's gnuplot-nox") from error
    if done.returncode != 0 or "error" in done.stderr.lower():
        lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
        raise Refused(f"plots/{name}.gp: gnuplot: {' '.join(lines[-2:])}")
