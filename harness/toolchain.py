# SPDX-License-Identifier: BSD-2-Clause
"""Compilers for i386 kernels, and the one that is pinned in toolchain.toml.

The pinned one is Debian 12's. Where the system has another one, its packages are
fetched, unpacked into build/toolchain, and run with their own libraries.
"""

from __future__ import annotations

import hashlib
import os
import platform
import shlex
import shutil
import subprocess
import tempfile
import tomllib
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from elftools.common.exceptions import ELFError
from elftools.elf.elffile import ELFFile

from harness import debian, processes
from harness.errors import Refused
from harness.places import BUILD, ROOT

PINNED = ROOT / "harness" / "toolchain.toml"
FOLDER = BUILD / "toolchain"
TREE = FOLDER / "gcc"
FLAGS = "kernels/compiler.mk"
STAMP = TREE / "made-from"
CLANG = BUILD / "clang"
CLANG_TARGET = "i686-linux-gnu"
# Messages have their strings in the middle of structures, which it finds unusual.
QUIET = "-Wno-gnu-variable-sized-type-not-at-end -Wno-unused-command-line-argument"

# The path of the checkout may hold anything, so the programs are found from $0.
WRAPPER = """#!/bin/sh
# Made by harness/toolchain.py: runs a program with the libraries of its release.
here=${{0%/*}}/..
LD_LIBRARY_PATH=$here/usr/lib/x86_64-linux-gnu:$here/lib/x86_64-linux-gnu
COMPILER_PATH=$here/usr/i686-linux-gnu/bin
export LD_LIBRARY_PATH COMPILER_PATH
exec "$here/usr/bin/{0}" {1}"$@"
"""
# Nor shall gcc make its paths absolute: it cannot quote them.
OPTIONS = {"gcc-12": "-no-canonical-prefixes "}

PROBE = (
    "#include <stdint.h>\nuint32_t _start(void);\nuint32_t _start(void) { return 0; }\n"
)


class NotThere(Refused):
    """The pinned compiler cannot be had here: another one may do."""


