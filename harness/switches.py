# SPDX-License-Identifier: BSD-2-Clause
"""Switches and configurations.

kernels/Kconfig is the list of the switches. A configuration is the set of
those that are on. Its name is ``optimized-a-b`` (all on but a and b) or
``baseline+a+b`` (only a and b on), with the switches in lower case and in
Kconfig's order; every configuration has exactly one name. ``.debug`` behind it
is the same kernel built with assertions, which is not to be measured.

What stands in Kconfig's menus of extensions is no optimisation: off at both ends,
and not among the switches. ``optimized-a+ports`` has one on.
"""

from __future__ import annotations

import difflib
import os
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import kconfiglib

from harness.errors import Refused
from harness.places import ROOT

KCONFIG = ROOT / "kernels" / "Kconfig"

EXTENSIONS = ("Extensions", "Afterwards")  # how the menus' titles begin
DEBUG = ".debug"


@dataclass(frozen=True)
class Switch:
    """One technique. ``symbol`` is LAZY_SCHEDULING, ``name`` lazy_scheduling."""

    symbol: str
    prompt: str
    help: str
    extension: bool = False

    @property
    def name(self) -> str:
        return self.symbol.lower()


@dataclass(frozen=True)
class Configuration:
    """A set of switches that are on, by symbol; debug: with assertions."""

    on: frozenset[str]
    debug: bool = False

    @property
    def name(self) -> str:
        names = [(s.name, s.symbol in self.on) for s in switches()]
        added = [f"+{e.name}" for e in extensions() if e.symbol in self.on]
        suffix = "".join(added) + (DEBUG if self.debug else "")
        if 2 * sum(on for _, on in names) <= len(names):
            return "baseline" + "".join(f"+{n}" for n, on in names if on) + suffix
        return "optimized" + "".join(f"-{n}" for n, on in names if not on) + suffix

    def __str__(self) -> str:
        return self.name


@cache
def everything() -> tuple[Switch, ...]:
    """Switches and extensions, in the order of Kconfig."""
    return tuple(
        Switch(symbol.name, node.prompt[0], node.help or "", _is_extension(node))
        for symbol in _kconfig().unique_defined_syms
        for node in symbol.nodes
        if node.prompt
    )


@cache
def switches() -> tuple[Switch, ...]:
    """The optimisations, in the order of Kconfig."""
    return tuple(s for s in everything() if not s.extension)


@cache
def extensions() -> tuple[Switch, ...]:
    """What the paper adds to its kernel (section 7), and what came after it."""
    return tuple(s for s in everything() if s.extension)


def _is_extension(node: kconfiglib.MenuNode) -> bool:
    menu = node.parent
    return bool(menu.prompt) and menu.prompt[0].startswith(EXTENSIONS)


def baseline() -> Configuration:
    return Configuration(frozenset())


def optimized() -> Configuration:
    return Configuration(frozenset(s.symbol for s in switches()))


def extended(of: Configuration) -> list[Configuration]:
    """With each of the extensions."""
    return [Configuration(of.on | {e.symbol}, of.debug) for e in extensions()]


def neighbours(of: Configuration) -> list[Configuration]:
    """Every configuration that differs in one switch."""
    return [Configuration(of.on ^ {s.symbol}, of.debug) for s in switches()]


def needs(switch: Switch) -> frozenset[str]:
    """The symbols of those that it depends on, and that these depend on."""
    symbols = {s.symbol: s for s in switches()}
    direct = kconfiglib.expr_items(_kconfig().syms[switch.symbol].direct_dep)
    found = {item.name for item in direct} & symbols.keys()
    return frozenset(found).union(*(needs(symbols[name]) for name in found))


def parse(name: str) -> Configuration:
    """The configuration with this name; refuses unknown ones."""
    pattern = rf"(baseline|optimized)((?:[+-]\w+)*)({re.escape(DEBUG)})?"
    match = re.fullmatch(pattern, name)
    if not match:
        raise Refused(
            f"no configuration '{name}': use baseline, optimized, "
            "baseline+SWITCH or optimized-SWITCH (several switches are fine; "
            f"{DEBUG} behind it for a debug build)"
        )
    base, changes, debug = match.groups()
    on = set(optimized().on if base == "optimized" else ())
    sign = "-" if base == "optimized" else "+"
    for change in re.findall(r"[+-]\w+", changes):
        if change in {f"+{e.name}" for e in extensions()}:
            on.add(find(change[1:]).symbol)
            continue
        if change[0] != sign:
            raise Refused(
                f"configuration '{name}': switches of {base} are "
                f"{'removed with -' if sign == '-' else 'added with +'}"
            )
        on ^= {find(change[1:]).symbol}
    return check(Configuration(frozenset(on), bool(debug)))


def check(configuration: Configuration) -> Configuration:
    """Refuses a configuration that Kconfig's dependencies do not allow."""
    kconfig = _kconfig()
    _set_values(kconfig, configuration)
    for switch in everything():
        symbol = kconfig.syms[switch.symbol]
        if (symbol.str_value == "y") != (switch.symbol in configuration.on):
            dependency = kconfiglib.expr_str(symbol.direct_dep)
            raise Refused(
                f"configuration '{configuration}': {switch.name} needs "
                f"{dependency.lower()}"
            )
    return configuration


def load(path: Path) -> Configuration:
    """The configuration in a .config file."""
    kconfig = _kconfig()
    try:
        kconfig.load_config(str(path))
    except OSError as error:
        raise Refused(f"{path}: {error.strerror}") from error
    return Configuration(
        frozenset(
            s.symbol for s in everything() if kconfig.syms[s.symbol].str_value == "y"
        )
    )


def save(configuration: Configuration, path: Path) -> None:
    """Writes a .config file, as make menuconfig reads and writes it."""
    kconfig = _kconfig()
    _set_values(kconfig, configuration)
    kconfig.write_config(str(path))


def write_headers(configuration: Configuration, folder: Path) -> None:
    """Writes config.mk and include/config.h, which the Makefiles read."""
    values = [(s.symbol, s.symbol in configuration.on) for s in everything()]
    values.append(("ASSERTIONS", configuration.debug))
    write_if_changed(
        folder / "config.mk",
        "".join(f"CONFIG_{s} := {'y' if on else ''}\n" for s, on in values),
    )
    write_if_changed(
        folder / "include" / "config.h",
        "/* Made from kernels/Kconfig. 1: on, 0: off. */\n"
        + "".join(f"#define CONFIG_{s} {int(on)}\n" for s, on in values)
        + f'#define CONFIGURATION "{configuration}"\n',
    )


def write_if_changed(path: Path, text: str) -> None:
    """Leaves the file's time alone when nothing changes, so make can skip."""
    contents = os.fsencode(text)  # there may be names of files in it
    if path.exists() and path.read_bytes() == contents:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(contents)


def _kconfig() -> kconfiglib.Kconfig:
    return kconfiglib.Kconfig(str(KCONFIG), warn=False)


def _set_values(kconfig: kconfiglib.Kconfig, configuration: Configuration) -> None:
    for switch in everything():
        value = "y" if switch.symbol in configuration.on else "n"
        kconfig.syms[switch.symbol].set_value(value)


def find(name: str) -> Switch:
    """The switch or extension with this name; refuses unknown ones."""
    by_name = {s.name: s for s in everything()}
    if name in by_name:
        return by_name[name]
    close = difflib.get_close_matches(name, by_name, n=1)
    hint = f"did you mean {close[0]}?" if close else "they are " + ", ".join(by_name)
    raise Refused(f"no switch '{name}': {hint}")
