# SPDX-License-Identifier: BSD-2-Clause
"""QEMU's emulation of a 486, deterministic: the guest's clock is the number of
instructions that it has executed, not the host's time."""

from __future__ import annotations

import errno
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Iterator, Sequence

from harness import folders, headers, processes
from harness.errors import Refused

# An instruction advances the guest's clock, rdtsc included, by 2^SHIFT ns. With
# 64 ns the clock interrupts come about as often, counted in instructions, as on
# a 50 MHz 486.
SHIFT = 6
TSC_PER_INSTRUCTION = 1 << SHIFT

MEMORY_MB = 32
# machine_stop(true) and machine_stop(false), as isa-debug-exit ends QEMU with them.
SUCCESS, FAILURE = (
    2 * headers.define("kernels/machine/machine.c", name) + 1
    for name in ("EXIT_SUCCESS", "EXIT_FAILURE")
)
FAILED_ITSELF = "has ended itself as failed"
NO_END = "prints without end"
SAID = "has said what it was to say"
LOG_LIMIT = 16 << 20  # bytes of the console, and of what QEMU itself writes
POLL = 0.05  # seconds

# How a guest ends QEMU with status 0.
RESET = "has reset the machine"
TRIPLE_FAULT = "triple fault, which resets the machine"
POWER_OFF = "has switched the machine off"
KILLED = "QEMU was ended by"  # a signal

# What QEMU writes into its log of events when a guest does so; by a reset nothing.
EVENTS = "cpu_reset,trace:qemu_system_shutdown_request"
FAULTED = b"Triple fault"
SHUT_DOWN = b"qemu_system_shutdown_request"

# What a guest of ours says when it ends itself as failed.
LAST_WORDS = ("PANIC: ", "# FAILED: ", "# the root task has stopped")

# What the model says when it cannot write its files (plugin.c).
UNWRITTEN = re.compile(r"^i486 model: cannot write (.*): error (\d+)", re.M)
# Our kernels ask for a video mode, which QEMU's own loader does not set.
HARMLESS = re.compile(": warning: |multiboot knows VBE")
TERMINATED = re.compile(r"terminating on signal (\d+)")


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
    events: int | None = None  # descriptor of the file for QEMU's log of events


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
    done = processes.run([binary(), "--version"], capture_output=True, text=True)
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


def check_limit(status: int) -> None:
    """Raises OSError if QEMU, which has ended so, wanted to write more than it may."""
    if status == -signal.SIGXFSZ:
        raise OSError(errno.EFBIG, os.strerror(errno.EFBIG), "QEMU's files")


@contextmanager
def memory_file(name: str) -> Iterator[int]:
    """The descriptor of a file that is in memory only."""
    descriptor = os.memfd_create(name)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def boot(guest: Guest, deadline: float, echo: bool = False) -> str:
    """Runs the guest to its end and returns what it wrote on COM1.

    The same is in guest.log when it has ended, however it has; with echo it
    also appears on the terminal. deadline: seconds of host time. Refuses a
    guest that does not end with success, with the reason.
    """
    with _machine(guest) as machine:
        trouble = machine.follow(deadline, echo=echo)
        # No model has to write its end if the guest has not come to its own.
        machine.process.kill()
        machine.process.wait()
        trouble = trouble or machine.judge()
        console = text_of(machine.console())
    if trouble == FAILED_ITSELF:
        trouble = last_words(console) or trouble
    if trouble:
        raise Refused(f"{guest.name}: {trouble}; its console is in {guest.log}")
    return console


@dataclass(frozen=True)
class Ending:
    """How a guest has ended that may end as it likes."""

    written: bytes  # on COM1
    status: int | None  # QEMU's, if the guest has ended it
    how: str = ""  # the guest has ended it, if its status does not tell
    said: bool = False  # it was stopped when it had said what it was to say
    complaint: str = ""  # QEMU's last one
    shut_down: int | None = None  # how long the log of events was before it did so

    @property
    def console(self) -> str:
        return text_of(self.written)


def watch(guest: Guest, deadline: float, until: bytes = b"") -> Ending:
    """Runs a guest that need not end by itself: until it does, or has written some
    bytes on COM1, or seconds of host time are over."""
    with _machine(guest) as machine:
        trouble = machine.follow(deadline, until)
        processes.end(machine.process)  # not by force: the model has to write its end
        written = machine.console()
        status = machine.process.returncode
        complaints = machine.complaints()
        how = machine.how() if status <= 0 and not trouble else ""
        shut_down = machine.events().find(SHUT_DOWN)
    if trouble and not trouble.startswith((SAID, NO_TIME)):
        raise Refused(f"{guest.name}: {trouble}; its console is in {guest.log}")
    if trouble == SAID:
        # How much more it says depends on how fast we are.
        written = written[: written.index(until) + len(until)]
    return Ending(
        written,
        None if trouble else status,
        how,
        trouble == SAID,
        "" if trouble else (complaints or [""])[-1],
        shut_down if shut_down >= 0 else None,
    )