@dataclass(frozen=True)
class Toolchain:
    """A cross compiler: the prefix of its commands and the flags it needs."""

    prefix: str
    flags: str
    version: str  # what gcc says of itself
    binutils: str  # what ld says of itself
    comment: str  # what it leaves in an image (made_by)

    @cached_property
    def identity(self) -> str:
        """Changes when the compiler does."""
        return identity([f"{self.prefix}gcc", *self.flags.split()])

    @property
    def command(self) -> str:
        return f"{self.prefix}gcc {self.flags}".strip()

    @property
    def note(self) -> str:
        return note(self.version, self.binutils)

    @property
    def for_make(self) -> list[str]:
        """Arguments for our Makefiles: which compiler it is."""
        return [f"CROSS={word(self.prefix)}", f"CROSS_FLAGS={self.flags}"]

    def run(self, tool: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """One of its programs, gcc with the flags; its prefix may be a path that begins
        in the checkout."""
        flags = self.flags.split() if tool == "gcc" else []
        return _run([f"{self.prefix}{tool}", *flags, *arguments])

    def check(self, *images: Path) -> None:
        """Refuses images that it has not made."""
        for image in images:
            if made_by(image) != self.comment:
                raise Refused(
                    f"{image} is made by {made_by(image) or 'an unknown compiler'}, "
                    f"the rest by {self.comment}: run it again"
                )


def word(text: str) -> str:
    """As make and its shell read it as one word."""
    return shlex.quote(text).replace("$", "$$")


def made_by(image: Path) -> str:
    """The compilers of an ELF image, as they have written into it."""
    try:
        with open(image, "rb") as file:
            section = ELFFile(file).get_section_by_name(".comment")
            text = section.data().decode(errors="replace") if section else ""
    except (OSError, ELFError) as error:
        raise Refused(f"{image}: no ELF image: {error}") from error
    return "; ".join(sorted(set(text.split("\0")) - {""}))


def identity(command: list[str]) -> str:
    """Of a compiler: command, version, and its programs as files, which an upgrade in
    place changes."""
    lines = [shlex.join(command)]
    try:
        lines.append(_run([*command, "-v"]).stderr)
        for program in (command[0], "cc1", "as", "ld"):
            if program != command[0]:
                asked = _run([*command, f"-print-prog-name={program}"])
                program = asked.stdout.strip()
            lines.append(_file(program))
    except OSError as error:
        lines.append(str(error))
    return "\n".join(lines) + "\n"


def _file(program: str) -> str:
    """Of a program: where it is, its size and time."""
    path = ROOT / (shutil.which(program) or program)
    if not path.is_file():
        return f"{program}: not there"
    status = path.stat()
    return f"{program}: {status.st_size} bytes, {status.st_mtime_ns}"


def _run(command: list[str]) -> subprocess.CompletedProcess[str]:
    return processes.run(command, cwd=ROOT, capture_output=True, text=True)


@cache
def pin() -> dict[str, Any]:
    """What toolchain.toml says."""
    return tomllib.loads(PINNED.read_text())


def note(compiler: str, binutils: str) -> str:
    """That it is not the pinned one, by what gcc, or an image of it, and ld say; empty
    if it is."""
    gcc, ld = pin()["gcc"], pin()["binutils"]
    if compiler.endswith(gcc) and binutils.endswith(ld):
        return ""
    return (
        f"the compiler is {compiler} with {binutils}, not {gcc} with {ld}: what is "
        "modelled of C, so all of the baseline, may differ from the reference run"
    )


def probe(prefix: str, flags: str) -> Toolchain | None:
    """A toolchain, if it compiles, with the flags that all is compiled with."""
    tools = Toolchain(prefix, flags, "", "", "")
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "probe.c"
        source.write_text(PROBE)
        try:
            asked = _run(["make", "-s", "-f", FLAGS, *tools.for_make, "flags"])
            options = asked.stdout.split()
            image = Path(folder) / "probe"
            done = tools.run("gcc", *options, "-o", str(image), str(source))
            if done.returncode != 0:
                return None
            version = _first_line(tools.run("gcc", "--version").stdout)
            binutils = _first_line(tools.run("gcc", "-Wl,--version").stdout)
            comment = made_by(image)
        except OSError:
            return None
    return Toolchain(prefix, flags, version, binutils, comment)


def wrap_clang() -> str:
    """A prefix under which clang is called as gcc is, and binutils, which it needs:
    its own assembler does not take ours."""
    CLANG.mkdir(parents=True, exist_ok=True)
    binutils = pin()["prefix"] if shutil.which(f"{pin()['prefix']}as") else ""
    tools = {name: f"{binutils}{name}" for name in ("objdump", "objcopy", "nm")}
    tools["gcc"] = f"clang --target={CLANG_TARGET} -fno-integrated-as {QUIET}"
    for name, command in tools.items():
        program = CLANG / f"clang-{name}"
        program.write_text(f'#!/bin/sh\nexec {command} "$@"\n')
        program.chmod(0o755)
    return f"{os.path.relpath(CLANG, ROOT)}/clang-"


def find_pinned() -> Toolchain | None:
    """The pinned one, if it is the system's own."""
    found = probe(pin()["prefix"], "")
    return found if found and not found.note else None


def unpack_pinned() -> Toolchain:
    """The pinned one in FOLDER, which must be locked; fetched if it is not there."""
    if platform.machine() != "x86_64":
        raise NotThere(f"its packages are for x86_64, not {platform.machine()}")
    stamp = f"{PINNED.read_text()}{WRAPPER}{OPTIONS}"
    if not STAMP.exists() or STAMP.read_text() != stamp:
        _install(stamp)
    # Not absolute: make and the compiler need not quote it.
    unpacked = probe(f"{os.path.relpath(TREE, ROOT)}/bin/{pin()['prefix']}", "")
    if not unpacked or unpacked.note:
        raise NotThere(f"the one in {FOLDER} does not run here")
    return unpacked


def _install(stamp: str) -> None:
    """Packages, put there by hand or fetched, become TREE."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    fetched = _fetch_missing()
    with tempfile.TemporaryDirectory(dir=FOLDER, prefix="new-") as name:
        new = Path(name) / "gcc"
        new.mkdir()
        for package in pin()["package"]:
            for found in FOLDER.glob(_deb(package["name"])):
                _unpack(found, package["sha256"], new)
        (new / "bin").mkdir()
        for program in (new / "usr" / "bin").glob(f"{pin()['prefix']}*"):
            wrapper = new / "bin" / program.name.removesuffix("-12")
            options = OPTIONS.get(program.name.removeprefix(pin()["prefix"]), "")
            wrapper.write_text(WRAPPER.format(program.name, options))
            wrapper.chmod(0o755)
        (new / STAMP.name).write_text(stamp)
        shutil.rmtree(TREE, ignore_errors=True)
        new.rename(TREE)
    for name in fetched:
        for package in FOLDER.glob(_deb(name)):
            package.unlink()


def _fetch_missing() -> list[str]:
    """Into FOLDER; the names of those that were not there."""
    versions = {p["name"]: p["version"] for p in pin()["package"]}
    missing = [name for name in versions if not any(FOLDER.glob(_deb(name)))]
    if missing:
        wanted = [f"{name}={versions[name]}" for name in missing]
        try:
            debian.fetch(wanted, pin()["release"], pin()["architecture"], FOLDER)
        except Refused as refusal:
            raise NotThere(str(refusal)) from refusal
    return missing


def _deb(name: str) -> str:
    return f"{name}_*.deb"


def _unpack(package: Path, sha256: str, folder: Path) -> None:
    if hashlib.sha256(package.read_bytes()).hexdigest() != sha256:
        raise Refused(
            f"{package}: damaged, or not the version that harness/toolchain.toml "
            "names: remove it"
        )
    try:
        done = processes.run(
            ["dpkg-deb", "-x", str(package), str(folder)],
            capture_output=True,
            text=True,
        )
    except FileNotFoundError as error:
        raise NotThere(f"no dpkg-deb to take {package.name} apart") from error
    if done.returncode != 0:
        raise Refused(f"{package} cannot be unpacked: {done.stderr.strip()}")


def _first_line(text: str) -> str:
    return next(iter(text.splitlines()), "")
