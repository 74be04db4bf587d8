# SPDX-License-Identifier: BSD-2-Clause
"""The i486 model: right where it can be known, and the same every time."""

from __future__ import annotations

import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from elftools.elf.elffile import ELFFile

from harness import build, measure, pipeline, profile, records, switches
from harness.build import Built
from harness.errors import Refused
from harness.machines import qemu
from harness.models.i486 import model, validate
from harness.profile import Series

DX50 = model.load_board("dx50")

ONE_INSTRUCTION_BLOCKS = (
    ("-singlestep",)
    if qemu.version_number() < (8, 1)
    else ("-accel", "tcg,one-insn-per-tb=on")
)


# What is known of the processor.


@pytest.mark.parametrize("guest", validate.GUESTS)
def test_validation(guest: str) -> None:
    checks = validate.check_guest(guest)
    assert checks
    assert [check for check in checks if not check.passed] == []


def test_every_row_of_the_clock_table_is_validated() -> None:
    """Only hlt is not in the guest of rows, but in that of interrupts."""
    rows = validate.read_rows()
    elsewhere = [r["mnemonic"] for r in rows if not validate.row_brackets(r)]
    assert elsewhere == ["hlt"]


@pytest.mark.parametrize("name", pipeline.CONFIGURATIONS)
def test_instructions_are_those_that_bochs_counts(name: str) -> None:
    checks = validate.check_instructions(switches.parse(name))
    assert len(checks) >= 10
    assert [check for check in checks if not check.passed] == []


# The same every time.


def stamps(built: Built, board: model.Board = DX50, extra: tuple[str, ...] = ()) -> str:
    return measure.boot(
        built, measure.PINGPONG, "rounds=100", board=board, extra=extra
    ).stamps


@pytest.fixture(scope="module")
def usual(optimized: Built) -> str:
    return stamps(optimized)


@pytest.mark.parametrize(
    "extra",
    [
        (),
        pytest.param(
            ONE_INSTRUCTION_BLOCKS,
            marks=pytest.mark.skipif(
                qemu.version_number() >= (9, 0),
                reason="tells of more writes to device memory: docs/model.md, QEMU",
            ),
        ),
        ("-accel", "tcg,tb-size=1"),
        ("-d", "nochain"),
    ],
    ids=["again", "blocks of one", "little room for blocks", "unchained"],
)
def test_stamps_do_not_depend_on_how_qemu_translates(
    optimized: Built, usual: str, extra: tuple[str, ...]
) -> None:
    assert stamps(optimized, extra=extra) == usual


def test_stamps_are_the_same_under_load(optimized: Built, usual: str) -> None:
    load = [subprocess.Popen(["sha256sum", "/dev/zero"]) for _ in range(3)]
    try:
        with ThreadPoolExecutor(3) as pool:
            runs = pool.map(stamps, 3 * [optimized])
            assert set(runs) == {usual}
    finally:
        for process in load:
            process.kill()
            process.wait()


def test_stamps_are_the_same_with_a_trace(optimized: Built, usual: str) -> None:
    traced = measure.boot(
        optimized, measure.PINGPONG, "rounds=100", board=DX50, trace=(0, 1)
    )
    assert traced.stamps == usual


