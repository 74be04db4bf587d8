# SPDX-License-Identifier: BSD-2-Clause
"""The kernels on this machine's own processor, under KVM; or, to try the same path
where there is none, under plain TCG, of which no time means anything.

Like a real machine: the guest measures by its own clock, in batches; several boots of
each kernel, all kernels in turn, so that what changes meanwhile meets all of them.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Sequence

from harness import build, collect, images, measure, processes, real_machines, results
from harness import switches
from harness.build import Built
from harness.errors import Refused
from harness.machines import qemu
from harness.progress import stages

DEVICE = Path("/dev/kvm")
MODULES = ("kvm_intel", "kvm_amd", "kvm_pvm")
PROBE_SECONDS = 20
DEADLINE = 900  # seconds, for a boot
NOT_A_MEASUREMENT = (
    "Plain TCG: not a measurement. QEMU translates instructions; how long that takes "
    "says nothing of any processor."
)


@dataclass(frozen=True)
class Accelerator:
    name: str
    options: Sequence[str]
    note: str = ""


KVM = Accelerator("kvm", ("-accel", "kvm", "-cpu", "host"))
TCG = Accelerator("tcg", ("-accel", "tcg", "-cpu", "pentium3"), NOT_A_MEASUREMENT)
ACCELERATORS = {one.name: one for one in (KVM, TCG)}


def command(
    accelerator: Accelerator, built: Built, words: str, cpu: int | None = None
) -> list[str]:
    """QEMU, with its one processor on a processor of ours that nothing else is given."""
    program = built.program(measure.PINGPONG.name)
    pinned = ["taskset", "-c", str(cpu)] if cpu is not None else []
    return [
        *pinned,
        qemu.binary(),
        *("-nodefaults", "-no-user-config", "-no-reboot", "-nic", "none", "-M", "pc"),
        *("-m", str(qemu.MEMORY_MB), "-vga", "std", "-display", "none"),
        *("-monitor", "none", "-serial", "stdio"),
        *("-device", "isa-debug-exit,iobase=0xf4,iosize=4"),
        *accelerator.options,
        *("-kernel", str(built.kernel), "-append", words),
        *("-initrd", ",".join([str(program)] * 2)),
    ]


def modules() -> list[str]:
    """The kernel modules that are behind /dev/kvm."""
    return [name for name in MODULES if Path("/sys/module", name).exists()]


def probe(accelerator: Accelerator, built: Built) -> None:
    """Refuses, with the reason, if a paged 32-bit guest does not run to its end."""
    if accelerator is KVM and not os.access(DEVICE, os.R_OK | os.W_OK):
        why = "is not there" if not DEVICE.exists() else "may not be opened"
        raise Refused(
            f"{DEVICE} {why}: KVM needs a processor with virtualisation, switched on "
            "in its firmware, and membership in the group kvm"
        )
    words = command(accelerator, built, "rounds=4 bytes=8 batches=1")
    try:
        done = processes.run(
            words, capture_output=True, text=True, timeout=PROBE_SECONDS
        )
    except subprocess.TimeoutExpired as error:
        why = f"a small guest has not ended in {PROBE_SECONDS} s"
        raise Refused(_no_use(accelerator, why)) from error
    if done.returncode != qemu.SUCCESS:
        last = qemu.last_words(done.stdout)
        said = [line for line in done.stderr.splitlines() if line.strip()]
        said = [line for line in said if not qemu.HARMLESS.search(line)]
        status = f"QEMU's status {done.returncode}"
        if done.returncode == 0:
            status = "the guest was reset, as by a triple fault"
        why = last or (said[-1].strip() if said else status)
        raise Refused(_no_use(accelerator, why))


def _no_use(accelerator: Accelerator, why: str) -> str:
    if accelerator is not KVM:
        return f"QEMU does not run a guest: {why}"
    names = ", ".join(modules()) or "none of " + ", ".join(MODULES)
    software = (
        " (KVM in software, which has no paged 32-bit guests)"
        if ("kvm_pvm" in names)
        else ""
    )
    return (
        f"KVM cannot run a paged 32-bit guest here: {why}; module: {names}{software}; "
        "'make figures' models, 'make figures MACHINE=tcg' tries the path"
    )


def measure_all(
    name: str, wanted: str, boots: int, batches: int, words: str, target: Path | None
) -> Path:
    """Boots, measures, evaluates: a run of a machine in the results folder."""
    accelerator = ACCELERATORS[name]
    names = wanted.split() or images.default_configurations()
    chosen = [switches.parse(one) for one in dict.fromkeys(names)]
    folder = target or real_machines.results_folder(Path(name))
    real_machines.check_target(folder)
    images.check_arguments(words)
    with stages(name, 1 + len(chosen) * (1 + boots)) as stage:
        with stage(f"a small guest under {name}"):
            probe(accelerator, build.build(chosen[0], programs=("pingpong",)))
        built = []
        for configuration in chosen:
            with stage(f"build {configuration}"):
                built.append(build.build(configuration, programs=("pingpong",)))
        with results.publishing(folder) as partial:
            (partial / collect.RAW).mkdir()
            for boot in range(1, boots + 1):
                for one in built:
                    with stage(f"{one.configuration}, boot {boot} of {boots}"):
                        _boot(
                            accelerator,
                            one,
                            partial,
                            boot,
                            f"{words} batches={batches}",
                        )
            found = collect.read(partial)
            several = real_machines.machines(found)
            if len(several) != 1:
                raise Refused(f"{name}: " + "; ".join(collect.summary(found)))
            real_machines.publish(several[0], partial, found, accelerator.note)
    return folder


def _boot(
    accelerator: Accelerator, built: Built, folder: Path, boot: int, words: str
) -> None:
    """The last processor: the first ones are given interrupts."""
    cpu = max(os.sched_getaffinity(0)) if shutil.which("taskset") else None
    done = processes.run(
        command(accelerator, built, words.strip(), cpu),
        capture_output=True,
        text=True,
        timeout=DEADLINE,
    )
    name = f"{built.configuration}-{boot:03}.log"
    (folder / collect.RAW / name).write_text(done.stdout)
    if done.returncode != qemu.SUCCESS:
        why = qemu.last_words(done.stdout) or f"QEMU's status {done.returncode}"
        raise Refused(f"{built.configuration}, boot {boot}: {why}")


def check_accelerator(name: str) -> None:
    if name not in ACCELERATORS:
        known = " and ".join(ACCELERATORS)
        raise Refused(f"no MACHINE '{name}': there are {known}")
