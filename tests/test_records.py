# SPDX-License-Identifier: BSD-2-Clause
"""Records: what is refused."""

from __future__ import annotations

import re
import zlib

import pytest

from harness import records
from harness.errors import Refused

BANNER = "Twentyfold kernel, configuration optimized, revision abc\r\n"


def record(body: str) -> str:
    return f"TF1 {zlib.crc32(body.encode()):08x} {body}\r\n"


BEGIN = record("begin experiment=pingpong configuration=optimized revision=abc")
SAMPLES = [
    record(f"sample n={n} bytes=8 spaces=2 round_trips=10 start=0 end=6400 ticks=0")
    for n in (1, 2, 3)
]
END = record("end samples=3")
WHOLE = BANNER + "# chatter\r\n" + BEGIN + "".join(SAMPLES) + END


def test_a_whole_log() -> None:
    run = records.parse(WHOLE, "log")
    assert (run.program, run.configuration, run.revision) == (
        "pingpong",
        "optimized",
        "abc",
    )
    assert list(run.samples["end"]) == [6400] * 3
    assert "n" not in run.samples


@pytest.mark.parametrize(
    ("log", "complaint"),
    [
        ("", "log: no records in it"),
        ("# only chatter\n", "no records in it"),
        (BANNER + BEGIN + SAMPLES[0], "cut off after 1 samples"),
        (WHOLE[:-8], "garbled"),
        (WHOLE.replace("end=6400", "end=6401"), "line 4: wrong checksum"),
        (WHOLE.replace("TF1 ", "TF1?", 1), "line 3: a garbled record"),
        (WHOLE.replace(SAMPLES[1], ""), "sample 3 where 2 should be: missing"),
        (WHOLE.replace(SAMPLES[1], 2 * SAMPLES[1]), "sample 2 where 3 should be: dup"),
        (WHOLE.replace(SAMPLES[2], ""), "3 samples were sent, 2 have come"),
        (WHOLE.replace(SAMPLES[1], "T" + SAMPLES[1]), "sample 3 where 2"),
        (WHOLE + BEGIN, "a record behind the end record"),
        (WHOLE.replace(BEGIN, 2 * BEGIN), "two runs in a log"),
        (WHOLE.replace(BEGIN, ""), "a sample record before the begin record"),
        (WHOLE.replace("TF1 ", "TF2 "), "record version 2, but this reads TF1"),
        (WHOLE.replace(END, record("pause") + END), "garbled record"),
        (WHOLE.replace(END, record("pause x=1") + END), "no such kind of record"),
        (
            BANNER + BEGIN + record("sample n=1 bytes=many") + END,
            "a sample with a bad number",
        ),
        (WHOLE.replace(BANNER, ""), "the kernel's first line is missing"),
        (WHOLE.replace("revision abc", "revision abd"), "the user programs were built"),
        (WHOLE.replace(BEGIN, record("begin experiment=pingpong")), "configuration="),
    ],
)
def test_what_is_not_whole_is_refused(log: str, complaint: str) -> None:
    with pytest.raises(Refused, match=re.escape(complaint)):
        records.parse(log, "log")


def test_foreign_runs_are_refused() -> None:
    run = records.parse(WHOLE, "log")
    assert records.expect(run, "optimized", "abc", "log") is run
    with pytest.raises(Refused, match="from configuration optimized, not baseline"):
        records.expect(run, "baseline", "abc", "log")
    with pytest.raises(Refused, match="from revision abc, not abc-dirty"):
        records.expect(run, "optimized", "abc-dirty", "log")


def test_runs_of_debug_builds_are_refused() -> None:
    run = records.parse(WHOLE, "log")
    assert records.expect_measurable(run, "log") is run
    debug = BANNER.replace("optimized", "optimized.debug") + record(
        "begin experiment=pingpong configuration=optimized.debug revision=abc"
    )
    run = records.parse(debug + "".join(SAMPLES) + END, "log")
    with pytest.raises(Refused, match="log: from a debug build, optimized.debug"):
        records.expect_measurable(run, "log")


def test_each_damaged_byte_is_noticed() -> None:
    """Whatever single character of a record is lost or changed."""
    start = len(BANNER) + len("# chatter\r\n")
    for position in range(start, len(WHOLE)):
        if WHOLE[position] in "\r\n":
            continue
        for damaged in (
            WHOLE[:position] + WHOLE[position + 1 :],
            WHOLE[:position] + "?" + WHOLE[position + 1 :],
        ):
            with pytest.raises(Refused):
                records.parse(damaged, "log")
