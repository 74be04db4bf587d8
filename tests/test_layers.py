# SPDX-License-Identifier: BSD-2-Clause
"""The kernel's layers: includes and calls go downwards (kernels/layers.txt)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from elftools.elf.elffile import ELFFile

from harness import build, switches
from harness.places import ROOT
from harness.switches import Configuration

KERNELS = ROOT / "kernels"
SOURCES = sorted(
    path for path in KERNELS.rglob("*") if path.suffix in (".c", ".S", ".h")
)

# The exceptions that layers.txt names.
ENTRIES = {
    word
    for name in ("entry.h", "enter.h")
    for word in re.findall(r"\w+", (KERNELS / "include" / name).read_text())
}
WALK = {"assertions_created", "assertions_switch"}


def layers() -> dict[str, int]:
    """The place of each name from the bottom."""
    places: dict[str, int] = {}
    layer = -1
    for line in (KERNELS / "layers.txt").read_text().splitlines():
        if line.startswith("#") or not line:
            continue
        if not line.startswith("\t"):
            layer += 1
            continue
        for name in line.split():
            assert name not in places, f"{name} is in layers.txt twice"
            places[name] = layer
    return places


LAYERS = layers()


def layer(path: Path) -> int:
    """Of a source file; KeyError if it is in none."""
    if path.parent.name == "steps":
        return LAYERS["steps"]
    return LAYERS[path.name if path.name in LAYERS else path.stem]


def test_each_file_has_a_layer() -> None:
    assert not [
        path
        for path in SOURCES
        if path.name not in LAYERS
        and path.stem not in LAYERS
        and path.parent.name != "steps"
    ]
    names = {path.stem for path in SOURCES} | {path.name for path in SOURCES}
    made = {"config.h", "offsets.h", "offsets", "steps"}
    assert set(LAYERS) <= names | made, "layers.txt names what there is not"


def included(path: Path) -> Iterator[Path]:
    for kind, name in re.findall(r'#include ([<"])([\w./]+)', path.read_text()):
        found = KERNELS / "include" / name if kind == "<" else path.parent / name
        if found.exists():  # the compiler's own headers, and those that are made
            yield found.resolve()


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(KERNELS)))
def test_includes_go_downwards(path: Path) -> None:
    """But a header's to the sides of its own pair."""
    assert not [other for other in included(path) if layer(other) > layer(path)]


def symbols(path: Path) -> Iterator[tuple[str, bool]]:
    """Names of an object file, and whether it defines them."""
    with path.open("rb") as file:
        table = ELFFile(file).get_section_by_name(".symtab")
        for symbol in table.iter_symbols():
            if symbol["st_info"]["bind"] != "STB_LOCAL" and symbol.name:
                yield symbol.name, symbol["st_shndx"] != "SHN_UNDEF"


def upward_calls(folder: Path) -> list[str]:
    objects = sorted((folder / "kernel").rglob("*.o"))
    source = {
        path: KERNELS / path.relative_to(folder / "kernel").with_suffix("")
        for path in objects
    }
    defined = {
        name: source[path] for path in objects for name, here in symbols(path) if here
    }
    return [
        f"{source[path].name} calls {name} of {defined[name].name}"
        for path in objects
        for name, here in symbols(path)
        if not here and name in defined and layer(defined[name]) > layer(source[path])
        if name not in WALK
        if not (name in ENTRIES and defined[name].suffix == ".S")
    ]


@pytest.mark.parametrize("end", [switches.baseline(), switches.optimized()], ids=str)
@pytest.mark.parametrize("more", [set(), {"PORTS", "PAGE_REMAPPING"}], ids=["", "more"])
@pytest.mark.parametrize("debug", [False, True], ids=["", "debug"])
def test_calls_go_downwards(end: Configuration, more: set[str], debug: bool) -> None:
    configuration = Configuration(end.on | more, debug=debug)
    assert not upward_calls(build.build(configuration, programs=()).folder)
