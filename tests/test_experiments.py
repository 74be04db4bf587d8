# SPDX-License-Identifier: BSD-2-Clause
"""The experiments besides the ping-pong: what they count is what happens."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pandas as pd
import pytest
from elftools.elf.elffile import ELFFile

from harness import build, experiments, figures, measure, switches
from harness.build import Built
from harness.errors import Refused
from harness.experiments import Boot, path_steps, ports, queue_statistics, remapping
from harness.experiments import anatomy, entry_exit, notifications, virtual_registers
from harness.experiments import wakeup
from harness.experiments.experiment import ALL_COLUMNS, read
from harness.models.i486 import model
from harness.profile import Instruction

DX50 = model.load_board("dx50")


def measured(boot: Boot, folder: Path) -> dict[tuple[str, str], float]:
    """Value by parameter and quantity."""
    experiments.measure_boot(boot, DX50, folder)
    experiment = experiments.EXPERIMENTS[boot.experiment]
    rows = experiment.evaluate(folder / boot.stem, DX50)
    return {(row.parameter, row.quantity): row.value for row in rows}


def with_options(
    monkeypatch: pytest.MonkeyPatch, experiment: ModuleType, options: str
) -> None:
    """Boots less."""
    boot = experiment.boot
    monkeypatch.setattr(
        experiment, "boot", lambda *given, **more: boot(*given, options, **more)
    )


def test_marks_are_where_queues_change(optimized: Built) -> None:
    eager = build.build(switches.parse("optimized-lazy_scheduling"))
    names = {
        built: {name for name, _ in queue_statistics.queue_marks(built.kernel)}
        for built in (optimized, eager)
    }
    assert {"insert_ready", "remove_ready", "insert_wakeup"} <= names[optimized]
    assert {"insert_waiting", "remove_waiting"} == names[eager] - names[optimized]
    with open(optimized.kernel, "rb") as file:
        text = ELFFile(file).get_section_by_name(".text")
        start, size = text["sh_addr"], text["sh_size"]
    for _, address in queue_statistics.queue_marks(optimized.kernel):
        assert start <= address < start + size


def test_executions_are_counted(baseline: Built) -> None:
    """Of the kernel's entries by send, in a loop of so many round trips."""
    with open(baseline.kernel, "rb") as file:
        table = ELFFile(file).get_section_by_name(".symtab")
        (entry,) = table.get_symbol_by_name("entry_send")
    outcome = measure.boot(
        baseline,
        measure.PINGPONG,
        "bytes=8 rounds=50",
        DX50,
        counted=[("sends", entry["st_value"]), ("never", 1)],
    )
    stamps = model.parse_stamps(outcome.stamps, "stamps")
    assert stamps["sends"][1] - stamps["sends"][0] == 2 * 50
    assert not stamps["never"].any()


@pytest.mark.parametrize("name", ["baseline", "optimized"])
def test_entry_and_exit(name: str, tmp_path: Path) -> None:
    found = measured(Boot("entry_exit", name), tmp_path)
    assert found["", "int_and_iret"] == 107
    inside = found["", "null_service_in_kernel"]
    assert 107 < inside < found["", "null_service_call"]
    assert inside < found["TLB flushed", "null_service_in_kernel"]


def test_calls_are_found_in_a_trace() -> None:
    def executed(text: str, level: int, cycles: int, **more: int) -> Instruction:
        return Instruction("i", 0, level, {"base": cycles, **more}, [], text)

    call = [
        executed("int $0x34", 3, 1, **{"entry/exit": 71}),
        executed("nop", 0, 10, TLB=9),
        executed("iret", 0, 1, **{"entry/exit": 36}),
        executed("jmp", 3, 5),
    ]
    calls = list(entry_exit.service_calls([executed("jmp", 3, 1), *call, *call]))
    expected = {"call": 133, "in_kernel": 128, "int_and_iret": 107}
    assert calls == 2 * [{**expected, "tlb_misses": 9, "interrupts": 0}]


