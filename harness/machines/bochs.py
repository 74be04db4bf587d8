# SPDX-License-Identifier: BSD-2-Clause
"""Bochs, a second emulator: for correctness and counts, never for times.

Its rdtsc counts executed instructions, each repetition of a repeated one. The
kernel, its modules and the Multiboot structures are in its ROM, and a firmware of
ours copies them into memory and jumps to the kernel: from a CD, GRUB and a BIOS
execute billions of instructions before ours, which takes Bochs minutes. (Bochs can
also fill memory by itself, but version 3.1 fills another place.)
"""

from __future__ import annotations

import re
import shutil
import struct
import subprocess
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from elftools.common.exceptions import ELFError
from elftools.elf.elffile import ELFFile

from harness import folders, multiboot, processes
from harness.build import BUILD, assemble
from harness.errors import Refused
from harness.machines import qemu
from harness.places import ROOT

FIRMWARE = Path(__file__).parent / "bochs_rom.S"
LOADED_AT = 1 << 20  # where the memory image begins
FIRMWARE_BYTES = 1 << 16
MOST_ROM_BYTES = 1 << 22  # a power of 2, as all its sizes, for Bochs
PAGE = 4096
POLL = 0.05  # seconds
WRITTEN = ("console", "log", "output")  # by Bochs

# multiboot.h: memory, command line, modules.
MULTIBOOT_FLAGS = 0x1 | 0x4 | 0x8

# The Pentium is the least processor it has with rdtsc. It wants a VGA BIOS, but
# nobody calls it. All files are in Bochs's working directory.
CONFIGURATION = """\
config_interface: textconfig
display_library: rfb, options="timeout=0"
megs: {megabytes}
romimage: file=rom
vgaromimage: file=firmware
cpu: model=pentium, count=1, ips=50000000, reset_on_triple_fault=0
clock: sync=none, time0=946684800, rtc_sync=0
com1: enabled=1, mode=file, dev=console
log: log
panic: action=fatal
error: action=report
sound: driver=dummy
speaker: enabled=0
"""

# A PC that boots from a disk: with this BIOS GRUB is up in half a minute.
BIOS = Path("/usr/share/bochs/BIOS-bochs-legacy")
VGA_BIOS = Path("/usr/share/bochs/VGABIOS-lgpl-latest")
HEADS, SECTORS = 16, 63
DISK_CONFIGURATION = (
    CONFIGURATION.replace("file=rom", "file={bios}").replace(
        "file=firmware", "file={vga}"
    )
    + """\
ata0-master: type=disk, path={image}, mode=volatile, cylinders={cylinders}, heads={heads}, spt={sectors}
boot: disk
"""
)

# What a guest of ours says last. It cannot end Bochs, which goes on to emulate a
# processor that has halted for ever.
LAST_WORDS = re.compile(r"^(?:TF1 \S+ end .*|PANIC: .*|# FAILED: .*)\n", re.M)


def boot(guest: qemu.Guest, deadline: float) -> str:
    """Runs the guest until its last words and returns what it wrote on COM1.

    The same is in guest.log. deadline: seconds of host time. Refuses a guest
    that does not come to an end; whether it was a good one, its records tell.
    """
    if not shutil.which("bochs"):
        raise Refused("bochs not found: install Debian's bochs")
    guest.log.parent.mkdir(parents=True, exist_ok=True)
    with folders.scratch(BUILD / "bochs") as folder:
        _prepare(guest, folder)
        try:
            trouble = _run(folder, deadline)
        finally:
            console = _console(folder)
            folders.write_whole(guest.log, console)
    if trouble:
        raise Refused(f"{guest.name}: {trouble}; its console is in {guest.log}")
    return qemu.text_of(console)


def boot_disk(image: Path, log: Path, deadline: float) -> str:
    """The same of a PC with a BIOS and a disk, which is not written."""
    for part in (BIOS, VGA_BIOS):
        if not part.exists():
            raise Refused(f"{part} not found: install Debian's bochsbios")
    with folders.scratch(BUILD / "bochs") as folder:
        text = DISK_CONFIGURATION.format(
            bios=BIOS,
            vga=VGA_BIOS,
            image=image.resolve(),
            megabytes=32,
            cylinders=image.stat().st_size // (HEADS * SECTORS * 512),
            heads=HEADS,
            sectors=SECTORS,
        )
        folders.write_text(folder / "bochsrc", text)
        (folder / "commands").write_text("c\n")
        try:
            trouble = _run(folder, deadline)
        finally:
            console = _console(folder)
            folders.write_whole(log, console)
    if trouble:
        raise Refused(f"{image}: {trouble}; its console is in {log}")
    return qemu.text_of(console)


def _prepare(guest: qemu.Guest, folder: Path) -> None:
    """Puts all that Bochs reads into the folder."""
    _make_rom(memory_image(guest), folder)
    configuration = CONFIGURATION.format(megabytes=guest.memory_mb)
    folders.write_text(folder / "bochsrc", configuration)
    # The debugger waits for a command to go on.
    (folder / "commands").write_text("c\n")


