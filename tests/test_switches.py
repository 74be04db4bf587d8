# SPDX-License-Identifier: BSD-2-Clause
"""Names of configurations."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from harness import switches
from harness.errors import Refused
from test_builds import subsets


def test_every_configuration_has_one_name() -> None:
    names = {c.name for c in subsets()}
    assert len(names) == len(subsets())
    for configuration in subsets():
        assert switches.parse(configuration.name) == configuration


def test_names_of_the_issue() -> None:
    lazy = {"LAZY_SCHEDULING"}
    without = switches.parse("optimized-lazy_scheduling")
    assert without.on == switches.optimized().on - lazy
    assert switches.parse("baseline+lazy_scheduling").on == lazy


def test_extensions_are_off_at_both_ends() -> None:
    ports = switches.parse("optimized+ports")
    assert ports.on == switches.optimized().on | {"PORTS"}
    assert switches.parse("baseline+ports").on == {"PORTS"}
    assert "PORTS" not in {s.symbol for s in switches.switches()}
    for end in (switches.baseline(), switches.optimized()):
        assert [c.name for c in switches.extended(end)] == [
            f"{end}+{e.name}" for e in switches.extensions()
        ]
    name = "optimized-direct_switch+ports.debug"
    assert switches.parse(name).name == name
    some = "baseline+direct_switch+ports"
    assert switches.parse("baseline+ports+direct_switch").name == some


def test_any_order_and_length_is_understood() -> None:
    everything = "baseline" + "".join(f"+{s.name}" for s in switches.switches())
    assert switches.parse(everything).name == "optimized"
    assert (
        switches.parse("optimized-direct_switch-rpc_syscalls").name
        == "optimized-rpc_syscalls-direct_switch"
    )


def test_debug_builds_have_names_of_their_own() -> None:
    for name in ("optimized", "baseline+direct_switch"):
        plain, debug = switches.parse(name), switches.parse(f"{name}.debug")
        assert debug.debug and not plain.debug and debug.on == plain.on
        assert debug.name == f"{name}.debug"
    everything = [*switches.neighbours(switches.optimized()), *subsets()]
    assert not any(configuration.debug for configuration in everything)


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("", "no configuration ''"),
        (".debug", "no configuration '.debug'"),
        ("optimized.fast", "no configuration 'optimized.fast'"),
        ("optimized.debug-direct_switch", "no configuration"),
        ("optimised", "no configuration 'optimised'"),
        ("optimized+lazy_scheduling", "removed with -"),
        ("baseline-lazy_scheduling", "added with +"),
        ("optimized-lazy_shceduling", "did you mean lazy_scheduling?"),
        ("optimized-x", "no switch 'x': they are rpc_syscalls, reply_and_receive"),
        ("../optimized", "no configuration"),
    ],
)
def test_unknown_names_are_refused(name: str, complaint: str) -> None:
    with pytest.raises(Refused, match=re.escape(complaint)):
        switches.parse(name)


def test_config_files_keep_the_configuration(tmp_path: Path) -> None:
    for configuration in subsets()[:20]:
        switches.save(configuration, tmp_path / ".config")
        assert switches.load(tmp_path / ".config") == configuration


def test_every_switch_explains_itself() -> None:
    for switch in switches.everything():
        parts = re.findall(r"^(on|off|practice|claim): ", switch.help, re.M)
        assert parts == ["on", "off", "practice", "claim"], switch.name
        section = r"\((7\.\d|seL4)\)$" if switch.extension else r"\(5\.\d\.\d\)$"
        assert re.search(section, switch.prompt), switch.name


def test_dependencies_are_respected(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kconfig = tmp_path / "Kconfig"
    kconfig.write_text('config A\n\tbool "a"\nconfig B\n\tbool "b"\n\tdepends on A\n')
    monkeypatch.setattr(switches, "KCONFIG", kconfig)
    forget_switches()
    try:
        assert switches.parse("baseline+a").on == {"A"}
        with pytest.raises(Refused, match="b needs a"):
            switches.parse("baseline+b")
    finally:
        monkeypatch.undo()
        forget_switches()


def forget_switches() -> None:
    for known in (switches.everything, switches.switches, switches.extensions):
        known.cache_clear()
