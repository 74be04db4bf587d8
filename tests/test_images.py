# SPDX-License-Identifier: BSD-2-Clause
"""Images for real machines: what is in them, and that PCs boot them, without a hand on
the keyboard, from power-on to the last record. Those marked machines take minutes:
'make check-machines'."""

from __future__ import annotations

import json
import shutil
import subprocess
import threading
from pathlib import Path
from typing import Any

import pytest

from harness import build, collect, images, records, switches
from harness.errors import Refused
from harness.machines import bochs, pc
from harness.machines.pc import BIOS, UEFI, Pc

CONFIGS = "optimized baseline"
SHORT = "rounds=20 bytes=8 batches=2 pause=0 end=reboot"
DEADLINE = 300
GUESTS = Path(__file__).parent / "guests"


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody reads the menu."""
    monkeypatch.setattr(images, "TIMEOUT", 1)


def media(folder: Path, kind: str, firmware: str) -> list[str]:
    """An image of a kind, as a PC's options."""
    made = images.make(kind, CONFIGS, SHORT, folder / images.KINDS[kind].file)
    if kind == "pxe":
        return pc.network(made, firmware)
    return {"iso": pc.cd, "disk": pc.disk, "floppy": pc.floppy}[kind](made)


def check_boot(text: str, configuration: str) -> None:
    """All records, byte for byte valid, of the machine that it was."""
    (boot,) = collect.boots(text, "serial")
    assert boot.trouble == ""
    assert boot.run and boot.run.configuration == configuration
    assert len(boot.run.samples) == 8
    assert len(boot.run.series) == 4
    assert set(boot.run.about) == set(records.ABOUT)
    assert "end=reboot" in boot.run.options


def check_pc(
    folder: Path, machine: Pc, configuration: str = "optimized"
) -> records.Records:
    with pc.switched_on(machine, folder / "serial.log") as running:
        text = running.wait_for("# reset by", DEADLINE)
    check_boot(text, configuration)
    (boot,) = collect.boots(text, "serial")
    assert boot.run
    return boot.run


def test_a_pc_boots_a_floppy(tmp_path: Path) -> None:
    machine = Pc(media(tmp_path, "floppy", BIOS), memory_mb=16, cpu="486")
    run = check_pc(tmp_path, machine)
    assert run.about["clock"]["clock"] == "pit"
    assert "firmware=pc" in run.options


def test_a_pc_boots_a_cd(tmp_path: Path) -> None:
    check_pc(tmp_path, Pc(media(tmp_path, "iso", BIOS)))


@pytest.mark.machines
@pytest.mark.parametrize("firmware", [BIOS, UEFI])
@pytest.mark.parametrize("kind", ["iso", "usb", "pxe"])
def test_a_pc_boots(tmp_path: Path, kind: str, firmware: str) -> None:
    """A stick is both: the hybrid CD image, and the disk's."""
    memory = 512 if firmware == UEFI else 128
    medium = media(tmp_path, "iso" if kind == "usb" else kind, firmware)
    if kind == "usb":
        medium = pc.usb(Path(medium[1]))
    run = check_pc(tmp_path, Pc(medium, firmware, memory))
    assert f"firmware={'efi' if firmware == UEFI else 'pc'}" in run.options


@pytest.mark.machines
@pytest.mark.parametrize("firmware", [BIOS, UEFI])
def test_a_campaign_from_a_stick(tmp_path: Path, firmware: str) -> None:
    image = images.make("disk", CONFIGS, SHORT, tmp_path / "disk.img")
    medium = pc.usb(image, writable=True)
    machine = Pc(medium, firmware, 512, reboots=True)
    with pc.switched_on(machine, tmp_path / "log") as running:
        text = running.wait_for("# campaign ends", DEADLINE)
    found = collect.boots(text, "log")
    assert [boot.trouble for boot in found] == [""] * len(found)
    if firmware == BIOS:
        assert "# campaign: all are there" in text
        assert len(found) == 2
    else:
        # OVMF sets the clock's alarm, where the kernel leaves how it has ended.
        assert "# campaign: each was booted twice" in text
        assert len(found) == 4


@pytest.mark.machines
def test_8_gb(tmp_path: Path) -> None:
    check_pc(tmp_path, Pc(media(tmp_path, "iso", BIOS), memory_mb=8192))


@pytest.mark.machines
def test_bochs_boots_from_the_disk(tmp_path: Path) -> None:
    image = images.make("disk", CONFIGS, SHORT, tmp_path / "disk.img")
    text = bochs.boot_disk(image, tmp_path / "log", 20 * 60)
    check_boot(text, "optimized")


@pytest.mark.machines
def test_a_stick_that_is_read_only_has_no_campaign(tmp_path: Path) -> None:
    image = images.make("disk", CONFIGS, SHORT, tmp_path / "disk.img")
    stick = ["-drive", f"if=none,id=s,file={image},format=raw,readonly=on"]
    stick += ["-device", "qemu-xhci", "-device", "usb-storage,drive=s,bootindex=0"]
    check_pc(tmp_path, Pc(stick))


# --- campaigns ---------------------------------------------------------------------

CAMPAIGN = "baseline optimized optimized-lazy_scheduling optimized-direct_switch"
CAMPAIGN_WORDS = f"{SHORT} watchdog=3"
HANGS, PANICS = "optimized-lazy_scheduling", "optimized"


@pytest.fixture
def spoilers(tmp_path: Path) -> dict[str, Path]:
    """Programs in place of the ping-pong: one that never ends, one that is none."""
    spins, garbage = tmp_path / "spins.elf", tmp_path / "garbage"
    build.assemble(GUESTS / "spins.S", spins, ["-Wl,-Ttext=0x440000"])
    garbage.write_bytes(b"no program")
    return {HANGS: spins, PANICS: garbage}