def test_stamps_do_not_depend_on_the_revision(
    usual: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    revision = build.revision()
    other = "".join(reversed(revision[:12])) + revision[12:]
    monkeypatch.setattr(build, "BUILD", build.BUILD / "other_revision")
    monkeypatch.setattr(build, "revision", lambda: other)
    assert stamps(build.build(switches.optimized())) == usual


def test_stamps_do_not_depend_on_the_folder(
    optimized: Built, usual: str, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "a folder with a name that is not as long as ours"
    shutil.copytree(optimized.folder, elsewhere)
    assert stamps(replace(optimized, folder=elsewhere)) == usual


def test_dx50_is_the_same_on_every_machine() -> None:
    """The walk is assembly language: no compiler has a say. If the model is made
    to say something else on purpose, docs/model.md has to say it, too."""
    modelled = {check.name: check.modelled for check in validate.check_guest("walk")}
    assert modelled == {
        "37 lines of code, cold": 492,
        "37 lines of code, warm": 159,
        "22 lines of code and 15 of data, cold": 387,
        "22 lines of code and 15 of data, warm": 99,
    }


# What it counts.


@pytest.mark.parametrize("end", ["baseline", "optimized"])
def test_interrupts_are_the_ticks_of_the_guest(
    end: str, request: pytest.FixtureRequest
) -> None:
    built: Built = request.getfixturevalue(end)
    outcome = measure.boot(built, measure.PINGPONG, "rounds=1000 bytes=512", board=DX50)
    joined = measure.join(
        records.parse(outcome.console, end).samples,
        model.parse_stamps(outcome.stamps, end),
        end,
    )
    assert (joined["ticks"] > 1).all()
    assert list(joined["interrupts"]) == list(joined["ticks"])
    assert not joined[["exceptions", "unknown", "not_486"]].any().any()


@pytest.mark.parametrize("end", ["baseline", "optimized"])
@pytest.mark.parametrize(
    "series",
    [Series(8), Series(8, spaces=1), Series(512, cold=True), Series(4096)],
    ids=lambda series: series.name,
)
def test_profile_accounts_for_every_clock(
    end: str, series: Series, request: pytest.FixtureRequest
) -> None:
    """profile() itself compares the sum of the loop with the stamps."""
    found = profile.profile(request.getfixturevalue(end), DX50, series)
    steps = [step for message in found.messages for step in message]
    total = sum(step.total for step in steps)
    assert total in found.round_trips
    assert profile.matrix(found.messages).values.sum() == total
    assert profile.functions(found.messages)["cycles"].sum() == total
    assert profile.instructions(found.messages)["cycles"].sum() == total
    assert all(step.text != "?" and step.function != "?" for step in steps)


def test_cold_messages_find_empty_caches(optimized: Built) -> None:
    cold = profile.profile(optimized, DX50, Series(8, cold=True))
    warm = profile.profile(optimized, DX50, Series(8))
    causes = profile.matrix(cold.messages).sum(), profile.matrix(warm.messages).sum()
    assert causes[0]["L1 code"] > 10 * causes[1]["L1 code"]
    assert causes[0]["L1 data"] > 5 * causes[1]["L1 data"]


# What it refuses or reports.


def test_instructions_no_486_has_are_reported(tmp_path: Path) -> None:
    image = validate.build_guest("foreign")
    timed = model.Model(DX50, tmp_path / "stamps")
    extra = timed.arguments(image)
    qemu.boot(qemu.Guest("foreign", image, [], "", tmp_path / "log", extra), 60)
    with open(image, "rb") as file:
        table = ELFFile(file).get_section_by_name(".symtab")
        symbols = {s.name: f"{s['st_value']:x}" for s in table.iter_symbols()}
    expected = {
        f"no 486 has the instruction at {address}"
        for name, address in symbols.items()
        if name.startswith("not_486_")
    }
    assert len(expected) == 3
    expected.add(f"no cycles for the instruction at {symbols['without_cycles']}")
    assert set(model.strange_instructions(tmp_path / "stamps")) == expected
    counts = model.read_stamps(tmp_path / "stamps").iloc[-1]
    # What no 486 has has no cycles, either.
    assert (counts["not_486"], counts["unknown"]) == (3, 4)


def test_an_image_without_rdtsc() -> None:
    with pytest.raises(Refused, match="the guest has executed no rdtsc"):
        validate.run(validate.build_guest("silent"), "dx50")


def board_file(folder: Path, change) -> str:
    """A profile like dx50's, with its text changed."""
    path = folder / "mine.toml"
    path.write_text(change((model.BOARDS / "dx50.toml").read_text()))
    return str(path)


def test_a_board_of_ones_own(tmp_path: Path) -> None:
    mine = model.load_board(board_file(tmp_path, lambda text: text))
    assert (mine.name, mine.numbers) == ("mine", DX50.numbers)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda t: t.replace("tlb_miss =", "# tlb_miss ="), "tlb_miss is missing"),
        (lambda t: t.replace("mhz = 50", "mhz = 5000"), "mhz is 5000, not 1 to 200"),
        (lambda t: t.replace("mhz = 50", 'mhz = "50"'), "mhz is 50, not 1 to 200"),
        (lambda t: t.replace("mhz = 50", "mhz = true"), "mhz is True"),
        (lambda t: t.replace("mhz = 50", "mhz = "), "mine.toml: Invalid value"),
        (lambda t: t + "\ncolour = 1\n", "colour is nothing that a board has"),
        (lambda t: t + '\ncpu = "pentium"\n', "cpu is nothing that a board has"),
        (lambda t: t.replace("l2_bytes = 262144", "l2_bytes = 262143"), "no power"),
        (lambda t: t.replace("tlb_miss = 9", "tlb_miss = 90"), "tlb_miss_far is less"),
    ],
)
def test_bad_boards(tmp_path: Path, change, complaint: str) -> None:
    with pytest.raises(Refused, match="mine.toml: ") as refusal:
        model.load_board(board_file(tmp_path, change))
    assert complaint in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_no_such_board() -> None:
    with pytest.raises(Refused, match="no board 'dx49': there are dx33, dx50, ideal"):
        model.load_board("dx49")


