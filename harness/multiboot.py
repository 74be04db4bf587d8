# SPDX-License-Identifier: BSD-2-Clause
"""Multiboot images (version 1): is it one, and where does it begin?"""

from __future__ import annotations

import gzip
import os
import stat
import struct
import zlib
from io import BytesIO
from pathlib import Path

from elftools.common.exceptions import ELFError
from elftools.elf.elffile import ELFFile

from harness.errors import Refused

MAGIC, MAGIC_2 = 0x1BADB002, 0xE85250D6
SEARCHED = 8192  # bytes of the file in which the header has to be
QEMU_SEARCHED = SEARCHED - 48  # QEMU finds only those that begin before
HEADER = 12  # bytes; more if it has addresses
HAS_ADDRESSES = 1 << 16  # the header tells where to load, not ELF
ENTRY = 28  # offset of the entry's address in a header with addresses
GZIP = b"\x1f\x8b"
LARGEST = 1 << 30  # bytes, expanded


def read(path: Path) -> bytes:
    """An image or module; one compressed by gzip is expanded, as GRUB does."""
    try:
        with open(path, "rb", opener=_open) as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise Refused(f"{path}: is no file with contents of its own")
            packed = file.peek(len(GZIP))[: len(GZIP)] == GZIP
            expanded = gzip.GzipFile(fileobj=file) if packed else file
            contents = expanded.read(LARGEST + 1)
        if len(contents) > LARGEST:
            raise Refused(f"{path}: larger than {LARGEST >> 20} MB")
        return contents
    except OSError as error:
        raise Refused(f"{path}: {error.strerror or error}") from error
    except (EOFError, zlib.error) as error:
        raise Refused(f"{path}: damaged gzip file: {error}") from error


def _open(path: str, flags: int) -> int:
    """Of a pipe nobody waits for the other end."""
    return os.open(path, flags | os.O_NONBLOCK)


def entry(image: bytes, source: str) -> int:
    """Physical address of the image's first instruction."""
    header = find_header(image)
    if header is None:
        if struct.pack("<I", MAGIC_2) in image[: 4 * SEARCHED]:
            raise Refused(f"{source}: for multiboot 2 only; QEMU boots version 1")
        raise Refused(
            f"{source}: no multiboot kernel: no header in its first {SEARCHED} bytes"
        )
    if header >= QEMU_SEARCHED:
        raise Refused(
            f"{source}: its multiboot header is at byte {header}; QEMU finds only one "
            f"that begins before byte {QEMU_SEARCHED}: link it nearer to the beginning"
        )
    flags = struct.unpack_from("<I", image, header + 4)[0]
    if flags & HAS_ADDRESSES:
        if header + ENTRY + 4 > len(image):
            raise Refused(f"{source}: its multiboot header is cut off")
        return int(struct.unpack_from("<I", image, header + ENTRY)[0])
    return _elf_entry(image, source)


def find_header(image: bytes) -> int | None:
    """Offset of the multiboot header."""
    for offset in range(0, min(len(image), SEARCHED) - HEADER + 1, 4):
        magic, flags, check = struct.unpack_from("<3I", image, offset)
        if magic == MAGIC and (magic + flags + check) & 0xFFFFFFFF == 0:
            return offset
    return None


def _elf_entry(image: bytes, source: str) -> int:
    try:
        elf = ELFFile(BytesIO(image))
        if elf.elfclass != 32:
            raise Refused(f"{source}: a 64-bit image; a 486 boots 32-bit ones")
        start = int(elf.header["e_entry"])
        for segment in elf.iter_segments("PT_LOAD"):
            virtual, physical = segment["p_vaddr"], segment["p_paddr"]
            if virtual <= start < virtual + segment["p_filesz"]:
                return int(start - virtual + physical)
    except ELFError as error:
        raise Refused(f"{source}: no ELF image, and no addresses: {error}") from error
    return start