def read_console(log: Path) -> str:
    """A console log, whatever a guest may have written."""
    return text_of(log.read_bytes())


def text_of(console: bytes) -> str:
    return console.decode(errors="replace").replace("\r\n", "\n")


# --- QEMU while it runs ---------------------------------------------------------

NO_TIME = "hangs: "


@dataclass(frozen=True)
class _Machine:
    """What QEMU writes goes into files in memory. A guest never waits for somebody
    to read its console, which would change what it executes, and the model sees how
    much has been written when."""

    process: subprocess.Popen[Any]
    files: tuple[int, int, int]  # the console, complaints, the log of events

    def console(self) -> bytes:
        return os.pread(self.files[0], LOG_LIMIT, 0)

    def complaints(self) -> list[str]:
        """Lines, but for warnings."""
        text = os.pread(self.files[1], LOG_LIMIT, 0).decode(errors="replace")
        lines = [line.strip() for line in text.splitlines()]
        return [line for line in lines if line and not HARMLESS.search(line)]

    def events(self) -> bytes:
        return os.pread(self.files[2], LOG_LIMIT, 0)

    def follow(self, deadline: float, until: bytes = b"", echo: bool = False) -> str:
        """Until the guest ends, or has written something; what is wrong if not."""
        end = time.monotonic() + deadline
        seen, last = 0, b""
        while True:
            ended = self._ends_soon()
            data = os.pread(self.files[0], LOG_LIMIT + 1 - seen, seen)
            seen += len(data)
            if echo:
                sys.stdout.flush()
                sys.stdout.buffer.write(data)
                sys.stdout.buffer.flush()
            last = last[-len(until) :] + data if until else b""
            if until and until in last:
                return SAID
            if seen > LOG_LIMIT:
                return f"{NO_END}: more than {LOG_LIMIT >> 20} MB"
            if max(os.fstat(file).st_size for file in self.files[1:]) > LOG_LIMIT:
                return f"QEMU writes messages without end: {self._first_message()}"
            if ended:
                return ""
            if time.monotonic() > end:
                return f"{NO_TIME}has not ended in {deadline:g} s"

    def _first_message(self) -> str:
        return (self.complaints() or ["warnings"])[0]

    def _ends_soon(self) -> bool:
        try:
            self.process.wait(POLL)
            return True
        except subprocess.TimeoutExpired:
            return False

    def judge(self) -> str:
        """What is wrong with a guest of ours that has ended, or ''."""
        status = self.process.returncode
        if status == SUCCESS:
            return ""
        if status == FAILURE:
            return FAILED_ITSELF
        lines = self.complaints()
        ours = [line for line in lines if line.startswith("i486 model: ")]
        if status <= 0 and not ours:
            return self.how()
        why = (ours or lines or ["no message"])[-1]
        return f"QEMU ended with status {status}: {why}"

    def how(self) -> str:
        """QEMU has ended, if its status does not tell."""
        status = self.process.returncode
        killed = TERMINATED.search("\n".join(self.complaints()))
        number = -status if status < 0 else int(killed[1]) if killed else 0
        if number:
            return f"{KILLED} {_signal_name(number)}, not by the guest"
        if FAULTED in self.events():
            return TRIPLE_FAULT
        return POWER_OFF if SHUT_DOWN in self.events() else RESET

    def check_files(self) -> None:
        """Raises OSError if QEMU or the model could not write one."""
        found = UNWRITTEN.search("\n".join(self.complaints()))
        if found:
            raise OSError(int(found[2]), os.strerror(int(found[2])), found[1])
        check_limit(self.process.returncode)


@contextmanager
def _machine(guest: Guest) -> Iterator[_Machine]:
    """Boots; leaves the guest's console in its log, however the block is left."""
    if guest.events is None:
        with memory_file("events") as events:
            with _machine(replace(guest, events=events)) as machine:
                yield machine
            return
    log_of_events = ["-d", EVENTS, "-D", f"/dev/fd/{guest.events}"]
    guest.log.parent.mkdir(parents=True, exist_ok=True)
    with memory_file("console") as console, memory_file("complaints") as complaints:
        with processes.started(
            [*command(guest), *log_of_events],
            cwd=guest.kernel.parent,
            stdin=subprocess.DEVNULL,
            stdout=console,
            stderr=complaints,
            pass_fds=[guest.events],
        ) as process:
            machine = _Machine(process, (console, complaints, guest.events))
            try:
                yield machine
            finally:
                folders.write_whole(guest.log, machine.console())
        machine.check_files()


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def last_words(text: str) -> str:
    """Why a guest of ours has ended itself."""
    lines = [line for line in text.splitlines() if line.startswith(LAST_WORDS)]
    return lines[0].lstrip("# ") if lines else ""
