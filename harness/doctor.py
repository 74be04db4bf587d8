# SPDX-License-Identifier: BSD-2-Clause
"""What is installed, what is missing, and what that means."""

from __future__ import annotations

import importlib.util
import os
import platform
import shutil
import sys
from pathlib import Path
from typing import Callable

from harness.errors import Refused, describe
from harness.modules import MODULES


def examine() -> bool:
    """Prints a line for each thing; True if all that is needed is there."""
    needed = [
        _line("python", _python, "nothing runs"),
        _line("compiler", _compiler, "no kernel can be built"),
        _line("qemu", _qemu, "no kernel can be run"),
        _line("i486 model", _model, "no times, only instructions"),
        _line("gnuplot", _gnuplot, "no figures"),
        *(_line(name, _module(name), f"no {MODULES[name][1]}") for name in MODULES),
    ]
    _line("bochs", _bochs, "make check and make validate-model fail in part")
    _line("git", _git, "results will not say which revision they are of")
    _line("kvm", _kvm, "no times of the host's own processor")
    return all(needed)


def _line(name: str, find: Callable[[], str], otherwise: str) -> bool:
    try:
        print(f"  ok       {name:10} {find()}")
        return True
    except (Refused, ModuleNotFoundError, OSError) as missing:
        why = describe(missing) if isinstance(missing, OSError) else missing
        print(f"  MISSING  {name:10} {why}; without it: {otherwise}")
        return False


# What is examined may be what these modules need: they are imported late.


def _python() -> str:
    return f"{sys.executable}: {platform.python_version()}"


def _compiler() -> str:
    from harness import build

    found = build.find_toolchain()
    about = f"{found.command}: {found.version}; {found.binutils}"
    return f"{about}; {found.note}" if found.note else about


def _qemu() -> str:
    from harness.machines import qemu

    return f"{qemu.binary()}: {qemu.version()}"


def _model() -> str:
    from harness.models.i486 import model

    return f"{model.library()}, for boards {', '.join(model.board_names())}"


def _gnuplot() -> str:
    from harness import figures

    found = _on_path("gnuplot", "gnuplot-nox")
    figures.check()
    return found


def _bochs() -> str:
    return _on_path("bochs", "bochs")


def _git() -> str:
    return _on_path("git", "git")


def _on_path(command: str, package: str) -> str:
    found = shutil.which(command)
    if not found:
        raise Refused(f"not found: install Debian's {package}")
    return found


def _module(name: str) -> Callable[[], str]:
    def find() -> str:
        spec = importlib.util.find_spec(name)
        if not spec or not spec.origin:
            raise Refused(f"not found: install Debian's {MODULES[name][0]}")
        return spec.origin

    return find


def _kvm() -> str:
    if not os.access("/dev/kvm", os.R_OK | os.W_OK):
        raise Refused("/dev/kvm is not there or not accessible")
    modules = [p.name for p in Path("/sys/module").glob("kvm_*")]
    if not {"kvm_intel", "kvm_amd"} & set(modules):
        raise Refused(
            f"/dev/kvm is there, but its module is {', '.join(modules) or 'unknown'}, "
            "not kvm_intel or kvm_amd"
        )
    return f"/dev/kvm with {', '.join(modules)} (make figures MACHINE=kvm)"
