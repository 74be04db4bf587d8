# SPDX-License-Identifier: BSD-2-Clause
"""Constants that C and Python share are written in C; here they are read."""

from __future__ import annotations

import re
from functools import cache

from harness.errors import Refused
from harness.places import ROOT


@cache
def _text(header: str) -> str:
    return (ROOT / header).read_text()


def define(header: str, name: str) -> int:
    """A number that a C file of ours gives a name. header: from the top folder on."""
    found = re.search(rf"^#define {name} (0x[0-9A-Fa-f]+|\d+)\b", _text(header), re.M)
    if not found:
        raise Refused(f"{header}: no number {name} is defined there")
    return int(found[1], 0)


def enumerators(header: str, enum: str) -> dict[str, int]:
    """Of an enum that begins with 0, without values of its own."""
    found = re.search(rf"\benum {enum} \{{(.*?)\}}", _text(header), re.S)
    if not found:
        raise Refused(f"{header}: no enum {enum} is there")
    names = re.findall(r"\w+", re.sub(r"/\*.*?\*/", "", found[1], flags=re.S))
    return {name: number for number, name in enumerate(names)}