@cache
def _debugger() -> list[str]:
    """Only its debugger's loop counts each instruction as it is executed. Up to
    version 2 it is what Debian has built in; version 3 has to be asked for it, and
    else counts sequences of them: rdtsc misses those since the last jump."""
    done = processes.run(["bochs", "--help"], capture_output=True, text=True)
    asked = "-debugger" in (done.stdout + done.stderr)
    return ["-debugger"] if asked else []


def _run(folder: Path, deadline: float) -> str:
    """Runs Bochs; returns what is wrong, or ''."""
    end = time.monotonic() + deadline
    with (
        open(folder / "output", "wb") as output,
        processes.started(
            ["bochs", "-q", "-f", "bochsrc", *_debugger(), "-rc", "commands"],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        ) as process,
    ):
        while not LAST_WORDS.search(qemu.text_of(_console(folder))):
            if process.poll() is not None:
                return f"Bochs has ended: {_complaint(folder)}"
            if time.monotonic() > end:
                return f"hangs: has not ended in {deadline:g} s under Bochs"
            for name in WRITTEN:
                if _size(folder / name) > qemu.LOG_LIMIT:
                    return f"{qemu.NO_END}: more than {qemu.LOG_LIMIT >> 20} MB"
            time.sleep(POLL)
        process.kill()
    return ""


def _console(folder: Path) -> bytes:
    if not _size(folder / "console"):
        return b""
    with open(folder / "console", "rb") as file:
        return file.read(qemu.LOG_LIMIT)


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _complaint(folder: Path) -> str:
    """Why Bochs has ended, in its own words."""
    lines = (folder / "output").read_text(errors="replace").splitlines()
    reasons = [line for line in lines if re.match(r"\[\w+ *\]|.*>>PANIC<<", line)]
    return reasons[-1] if reasons else "no message"


@dataclass(frozen=True)
class MemoryImage:
    """What is in memory from LOADED_AT on, and where its parts are."""

    contents: bytes
    entry: int  # physical, as all addresses
    info: int


def memory_image(guest: qemu.Guest) -> MemoryImage:
    """The kernel where its ELF segments say, then the modules, then what a
    Multiboot loader tells of them."""
    try:
        with open(guest.kernel, "rb") as file:
            elf = ELFFile(file)
            segments = [s for s in elf.iter_segments() if s["p_type"] == "PT_LOAD"]
            parts = [(s["p_paddr"], s.data(), s["p_memsz"]) for s in segments]
    except (OSError, ELFError) as error:
        raise Refused(f"{guest.kernel}: no ELF kernel: {error}") from error
    entry = multiboot.entry(multiboot.read(guest.kernel), str(guest.kernel))
    contents = bytearray()

    def put(address: int, data: bytes, size: int = 0) -> None:
        start = address - LOADED_AT
        end = start + max(size, len(data))
        contents.extend(bytes(max(0, end - len(contents))))
        contents[start : start + len(data)] = data

    def append(data: bytes, alignment: int = 4) -> int:
        address = LOADED_AT + len(contents)
        address += -address % alignment
        put(address, data)
        return address

    for address, data, size in parts:
        put(address, data, size)
    modules = b""
    for path in guest.modules:
        program = path.read_bytes()
        start = append(program, PAGE)
        modules += struct.pack("<4I", start, start + len(program), 0, 0)
    table = append(modules)
    command_line = append(guest.command_line.encode() + b"\0")
    upper_kb = (guest.memory_mb - 1) << 10
    words = (MULTIBOOT_FLAGS, 640, upper_kb, 0, command_line)
    info = append(struct.pack("<13I", *words, len(guest.modules), table, *6 * [0]))
    return MemoryImage(bytes(contents), entry, info)


def _make_rom(image: MemoryImage, folder: Path) -> None:
    """Writes folder/rom, and folder/firmware, its last part."""
    size = 1 << (len(image.contents) + FIRMWARE_BYTES - 1).bit_length()
    if size > MOST_ROM_BYTES:
        raise Refused(
            f"kernel and modules need {len(image.contents) >> 10} KB of memory, but "
            f"Bochs has at most {(MOST_ROM_BYTES - FIRMWARE_BYTES) >> 10} KB of ROM "
            "for them"
        )
    contents = image.contents + bytes(-len(image.contents) % 4)
    options = ["-Wl,-Ttext=0", "-Wl,--oformat=binary"]
    options += [f"-I{ROOT / 'kernels' / 'include'}"]
    options += [f"-DENTRY={image.entry:#x}", f"-DINFO={image.info:#x}"]
    options += [f"-DIMAGE={(1 << 32) - size:#x}", f"-DSTART={LOADED_AT:#x}"]
    options += [f"-DBYTES={len(contents)}"]
    assemble(FIRMWARE, folder / "firmware", options)
    firmware = (folder / "firmware").read_bytes()
    padding = bytes(size - len(contents) - len(firmware))
    (folder / "rom").write_bytes(contents + padding + firmware)