def check_campaign(text: str) -> None:
    found = collect.boots(text, "log")
    whole = [boot.configuration for boot in found if boot.run]
    assert sorted(whole) == ["baseline", "optimized-direct_switch"]
    assert "# reset by" in text
    tries = [boot.configuration for boot in found]
    assert tries.count(HANGS) == tries.count(PANICS) == 2
    why = {boot.configuration: boot.trouble for boot in found if boot.trouble}
    assert "watchdog: nothing has been written" in why[HANGS]
    assert "module 0 is not an i386 ELF program" in why[PANICS]


@pytest.mark.machines
def test_a_campaign_on_a_disk(tmp_path: Path, spoilers: dict[str, Path]) -> None:
    """Four configurations; one hangs, one panics, and the power is cut meanwhile."""
    image = images.make("disk", CAMPAIGN, CAMPAIGN_WORDS, tmp_path / "disk.img")
    part = f"{image}@@{images.PARTITION_START * images.SECTOR}"
    for name, program in spoilers.items():
        place = f"::{images.FOLDER}/{name}/pingpong.elf"
        command = ["mcopy", "-o", "-i", part, str(program), place]
        subprocess.run(command, check=True)
    machine = Pc(pc.disk(image, writable=True), reboots=True)
    log = tmp_path / "serial.log"
    with pc.switched_on(machine, log) as running:
        running.wait_for(f"configuration {HANGS}", DEADLINE)
    with pc.switched_on(machine, log) as running:
        text = running.wait_for("# campaign ends", DEADLINE)
    check_campaign(text)
    assert f"# campaign: {HANGS} is missing: failed, twice" in text
    assert f"# campaign: {PANICS} is missing: failed, twice" in text


@pytest.mark.machines
def test_a_campaign_over_the_network(
    tmp_path: Path, spoilers: dict[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    tree = images.make("pxe", CAMPAIGN, CAMPAIGN_WORDS, tmp_path / "pxe")
    for name, program in spoilers.items():
        shutil.copy(program, tree / images.FOLDER / name / "pingpong.elf")
    machine = Pc(pc.network(tree, BIOS), reboots=True)
    log = tmp_path / "serial.log"
    log.touch()
    campaign = collect.Campaign(CAMPAIGN.split(), tree, pc.MAC, hang=60)
    folder = tmp_path / "collected"

    def serve() -> None:
        collect.follow(str(log), folder, collect.SPEED, DEADLINE, campaign)

    server = threading.Thread(target=serve)
    server.start()
    with pc.switched_on(machine, log) as running:
        running.wait_for(f"configuration {HANGS}", DEADLINE)
    with pc.switched_on(machine, log) as running:
        server.join(DEADLINE)
    assert not server.is_alive()
    check_campaign(log.read_text(errors="replace"))
    assert campaign.close() == [
        f"{PANICS} is missing after 2 tries",
        f"{HANGS} is missing after 2 tries",
    ]
    assert len([boot for boot in collect.read(folder) if boot.run]) == 2
    assert list((tree / "boot/grub").glob("grub.cfg-*")) == []


# --- what is made, and what is not ---------------------------------------------------


def test_a_manifest(tmp_path: Path) -> None:
    image = images.make("floppy", "optimized", SHORT, tmp_path / "floppy.img")
    manifest: dict[str, Any] = json.loads((tmp_path / "floppy.img.json").read_text())
    assert manifest["configurations"] == ["optimized"]
    assert manifest["arguments"] == SHORT
    assert manifest["sha256"] == {"floppy.img": images.sha256(image)}
    assert manifest["image"] in image.with_name("floppy.img.json").read_text()
    assert image.stat().st_size == images.FLOPPY_BYTES


@pytest.mark.parametrize("kind", ["floppy", "disk"])
def test_images_are_the_same_each_time(tmp_path: Path, kind: str) -> None:
    first = images.make(kind, "optimized", SHORT, tmp_path / "a.img")
    second = images.make(kind, "optimized", SHORT, tmp_path / "b.img")
    assert first.read_bytes() == second.read_bytes()


def test_default_configurations() -> None:
    names = images.default_configurations()
    assert names[:2] == ["baseline", "optimized"]
    assert len(names) == 2 + len(switches.switches())


@pytest.mark.parametrize(
    ("configs", "words", "reason"),
    [
        ("optimised", "", "optimised"),
        ("optimized optimized", "", "CONFIGS names a configuration twice"),
        ("optimized", "rounds=1; halt", "can stand in a boot menu"),
        ("optimized", "a=$prefix", "can stand in a boot menu"),
    ],
)
def test_bad_wishes_are_refused(
    tmp_path: Path, configs: str, words: str, reason: str
) -> None:
    with pytest.raises(Refused, match=reason):
        images.make("floppy", configs, words, tmp_path / "floppy.img")
    assert list(tmp_path.iterdir()) == []


def test_a_floppy_has_room_for_few(tmp_path: Path) -> None:
    many = " ".join(images.default_configurations())
    with pytest.raises(Refused, match="too much for a floppy, .* in CONFIGS"):
        images.make("floppy", many, "", tmp_path / "floppy.img")


def test_a_missing_tool_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(images, "PATH", str(tmp_path))
    with pytest.raises(Refused, match="xorriso|grub-mkrescue.*install Debian's"):
        images.make("iso", "optimized", "", tmp_path / "cd.iso")