@pytest.mark.parametrize(
    ("name", "least", "most"),
    [("optimized-lazy_scheduling", 4, 4.1), ("baseline", 4, 6), ("optimized", 0, 0.1)],
)
def test_queues_under_load(
    name: str,
    least: float,
    most: float,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Eager scheduling: four operations a message, and few more. In the baseline more
    clients find their server busy: a message for which one has to wait takes more."""
    with_options(monkeypatch, queue_statistics, "calls=50")
    boot = Boot("queue_statistics", name)
    found = measured(boot, tmp_path)
    assert least <= found["50", "queue_operations_per_message"] < most
    (sample,) = read(tmp_path / boot.stem).to_dict("records")
    threads = 10
    assert abs(sample["insert_ready"] - sample["remove_ready"]) <= threads


def test_the_papers_minima(tmp_path: Path) -> None:
    found = measured(Boot("minimum", ""), tmp_path)
    assert found["table 3", "null_message_execution"] == 127
    assert found["table 3", "null_message_tlb_misses"] == 45
    assert found["table 4", "temporary_mapping_execution"] == 35
    assert found["table 5", "port_access"] == 29


@pytest.mark.parametrize("name", ["optimized", "optimized-wakeup_lists"])
def test_sleepers(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with_options(monkeypatch, wakeup, "sleepers=100")
    boot = Boot("wakeup", name)
    experiments.measure_boot(boot, DX50, tmp_path)
    samples = read(tmp_path / boot.stem)
    assert set(samples["sleepers"]) == {100} and set(samples["far"]) == {0, 1}
    for _, group in samples.groupby("far"):
        assert 107 < wakeup.cycles_of_interrupt(group) < 3000
    near = samples[samples["far"] == 0]
    without = wakeup.cycles_a_time(near, wakeup.CALL)
    assert without < wakeup.cycles_a_time(near, wakeup.CALL_WITH_TIMEOUT)


def test_cycles_of_an_interrupt() -> None:
    """12 cycles of overhead, 10 a loop, 500 an interrupt."""
    loops = [(0, 50, 512, 0), (0, 150, 1512, 0), (1, 1000, 10000 + 4 * 500, 4)]
    group = pd.DataFrame(loops, columns=["what", "times", "cycles", "interrupts"])
    assert wakeup.cycles_of_interrupt(group) == 500


def test_rows_and_figures(tmp_path: Path) -> None:
    """From what boots have left to the table and the figures."""
    rows = [
        *(
            ("wakeup", name, k, f"{what}{far}", 500.0, "cycles", "i486 model", "")
            for name in ("optimized", "optimized-wakeup_lists")
            for k in ("0", "50")
            for what in ("clock_interrupt", "call", "call_with_timeout")
            for far in ("", "_far")
        ),
        *(
            ("footprint", name, "8", kind, 40, "lines", "i486 model", "round trip")
            for name in ("baseline", "optimized")
            for kind in ("code", "data", "page_tables", "only_written", "valid")
        ),
        *(
            ("queue_statistics", name, k, kind, 3.0, "ratio", "instructions", "")
            for name in ("optimized", "optimized-lazy_scheduling")
            for k in ("1", "50")
            for kind in ("messages_per_second", "messages_per_ready_queue_operation")
        ),
        *(
            ("steps", "optimized", f"{message}{which}", step, 9, "cycles", "", "")
            for message in ("call", "reply")
            for step in ("int", f"check_{message}", "iret")
            for which in ("", path_steps.OF_THEM_TLB)
        ),
        *(
            ("remapping", "optimized+page_remapping", n, what, 50.0, "cycles", "", "")
            for n, what in (
                *[("0", "one_way"), ("1", "one_way"), ("64", "one_way")],
                *[("", "constant"), ("", "per_page")],
            )
        ),
        *(
            ("notifications", name, burst, what, 100.0, "cycles", "i486 model", "")
            for name in notifications.KERNELS
            for burst, what in (
                *[("", "item_by_call"), ("", "item_by_send")],
                *[("1", notifications.RING), ("256", notifications.RING)],
            )
        ),
        *(
            (
                "virtual_registers",
                name,
                words,
                f"{what}_{cache}",
                90.0,
                "cycles",
                "",
                "",
            )
            for name, what in (
                (virtual_registers.REGISTERS, "in_registers"),
                (virtual_registers.REGISTERS, "direct_string"),
                (virtual_registers.TWO_COPIES, "direct_string"),
            )
            for words in ("2", "64")
            for cache in ("warm", "cold")
        ),
        *(
            ("anatomy", name, "8", group, 20.0, "cycles", "i486 model", "one way")
            for name in ("baseline", "optimized")
            for group in anatomy.GROUPS
        ),
    ]
    table = pd.DataFrame(rows, columns=ALL_COLUMNS)
    experiments.draw(table, tmp_path, DX50.mhz)
    drawn = ("steps", "wakeup", "footprint", "queue_statistics", "remapping", "anatomy")
    drawn += ("notifications", "virtual_registers")
    for name in drawn:
        for kind in figures.TERMINALS:
            assert (tmp_path / f"{name}.{kind}").stat().st_size > 1000
    assert "L3 (paper)" in (tmp_path / "footprint.csv").read_text()
    steps = list(pd.read_csv(tmp_path / "steps.csv")["step"])
    assert steps == ["int", "check_reply", "check_call", "iret"]


def test_an_anatomy_is_the_whole_message(tmp_path: Path) -> None:
    """Of the optimized kernel: 107 cycles of int and iret, and nothing that is in no
    group."""
    found = measured(Boot("anatomy", "optimized"), tmp_path)
    groups = {group: cycles for (_, group), cycles in found.items()}
    assert set(groups) == set(anatomy.GROUPS)
    assert 107 <= groups[anatomy.ENTRY] < 150 and groups[anatomy.REST] == 0
    assert groups[anatomy.TLB] == 45 and groups[anatomy.COPY] == 0
    assert 200 < sum(groups.values()) < 250


def test_groups_are_disjoint_in_the_papers_terms() -> None:
    names = {
        "syscall_entry_2": anatomy.ENTRY,
        "copyinmsg": anatomy.COPY,
        "rdxtree_lookup_common": anatomy.PARTNER,
        "stack_handoff": anatomy.SWITCH,
        "splx": anatomy.LOCKS,
        "node_insert": anatomy.QUEUES,
        "heap_allocate": anatomy.BUFFERS,
        "hardclock": anatomy.REST,
    }
    assert {name: anatomy.group_of(name, 0) for name in names} == names
    assert anatomy.group_of("splx", 3) == anatomy.USER


def test_from_mach_to_the_optimized_kernel() -> None:
    """Each bar begins where the last one ends, and the last one of a kernel is it."""
    rows = [
        *(("anatomy_of_mach", "", group, 20.0) for group in anatomy.GROUPS),
        *(("anatomy", "baseline", group, 30.0) for group in anatomy.GROUPS),
        *(("anatomy", "optimized", group, 2.0) for group in anatomy.GROUPS),
    ]
    columns = ["experiment", "configuration", "quantity", "value"]
    table = pd.DataFrame(rows, columns=columns)
    drawn = anatomy.series(table, 50)
    assert anatomy.outside(table) == []
    only_mach = ["anatomy_of_mach", "", "of them locks of spaces and ports", 5.0]
    table.loc[len(table)] = only_mach
    assert [row[:2] for row in anatomy.outside(table)] == [(only_mach[2][8:], 5.0)]
    assert anatomy.series(table, 50).equals(drawn)
    count = len(anatomy.GROUPS)
    assert len(drawn) == 3 + 2 * count
    assert list(drawn.query("whole == 1")["to"]) == [20 * count, 30 * count, 2 * count]
    before, last = drawn.iloc[count], drawn.iloc[-2]
    assert before["to"] == 30 * count and last["to"] == 2 * count
    without = anatomy.series(table[table["experiment"] == "anatomy"], 50)
    assert list(without["what"])[0] == "baseline"


def test_the_bare_move(tmp_path: Path) -> None:
    """3 cycles a dword, and those before the first one."""
    found = measured(Boot("bare_move", ""), tmp_path)
    assert found["", "per_byte"] == pytest.approx(3 / 4)
    assert found["", "constant"] == pytest.approx(12)


def test_ports_add_little(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "ROUND_TRIPS", 50)
    parts = []
    for name in ("optimized", ports.PORTS):
        found = measured(Boot("ports", name), tmp_path)
        parts += [("ports", name, *key, value) for key, value in found.items()]
    table = pd.DataFrame(parts, columns=ALL_COLUMNS[:5])
    ((configuration, row),) = ports.added(table)
    assert configuration == ports.PORTS and 10 < row.value < 100


def test_pages_move(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with_options(monkeypatch, remapping, "rounds=20")
    found = measured(Boot("remapping", remapping.REMAPPING), tmp_path)
    assert found["0", "one_way"] < found["1", "one_way"] < found["64", "one_way"]
    assert 10 < found["", "per_page"] < 100


@pytest.fixture(scope="module")
def notified(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    """Rows of experiments.csv, of shorter series."""
    folder, parts = tmp_path_factory.mktemp("notified"), []
    with pytest.MonkeyPatch.context() as patch:
        boot = notifications.boot
        patch.setattr(notifications, "BESIDE_WORK", "rate=1024 work=200000")
        patch.setattr(
            notifications,
            "boot",
            lambda *given: boot(*given[:4], *(given[4:] or ["rounds=50"])),
        )
        for name in notifications.KERNELS:
            stem = folder / Boot("notifications", name).stem
            built = build.build(switches.parse(name))
            notifications.measure(built, DX50, stem)
            rows = experiments.frame(notifications.evaluate(stem, DX50))
            parts.append(rows.assign(experiment="notifications", configuration=name))
    return pd.concat(parts, ignore_index=True)


@pytest.mark.parametrize("name", notifications.KERNELS)
def test_bits_and_messages(name: str, notified: pd.DataFrame) -> None:
    """Bits that nobody waits for take no switch of threads; those of an interrupt less
    than its message; a longer burst shares its notification."""
    rows = notified[notified["configuration"] == name]
    ring = rows[rows["quantity"] == notifications.RING].set_index("parameter")["value"]
    assert list(ring.index) == [str(2**n) for n in range(9)]
    assert ring.is_monotonic_decreasing
    cycles = rows.set_index("quantity")["value"]
    assert 107 < cycles["notify_busy_thread"] < cycles["notify_higher_priority"]
    assert cycles["notify_busy_thread"] < cycles["call"] / 2
    assert cycles["call"] == pytest.approx(cycles["item_by_call"], rel=0.05)
    assert 1000 < cycles["interrupt_as_bits"] < cycles["interrupt_as_message"]


def test_answer_of_notifications(notified: pd.DataFrame) -> None:
    wide = notifications.side_by_side(notified)
    assert list(wide.columns) == list(notifications.KERNELS)
    said = notifications.answer(wide)
    assert said["longest"] == 256 and said["crossing"] in (2, 4)
    ring = wide.xs(notifications.RING)[notifications.KERNELS[0]]
    assert said["ring"] == ring.min()


def test_words_in_virtual_registers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are copied once, and need no window: less than a direct string as soon as it is
    one, by about the same at any length; 3 cycles a word."""
    with_options(monkeypatch, virtual_registers, "rounds=300")
    parts = []
    for name in (virtual_registers.REGISTERS, virtual_registers.TWO_COPIES):
        stem = tmp_path / Boot("virtual_registers", name).stem
        virtual_registers.measure(build.build(switches.parse(name)), DX50, stem)
        rows = experiments.frame(virtual_registers.evaluate(stem, DX50))
        parts.append(rows.assign(experiment="virtual_registers", configuration=name))
    wide = virtual_registers.side_by_side(pd.concat(parts, ignore_index=True))
    assert list(wide.index) == [2, 3, 4, 8, 16, 24, 32, 48, 64]
    assert wide["string warm"][2] < wide["registers warm"][2]
    saved = (wide["string warm"] - wide["registers warm"])[1:]
    assert saved.min() > 10 and saved.max() < saved.min() + 10
    a_word = (wide["registers warm"][64] - wide["registers warm"][8]) / 56
    assert a_word == pytest.approx(3, abs=0.3)
    assert (wide["copied warm"] > wide["string warm"])[3:].all()
    assert virtual_registers.answer(wide)["crossing"] == 3


def test_cycles_of_a_drivers_interrupt(tmp_path: Path, monkeypatch) -> None:
    """4 cycles a loop, 20 of the stamps, 300 a tick, 2500 an interrupt of the device."""
    rows = [(100, 0, 0, 420), (500, 0, 0, 2020), (10000, 4, 0, 40000 + 4 * 300)]
    rows.append((10000, 25, 20, 40000 + 5 * 300 + 20 * 2500))
    table = pd.DataFrame(rows, columns=["loops", "interrupts", "told", "cycles"])
    monkeypatch.setattr(notifications, "read", lambda _: table)
    assert notifications.cycles_of_interrupt(tmp_path) == 2500
    table.loc[0, "interrupts"] = 1
    with pytest.raises(Refused, match="an interrupt where none should be"):
        notifications.cycles_of_interrupt(tmp_path)


def test_log_of_another_revision(tmp_path: Path) -> None:
    boot = Boot("stack_switch", "optimized")
    experiments.measure_boot(boot, DX50, tmp_path)
    with pytest.raises(Refused, match="from revision .*, not another"):
        experiments.check_logs(tmp_path / boot.stem, boot, "another")
