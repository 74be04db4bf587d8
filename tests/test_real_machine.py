# SPDX-License-Identifier: BSD-2-Clause
"""The kernel on machines that are not the model's: ports, clocks, memory, resets."""

from __future__ import annotations

import re
import struct
import subprocess
import time
from dataclasses import replace
from pathlib import Path

import pytest

from harness import build, measure, photos, processes
from harness.build import Built
from harness.errors import Refused
from harness.machines import pc as pc_machine
from harness.machines import qemu
from harness.machines.qemu import Guest

DEADLINE = 120
SHORT = "rounds=20 bytes=8"


def pc(
    built: Built,
    log: Path,
    command_line: str = SHORT,
    *extra: str,
    memory_mb: int = qemu.MEMORY_MB,
    cpu: str = "486",
) -> Guest:
    guest = measure.guest(built, measure.PINGPONG, command_line, extra)
    return replace(guest, log=log, memory_mb=memory_mb, cpu=cpu)


def console_of(built: Built, log: Path, *words: str, **machine: object) -> str:
    """To its good end."""
    return qemu.boot(pc(built, log, *words, **machine), DEADLINE)  # type: ignore


def refusal(built: Built, log: Path, *words: str, **machine: object) -> str:
    with pytest.raises(Refused) as refused:
        console_of(built, log, *words, **machine)
    return str(refused.value)


# --- the end ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("machine", "way"),
    [
        ("pc", "reset by the keyboard controller"),
        ("q35", "reset by ACPI, port 00000cf9"),
        ("pc,i8042=off", "reset by the chipset, port cf9"),
    ],
)
def test_a_machine_is_reset(
    optimized: Built, tmp_path: Path, machine: str, way: str
) -> None:
    log = tmp_path / "log"
    words = f"{SHORT} end=reboot pause=1", "-M", machine
    assert qemu.RESET in refusal(optimized, log, *words)
    text = log.read_text()
    assert "# the machine is reset in 1 s" in text
    assert text.splitlines()[-1] == f"# {way}"
    assert "end samples=4" in text


def test_failure_and_panic_reset_it_too(optimized: Built, tmp_path: Path) -> None:
    log = tmp_path / "log"
    assert qemu.RESET in refusal(optimized, log, "rounds=x end=reboot pause=0")
    assert "# FAILED: command line: rounds= needs a number" in log.read_text()
    guest = replace(pc(optimized, log, "end=reboot pause=0"), modules=[])
    with pytest.raises(Refused, match=qemu.RESET):
        qemu.boot(guest, DEADLINE)
    assert "PANIC: no user program" in log.read_text()


def test_a_machine_halts(optimized: Built, tmp_path: Path) -> None:
    guest = pc(optimized, tmp_path / "log", f"{SHORT} end=halt pause=0")
    ending = qemu.watch(guest, DEADLINE, b"# halted: it can be switched off")
    assert ending.said


def test_a_watchdog_bites(optimized: Built, tmp_path: Path) -> None:
    words = "rounds=100000000 bytes=8 watchdog=1"
    assert "watchdog: nothing has been written" in refusal(
        optimized, tmp_path / "log", words
    )


@pytest.mark.parametrize(
    "words",
    [
        *("end=never", "pause=x", "pause=99999", "console=com5", "console=0x10000"),
        *("speed=0", "speed=1", "speed=115201", "watchdog=-1", "rdtsc=on", "mark=2"),
    ],
)
def test_what_the_kernel_does_not_understand(
    optimized: Built, tmp_path: Path, words: str
) -> None:
    said = refusal(optimized, tmp_path / "log", f"{SHORT} {words}")
    assert f"PANIC: command line: {words.partition('=')[0]}=" in said


# --- consoles ----------------------------------------------------------------------


def on_second_port(log: Path) -> tuple[str, ...]:
    return "-serial", f"file:{log}"


@pytest.mark.parametrize("name", ["com2", "0x2f8"])
def test_another_serial_port(optimized: Built, tmp_path: Path, name: str) -> None:
    other = tmp_path / "com2"
    words = f"{SHORT} console={name} speed=9600", *on_second_port(other)
    assert console_of(optimized, tmp_path / "log", *words) == ""
    assert "end samples=4" in other.read_text()


def test_a_pci_card(optimized: Built, tmp_path: Path) -> None:
    other = tmp_path / "pci"
    card = (
        "-chardev",
        f"file,id=card,path={other}",
        "-device",
        "pci-serial,chardev=card",
    )
    assert console_of(optimized, tmp_path / "log", f"{SHORT} console=pci", *card) == ""
    assert "end samples=4" in other.read_text()


@pytest.mark.parametrize("name", ["com3", "none"])
def test_a_port_that_is_not_there_costs_nothing(
    optimized: Built, tmp_path: Path, name: str
) -> None:
    words = f"rounds=20 console={name}"
    assert console_of(optimized, tmp_path / "log", words) == ""


# --- clocks, processors, memory ------------------------------------------------------


@pytest.mark.parametrize("off", ["pit=off", "pic=off"])
def test_a_missing_clock_tick_is_said(
    optimized: Built, tmp_path: Path, off: str
) -> None:
    console = console_of(optimized, tmp_path / "log", SHORT, "-M", f"pc,{off}")
    assert "# no clock tick has come" in console
    assert ("# the clock (PIT) stands still" in console) == (off == "pit=off")


