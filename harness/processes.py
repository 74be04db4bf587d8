# SPDX-License-Identifier: BSD-2-Clause
"""Other programs, which end when the harness does, however that is."""

from __future__ import annotations

import errno
import os
import re
import shutil
import signal
import subprocess
import time
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Timer, current_thread, main_thread
from typing import Any, Iterator, Sequence

# What ends the harness from outside, and what is said of it.
SIGNALS = {
    signal.SIGINT: "interrupted",
    signal.SIGTERM: "ended by SIGTERM",
    signal.SIGHUP: "ended by SIGHUP (is the terminal closed?)",
}

PATIENCE = 10  # seconds for a program to end by itself when told to

# errno of a disk that takes no more, and how programs call it.
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
FULL_WORDS = (*map(os.strerror, FULL), "No space left on device")


# What other programs find in their environment: what the user's session and network
# need, and the choice of tools. Nothing else may change what they do.
PASSED_ON = re.compile(
    r"PATH|HOME|USER|LOGNAME|SHELL|TERM|TMPDIR|LD_LIBRARY_PATH|SSL_CERT_\w+|NO_COLOR|"
    r"\w+_proxy|\w+_PROXY|APT_CONFIG|DEBIAN_FRONTEND|SUDO_\w+|CI|"
    r"SEED|CROSS_COMPILE|COMPILER|HOSTCC|QEMU|PYTHON|NO_INSTALL|TWENTYFOLD_\w+|PYTEST_\w+"
)


def clean_environment() -> None:
    """Of this process, and so of all that it starts."""
    for name in list(os.environ):
        if not PASSED_ON.fullmatch(name):
            del os.environ[name]
    os.environ |= {"LC_ALL": "C.UTF-8", "TZ": "UTC0"}
    time.tzset()


@dataclass
class Ended:
    """by: the signal that has ended the harness; 0: none."""

    by: int = 0


_ended = Ended()
_running: set[subprocess.Popen[Any]] = set()


@contextmanager
def signals() -> Iterator[Ended]:
    """Inside, a signal of SIGNALS ends all programs and comes as KeyboardInterrupt to
    the main thread. Threads that wait for a program see it end, at the latest when it has
    had its time."""
    global _ended
    if current_thread() is not main_thread():
        yield Ended()  # only the main thread hears of signals
        return
    ended = _ended = Ended()

    def end(number: int, _: object) -> None:
        if ended.by:
            return  # it is being done
        ended.by = number
        told = list(_running)
        for process in told:
            _tell(process)
        by_force = Timer(PATIENCE, _kill, [told])
        by_force.daemon = True
        by_force.start()
        raise KeyboardInterrupt

    # What is ignored stays so, as nohup wants it.
    heard = [s for s in SIGNALS if signal.getsignal(s) != signal.SIG_IGN]
    before = {number: signal.signal(number, end) for number in heard}
    try:
        yield ended
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        _ended = Ended()


@contextmanager
def undisturbed() -> Iterator[None]:
    """Signals wait until it is over: for a few system calls that belong together."""
    old = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, old)


@contextmanager
def started(command: Sequence[str], **options: Any) -> Iterator[subprocess.Popen[Any]]:
    """A program that runs; as subprocess.Popen. It is ended when the block is left."""
    if not shutil.which(command[0]):
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), command[0])
    # Nobody can act when the harness is killed by force, but the kernel.
    setpriv = shutil.which("setpriv")
    with_us = [setpriv, "--pdeathsig", "KILL", "--"] if setpriv else []
    process = subprocess.Popen([*with_us, *command], **options)
    _running.add(process)
    try:
        if _ended.by:
            raise KeyboardInterrupt
        yield process
    finally:
        _running.discard(process)
        end(process)


def end(process: subprocess.Popen[Any]) -> None:
    """Not by force: make removes what is half made, QEMU's model writes its end."""
    if process.poll() is None:
        _tell(process)
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout, process.stderr):
        if pipe:
            pipe.close()


def run(
    command: Sequence[str],
    input: Any = None,
    timeout: float | None = None,
    **options: Any,
) -> subprocess.CompletedProcess[Any]:
    """As subprocess.run. Raises OSError if the program says that the disk is full.
    Text is as of files' names: what is no UTF-8 stays as it is."""
    if options.get("text"):
        options.setdefault("errors", "surrogateescape")
    if options.pop("capture_output", False):
        options |= {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    if input is not None:
        options["stdin"] = subprocess.PIPE
    check = options.pop("check", False)
    with started(command, **options) as process:
        output, complaints = process.communicate(input, timeout)
    status = process.returncode
    if status:
        _check_disk(command[0], output, complaints)
    done = subprocess.CompletedProcess(command, status, output, complaints)
    if check:
        done.check_returncode()
    return done


def disk_is_full(error: BaseException) -> bool:
    """shutil.copytree raises an error that is a list of errors, as text."""
    if not isinstance(error, OSError):
        return False
    if error.errno is None:
        return any(words in str(error) for words in FULL_WORDS)
    return error.errno in FULL


def _check_disk(program: str, *texts: str | bytes | None) -> None:
    for text in texts:
        if isinstance(text, bytes):
            text = text.decode(errors="replace")
        if any(words in (text or "") for words in FULL_WORDS):
            full = errno.ENOSPC
            raise OSError(full, os.strerror(full), f"what {program} makes")


def _kill(told: Sequence[subprocess.Popen[Any]]) -> None:
    for process in told:
        process.kill()


def _tell(process: subprocess.Popen[Any]) -> None:
    try:
        process.terminate()
    except ProcessLookupError:
        pass
