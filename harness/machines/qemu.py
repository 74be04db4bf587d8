# SPDX-License-Identifier: BSD-2-Clause
"""QEMU's emulation of a 486, deterministic: the guest's clock is the number of
instructions that it has executed, not the host's time."""

from __future__ import annotations

import os
import re
import selectors
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from threading import get_native_id
from typing import BinaryIO, Sequence

from harness.errors import Refused

# An instruction advances the guest's clock, rdtsc included, by 2^SHIFT ns. With
# 64 ns the clock interrupts come about as often, counted in instructions, as on
# a 50 MHz 486.
SHIFT = 6
TSC_PER_INSTRUCTION = 1 << SHIFT

MEMORY_MB = 32
SUCCESS = 33  # machine_stop(true), by isa-debug-exit
FAILURE = 35  # machine_stop(false)
FAILED_ITSELF = "has ended itself as failed"
NO_END = "prints without end"
SAID = "has said what it was to say"
LOG_LIMIT = 16 << 20


@dataclass(frozen=True)
class Guest:
    """What to boot, and where its console goes."""

    name: str  # for messages
    kernel: Path
    modules: Sequence[Path]
    command_line: str
    log: Path
    extra: Sequence[str] = ()  # for QEMU's command line
    memory_mb: int = MEMORY_MB
    cpu: str = "486"
    arguments: Sequence[str] = ()  # of the modules, one for each, or none


def binary() -> str:
    """QEMU's path, or a refusal."""
    wanted = os.environ.get("QEMU") or "qemu-system-i386"
    found = shutil.which(wanted)
    if not found:
        raise Refused(
            f"{wanted} not found: install Debian's qemu-system-x86, or set QEMU "
            "to the path of a qemu-system-i386"
        )
    return os.path.abspath(found)


def version() -> str:
    done = subprocess.run([binary(), "--version"], capture_output=True, text=True)
    return done.stdout.splitlines()[0] if done.stdout else "unknown"


def version_number() -> tuple[int, int]:
    match = re.search(r"version (\d+)\.(\d+)", version())
    if not match:
        raise Refused(f"{binary()} does not tell its version")
    return int(match[1]), int(match[2])


def command(guest: Guest) -> list[str]:
    """QEMU's command line, for the kernel's folder as the working directory.

    No network, no screen; COM1 is standard output. QEMU tells the guest what
    files it was given: their names are relative, for the guest to find the same
    wherever our folder is.
    """
    folder = guest.kernel.parent
    modules = [os.path.relpath(module, folder) for module in guest.modules]
    if guest.arguments:
        # In QEMU's list a comma in a module's arguments is doubled.
        words = zip(modules, guest.arguments)
        modules = [" ".join(pair).strip().replace(",", ",,") for pair in words]
    return [
        binary(),
        *("-nodefaults", "-no-user-config", "-no-reboot", "-nic", "none"),
        *("-M", "pc", "-cpu", guest.cpu, "-m", str(guest.memory_mb)),
        *("-vga", "std", "-display", "none", "-monitor", "none"),
        *("-serial", "stdio", "-rtc", "base=2000-01-01,clock=vm"),
        *("-icount", f"shift={SHIFT},sleep=off"),
        *("-device", "isa-debug-exit,iobase=0xf4,iosize=4"),
        *("-kernel", guest.kernel.name, "-append", guest.command_line),
        *(("-initrd", ",".join(modules)) if modules else ()),
        *guest.extra,
    ]


def boot(guest: Guest, deadline: float, echo: bool = False) -> str:
    """Runs the guest to its end and returns what it wrote on COM1.

    The same is in guest.log when it has ended, however it has; with echo it
    also appears on the terminal. deadline: seconds of host time. Refuses a
    guest that does not end with success, with the reason.
    """
    guest.log.parent.mkdir(parents=True, exist_ok=True)
    # Somebody else may be booting the same.
    growing = guest.log.with_name(f"{guest.log.name}.{get_native_id()}")
    with open(growing, "wb") as log:
        try:
            trouble = _run(guest, log, deadline, echo)
            text = read_console(growing)
        finally:
            growing.replace(guest.log)
    if trouble == FAILED_ITSELF:
        trouble = _last_words(text) or trouble
    if trouble:
        raise Refused(f"{guest.name}: {trouble}; its console is in {guest.log}")
    return text


