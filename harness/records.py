# SPDX-License-Identifier: BSD-2-Clause
"""Records: from a console log to samples.

The format is that of bench/runtime/records.h. A log that is not whole, not
intact, or not from the kernel that it should be from is refused; nothing is
guessed or left out.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass, field

import pandas as pd

from harness.errors import Refused
from harness.switches import DEBUG

VERSION = "TF1"
RECORD = re.compile(r"TF(\d+) ([0-9a-f]{8}) (\w+) (.*)")
BANNER = re.compile(r"Twentyfold kernel, configuration (\S+), revision ([^\s,]+)", re.M)

# Kinds of records about the machine.
ABOUT = ("machine", "caches", "memory", "clock", "built")


@dataclass(frozen=True)
class Records:
    """The records of one boot. samples: a row each, columns as recorded."""

    program: str
    configuration: str
    revision: str
    samples: pd.DataFrame
    # Of a real machine (bench/runtime/machine.h): by kind, the fields of its record.
    about: dict[str, dict[str, str]] = field(default_factory=dict)
    options: tuple[str, ...] = ()  # the words of the kernel's command line
    series: pd.DataFrame = field(default_factory=pd.DataFrame)


def parse(text: str, source: str, ours: bool = True, photos: bool = False) -> Records:
    """The records in a console log; source names it in refusals. ours: on a kernel of
    ours, which tells its configuration itself. photos: the records came by the screen,
    all but the samples."""
    begin: dict[str, str] | None = None
    samples: list[dict[str, int]] = []
    series: list[dict[str, int]] = []
    about: dict[str, dict[str, str]] = {}
    options: list[str] = []
    ended = False
    for number, line in enumerate(text.splitlines(), start=1):
        where = f"{source}, line {number}"
        if not line.startswith("TF"):
            continue
        kind, fields = _record(line, where)
        if ended:
            raise Refused(f"{where}: a record behind the end record")
        if kind == "begin":
            if begin:
                raise Refused(f"{where}: a second begin record: two runs in a log")
            begin = fields
        elif not begin:
            raise Refused(f"{where}: a {kind} record before the begin record")
        elif kind == "sample":
            samples.append(_sample(fields, len(samples) + 1, where))
        elif kind == "series":
            series.append(_numbers(fields, where))
        elif kind in ABOUT:
            about[kind] = fields
        elif kind == "option":
            options.append(_field(fields, "word", where))
        elif kind == "end":
            if not photos:
                _check_count(fields, len(samples), where)
            ended = True
        else:
            raise Refused(f"{where}: no such kind of record: {kind}")
    if not begin:
        raise Refused(f"{source}: no records in it")
    if not ended:
        raise Refused(f"{source}: cut off after {len(samples)} samples, no end record")
    found = Records(
        _field(begin, "experiment", source),
        _field(begin, "configuration", source),
        _field(begin, "revision", source),
        pd.DataFrame(samples),
        about,
        tuple(options),
        pd.DataFrame(series),
    )
    if ours and not photos:
        _check_banner(text, found, source)
    return found


def expect(found: Records, configuration: str, revision: str, source: str) -> Records:
    """Refuses records of another kernel than the one expected."""
    if found.configuration != configuration:
        raise Refused(
            f"{source}: from configuration {found.configuration}, not {configuration}"
        )
    if found.revision != revision:
        raise Refused(f"{source}: from revision {found.revision}, not {revision}")
    return found


def expect_measurable(found: Records, source: str) -> Records:
    """Refuses records of a debug build: its assertions have taken time."""
    if found.configuration.endswith(DEBUG):
        raise Refused(
            f"{source}: from a debug build, {found.configuration}: its assertions "
            "take time, so its records measure nothing"
        )
    return found


def _record(line: str, where: str) -> tuple[str, dict[str, str]]:
    match = RECORD.fullmatch(line)
    if not match:
        raise Refused(f"{where}: a garbled record: {line[:60]!r}")
    version, crc, kind, rest = match.groups()
    if f"TF{version}" != VERSION:
        raise Refused(f"{where}: record version {version}, but this reads {VERSION}")
    if zlib.crc32(f"{kind} {rest}".encode()) != int(crc, 16):
        raise Refused(f"{where}: wrong checksum, the record is garbled")
    return kind, dict(field.partition("=")[::2] for field in rest.split())


def _numbers(fields: dict[str, str], where: str) -> dict[str, int]:
    try:
        return {key: int(value) for key, value in fields.items()}
    except ValueError as error:
        raise Refused(f"{where}: a sample with a bad number: {error}") from error


def _sample(fields: dict[str, str], expected: int, where: str) -> dict[str, int]:
    sample = _numbers(fields, where)
    n = sample.pop("n", None)
    if n != expected:
        problem = "duplicated" if n is not None and n < expected else "missing"
        raise Refused(f"{where}: sample {n} where {expected} should be: {problem}")
    return sample


def _check_count(fields: dict[str, str], counted: int, where: str) -> None:
    declared = _field(fields, "samples", where)
    if declared != str(counted):
        raise Refused(f"{where}: {declared} samples were sent, {counted} have come")


def _check_banner(text: str, found: Records, source: str) -> None:
    """The kernel tells what it is in its first line."""
    banner = BANNER.search(text)
    if not banner:
        raise Refused(f"{source}: the kernel's first line is missing")
    if banner.groups() != (found.configuration, found.revision):
        raise Refused(
            f"{source}: the kernel is {' '.join(banner.groups())}, the user "
            f"programs were built for {found.configuration} {found.revision}"
        )


def _field(fields: dict[str, str], name: str, where: str) -> str:
    if name not in fields:
        raise Refused(f"{where}: a record without {name}=")
    return fields[name]
