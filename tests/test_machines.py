# SPDX-License-Identifier: BSD-2-Clause
"""Guests that do not behave: each run ends, with its reason and its log."""

from __future__ import annotations

import subprocess
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Iterator

import pytest
from elftools.elf.elffile import ELFFile

from harness import build, measure, multiboot, processes, records, switches
from harness.build import Built
from harness.errors import Refused
from harness.machines import bochs, qemu
from harness.machines.qemu import Guest

GUESTS = Path(__file__).parent / "guests"
DEADLINE = 120


@pytest.fixture(scope="session")
def guests(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with every guest of tests/guests as NAME.elf."""
    folder = tmp_path_factory.mktemp("guests")
    for source in GUESTS.glob("*.S"):
        if source.stem == "loader":
            continue  # of test_real_machine.py
        image = folder / f"{source.stem}.elf"
        build.assemble(source, image, ["-Wl,-Ttext=0x100000"])
    return folder


def guest(folder: Path, name: str, log: Path) -> Guest:
    return Guest(name, folder / f"{name}.elf", [], "", log)


@pytest.mark.parametrize(
    ("name", "reason", "written"),
    [
        ("triple_fault", "triple fault", "# going to fault"),
        ("shutdown", "has switched the machine off", ""),
        ("resets", "has reset the machine", "# measured"),
        ("resets_by_cf9", "has reset the machine", ""),
        ("panic", "PANIC: on purpose", "PANIC: on purpose"),
        ("other_status", "QEMU ended with status 65", ""),
    ],
)
def test_failing_guests(
    guests: Path, tmp_path: Path, name: str, reason: str, written: str
) -> None:
    log = tmp_path / "log"
    with pytest.raises(Refused, match=f"{name}: .*{reason}.*{log}"):
        qemu.boot(guest(guests, name, log), DEADLINE)
    assert written in log.read_text()


def test_a_guest_that_hangs_is_ended(guests: Path, tmp_path: Path) -> None:
    log = tmp_path / "log"
    with pytest.raises(Refused, match="hang: hangs: has not ended in 1 s"):
        qemu.boot(guest(guests, "hang", log), deadline=1)
    assert "# going to hang" in log.read_text()


def test_a_guest_that_prints_without_end_is_ended(
    guests: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(qemu, "LOG_LIMIT", 10000)
    log = tmp_path / "log"
    with pytest.raises(Refused, match="chatter: prints without end"):
        qemu.boot(guest(guests, "chatter", log), DEADLINE)
    assert log.read_text().startswith("and so on")


@pytest.mark.parametrize(
    ("name", "reason"), [("silent", "no records"), ("garbage", "a garbled record")]
)
def test_guests_without_results(
    guests: Path, tmp_path: Path, name: str, reason: str
) -> None:
    text = qemu.boot(guest(guests, name, tmp_path / "log"), DEADLINE)
    with pytest.raises(Refused, match=reason):
        records.parse(text, name)


def test_bochs_is_bounded(
    guests: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(qemu, "LOG_LIMIT", 10000)
    log = tmp_path / "log"
    with pytest.raises(Refused, match="chatter: prints without end"):
        bochs.boot(guest(guests, "chatter", log), DEADLINE)
    assert log.stat().st_size <= 10000


def test_messages_of_qemu_are_bounded(
    guests: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flood = tmp_path / "qemu"
    flood.write_text("#!/bin/sh\nexec yes 'something is wrong' >&2\n")
    flood.chmod(0o755)
    monkeypatch.setenv("QEMU", str(flood))
    with pytest.raises(Refused, match="writes messages without end: something is"):
        qemu.boot(guest(guests, "silent", tmp_path / "log"), DEADLINE)


def test_qemu_that_is_ended_by_somebody(
    guests: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And not by the guest, although its status is 0."""
    started = processes.started

    @contextmanager
    def ended(*arguments: Any, **options: Any) -> Iterator[subprocess.Popen[Any]]:
        with started(*arguments, **options) as process:
            threading.Timer(0.5, process.terminate).start()
            yield process

    monkeypatch.setattr(processes, "started", ended)
    with pytest.raises(Refused, match="hang: QEMU was ended by SIGTERM, not by the"):
        qemu.boot(guest(guests, "hang", tmp_path / "log"), DEADLINE)


def test_a_console_in_no_encoding(guests: Path, tmp_path: Path) -> None:
    log = tmp_path / "log"
    text = qemu.boot(guest(guests, "utf8", log), DEADLINE)
    assert text == "dauert: 5 \u00b5s, \ufffd\ufffd\n\0\0fertig f\u00fcr heute\n"
    assert b"5 \xc2\xb5s, \xff\xfe\n\0\0fertig f\xc3\xbcr" in log.read_bytes()


def test_missing_qemu(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QEMU", "/no/such/qemu")
    with pytest.raises(Refused, match="/no/such/qemu not found: install Debian's"):
        qemu.boot(guest(tmp_path, "any", tmp_path / "log"), DEADLINE)


def test_missing_kernel(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="QEMU ended with status 1: .*any.elf"):
        qemu.boot(guest(tmp_path, "any", tmp_path / "log"), DEADLINE)


# Our kernels, given what they must refuse.


def test_kernel_without_modules(optimized: Built, tmp_path: Path) -> None:
    kernel = Guest("kernel", optimized.kernel, [], "", tmp_path / "log")
    with pytest.raises(Refused, match="no user program"):
        qemu.boot(kernel, DEADLINE)


@pytest.mark.parametrize(
    "contents", [b"", b"no program", b"\x7fELF\x01\x01" + 200 * b"\xff"]
)
def test_kernel_with_a_bad_module(
    optimized: Built, tmp_path: Path, contents: bytes
) -> None:
    module = tmp_path / "module"
    module.write_bytes(contents or b"\0")
    kernel = Guest("kernel", optimized.kernel, [module], "", tmp_path / "log")
    with pytest.raises(Refused, match="module 0 is not an i386 ELF program"):
        qemu.boot(kernel, DEADLINE)


def test_cut_off_module(optimized: Built, tmp_path: Path) -> None:
    module = tmp_path / "module"
    program = optimized.program("pingpong").read_bytes()
    module.write_bytes(program[: 4096 + 100])
    kernel = Guest("kernel", optimized.kernel, [module], "", tmp_path / "log")
    with pytest.raises(Refused, match="module 0: bad program"):
        qemu.boot(kernel, DEADLINE)


def boot_patched(
    built: Built, folder: Path, kernel: bytes, command_line: str = ""
) -> str:
    path = folder / "patched.elf"
    path.write_bytes(kernel)
    modules = [built.program("pingpong")] * 2
    guest = Guest("patched", path, modules, command_line, folder / "log")
    return qemu.boot(guest, DEADLINE)


def with_code_at(built: Built, function: str, code: bytes) -> bytes:
    """The kernel, beginning the function with other machine code."""
    with open(built.kernel, "rb") as file:
        elf = ELFFile(file)
        (symbol,) = elf.get_section_by_name(".symtab").get_symbol_by_name(function)
        section = elf.get_section(symbol["st_shndx"])
        offset = symbol["st_value"] - section["sh_addr"] + section["sh_offset"]
    kernel = bytearray(built.kernel.read_bytes())
    kernel[offset : offset + len(code)] = code
    return bytes(kernel)


@pytest.mark.parametrize(
    "name",
    [
        "baseline+thread_kernel_stacks+register_parameters",
        "optimized-hand_coded_path",
        "optimized",
    ],
)
@pytest.mark.parametrize("size", [size for size in measure.SIZES if size > 8])
def test_a_kernel_that_forgets_to_copy(name: str, size: int, tmp_path: Path) -> None:
    """The baseline forgets even the orders of the client to the server. (With all
    switches off it would forget its stack and the parameters, too.)"""
    built = build.build(switches.parse(name))
    rep_movsd, xor_ecx = b"\xf3\xa5", b"\x31\xc9"
    kernel = built.kernel.read_bytes()
    assert rep_movsd in kernel
    with pytest.raises(Refused, match="did not arrive as they were|checked call"):
        forgetful = kernel.replace(rep_movsd, xor_ecx)
        boot_patched(built, tmp_path, forgetful, f"bytes={size}")


def test_kernel_exception_is_reported(optimized: Built, tmp_path: Path) -> None:
    breakpoint = with_code_at(optimized, "kernel_service", b"\xcc")
    with pytest.raises(Refused, match="PANIC: breakpoint in kernel mode at f01"):
        boot_patched(optimized, tmp_path, breakpoint)
    assert "# eax " in (tmp_path / "log").read_text()


def test_double_fault_is_reported(optimized: Built, tmp_path: Path) -> None:
    no_stack = with_code_at(optimized, "switch_stack", b"\x31\xe4\x50")
    with pytest.raises(Refused, match="PANIC: double fault in kernel mode"):
        boot_patched(optimized, tmp_path, no_stack)


def test_too_much_on_the_processors_stack_is_reported(
    baseline: Built, tmp_path: Path
) -> None:
    push_for_ever = with_code_at(baseline, "kernel_service", b"\x50\xeb\xfd")
    with pytest.raises(Refused, match="PANIC: double fault in kernel mode"):
        boot_patched(baseline, tmp_path, push_for_ever)


def test_root_task_that_fails(optimized: Built, tmp_path: Path) -> None:
    kernel = Guest(
        "kernel",
        optimized.kernel,
        [optimized.program("pingpong")] * 2,
        "rounds=many",
        tmp_path / "log",
    )
    with pytest.raises(Refused, match="FAILED: command line: rounds= needs a number"):
        qemu.boot(kernel, DEADLINE)


def test_runs_are_repeatable(optimized: Built, baseline: Built) -> None:
    for built in (optimized, baseline):
        logs = {measure.boot(built, measure.PINGPONG, "rounds=300") for _ in range(3)}
        assert len(logs) == 1


def test_a_boot_loader_finds_the_entry(optimized: Built, baseline: Built) -> None:
    """GRUB looks for it where a segment is in virtual memory."""
    for built in (optimized, baseline):
        with open(built.kernel, "rb") as file:
            elf = ELFFile(file)
            entry = elf["e_entry"]
            (segment,) = [
                s
                for s in elf.iter_segments("PT_LOAD")
                if s["p_vaddr"] <= entry < s["p_vaddr"] + s["p_filesz"]
            ]
        physical = entry - segment["p_vaddr"] + segment["p_paddr"]
        image = multiboot.read(built.kernel)
        assert multiboot.entry(image, built.kernel.name) == physical != entry
