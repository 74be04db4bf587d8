# SPDX-License-Identifier: BSD-2-Clause
"""Kernels that are not ours: make measure, and GNU Mach among the peers."""

from __future__ import annotations

import ctypes
import gzip
import struct
import subprocess
from pathlib import Path

import pandas as pd
import pytest

from harness import build, figures, intervals, multiboot, peers, tables
from harness.errors import Refused
from harness.intervals import Subject
from harness.models.i486 import model
from harness.places import ROOT

GUESTS = Path(__file__).parent / "guests"
DEADLINE = 120
IDEAL = model.load_board("ideal")
DX50 = model.load_board("dx50")


@pytest.fixture(scope="session")
def guests(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("guests")
    for source in GUESTS.glob("*.S"):
        image = folder / f"{source.stem}.elf"
        build.assemble(source, image, ["-Wl,-Ttext=0x100000"])
    return folder


# Grouping.


def table(rows: list[tuple[int, int, int]]) -> pd.DataFrame:
    columns = dict.fromkeys(intervals.SUMS, 0)
    return pd.DataFrame(
        [
            {"number": n, "start": start, "end": end, **columns}
            | {"instructions": count, "cycles": 2 * count}
            for n, (start, end, count) in enumerate(rows)
        ]
    )


def test_intervals_are_grouped_by_place_and_size() -> None:
    rows = [(1, 2, 100), (2, 1, 7), (1, 2, 1000), (1, 2, 104), (2, 1, 8), (1, 2, 112)]
    grouped = intervals.grouped(table(rows))
    assert list(grouped["group"]) == [1, 2, 3, 1, 2, 1]
    groups = intervals.summary(grouped, mhz=50)
    assert list(groups["n"]) == [3, 2, 1]
    assert list(groups["cycles"]) == [208, 15, 2000]
    assert list(groups["us"]) == [208 / 50, 15 / 50, 40]
    assert list(groups["typical"]) == [3, 1, 2]


def test_a_group_does_not_creep() -> None:
    """Each is close to the one before, but the last is far from the first."""
    rows = [(1, 2, 100 + 8 * n) for n in range(20)]
    sizes = intervals.grouped(table(rows)).groupby("group")["instructions"]
    assert (sizes.max() <= sizes.min() * 1.1 + 4).all()
    assert sizes.ngroups > 3


def test_intervals_are_differences_of_stamps() -> None:
    stamps = pd.DataFrame({"number": [0, 1, 2], "pc": [16, 32, 16]})
    for place, column in enumerate(intervals.SUMS):
        stamps[column] = [place, place + 5, place + 15]
    found = intervals.intervals(stamps)
    assert list(found["number"]) == [0, 1]
    assert list(found["start"]) == [16, 32] and list(found["end"]) == [32, 16]
    assert all(list(found[column]) == [5, 10] for column in intervals.SUMS)


# A guest with known intervals.


def groups_of(result: intervals.Measurement) -> pd.DataFrame:
    single = intervals.grouped(intervals.intervals(result.stamps))
    return intervals.summary(single, 50)


def test_a_guest_with_known_intervals(guests: Path) -> None:
    """An rdtsc takes 1 cycle and is an instruction of the interval it begins."""
    subject = Subject(guests / "intervals.elf", cpu="486,+cmov")
    result = intervals.run(subject, IDEAL, DEADLINE)
    groups = groups_of(result)
    assert list(groups["n"]) == [3, 2, 1, 1, 1]
    assert list(groups["instructions"]) == [101, 3, 3, 1001, 2]
    hundred, thousand = groups["cycles"][0], groups["cycles"][3]
    assert thousand - hundred == 900
    assert list(groups["not_486"]) == [0, 0, 0, 0, 1]
    assert list(groups["unknown"]) == [0, 0, 0, 0, 0]
    assert groups["cycles"][4] - (hundred - 100) == 2  # as later.csv says
    text = "\n".join(intervals.render(subject, IDEAL, result, groups))
    assert "again" in text and "hundred" in text
    assert "ended QEMU, with status 33" in text
    assert "instructions that no 486 has, at 1 places" in text


def test_the_profile_of_an_interval(guests: Path) -> None:
    subject = Subject(guests / "intervals.elf", cpu="486,+cmov")
    result = intervals.run(subject, IDEAL, DEADLINE)
    steps = intervals.trace(subject, IDEAL, DEADLINE, 0).trace
    text = "\n".join(intervals.render_profile(subject, IDEAL, result, 0, steps))
    assert "cycles are accounted for, 101 instructions" in text
    assert "hundred" in text and "kernel" in text
    with pytest.raises(Refused, match="PROFILE=8: its intervals are 0 to 7"):
        intervals.check_number(result.stamps, 8)


@pytest.mark.parametrize(
    ("name", "assumed", "unknown"), [("fences", 2, 0), ("multimedia", 1, 1)]
)
def test_of_each_instruction_one_thing_is_said(
    guests: Path, name: str, assumed: int, unknown: int
) -> None:
    """Its cycles are assumed, or it has none."""
    subject = Subject(guests / f"{name}.elf", cpu="qemu32")
    result = intervals.run(subject, IDEAL, DEADLINE)
    assert (result.assumed, result.unknown) == (assumed, unknown)
    text = "\n".join(intervals.remarks(result, groups_of(result)))
    assert f"at {assumed} places: cycles are assumed" in text
    assert ("without cycles" in text) == (unknown > 0)


def test_the_screen_is_memory(guests: Path) -> None:
    """For QEMU it is a device, of which it executes instructions twice."""
    result = intervals.run(Subject(guests / "screen.elf"), IDEAL, DEADLINE)
    found = intervals.intervals(result.stamps).iloc[::2]
    assert list(found["instructions"]) == [1001] * 4 + [5001] * 2
    assert found["cycles"].nunique() == 2


def test_a_guest_that_does_not_end_is_stopped(guests: Path) -> None:
    subject = Subject(guests / "endless.elf", until=b"# measured")
    result = intervals.run(subject, IDEAL, DEADLINE)
    assert result.ending.said and len(result.stamps) == 2
    assert result.ending.console == "# measured"
    subject = Subject(guests / "endless.elf")
    result = intervals.run(subject, IDEAL, 2)
    text = "\n".join(intervals.remarks(result, groups_of(result)))
    assert not result.ending.said and "stopped at TIMEOUT" in text


@pytest.mark.parametrize(
    ("name", "cpu", "until", "deadline", "reason"),
    [
        ("silent", "486", b"", DEADLINE, "silent.elf: has executed no rdtsc"),
        ("hang", "486", b"", 2, "hang.elf: hangs, or needs more than TIMEOUT=2 s"),
        ("triple_fault", "486", b"", DEADLINE, "triple fault, .* after no rdtsc"),
        ("resets", "486", b"", DEADLINE, "has reset the machine, after 2 rdtscs"),
        ("resets_by_cf9", "486", b"", DEADLINE, "has reset the .* after 2 rdtscs"),
        ("intervals", "486", b"", DEADLINE, "triple fault, .* after 8 rdtscs"),
        ("endless", "486", b"# gone", 2, "has not said '# gone' in 2 s"),
        ("switches_off", "486", b"gone", 60, "not said 'gone' before it ended"),
        ("intervals", "pentium9", b"", DEADLINE, "unable to find CPU model"),
    ],
)
def test_guests_that_cannot_be_measured(
    guests: Path, name: str, cpu: str, until: bytes, deadline: float, reason: str
) -> None:
    """intervals.elf without cmov has an exception and no handler."""
    subject = Subject(guests / f"{name}.elf", cpu=cpu, until=until)
    with pytest.raises(Refused, match=reason):
        intervals.run(subject, IDEAL, deadline)


@pytest.mark.parametrize(
    ("name", "until", "deadline", "remark"),
    [
        ("switches_off", b"", DEADLINE, "it has switched the machine off"),
        ("exits_and_reads_on", b"", DEADLINE, "it has ended QEMU, with status 33"),
        ("reads_on", b"# measured: ", DEADLINE, "stopped when it had said what"),
        ("halts", b"", 1, "stopped at TIMEOUT"),
    ],
)
def test_only_what_is_before_the_end_is_measured(
    guests: Path, name: str, until: bytes, deadline: float, remark: str
) -> None:
    """They go on reading the clock, for as long as QEMU needs to end."""
    subject = Subject(guests / f"{name}.elf", until=until)
    result = intervals.run(subject, IDEAL, deadline)
    groups = groups_of(result)
    assert list(groups["instructions"]) == [101]
    assert remark in "\n".join(intervals.remarks(result, groups))


def test_last_words_may_be_followed_by_others(guests: Path) -> None:
    """The fifth + comes after two rdtscs more for each of them."""
    subject = Subject(guests / "reads_on.elf", until=b"d: +++++")
    for _ in range(2):
        result = intervals.run(subject, IDEAL, DEADLINE)
        assert result.ending.written == b"# measured: +++++"
        assert len(result.stamps) == 2 + 2 * 5


def test_last_words_in_any_encoding(guests: Path) -> None:
    for until in ("f\u00fcr".encode(), b"\xff\xfe", b"\0\0"):
        subject = Subject(guests / "utf8.elf", until=until)
        result = intervals.run(subject, IDEAL, DEADLINE)
        assert result.ending.said and result.ending.written.endswith(until)
        assert len(result.stamps) == 2


def test_stamps_are_bounded(guests: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model, "MOST_STAMPS", 1000)
    for until in (b"", b"# waited"):
        subject = Subject(guests / "polls_clock.elf", until=until)
        result = intervals.run(subject, IDEAL, DEADLINE)
        groups = groups_of(result)
        assert list(groups["n"]) == [1, 1, 997] and groups["instructions"][0] == 101
        said = [r for r in intervals.remarks(result, groups) if "limit" in r]
        assert said == [
            "stopped at 1000 rdtscs, the limit: what it does after them is not measured"
        ]


def test_a_trace_is_bounded(guests: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intervals, "TRACED", 50)
    subject = Subject(guests / "switches_off.elf")
    result = intervals.run(subject, IDEAL, DEADLINE)
    steps = intervals.trace(subject, IDEAL, DEADLINE, 0).trace
    assert len(steps) == 51 and steps[-1] == model.CUT
    text = "\n".join(intervals.render_profile(subject, IDEAL, result, 0, steps))
    assert "its first 50 instructions" in text


def test_a_header_that_qemu_does_not_find(guests: Path) -> None:
    with pytest.raises(Refused, match="is at byte 8144; QEMU finds only one .* 8144"):
        intervals.run(Subject(guests / "late_header.elf"), IDEAL, DEADLINE)


def test_images_that_are_none(
    guests: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(image: Path, reason: str) -> None:
        with pytest.raises(Refused, match=reason):
            intervals.run(Subject(image), IDEAL, DEADLINE)

    refused(tmp_path / "nothing.elf", "nothing.elf: No such file")
    refused(tmp_path, "Is a directory")
    refused(ROOT / "README.md", "README.md: no multiboot kernel")
    (tmp_path / "two").write_bytes(struct.pack("<I", multiboot.MAGIC_2) * 100)
    refused(tmp_path / "two", "two: for multiboot 2 only")
    (tmp_path / "cut.gz").write_bytes(gzip.compress(b"x" * 9999)[:-20])
    refused(tmp_path / "cut.gz", "cut.gz: damaged gzip file")
    monkeypatch.setattr(multiboot, "LARGEST", 1000)
    (tmp_path / "large.gz").write_bytes(gzip.compress(bytes(1001)))
    refused(tmp_path / "large.gz", "large.gz: larger than")


def test_modules() -> None:
    paths, words = intervals.parse_modules("a/b.elf one  two, c.elf")
    assert paths == [Path("a/b.elf"), Path("c.elf")] and words == ["one  two", ""]
    assert intervals.parse_modules(" ") == ([], [])
    with pytest.raises(Refused, match="a module without a name"):
        intervals.parse_modules("a,,b")
    with pytest.raises(Refused, match="two files are called a: rename one"):
        intervals.check_names(Subject(Path("x"), [Path("1/a"), Path("2/a")]))


def test_a_missing_module(guests: Path) -> None:
    subject = Subject(guests / "silent.elf", [guests / "none.elf"], [""])
    with pytest.raises(Refused, match="none.elf: No such file"):
        intervals.run(subject, IDEAL, DEADLINE)


def test_where_an_image_begins(guests: Path) -> None:
    image = (guests / "silent.elf").read_bytes()
    start = multiboot.entry(image, "silent")
    assert 0x100000 <= start < 0x101000
    checksum = -(multiboot.MAGIC + multiboot.HAS_ADDRESSES) & 0xFFFFFFFF
    header = (multiboot.MAGIC, multiboot.HAS_ADDRESSES, checksum, 0, 0, 0, 0, 0x1234)
    assert multiboot.entry(b"four" + struct.pack("<8I", *header), "x") == 0x1234


def test_an_image_may_be_compressed(guests: Path, tmp_path: Path) -> None:
    packed = tmp_path / "endless.elf.gz"
    packed.write_bytes(gzip.compress((guests / "endless.elf").read_bytes()))
    result = intervals.run(Subject(packed, until=b"# measured"), IDEAL, DEADLINE)
    assert len(result.stamps) == 2


# GNU Mach.


@pytest.fixture(scope="module")
def messages(tmp_path_factory: pytest.TempPathFactory) -> ctypes.CDLL:
    """The messages of its ping-pong, built for this machine."""
    library = tmp_path_factory.mktemp("messages") / "message.so"
    source = ROOT / "peers" / "gnumach" / "message.c"
    subprocess.run(
        ["gcc", "-std=gnu11", "-shared", "-fPIC", "-o", str(library), str(source)],
        check=True,
    )
    return ctypes.CDLL(str(library))


@pytest.mark.parametrize("size", [8, 12, 128, 512, 1024, 2048, 4096])
def test_messages_are_as_mach_has_them(messages: ctypes.CDLL, size: int) -> None:
    """Header of six words; descriptor: name 8 bits, size 8, number 12, inline."""
    message = ctypes.create_string_buffer(b"\xff" * (28 + 4096), 28 + 4096)
    messages.message_prepare(message, size, 2)
    words = struct.unpack_from("<7I", message.raw)
    assert words[:6] == (0, 28 + size, 0, 0, 0, 2)
    descriptor = words[6]
    assert descriptor & 0xFF == 2 and descriptor >> 8 & 0xFF == 32
    assert descriptor >> 16 & 0xFFF == size // 4
    assert descriptor >> 28 == 1  # inline, short form, not to be deallocated
    assert message.raw[28 + size :] == b"\xff" * (4096 - size)


@pytest.mark.parametrize("size", [8, 4096])
def test_contents_are_checked(messages: ctypes.CDLL, size: int) -> None:
    request, answer = 3, 4
    message = ctypes.create_string_buffer(28 + 4096)
    messages.message_prepare(message, size, request)
    messages.message_fill(message, size, request)
    holds = messages.message_holds
    holds.restype = ctypes.c_bool
    assert holds(message, size, request) and not holds(message, size, answer)
    for place in (4, 20, 24, 28, 27 + size):
        message[place] = bytes([message.raw[place] ^ 1])
        assert not holds(message, size, request)
        message[place] = bytes([message.raw[place] ^ 1])
    assert holds(message, size, request)


def table7() -> pd.DataFrame:
    rows = [
        (size, system, cache, tables.MODEL, size / 10, "us", None)
        for size in (8, 12, 128, 512, 1024, 2048, 4096)
        for system in ("baseline", "optimized")
        for cache in ("warm", "cold")
    ]
    columns = ["bytes", "system", "cache", "clock", "one_way", "unit", "paper_us"]
    return pd.DataFrame(rows, columns=columns)


def test_figures_without_the_peer_say_so(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    peers.leave_out(tmp_path, "no 'network'")
    peer = peers.evaluate(tmp_path, table7(), DX50, "x")
    assert peer is None and not (tmp_path / "peers.csv").exists()
    reason = peers.missing(tmp_path)
    assert peers.note(tmp_path, table7(), peer).endswith("not measured: no 'network'")
    data = tmp_path / "figures.csv"
    tables.write(peers.add_series(tables.series(table7()), None), data)
    for name in ("figure7", "figure8"):
        figures.draw(name, data, tmp_path, mhz=50, no_peer=reason)
        assert "was not measured" in (tmp_path / f"{name}.svg").read_text()
    systems = pd.read_csv(tmp_path / "table2.csv")["system"]
    assert "optimized, 486, 50 MHz" in set(systems)
    assert not systems.str.contains("GNU").any()


def test_no_package_and_no_network(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(peers, "FOLDER", tmp_path)
    monkeypatch.setenv("NO_INSTALL", "1")
    with pytest.raises(Refused, match="is not there, and not fetched, as NO_INSTALL=1"):
        peers.kernel()
    (tmp_path / f"{peers.PACKAGE}_1_i386.deb").write_text("no package")
    with pytest.raises(Refused, match="no boot/gnumach-1.8-486.gz in it"):
        peers.kernel()


@pytest.fixture(scope="module")
def gnumach() -> Path:
    try:
        return peers.kernel()
    except Refused as reason:
        pytest.skip(f"network: {reason}")


@pytest.mark.xdist_group("gnumach")
def test_gnu_mach_is_measured(
    gnumach: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(peers, "ROUND_TRIPS", 50)
    (tmp_path / "logs").mkdir()
    peers.run(DX50, tmp_path / "logs")
    peer = peers.evaluate(tmp_path, table7(), DX50, build.revision())
    assert peer is not None
    one = peers.series(peer, "message_one_trap")
    two = peers.series(peer, "message_two_traps")
    assert list(one.index) == [8, 12, 128, 512, 1024, 2048, 4096]
    assert one.loc[128:].is_monotonic_increasing and (two > one).all()
    null = peers.value(peer, peers.NULL_CALL, "cycles")
    assert null > 69 + 36  # through the gate and back
    assert "null kernel call" in peers.note(tmp_path, table7(), peer)
    systems = pd.read_csv(tmp_path / "table2.csv")["system"]
    assert systems.str.startswith("GNU Mach 1.8").sum() == 2
    (tmp_path / "again").mkdir()
    peers.run(DX50, tmp_path / "again")
    for name in ("gnumach.log", "gnumach.stamps.csv"):
        first = (tmp_path / "logs" / name).read_bytes()
        assert (tmp_path / "again" / name).read_bytes() == first


@pytest.mark.xdist_group("gnumach")
def test_a_client_that_fails_says_so(
    gnumach: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(peers, "CLIENT", "client 99%s $(task-create) $(task-resume)")
    with pytest.raises(Refused, match="GNU Mach 1.8: FAILED: client: no port"):
        peers.run(DX50, tmp_path)
