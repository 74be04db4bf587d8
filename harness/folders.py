# SPDX-License-Identifier: BSD-2-Clause
"""Folders and files that several runs want to write at the same time.

A run that was killed by force leaves things behind, and so does a machine that
stops. The next run removes them, which it may do as soon as nobody holds the lock.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from threading import get_native_id
from typing import Iterator

from harness.errors import Refused

SCRATCH = ".scratch-"


@contextmanager
def alone(lock: Path, refusal: str = "") -> Iterator[None]:
    """Inside, no other run is. refusal: what to say if another one is; if nothing,
    wait for it. lock: a file for it, which is there only meanwhile."""
    descriptor = _lock(lock, os.O_RDWR | os.O_CREAT, refusal)
    try:
        yield
    finally:
        lock.unlink(missing_ok=True)
        os.close(descriptor)


@contextmanager
def used(folder: Path) -> Iterator[None]:
    """Inside, 'make clean' leaves a folder alone. One that cannot be made or read:
    nobody can use it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        yield
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def scratch(parent: Path) -> Iterator[Path]:
    """A folder in parent for the time of a run; those of dead runs are removed."""
    parent.mkdir(parents=True, exist_ok=True)
    for orphan in parent.glob(f"{SCRATCH}*"):
        _remove_orphan(orphan)
    descriptor = None
    while descriptor is None:
        folder = Path(tempfile.mkdtemp(prefix=SCRATCH, dir=parent))
        descriptor = _try(folder, os.O_RDONLY, wait=True)  # or taken for an orphan
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(descriptor)


def write_text(path: Path, text: str) -> None:
    """Text with names of files in it, which need not be UTF-8."""
    path.write_bytes(os.fsencode(text))


def write_whole(path: Path, contents: bytes) -> None:
    """A file that is never there in part, whoever else writes it."""
    new = path.with_name(f".{path.name}.{os.getpid()}.{get_native_id()}")
    try:
        new.write_bytes(contents)
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)


def _remove_orphan(folder: Path) -> None:
    try:
        descriptor = _try(folder, os.O_RDONLY, wait=False)
    except OSError:
        return  # of a run that lives, or of another user
    if descriptor is not None:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(descriptor)


def _lock(path: Path, flags: int, refusal: str) -> int:
    while True:
        try:
            descriptor = _try(path, flags, wait=not refusal)
        except BlockingIOError as error:
            raise Refused(refusal) from error
        if descriptor is not None:
            return descriptor


def _try(path: Path, flags: int, wait: bool) -> int | None:
    """Locks a file or a folder; None: it has been removed meanwhile. Raises
    BlockingIOError if another run has locked it, unless it is to wait."""
    try:
        descriptor = os.open(path, flags | os.O_CLOEXEC, 0o666)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        if os.path.samestat(os.fstat(descriptor), os.stat(path)):
            return descriptor
    except FileNotFoundError:
        pass
    except BaseException:
        os.close(descriptor)
        raise
    os.close(descriptor)
    return None