@pytest.fixture
def another_qemu(monkeypatch: pytest.MonkeyPatch):
    """Sets QEMU, and forgets the plugin that was built for another one."""

    def forget() -> None:
        model.library.cache_clear()
        model.interface.cache_clear()

    def use(path: str) -> None:
        monkeypatch.setenv("QEMU", path)
        forget()

    yield use
    forget()


def fake_qemu(folder: Path, script: str) -> str:
    path = folder / "qemu"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)


def test_a_qemu_without_plugins(optimized: Built, tmp_path: Path, another_qemu) -> None:
    script = 'echo "QEMU emulator version 7.2.0"; echo "no such option" >&2'
    another_qemu(fake_qemu(tmp_path, script))
    complaint = r"loads no plugins, which the i486 model needs \(no such option\)"
    with pytest.raises(Refused, match=complaint):
        stamps(optimized)


@pytest.mark.parametrize(
    ("version", "interface", "found"),
    [("9.1", 3, "QEMU 9.1"), ("11.1", 99, "QEMU 11.1 with plugin interface 99")],
)
def test_a_qemu_that_was_never_tried(
    version: str, interface: int, found: str, tmp_path: Path, another_qemu
) -> None:
    """It is refused before anything is built for it or booted."""
    script = (
        f'echo "QEMU emulator version {version}.0"\n'
        f'echo "this QEMU supports only up to version {interface}" >&2'
    )
    another_qemu(fake_qemu(tmp_path, script))
    complaint = f"{found} has never been tried .* only 7.2, 10.0, 11.1 have"
    with pytest.raises(Refused, match=complaint):
        model.library()


def test_another_machine(optimized: Built, another_qemu) -> None:
    another_qemu("qemu-system-x86_64")
    complaint = "i486 model: models an i386 machine, not x86_64"
    with pytest.raises(Refused, match=complaint):
        stamps(optimized)


def test_another_cpu(optimized: Built) -> None:
    complaint = "i486 model: models a 486, not a pentium-i386-cpu: use -cpu 486"
    with pytest.raises(Refused, match=complaint):
        stamps(optimized, extra=("-cpu", "pentium"))


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda text: text[:-7], "cut off, no end line"),
        (lambda text: "", "cut off"),
        (lambda text: text.replace("# unexplained 0", "# unexplained 3"), "lost its"),
        (lambda text: text.replace("\n1 ", "\nx ", 1), "garbled stamps"),
        (lambda text: text.replace("\n# unex", "\n# cut 9\n# unex"), "more than 9 rdt"),
    ],
)
def test_damaged_stamps(usual: str, change, complaint: str) -> None:
    with pytest.raises(Refused, match=complaint):
        model.parse_stamps(change(usual), "stamps")


def test_our_stamps_are_bounded(
    optimized: Built, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model, "MOST_STAMPS", 3)
    with pytest.raises(Refused, match="i486 model: too many rdtscs"):
        measure.boot(optimized, measure.PINGPONG, "rounds=100", board=DX50)


def test_stamps_of_another_run(optimized: Built, baseline: Built) -> None:
    ours = measure.boot(optimized, measure.PINGPONG, "rounds=100", board=DX50)
    for other, complaint in (
        (stamps(baseline), "not of these samples"),
        (ours.stamps.replace("\n0 ", "\n# 0 ", 1), "55 stamps for 28 samples"),
    ):
        samples = records.parse(ours.console, "optimized").samples
        with pytest.raises(Refused, match=complaint):
            measure.join(samples, model.parse_stamps(other, "stamps"), "stamps")
