# SPDX-License-Identifier: BSD-2-Clause
"""Builds kernels and user programs, a folder for each configuration."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Iterator, Sequence

from harness import git, processes, release, toolchain
from harness.errors import Refused
from harness.places import BUILD, ROOT
from harness.switches import Configuration, write_headers, write_if_changed
from harness.toolchain import Toolchain

# Prefix and flags, in the order in which they are tried where the pinned one is not.
TOOLCHAINS = (
    ("i686-elf-", ""),
    ("i686-linux-gnu-", ""),
    ("", "-m32"),
)

NO_REVISION = "not-in-a-git-clone"
DIRTY = "-dirty"

# The kernel, the user programs.
MAKEFILES = ("kernels/Makefile", "bench/Makefile")


@dataclass(frozen=True)
class Built:
    """One configuration, built."""

    configuration: Configuration
    revision: str
    folder: Path

    @property
    def kernel(self) -> Path:
        return self.folder / "kernel.elf"

    def program(self, name: str) -> Path:
        return self.folder / f"{name}.elf"


def build(
    configuration: Configuration,
    jobs: int = 2,
    programs: Sequence[str] = (),
    makefiles: Sequence[str] = MAKEFILES,
) -> Built:
    """Builds the kernel and the named user programs, or all, as far as they are
    not; or what one of the makefiles makes."""
    folder = BUILD / configuration.name
    tools = find_toolchain()
    built = Built(configuration, revision(), folder)
    with locked(folder):
        write_headers(configuration, folder)
        write_if_changed(
            folder / "include" / "revision.h",
            f'#define REVISION "{built.revision}"\n',
        )
        write_if_changed(folder / "compiler", tools.identity)
        arguments = [f"O={relative(folder)}", f"-j{jobs}", *tools.for_make]
        wanted = [f"{relative(folder)}/{name}.elf" for name in programs]
        for makefile in makefiles:
            targets = wanted if makefile == "bench/Makefile" else []
            what = f"{configuration} ({makefile}, with {tools.command})"
            call_make(makefile, arguments + targets, what)
    return built


@cache
def find_toolchain() -> Toolchain:
    """With the prefix in CROSS_COMPILE; or the pinned one; or, where that cannot be
    had, the first of TOOLCHAINS that works, and says so."""
    given = os.environ.get("CROSS_COMPILE")
    kind = os.environ.get("COMPILER")
    if given and kind:
        raise Refused("COMPILER and CROSS_COMPILE exclude each other: take one")
    if kind:
        return _of_kind(kind)
    if given:
        return _first_that_works(((given, ""), (given, "-m32")), "")
    if found := toolchain.find_pinned():
        return found
    try:
        with locked(toolchain.FOLDER):
            return toolchain.unpack_pinned()
    except toolchain.NotThere as reason:
        found = _first_that_works(TOOLCHAINS, f"; the pinned one: {reason}")
        print(f"twentyfold: {found.note} ({reason})", file=sys.stderr)
        return found


def _of_kind(kind: str) -> Toolchain:
    """COMPILER=clang, or gcc -m32, which needs no gcc-multilib (that removes the cross
    compiler)."""
    if kind == "clang":
        with locked(toolchain.CLANG):
            return _first_that_works(((toolchain.wrap_clang(), ""),), "")
    if kind == "gcc -m32":
        return _first_that_works((("", "-m32"),), "")
    raise Refused(f"no COMPILER '{kind}': there are clang and 'gcc -m32'")


def _first_that_works(
    candidates: Sequence[tuple[str, str]], otherwise: str
) -> Toolchain:
    """otherwise: what a refusal says besides."""
    for prefix, flags in candidates:
        if found := toolchain.probe(prefix, flags):
            return found
    tried = ", ".join(f"{prefix}gcc {flags}".strip() for prefix, flags in candidates)
    raise Refused(
        f"no compiler for i386 kernels (tried {tried}): install Debian's "
        "gcc-i686-linux-gnu (or clang, for COMPILER=clang) or set CROSS_COMPILE to the "
        f"prefix of one{otherwise}"
    )


@cache
def revision() -> str:
    """Git's, or that of an unpacked release, with -dirty when files differ from it; or
    that there is none of ours: the checkout may be a folder of another repository. All
    are equally long, because kernels and programs have it in memory and print it, which
    takes time."""
    found = git.head(len(NO_REVISION)) or release.unpacked()
    return _told(*found) if found else NO_REVISION


def _told(commit: str, changed: bool) -> str:
    return commit[: -len(DIRTY)] + DIRTY if changed else commit


def assemble(source: Path, image: Path, options: Sequence[str]) -> None:
    """A bare image from one assembly file. options: for the compiler and linker."""
    flags = ["-nostdlib", "-static", "-no-pie", "-Wl,--build-id=none", *options]
    done = find_toolchain().run("gcc", *flags, "-o", str(image), str(source))
    if done.returncode != 0:
        print(done.stderr)
        raise Refused(f"{source} cannot be built (the messages are above)")


def host_compiler(folder: Path) -> str:
    """The one for this machine; what is made in a folder will depend on it."""
    command = os.environ.get("HOSTCC") or "gcc"
    words = [command] if shutil.which(command) else command.split()
    write_if_changed(folder / "compiler", toolchain.identity(words))
    return toolchain.word(command) if len(words) == 1 else command


def relative(folder: Path) -> str:
    """A folder as make shall know it, which cannot have blanks in names: it is run in
    the checkout, whose path may have any."""
    found = os.path.relpath(folder, ROOT)
    if re.search(r"[^\w./+-]", found):
        raise Refused(f"{found}: make cannot build in a folder with such a name")
    return found


def call_make(makefile: str, arguments: list[str], what: str) -> None:
    """Runs a Makefile of ours; refuses if it fails. what: for the message."""
    command = ["make", "--no-print-directory", "-f", makefile, *arguments]
    done = processes.run(command, cwd=ROOT, capture_output=True, text=True)
    if done.returncode != 0:
        print(done.stdout + done.stderr)
        raise Refused(f"{what} cannot be built (the messages are above)")
    if done.stderr:
        print(done.stderr, end="")


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Two harnesses may want to build the same at the same time."""
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
