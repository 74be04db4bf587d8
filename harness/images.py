# SPDX-License-Identifier: BSD-2-Clause
"""Images that real machines boot: CD and USB stick, disk, floppy, network.

Each has a menu by GRUB (templates/grub.cfg) and a manifest with hashes. GRUB and
what makes file systems are Debian's.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Sequence


from harness import ablation, build, folders, processes, switches
from harness.build import Built
from harness.errors import Refused
from harness.progress import stages
from harness.render import render

IMAGES = build.BUILD / "images"
GRUB = Path("/usr/lib/grub")
BIOS, EFI = "i386-pc", "x86_64-efi"

PLATFORMS = {BIOS: "grub-pc-bin", EFI: "grub-efi-amd64-bin"}
PATH = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"

FOLDER = "boot/twentyfold"  # in the image
PROGRAMS = ("pingpong", "ipc_tests", "memory_test")
BATCHES = 30
WATCHDOG = 120  # seconds without a line
PAUSE = 10  # seconds to read the last page
TIMEOUT = 10  # seconds of the menu, then its first entry

# What GRUB needs before it can read more of itself, and what the menu uses.
COMMANDS = (
    *("normal", "configfile", "multiboot", "test", "echo", "sleep", "reboot", "halt"),
    *("search", "search_fs_file", "loadenv", "iorw", "serial", "terminal", "minicmd"),
)
VIDEO = {BIOS: ("vga_text",), EFI: ("efi_gop", "all_video")}

SECTOR = 512
MB = 1 << 20
DISK_MB = 64
PARTITION_START = 2048  # sectors; GRUB's core is between it and the first one
FLOPPY_BYTES = 1440 << 10
EPOCH = 946684800  # of all files: the same images each time
FAT_LBA = 0x0C


@dataclass(frozen=True)
class Kind:
    """What can be made."""

    name: str
    file: str
    make: Callable[[Path, "Tree"], None]
    tools: dict[str, str]  # and the packages that have them
    campaign: bool = False  # GRUB can write on it
    platforms: Sequence[str] = (BIOS, EFI)


@dataclass(frozen=True)
class Tree:
    """The files of an image, below a folder, and its id, made of their contents."""

    folder: Path
    id: str


def default_configurations() -> list[str]:
    """Baseline, optimized, and all single ablations."""
    ablated = [c.configuration for c in ablation.comparisons() if c.order == "minus"]
    both = [switches.baseline(), switches.optimized()]
    return [c.name for c in dict.fromkeys([*both, *ablated])]


def make(name: str, wanted: str, arguments: str, target: Path | None = None) -> Path:
    """The image of a kind. wanted: names of configurations, blanks between; none for
    the default. arguments: for the kernels' command lines, before ours."""
    kind = KINDS[name]
    names = wanted.split() or (
        ["baseline", "optimized"] if kind.name == "floppy" else default_configurations()
    )
    configurations = [switches.parse(n) for n in names]
    if len(set(configurations)) < len(configurations):
        raise Refused("CONFIGS names a configuration twice")
    check_arguments(arguments)
    check_tools(kind)
    target = target or IMAGES / kind.file
    target.parent.mkdir(parents=True, exist_ok=True)
    with (
        folders.scratch(target.parent) as scratch,
        stages(kind.name, len(names) + 1) as stage,
    ):
        built = []
        for configuration in configurations:
            with stage(f"build {configuration}"):
                built.append(build.build(configuration, programs=PROGRAMS))
        with stage(f"make {target.name}"):
            tree = make_tree(scratch / "tree", kind, built, arguments)
            made = scratch / target.name
            kind.make(made, tree)
            _publish(made, target)
            _write_manifest(target, kind, tree, built, arguments)
    return target


def advice(name: str, made: Path) -> str:
    """What to do with it, in a line."""
    return {
        "iso": f"burn it, or write it to a stick: dd if={made} of=/dev/sdX bs=4M",
        "disk": f"write it to a stick or disk: dd if={made} of=/dev/sdX bs=4M",
        "floppy": f"write it to a floppy: dd if={made} of=/dev/fd0",
        "pxe": f"serve it: dnsmasq --no-daemon --conf-file={made}/dnsmasq.conf",
    }[name]


def check_arguments(arguments: str) -> None:
    """They become words of GRUB's language."""
    if not re.fullmatch(r"[\w=.,/ +:-]*", arguments, re.ASCII):
        raise Refused(
            f"ARGUMENTS is '{arguments}': only letters, digits and =.,/+:-_ can stand "
            "in a boot menu"
        )


