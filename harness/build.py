# SPDX-License-Identifier: BSD-2-Clause
"""Builds kernels and user programs, a folder for each configuration."""

from __future__ import annotations

import fcntl
import os
import subprocess
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Iterator, Sequence

from harness import processes
from harness.errors import Refused
from harness.switches import ROOT, Configuration, write_headers, write_if_changed

BUILD = ROOT / "build"

# Prefix and flags, in the order in which they are tried.
TOOLCHAINS = (
    ("i686-elf-", ""),
    ("i686-linux-gnu-", ""),
    ("", "-m32"),
)

# The kernel, the user programs.
MAKEFILES = ("kernels/Makefile", "bench/Makefile")


@dataclass(frozen=True)
class Toolchain:
    """A cross compiler: the prefix of its commands and the flags it needs."""

    prefix: str
    flags: str
    version: str

    @property
    def command(self) -> str:
        return f"{self.prefix}gcc {self.flags}".strip()


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
    toolchain = find_toolchain()
    built = Built(configuration, revision(), folder)
    with locked(folder):
        write_headers(configuration, folder)
        write_if_changed(
            folder / "include" / "revision.h",
            f'#define REVISION "{built.revision}"\n',
        )
        arguments = [f"O={folder.relative_to(ROOT)}", f"-j{jobs}"]
        arguments += [f"CROSS={toolchain.prefix}", f"CROSS_FLAGS={toolchain.flags}"]
        wanted = [f"{folder.relative_to(ROOT)}/{name}.elf" for name in programs]
        for makefile in makefiles:
            targets = wanted if makefile == "bench/Makefile" else []
            what = f"{configuration} ({makefile}, with {toolchain.command})"
            call_make(makefile, arguments + targets, what)
    return built


@cache
def find_toolchain() -> Toolchain:
    """With the prefix in CROSS_COMPILE, or else the first of TOOLCHAINS that
    works."""
    cross_compile = os.environ.get("CROSS_COMPILE")
    candidates = TOOLCHAINS
    if cross_compile:
        candidates = ((cross_compile, ""), (cross_compile, "-m32"))
    for prefix, flags in candidates:
        if _compiles(prefix, flags):
            version = _output([f"{prefix}gcc", "--version"]).splitlines()[0]
            return Toolchain(prefix, flags, version)
    tried = ", ".join(f"{p}gcc {f}".strip() for p, f in candidates)
    raise Refused(
        f"no compiler for i386 kernels (tried {tried}): install Debian's "
        "gcc-i686-linux-gnu or set CROSS_COMPILE to the prefix of one"
    )


@cache
def revision() -> str:
    """Git's, with -dirty when files differ from it; 'unknown' outside git."""
    git = ["git", "-c", "safe.directory=*", "-C", str(ROOT)]
    try:
        commit = _output([*git, "rev-parse", "--short=12", "HEAD"]).strip()
        changed = _output([*git, "status", "--porcelain", "--untracked-files=no"])
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return commit + ("-dirty" if changed else "")


def _compiles(prefix: str, flags: str) -> bool:
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "probe.c"
        source.write_text("#include <stdint.h>\nuint32_t _start(void) { return 0; }\n")
        command = [f"{prefix}gcc", *flags.split(), "-ffreestanding", "-nostdlib"]
        command += ["-static", "-march=i486", "-o", f"{folder}/probe", str(source)]
        try:
            return processes.run(command, capture_output=True).returncode == 0
        except (FileNotFoundError, PermissionError):
            return False


def assemble(source: Path, image: Path, options: Sequence[str]) -> None:
    """A bare image from one assembly file. options: for the compiler and linker."""
    toolchain = find_toolchain()
    command = [f"{toolchain.prefix}gcc", *toolchain.flags.split(), "-nostdlib"]
    command += ["-static", "-no-pie", "-Wl,--build-id=none", *options]
    done = processes.run(
        [*command, "-o", str(image), str(source)], capture_output=True, text=True
    )
    if done.returncode != 0:
        print(done.stderr)
        raise Refused(f"{source} cannot be built (the messages are above)")


def call_make(makefile: str, arguments: list[str], what: str) -> None:
    """Runs a Makefile of ours; refuses if it fails. what: for the message."""
    command = ["make", "--no-print-directory", "-f", makefile, *arguments]
    # The variables of an outer make are not this one's.
    environment = {
        k: v for k, v in os.environ.items() if k not in ("MAKEFLAGS", "MFLAGS")
    }
    done = processes.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True
    )
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


def _output(command: list[str]) -> str:
    return processes.run(command, check=True, capture_output=True, text=True).stdout