@dataclass(frozen=True)
class Ending:
    """How a guest has ended that may end as it likes."""

    console: str
    status: int | None  # QEMU's, if the guest has ended it
    said: bool = False  # it was stopped when it had said what it was to say
    complaint: str = ""  # QEMU's last one


def watch(guest: Guest, deadline: float, until: str = "") -> Ending:
    """Runs a guest that need not end by itself: until it does, or has written a
    text on COM1, or seconds of host time are over."""
    guest.log.parent.mkdir(parents=True, exist_ok=True)
    growing = guest.log.with_name(f"{guest.log.name}.{get_native_id()}")
    with open(growing, "wb") as log:
        process = _start(guest)
        try:
            trouble = _copy_console(process, log, deadline, False, until.encode())
        finally:
            complaints = _stop(process).strip()
            console = read_console(growing)
            growing.replace(guest.log)
    if trouble.startswith(NO_END):
        raise Refused(f"{guest.name}: {trouble}; its console is in {guest.log}")
    stopped = bool(trouble)
    if trouble == SAID:
        # How much more it says depends on how fast we are.
        console = console[: console.index(until) + len(until)]
    return Ending(
        console,
        None if stopped else process.returncode,
        trouble == SAID,
        "" if stopped else (complaints.splitlines() or [""])[-1],
    )


def read_console(log: Path) -> str:
    """A console log, whatever a guest may have written."""
    return log.read_bytes().decode("ascii", errors="replace").replace("\r\n", "\n")


def _run(guest: Guest, log: BinaryIO, deadline: float, echo: bool) -> str:
    """Runs QEMU, its console going to the log; returns what is wrong, or ''."""
    process = _start(guest)
    try:
        trouble = _copy_console(process, log, deadline, echo)
    finally:
        if process.poll() is None:
            process.kill()
        complaints = process.communicate()[1].decode(errors="replace")
    return trouble or _judge(process.returncode, complaints)


def _start(guest: Guest) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command(guest),
        cwd=guest.kernel.parent,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def _stop(process: subprocess.Popen[bytes]) -> str:
    """Ends QEMU, not by force: the model has to write its end. Its complaints."""
    if process.poll() is None:
        process.terminate()
        try:
            return process.communicate(timeout=10)[1].decode(errors="replace")
        except subprocess.TimeoutExpired:
            process.kill()
    return process.communicate()[1].decode(errors="replace")


def _copy_console(
    process: subprocess.Popen[bytes],
    log: BinaryIO,
    deadline: float,
    echo: bool,
    until: bytes = b"",
) -> str:
    """Until the guest ends, or has said something; what is wrong if it does not."""
    assert process.stdout
    end = time.monotonic() + deadline
    size = 0
    last = b""
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while selector.select(max(0, end - time.monotonic())):
            data = os.read(process.stdout.fileno(), 65536)
            if not data:
                process.wait()
                return ""
            log.write(data)
            log.flush()
            if echo:
                sys.stdout.write(data.decode("ascii", errors="replace"))
                sys.stdout.flush()
            size += len(data)
            if size > LOG_LIMIT:
                return f"{NO_END}: more than {LOG_LIMIT >> 20} MB"
            last = last[-len(until) :] + data if until else b""
            if until and until in last:
                return SAID
            if time.monotonic() > end:
                break
    return f"hangs: has not ended in {deadline:g} s"


def _judge(status: int, complaints: str) -> str:
    """What is wrong with a guest that ended by itself, or ''."""
    if status == SUCCESS:
        return ""
    if status == FAILURE:
        return FAILED_ITSELF
    if status == 0:
        return "triple fault or shutdown (QEMU ended with status 0)"
    if status < 0:
        return f"QEMU was killed by signal {-status}"
    lines = complaints.strip().splitlines() or ["no message"]
    ours = [line for line in lines if line.startswith("i486 model: ")]
    return f"QEMU ended with status {status}: {(ours or lines)[-1]}"


def _last_words(text: str) -> str:
    """Why a guest of ours has ended itself."""
    marks = ("PANIC: ", "# FAILED: ", "# the root task has stopped")
    lines = [line for line in text.splitlines() if line.startswith(marks)]
    return lines[0].lstrip("# ") if lines else ""