def check_tools(kind: Kind) -> None:
    """What makes it is there; if not, which package has it."""
    for tool, package in kind.tools.items():
        if not shutil.which(tool, path=PATH):
            raise Refused(f"{tool} not found: install Debian's {package}")
    for platform, package in PLATFORMS.items():
        if platform in kind.platforms and not (GRUB / platform / "normal.mod").exists():
            raise Refused(f"GRUB's {platform} not found: install Debian's {package}")


def make_tree(folder: Path, kind: Kind, built: Sequence[Built], arguments: str) -> Tree:
    """What GRUB finds: kernels and programs, the menu, and a file named by the id."""
    kernels = folder / FOLDER
    for one in built:
        place = kernels / one.configuration.name
        place.mkdir(parents=True)
        # Tests are there for the first one.
        programs = PROGRAMS if one is built[0] else PROGRAMS[:1]
        for file in (one.kernel, *map(one.program, programs)):
            _strip(file, place / file.name)
    digest = hashlib.sha256(arguments.encode())
    for path in _files(folder):
        digest.update(f"{path.relative_to(folder)}\n".encode() + path.read_bytes())
    identity = digest.hexdigest()[:12]
    (kernels / identity).write_text(f"{built[0].revision}\n")
    (folder / "boot/grub").mkdir(parents=True)
    menu = render_menu(kind, built, identity, arguments)
    (folder / "boot/grub/grub.cfg").write_text(menu)
    return Tree(folder, identity)


def render_menu(
    kind: Kind, built: Sequence[Built], identity: str, arguments: str
) -> str:
    """GRUB's grub.cfg."""
    return render(
        "grub.cfg",
        revision=built[0].revision,
        id=identity,
        where=kind.name,
        folder=f"/{FOLDER}",
        configurations=[one.configuration.name for one in built],
        arguments=arguments,
        batches=BATCHES,
        watchdog=WATCHDOG,
        pause=PAUSE,
        timeout=TIMEOUT,
        campaign=kind.campaign,
    )


# --- the kinds -----------------------------------------------------------------


def _make_cd(image: Path, tree: Tree) -> None:
    """Hybrid: for a CD, and for a stick that it is written to."""
    _call(
        "grub-mkrescue", "--fonts=", "--locales=", "--themes=", "-o", image, tree.folder
    )


def _make_floppy(image: Path, tree: Tree) -> None:
    """GRUB's core with all files in it: no file system that it would have to find."""
    core = tree.folder.with_name("core.img")
    memdisk = tree.folder.with_name("memdisk.tar")
    names = sorted(path.name for path in tree.folder.iterdir())
    owner = ("--owner=0", "--group=0", f"--mtime=@{EPOCH}")
    _call("tar", "-cf", memdisk, *owner, "-C", tree.folder, *names)
    modules = ("memdisk", "tar", *COMMANDS, *VIDEO[BIOS])
    try:
        _core(BIOS, core, "(memdisk)/boot/grub", modules, "--memdisk", memdisk)
    except Refused as refusal:
        if "too big" not in str(refusal):
            raise
        raise Refused(
            "so many kernels are too much for a floppy, of which a BIOS loads 480 KB: "
            "name fewer configurations in CONFIGS"
        ) from refusal
    boot = (GRUB / BIOS / "boot.img").read_bytes()
    image.write_bytes((boot + core.read_bytes()).ljust(FLOPPY_BYTES, b"\0"))


def _make_disk(image: Path, tree: Tree) -> None:
    """One FAT partition, for BIOS and UEFI. GRUB writes in it how far a campaign is."""
    grub = tree.folder / "boot/grub"
    _call("grub-editenv", grub / "grubenv", "create")
    efi = tree.folder / "EFI/BOOT"
    efi.mkdir(parents=True)
    modules: tuple[str, ...] = ("part_msdos", "fat", *COMMANDS)
    early = tree.folder.with_name("early.cfg")
    early.write_text(
        f"search --no-floppy --set=root --file /{FOLDER}/{tree.id}\n"
        "set prefix=($root)/boot/grub\n"
    )
    options = ("--config", early)
    _core(EFI, efi / "BOOTX64.EFI", "/boot/grub", (*modules, *VIDEO[EFI]), *options)
    core = tree.folder.with_name("core.img")
    modules = ("biosdisk", *modules, *VIDEO[BIOS])
    _core(BIOS, core, "/boot/grub", modules, *options)
    if core.stat().st_size > (PARTITION_START - 1) * SECTOR:
        raise Refused("GRUB's core is too long for the space before a partition")
    sectors = DISK_MB * MB // SECTOR - PARTITION_START
    with open(image, "wb") as disk:
        disk.write(_boot_record(sectors))
        disk.write(core.read_bytes())
        disk.truncate(DISK_MB * MB)
    part = f"{image}@@{PARTITION_START * SECTOR}"
    _call(
        *("mformat", "-i", part, "-F", "-T", str(sectors), "-h", "255", "-s", "63"),
        *("-H", str(PARTITION_START), "-v", "TWENTYFOLD", "-N", "54574659", "::"),
    )
    names = sorted(path for path in tree.folder.iterdir())
    for path in tree.folder.rglob("*"):
        os.utime(path, (EPOCH, EPOCH))
    _call("mcopy", "-s", "-m", "-i", part, *names, "::")


