# SPDX-License-Identifier: BSD-2-Clause
"""Records from photographs of the screen: QR codes (bench/runtime/qr.h), read by
zbarimg, put together."""

from __future__ import annotations

import re
import shutil
import zlib
from pathlib import Path
from typing import Sequence

from harness import processes
from harness.errors import Refused

PAGE = re.compile(r"TFQ (\d+)/(\d+) ([0-9a-f]{8}) (.*)", re.S)
AT_ONCE = 50  # pictures for one zbarimg


def read(pictures: Sequence[Path]) -> str:
    """The records of all boots of which every page is in the pictures. Refuses if a
    page is missing, and says which."""
    pages: dict[tuple[str, int], dict[int, str]] = {}
    for code in codes(pictures):
        if match := PAGE.fullmatch(code):
            page, count, crc, piece = match.groups()
            pages.setdefault((crc, int(count)), {})[int(page)] = piece
    if not pages:
        raise Refused(
            f"no page of records in {len(pictures)} pictures: a page fills the screen; "
            "photograph it from the front, the whole of it, without reflections"
        )
    texts = []
    for (crc, count), found in pages.items():
        missing = [str(n) for n in range(1, count + 1) if n not in found]
        if missing:
            raise Refused(f"of {count} pages these are missing: {', '.join(missing)}")
        text = "".join(found[n] for n in range(1, count + 1))
        if zlib.crc32(text.encode()) != int(crc, 16):
            raise Refused("the pages are not of one boot: their checksum is wrong")
        texts.append(text)
    return "".join(texts)


def codes(pictures: Sequence[Path]) -> list[str]:
    """What the QR codes in them say."""
    if not shutil.which("zbarimg"):
        raise Refused("zbarimg not found: install Debian's zbar-tools")
    found: list[str] = []
    for first in range(0, len(pictures), AT_ONCE):
        some = [str(path) for path in pictures[first : first + AT_ONCE]]
        # Separated by what no record has.
        command = ["zbarimg", "-q", "--nodbus", "-Sdisable", "-Sqrcode.enable", "--xml"]
        done = processes.run([*command, *some], capture_output=True, text=True)
        if done.returncode not in (0, 4):  # 4: no code in a picture
            last = (done.stderr.strip() or "no message").splitlines()[-1]
            raise Refused(f"zbarimg: {last}")
        found += re.findall(
            r"<data[^>]*><!\[CDATA\[(.*?)\]\]></data>", done.stdout, re.S
        )
    return found
