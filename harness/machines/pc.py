# SPDX-License-Identifier: BSD-2-Clause
"""A PC as a user has one, in QEMU: firmware, a medium to boot from, a serial cable.

For trying images; nothing here is timed by a model, and no time means anything.
"""

from __future__ import annotations

import socket
import subprocess
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Iterator, Sequence

from harness import processes
from harness.errors import Refused
from harness.machines import qemu

BIOS, UEFI = "BIOS", "UEFI"
FIRMWARE = Path("/usr/share/OVMF/OVMF_CODE_4M.fd")
VARIABLES = Path("/usr/share/OVMF/OVMF_VARS_4M.fd")
QEMU = "qemu-system-x86_64"
MAC = "52:54:00:12:34:56"
POLL = 0.1  # seconds


@dataclass(frozen=True)
class Pc:
    """medium: QEMU's options for what it boots from (see below)."""

    medium: Sequence[str]
    firmware: str = BIOS
    memory_mb: int = 128
    cpu: str = "qemu64"
    extra: Sequence[str] = ()
    reboots: bool = False  # a reset starts it again, or ends it


def cd(image: Path) -> list[str]:
    return ["-cdrom", str(image)]


def disk(image: Path, writable: bool = False) -> list[str]:
    """As an IDE disk."""
    return ["-drive", f"file={image},format=raw,snapshot={'off' if writable else 'on'}"]


def usb(image: Path, writable: bool = False) -> list[str]:
    snapshot = "off" if writable else "on"
    return [
        *("-drive", f"if=none,id=stick,file={image},format=raw,snapshot={snapshot}"),
        *("-device", "qemu-xhci", "-device", "usb-storage,drive=stick,bootindex=0"),
    ]


def floppy(image: Path) -> list[str]:
    return ["-drive", f"file={image},if=floppy,format=raw,readonly=on", "-boot", "a"]


def network(tree: Path, firmware: str) -> list[str]:
    """QEMU's own DHCP and TFTP servers."""
    core = "i386-pc/core.0" if firmware == BIOS else "x86_64-efi/core.efi"
    server = f"user,id=net,tftp={tree},bootfile=boot/grub/{core}"
    card = f"e1000,netdev=net,mac={MAC},bootindex=0"
    # UEFI's network wants random numbers.
    return ["-netdev", server, "-device", card, "-device", "virtio-rng-pci"]


def command(pc: Pc, serial: str) -> list[str]:
    """serial: QEMU's word for where COM1 goes."""
    words = [QEMU, "-nodefaults", "-no-user-config", "-M", "pc", "-vga", "std"]
    words += ["-display", "none", "-monitor", "none", "-serial", serial]
    words += ["-m", str(pc.memory_mb), "-cpu", pc.cpu]
    if "-netdev" not in pc.medium:
        words += ["-nic", "none"]
    if pc.firmware == UEFI:
        if not FIRMWARE.exists():
            raise Refused(f"{FIRMWARE} not found: install Debian's ovmf")
        flash = "if=pflash,format=raw"
        words += ["-drive", f"{flash},readonly=on,file={FIRMWARE}"]
        words += ["-drive", f"{flash},snapshot=on,file={VARIABLES}"]
    if not pc.reboots:
        words.append("-no-reboot")
    return [*words, *pc.medium, *pc.extra]


@dataclass
class Running:
    """One that is switched on. console: a file that gets what it writes."""

    process: subprocess.Popen[Any]
    console: Path

    def text(self) -> str:
        return qemu.text_of(self.console.read_bytes())

    def wait_for(self, text: str, deadline: float) -> str:
        """Until it has written text, or has ended; what it has written. Refuses one
        that does neither in time."""
        end = time.monotonic() + deadline
        while text not in self.text():
            if self.process.poll() is not None:
                break
            if time.monotonic() > end:
                last = self.text()[-300:]
                raise Refused(f"no '{text}' in {deadline:g} s; last: {last!r}")
            time.sleep(POLL)
        return self.text()


@contextmanager
def switched_on(pc: Pc, console: Path) -> Iterator[Running]:
    """Runs until the block is left: then the power is cut. console: appended to."""
    with open(console, "ab") as file:
        words = command(pc, "chardev:serial")
        words += ["-chardev", f"file,id=serial,path={console},append=on"]
        with processes.started(
            words, stdin=subprocess.DEVNULL, stdout=file, stderr=subprocess.DEVNULL
        ) as process:
            try:
                yield Running(process, console)
            finally:
                process.kill()


def screenshot(monitor: Path, picture: Path) -> None:
    """By QEMU's monitor on a UNIX socket (QMP's human form), as a PNG."""
    with socket.socket(socket.AF_UNIX) as line:
        end = time.monotonic() + 10
        while not monitor.exists() and time.monotonic() < end:
            time.sleep(POLL)
        line.connect(str(monitor))
        line.sendall(f"screendump {picture} -f png\n".encode())
        end = time.monotonic() + 10
        while time.monotonic() < end:
            if picture.exists() and picture.read_bytes()[-8:-4] == b"IEND":
                return
            time.sleep(POLL)
    raise Refused(f"{picture}: no screenshot")
