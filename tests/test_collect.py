# SPDX-License-Identifier: BSD-2-Clause
"""Records of real machines: what is kept, what is refused, what comes of it. The
machines are QEMU's, with a deterministic clock: exact values may be asserted."""

from __future__ import annotations

import os
import pty
import re
import threading
import time
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from harness import collect, measure, photos, processes, real_machines, virtual
from harness.build import Built
from harness.errors import Refused
from harness.machines import pc, qemu

WORDS = "rounds=1000 batches=2 bytes=8"
DEADLINE = 120


def log_of(built: Built, log: Path, words: str, cpu: str = "486") -> str:
    """What a machine sends."""
    guest = measure.guest(built, measure.PINGPONG, words)
    return qemu.boot(replace(guest, log=log, cpu=cpu), DEADLINE)


@pytest.fixture(scope="session")
def tsc(optimized: Built, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Of a processor with a time-stamp counter."""
    return log_of(optimized, tmp_path_factory.mktemp("tsc") / "log", WORDS, "pentium3")


@pytest.fixture(scope="session")
def pit(optimized: Built, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Of a 486: rdtsc ends a program."""
    words = f"{WORDS} rdtsc=off"
    return log_of(optimized, tmp_path_factory.mktemp("pit") / "log", words)


# --- the machine's record ------------------------------------------------------------


def test_a_machine_says_what_it_is(tsc: str) -> None:
    (boot,) = collect.boots(tsc, "log")
    assert boot.run
    about = boot.run.about
    assert about["machine"]["vendor"] == "GenuineIntel"
    assert about["machine"]["family"] == "6"
    assert about["memory"]["writes_through"] == "0"
    assert about["memory"]["cr4"] == "00000000"
    assert about["built"]["compiler"].startswith("gcc-")
    assert set(about["caches"]) == {"code_kb", "data_kb", "l2_kb", "l3_kb"}
    assert boot.run.options[-3:] == tuple(WORDS.split())


def test_a_clock_is_calibrated(tsc: str) -> None:
    """QEMU's TSC counts ns; each source says so to a thousandth."""
    (boot,) = collect.boots(tsc, "log")
    assert boot.run
    clock = boot.run.about["clock"]
    assert (clock["clock"], clock["source"]) == ("tsc", "acpi")
    for name in ("khz", "pit_khz", "acpi_khz"):
        assert abs(int(clock[name]) - 1_000_000) < 1000
    assert clock["disagree"] == "0"
    assert clock["cpuid_khz"] == "0"


def test_without_a_time_stamp_counter_the_pit_measures(tsc: str, pit: str) -> None:
    """The PIT's times are within 1 % of the TSC's, of one run and of two."""
    (with_tsc,) = real_machines.machines(collect.boots(tsc, "log"))
    (without,) = real_machines.machines(collect.boots(pit, "log"))
    assert without.runs[0].about["clock"]["clock"] == "pit"
    rows = real_machines.samples(with_tsc)
    warm = rows[rows["cache"] == "warm"]
    assert (abs(warm["pit_us"] / warm["one_way_us"] - 1) < 0.01).all()
    keys = ["spaces", "bytes"]
    ours = real_machines.samples(without).query("cache == 'warm'")
    first = ours.groupby(keys)["one_way_us"].median()
    second = warm.groupby(keys)["one_way_us"].median()
    assert (abs(first / second - 1) < 0.01).all()


def test_no_clock_at_all_is_one_clear_line(optimized: Built, tmp_path: Path) -> None:
    guest = measure.guest(optimized, measure.PINGPONG, WORDS, ["-M", "pc,pit=off"])
    with pytest.raises(Refused, match="FAILED: no clock: neither rdtsc nor the PIT"):
        qemu.boot(replace(guest, log=tmp_path / "log"), DEADLINE)


def test_without_the_pit_the_acpi_timer_calibrates(
    optimized: Built, tmp_path: Path
) -> None:
    words = ["-M", "pc,pit=off"]
    guest = measure.guest(optimized, measure.PINGPONG, WORDS, words)
    console = qemu.boot(replace(guest, log=tmp_path / "log", cpu="max"), DEADLINE)
    (boot,) = collect.boots(console, "log")
    assert boot.run
    clock = boot.run.about["clock"]
    assert (clock["source"], clock["pit_khz"]) == ("acpi", "0")
    assert abs(int(clock["khz"]) - 1_000_000) < 1000
    (machine,) = real_machines.machines([boot])
    assert real_machines.samples(machine)["pit_us"].isna().all()


def test_the_medians_are_those_of_the_samples(tsc: str) -> None:
    (boot,) = collect.boots(tsc, "log")
    assert boot.run
    keys = ["bytes", "spaces", "cold"]
    samples = boot.run.samples.assign(
        elapsed=boot.run.samples["end"] - boot.run.samples["start"]
    )
    least = samples.groupby(keys)["elapsed"].min()
    most = samples.groupby(keys)["elapsed"].max()
    series = boot.run.series.set_index(keys).sort_index()
    assert (series["min"] == least).all()
    assert (series["max"] == most).all()
    assert (series["median"] == least).all()  # the lower one of two
    shown = re.search(r"^# +8 +([\d.]+) ", tsc, re.M)
    assert shown
    us = least[8, 2, 0] * 1000 / int(boot.run.about["clock"]["khz"]) / 2000
    assert abs(float(shown[1]) - us) <= 0.01


# --- logs that are not as they should be -----------------------------------------------


def test_several_boots_of_several_machines(tsc: str, pit: str) -> None:
    cut = tsc[: len(tsc) // 2]
    last = cut.rindex("\n") + 1
    text = cut[:last] + tsc + "noise \x1b[2J\n" + pit + tsc
    found = collect.boots(text, "log")
    assert [bool(boot.run) for boot in found] == [False, True, True, False]
    assert "cut off after" in found[0].trouble
    assert found[3].trouble == "a repeat of boot 2"
    both = real_machines.machines(found)
    assert [len(machine.boots) for machine in both] == [1, 1]
    assert both[0].name != both[1].name


def test_noise_refuses_a_boot_and_keeps_the_others(tsc: str, pit: str) -> None:
    damaged = tsc.replace(" sample n=3 ", " sample n=4 ")
    found = collect.boots(damaged + pit, "log")
    assert "wrong checksum" in found[0].trouble
    assert found[1].run
    assert "no records" in collect.boots(tsc.splitlines()[0], "log")[0].trouble


def test_a_log_without_the_kernels_line(tsc: str) -> None:
    (boot,) = collect.boots(tsc.partition("\n")[2], "log")
    assert "the kernel's first line is missing" in boot.trouble


def test_a_collection_goes_on(tsc: str, pit: str, tmp_path: Path) -> None:
    first, second = tmp_path / "first.log", tmp_path / "second.log"
    first.write_text(tsc)
    second.write_text(pit)
    folder = tmp_path / "collection"
    collect.add_file(first, folder)
    collect.add_file(second, folder)
    collect.add_file(first, folder)
    assert len(collect.read(folder)) == 2
    assert all(
        "whole, 8 samples" in line for line in collect.summary(collect.read(folder))
    )


def cable() -> tuple[int, int]:
    """Two ends of a serial line."""
    pytest.importorskip("serial")
    try:
        return pty.openpty()
    except OSError as error:
        pytest.skip(f"no pseudo-terminal here: {error}")


def test_from_a_serial_line(tsc: str, tmp_path: Path) -> None:
    """By pyserial; the cable is pulled at the end."""
    ours, theirs = cable()
    name = os.ttyname(theirs)
    progress = collect.Progress(["optimized"])

    def send() -> None:
        time.sleep(0.5)  # the other side is open
        for start in range(0, len(tsc), 500):
            os.write(ours, tsc[start : start + 500].encode())
            time.sleep(0.01)

    sender = threading.Thread(target=send)
    sender.start()
    collect.follow(name, tmp_path, collect.SPEED, 10, progress)
    sender.join()
    assert progress.done == ["optimized"]
    (boot,) = collect.read(tmp_path)
    assert boot.run


def test_a_pulled_cable_loses_nothing(
    tsc: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ours, theirs = cable()
    name = os.ttyname(theirs)
    half = tsc[: len(tsc) // 2]

    def send() -> None:
        time.sleep(0.5)
        for start in range(0, len(half), 500):
            os.write(ours, half[start : start + 500].encode())
            time.sleep(0.01)
        time.sleep(0.5)
        os.close(ours)

    sender = threading.Thread(target=send)
    sender.start()
    collect.follow(name, tmp_path, collect.SPEED, 3, collect.Progress())
    sender.join()
    os.close(theirs)
    (raw,) = (tmp_path / collect.RAW).iterdir()
    assert raw.read_bytes().replace(b"\r", b"") == half.encode()
    assert "what has come is in" in capsys.readouterr().err
    assert "no serial port" in _refusal(str(tmp_path / "none"), tmp_path)


def _refusal(name: str, folder: Path) -> str:
    with pytest.raises(Refused) as refused:
        collect.follow(name, folder, collect.SPEED, 1, collect.Progress())
    return str(refused.value)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """As make pxe leaves one."""
    (tmp_path / "pxe/boot/grub").mkdir(parents=True)
    (tmp_path / "pxe/boot/grub/grub.cfg").write_text("")
    return tmp_path / "pxe"


def offered(tree: Path) -> str:
    """What GRUB would boot next."""
    files = list((tree / "boot/grub").glob("grub.cfg-01-*"))
    return files[0].read_text().split()[1] if files else ""


def test_a_campaign_goes_on_behind_a_machine_that_says_nothing(tree: Path) -> None:
    """Whether it hangs, or a server answers half and no kernel starts."""
    names = ["optimized", "baseline"]
    campaign = collect.Campaign(names, tree, pc.MAC, hang=10)
    assert offered(tree) == "auto=optimized"
    assert not campaign.see("", 5)
    assert not campaign.see("", 11)
    assert offered(tree) == "auto=baseline"
    banner = "Twentyfold kernel, configuration baseline, revision x, gcc 12\n"
    assert not campaign.see(banner, 0)
    assert offered(tree) == "auto=optimized"
    assert not campaign.see("", 11)
    assert not campaign.see("", 15)
    assert not campaign.see("", 22)
    assert campaign.see("", 33)
    assert campaign.tries == {"optimized": 2, "baseline": 2}
    assert campaign.close() == [f"{name} is missing after 2 tries" for name in names]
    assert offered(tree) == ""


def test_a_campaign_needs_a_tree_and_a_card(tree: Path) -> None:
    with pytest.raises(Refused, match="'52:54' is no address of a network card"):
        collect.Campaign(["optimized"], tree, "52:54", 10)
    with pytest.raises(Refused, match="no tree that 'make pxe' has made"):
        collect.Campaign(["optimized"], tree / "none", pc.MAC, 10)
    with pytest.raises(Refused, match="no manifest of an image"):
        collect.configurations_of(tree)


# --- tables ------------------------------------------------------------------------------


def test_figures_from_a_log(tsc: str, tmp_path: Path) -> None:
    log = tmp_path / "pc.log"
    log.write_text(tsc)
    (folder,) = real_machines.make_figures(log, tmp_path / "run")
    table = pd.read_csv(folder / "table7.csv")
    assert set(table["clock"]) == {"TSC, 1000 MHz by acpi"}
    assert len(table) == 4
    assert set(table["direction"]) == {"one way"}
    row = table.query("spaces == 2 and cache == 'warm' and system == 'optimized'").iloc[
        0
    ]
    assert row["paper_us"] == 5.2
    assert row["model_us"] == pytest.approx(4.15, abs=0.1)
    assert row["low95"] <= row["one_way"] <= row["high95"]
    report = (folder / "report.md").read_text()
    assert "Clock: TSC, 1000 MHz by acpi" in report
    assert "numbers were measured" in report
    for name in ("report.html", "machine7.svg", "machine8.svg", "samples.csv"):
        assert (folder / name).stat().st_size > 100
    real_machines.make_figures(log, folder)  # once more, over its own
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "file").write_text("")
    with pytest.raises(Refused, match="no run of a real machine"):
        real_machines.make_figures(log, tmp_path / "other")


def test_nothing_whole_is_refused(tmp_path: Path) -> None:
    log = tmp_path / "pc.log"
    log.write_text("Twentyfold kernel, configuration optimized, revision x\n")
    with pytest.raises(Refused, match="nothing that is whole: .*no records in it"):
        real_machines.make_figures(log, None)
    with pytest.raises(Refused, match="no collection"):
        real_machines.make_figures(tmp_path, None)


# --- KVM, and the same path without it ----------------------------------------------------


def test_plain_tcg_is_no_measurement(tmp_path: Path) -> None:
    names = "optimized baseline optimized-lazy_scheduling"
    words = "bytes=8 rounds=10"
    folder = virtual.measure_all("tcg", names, 2, 3, words, tmp_path / "run")
    report = (folder / "report.md").read_text()
    assert "not a measurement" in report
    assert "numbers were measured" not in report
    table = pd.read_csv(folder / "table1.csv")
    assert set(table["switch"]) == {"lazy_scheduling"}
    assert (table["low95"] <= table["increase_percent"]).all()
    assert (table["aa_percent"] >= 0).all()
    seven = pd.read_csv(folder / "table7.csv")
    assert seven["boots"].eq(2).all()
    assert seven["clock"].str.endswith("; Plain TCG: not a measurement").all()


def test_kvm_that_is_no_use_is_refused_with_the_reason(
    optimized: Built, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    broken = virtual.Accelerator("kvm", ("-accel", "tcg", "-cpu", "no-such-processor"))
    monkeypatch.setattr(virtual, "KVM", broken)
    monkeypatch.setattr(virtual, "DEVICE", tmp_path)
    monkeypatch.setattr(virtual, "modules", lambda: ["kvm_pvm"])
    with pytest.raises(
        Refused, match="no-such-processor.*; module: kvm_pvm .KVM in soft"
    ):
        virtual.probe(broken, optimized)
    monkeypatch.setattr(virtual, "DEVICE", tmp_path / "none")
    with pytest.raises(Refused, match="is not there: KVM needs a processor with virt"):
        virtual.probe(broken, optimized)
    with pytest.raises(Refused, match="no MACHINE 'xen': there are kvm and tcg"):
        virtual.check_accelerator("xen")


# --- the screen as the only way out ---------------------------------------------------------


def test_photographs_of_qr_codes(optimized: Built, tmp_path: Path) -> None:
    """No serial port: each page is photographed, and a page that is missing is named."""
    guest = measure.guest(optimized, measure.PINGPONG, "")
    program = str(optimized.program("pingpong"))
    words = "rounds=20 batches=1 bytes=8 seconds=2 cycles=2 end=halt"
    monitor = tmp_path / "monitor"
    command = [
        *(qemu.binary(), "-nodefaults", "-no-user-config", "-nic", "none", "-M", "pc"),
        *("-m", "32", "-vga", "std", "-display", "none", "-serial", "none"),
        *("-monitor", f"unix:{monitor},server=on,wait=off"),
        *("-kernel", str(guest.kernel), "-append", words),
        *("-initrd", f"{program},{program}"),
    ]
    texts: set[str] = set()
    pictures: list[Path] = []
    wanted = 1
    end = time.monotonic() + DEADLINE
    with processes.started(command):
        while len(texts) < wanted and time.monotonic() < end:
            time.sleep(0.7)
            picture = tmp_path / f"{len(pictures):03}.png"
            pc.screenshot(monitor, picture)
            pictures.append(picture)
            for code in photos.codes([picture]):
                if match := photos.PAGE.fullmatch(code):
                    wanted = int(match[2])
                    texts.add(match[1])
    assert len(texts) == wanted
    folder = tmp_path / "collection"
    collect.add_photos(pictures, folder)
    (boot,) = collect.read(folder)
    assert boot.run and len(boot.run.series) == 4
    (made,) = real_machines.make_figures(folder, tmp_path / "run")
    assert len(pd.read_csv(made / "table7.csv")) == 4
    one = [path for path in pictures if photos.codes([path])][:1]
    with pytest.raises(Refused, match=f"of {wanted} pages these are missing: "):
        photos.read(one)
