# SPDX-License-Identifier: BSD-2-Clause
"""The two sides of a switch in the source: pairs of files, and all other places that
test it. Found in the sources, so that no list can be wrong."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from pathlib import Path

from harness.places import ROOT
from harness.switches import Switch

KERNELS = ROOT / "kernels"
SIDES = ("baseline", "optimized")
# Which file of a pair is taken a header or the Makefile says.
CHOICE = (
    r'^#if CONFIG_{0}\b.*\n(?:#include <[^>]*>\n)*#include "\.\./optimized/([\w./]+)"'
)
MADE = r"\$\(call side,{0}\)/([\w./]+)"
ALONE = r"\$\(if \$\(CONFIG_{0}\),(optimized/[\w./]+)"
TESTED = r"\bCONFIG_{0}\b"
PLACES = (KERNELS, ROOT / "bench")
SUFFIXES = (".c", ".h", ".S", ".lds")


@dataclass(frozen=True)
class Place:
    """Lines of a file that test a switch."""

    file: Path
    lines: tuple[int, ...]

    def __str__(self) -> str:
        numbers = ", ".join(map(str, self.lines))
        return f"{self.file.relative_to(ROOT)}: {numbers}"


def pairs(switch: Switch) -> list[str]:
    """Files that are in both folders, by their names there."""
    names: list[str] = []
    for header in sorted((KERNELS / "include").glob("*.h")):
        names += re.findall(CHOICE.format(switch.symbol), header.read_text(), re.M)
    made = re.findall(MADE.format(switch.symbol), (KERNELS / "Makefile").read_text())
    both = [n for n in dict.fromkeys([*names, *made]) if _in_both(n)]
    # A header beside the file of a pair is of the pair.
    both += [
        n[:-2] + ".h" for n in both if n.endswith(".c") and _in_both(n[:-2] + ".h")
    ]
    return sorted(dict.fromkeys(both))


def others(switch: Switch) -> list[Place]:
    """Where else it is tested; files that only one side has, too."""
    found = []
    makefile = (KERNELS / "Makefile").read_text()
    for name in re.findall(ALONE.format(switch.symbol), makefile):
        if not _in_both(name.partition("/")[2]):
            found.append(Place(KERNELS / name, (1,)))
    for folder in PLACES:
        for path in sorted(folder.rglob("*")):
            if path.suffix in SUFFIXES and path.name != "steps.h":
                lines = path.read_text().splitlines()
                tested = [
                    number
                    for number, line in enumerate(lines, start=1)
                    if re.search(TESTED.format(switch.symbol), line)
                ]
                if tested:
                    found.append(Place(path, tuple(tested)))
    return found


def difference(name: str) -> list[str]:
    """Of a pair, from the naive side to the other, as diff -u has it."""
    texts = [(KERNELS / side / name).read_text().splitlines() for side in SIDES]
    names = [f"kernels/{side}/{name}" for side in SIDES]
    return list(difflib.unified_diff(*texts, *names, lineterm=""))


def _in_both(name: str) -> bool:
    return all((KERNELS / side / name).is_file() for side in SIDES)