def test_all_is_said_of_a_good_clock(optimized: Built, tmp_path: Path) -> None:
    console = console_of(optimized, tmp_path / "log")
    assert "clock" not in console.partition("TF1")[0]
    assert console.splitlines()[-1].endswith("end samples=4")


@pytest.mark.parametrize("cpu", ["486", "pentium", "pentium3", "qemu32", "max"])
def test_processors(optimized: Built, tmp_path: Path, cpu: str) -> None:
    """invd only where the cache writes through; elsewhere wbinvd, without asking."""
    console = console_of(optimized, tmp_path / "log", cpu=cpu)
    assert f"cold={1 if cpu == '486' else 2} " in console
    if cpu != "486":
        words = f"{SHORT} flush=1"
        said = refusal(optimized, tmp_path / "log", words, cpu=cpu)
        assert "FAILED: cannot flush the cache by flush=1" in said


@pytest.mark.parametrize(("memory_mb", "least"), [(16, 13), (64, 60), (3072, 235)])
def test_memories(optimized: Built, tmp_path: Path, memory_mb: int, least: int) -> None:
    console = console_of(optimized, tmp_path / "log", memory_mb=memory_mb)
    free = int(console.partition("# ")[2].partition(" KB")[0])
    assert least << 10 < free < 240 << 10


def test_a_memory_test(optimized: Built, tmp_path: Path) -> None:
    guest = measure.guest(optimized, measure.MEMORY_TEST, "seconds=1")
    console = qemu.boot(replace(guest, log=tmp_path / "log"), DEADLINE)
    assert re.search(r"^# memory test: no error in \d+ passes$", console, re.M)


# --- boot loaders ----------------------------------------------------------------------

LOADER = Path(__file__).parent / "guests" / "loader.S"
CASES = re.findall(r"^#define (\w+) (\d+)$", LOADER.read_text(), re.M)


def loaded_by(case: str, built: Built, folder: Path, command_line: str) -> Guest:
    """A kernel that the loader of tests/guests starts."""
    image = folder / "loader.elf"
    number = dict(CASES)[case]
    build.assemble(LOADER, image, [f"-DCASE={number}", "-Wl,-Ttext=0x4000000"])
    programs = [built.program("pingpong")] * 2
    modules = [built.kernel, *programs]
    return Guest(
        case, image, modules, command_line, folder / "log", memory_mb=128, cpu="max"
    )


@pytest.mark.parametrize(
    ("case", "kb"),
    [
        ("GOOD", 30632),
        # 1 MB at 15 MB, 1 MB at 31 MB, a page.
        ("HOLES", 30632 - 2048 - 4),
        ("FIRMWARES_CONTROL_REGISTERS", 30632),
        ("NO_MEMORY_MAP", 30632),
    ],
)
def test_what_loaders_leave(
    optimized: Built, tmp_path: Path, case: str, kb: int
) -> None:
    console = qemu.boot(loaded_by(case, optimized, tmp_path, SHORT), DEADLINE)
    assert f"# {kb} KB of memory free" in console
    assert "end samples=4" in console


@pytest.mark.parametrize(
    ("case", "reason"),
    [
        ("SHORT_ENTRY", "memory map is damaged at byte 48 of 72"),
        ("ENDLESS_ENTRY", "memory map is damaged at byte 48 of 72"),
        ("CUT_MAP", "memory map is damaged at byte 24 of 40"),
        ("HIGH_MODULE", "module 0 lies above the 240 MB that the kernel reaches"),
        ("HIGH_COMMAND_LINE", "command line lies above the 240 MB"),
        ("HIGH_MAP", "memory map lies above the 240 MB that the kernel reaches"),
        ("HIGH_LIST", "list of modules lies above the 240 MB"),
        ("MODULE_IN_KERNEL", "module 0 lies where the kernel is: 00110000"),
        ("BACKWARDS_MODULE", "module 0 ends before it begins"),
        ("HIGH_INFORMATION", "boot information too high in memory"),
    ],
)
def test_what_loaders_must_not_do(
    optimized: Built, tmp_path: Path, case: str, reason: str
) -> None:
    with pytest.raises(Refused, match=f"PANIC: .*{reason}"):
        qemu.boot(loaded_by(case, optimized, tmp_path, SHORT), DEADLINE)


def test_all_cases_of_the_loader_are_tried() -> None:
    text = Path(__file__).read_text()
    assert [name for name, _ in CASES if text.count(f'"{name}"') != 1] == []


def test_a_screen_of_pixels_as_small_as_they_come(
    optimized: Built, tmp_path: Path
) -> None:
    """640 x 350, as UEFI may have nothing else: letters are drawn, and the QR codes
    are those that fit on 21 lines."""
    words = "rounds=20 bytes=8 batches=1 console=none seconds=600 end=halt"
    monitor = tmp_path / "monitor"
    extra = ["-monitor", f"unix:{monitor},server=on,wait=off"]
    guest = replace(loaded_by("SMALL_SCREEN", optimized, tmp_path, words), extra=extra)
    texts: list[str] = []
    with processes.started(
        qemu.command(guest), cwd=guest.kernel.parent, stdin=subprocess.DEVNULL
    ):
        for number in range(60):
            picture = tmp_path / f"{number}.png"
            pc_machine.screenshot(monitor, picture)
            width, height = struct.unpack(">II", picture.read_bytes()[16:24])
            texts = photos.codes([picture])
            if texts:
                break
            time.sleep(0.5)
    assert (width, height) == (640, 350)
    assert texts and photos.PAGE.fullmatch(texts[0])