def _boot_record(sectors: int) -> bytes:
    """GRUB's first sector, which loads the core behind it, with one partition."""
    record = bytearray((GRUB / BIOS / "boot.img").read_bytes())
    entry = struct.pack(
        "<B3sB3sII",
        0x80,
        b"\xfe\xff\xff",
        FAT_LBA,
        b"\xfe\xff\xff",
        PARTITION_START,
        sectors,
    )
    record[0x1B8:0x200] = b"TWF\0\0\0" + entry + bytes(48) + b"\x55\xaa"
    return bytes(record)


def _make_pxe(folder: Path, tree: Tree) -> None:
    """What a TFTP server serves, and how dnsmasq does."""
    shutil.copytree(tree.folder, folder)
    _call(
        "grub-mknetdir",
        f"--net-directory={folder}",
        "--subdir=/boot/grub",
        "--fonts=",
        "--locales=",
        "--themes=",
    )
    (folder / "dnsmasq.conf").write_text(DNSMASQ.format(folder=IMAGES / "pxe"))


DNSMASQ = """\
# dnsmasq --no-daemon --conf-file=dnsmasq.conf
# Serves this folder beside a DHCP server that the network has: set the network.
port=0
dhcp-range=192.168.1.0,proxy
dhcp-match=set:efi64,option:client-arch,7
dhcp-match=set:efi64,option:client-arch,9
pxe-service=tag:!efi64,x86PC,Twentyfold,boot/grub/i386-pc/core
dhcp-boot=tag:!efi64,boot/grub/i386-pc/core.0
dhcp-boot=tag:efi64,boot/grub/x86_64-efi/core.efi
enable-tftp
tftp-root={folder}
"""

_FAT = {"mformat": "mtools", "mcopy": "mtools"}
_MKIMAGE = {"grub-mkimage": "grub-common"}

KINDS = {
    kind.name: kind
    for kind in (
        Kind(
            "iso",
            "twentyfold.iso",
            _make_cd,
            {"grub-mkrescue": "grub-common", "xorriso": "xorriso", "mformat": "mtools"},
        ),
        Kind("disk", "twentyfold.img", _make_disk, {**_FAT, **_MKIMAGE}, campaign=True),
        Kind("floppy", "floppy.img", _make_floppy, _MKIMAGE, platforms=(BIOS,)),
        Kind("pxe", "pxe", _make_pxe, {"grub-mknetdir": "grub-common"}),
    )
}


# --- details -------------------------------------------------------------------


def _core(
    platform: str, core: Path, prefix: str, modules: Sequence[str], *options: object
) -> None:
    _call(
        *("grub-mkimage", "-O", platform, "-o", core, "-p", prefix, *options, *modules)
    )


def _call(*words: object) -> None:
    command = [str(word) for word in words]
    environment = {**os.environ, "PATH": PATH, "MTOOLS_SKIP_CHECK": "1"}
    environment["SOURCE_DATE_EPOCH"] = str(EPOCH)
    done = processes.run(command, capture_output=True, text=True, env=environment)
    if done.returncode != 0:
        last = (done.stderr.strip() or "no message").splitlines()[-1]
        raise Refused(f"{command[0]} has failed: {last}")


def _strip(file: Path, to: Path) -> None:
    done = build.find_toolchain().run("objcopy", "--strip-all", str(file), str(to))
    if done.returncode != 0:
        raise Refused(f"{file} cannot be stripped: {done.stderr.strip()}")


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _publish(made: Path, target: Path) -> None:
    """Never half of it under its name."""
    if target.is_dir():
        shutil.rmtree(target)
    os.replace(made, target)


def _write_manifest(
    target: Path, kind: Kind, tree: Tree, built: Sequence[Built], arguments: str
) -> None:
    files = _files(target) if target.is_dir() else [target]
    manifest = {
        "image": tree.id,
        "kind": kind.name,
        "revision": built[0].revision,
        "compiler": build.find_toolchain().version,
        "configurations": [one.configuration.name for one in built],
        "arguments": arguments,
        "sha256": {
            str(path.relative_to(target.parent)): sha256(path) for path in files
        },
        "kernels": {
            str(path.relative_to(tree.folder)): sha256(path)
            for path in _files(tree.folder / FOLDER)
        },
    }
    text = json.dumps(manifest, indent=2) + "\n"
    folders.write_text(target.with_name(target.name + ".json"), text)


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
