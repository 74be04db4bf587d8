# SPDX-License-Identifier: BSD-2-Clause
"""What the harness starts and leaves, when it is ended, when two run at once, and when
the disk is full."""

from __future__ import annotations

import errno
import os
import pty
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any, Callable

import pytest

from harness import build, command_line, folders, measure, places, processes, results
from harness import switches
from harness.build import Built
from harness.errors import Refused
from harness.machines import qemu
from harness.models.i486 import model
from harness.places import ROOT

PATIENCE = 120  # seconds; a busy host takes its time
GUESTS = Path(__file__).parent / "guests"


@pytest.fixture
def image(tmp_path: Path) -> Path:
    """A kernel that never ends, under a name that no other test has."""
    path = tmp_path / f"endless-{os.getpid()}.elf"
    build.assemble(GUESTS / "endless.S", path, ["-Wl,-Ttext=0x100000"])
    model.library()
    return path


def heed_signals() -> None:
    """The tests themselves may be run with nohup, or in the background of a script."""
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


def harness(*arguments: str, **options: Any) -> subprocess.Popen[str]:
    """In a session of its own, in which all that it starts is, too."""
    options.setdefault("preexec_fn", heed_signals)
    return subprocess.Popen(
        [sys.executable, "-m", "harness", *arguments],
        cwd=ROOT,
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
        **options,
    )


def alive(session: int) -> list[bytes]:
    """The command lines of a session's programs."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            status = (path / "stat").read_text()
            state, _, _, its, *_ = status.rpartition(")")[2].split()
            if int(its) == session and state not in "ZX":
                found.append((path / "cmdline").read_bytes())
        except OSError:
            pass  # it has just ended
    return found


def until(condition: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def boots(session: int) -> bool:
    return any(b"\0-kernel\0" in command for command in alive(session))


def scratch_of(image: Path) -> list[Path]:
    return list(build.BUILD.glob(f"measure/{folders.SCRATCH}*/image/{image.name}"))


# Ended from outside.


@pytest.mark.parametrize("number", processes.SIGNALS, ids=lambda n: n.name)
def test_nothing_outlives_the_harness(number: signal.Signals, image: Path) -> None:
    process = harness("measure", str(image))
    until(lambda: boots(process.pid))
    process.send_signal(number)
    _, complaint = process.communicate(timeout=PATIENCE)
    assert process.returncode == 128 + number
    assert complaint == (
        f"twentyfold: {processes.SIGNALS[number]}; earlier results are as they were\n"
    )
    assert not alive(process.pid) and not scratch_of(image)


def test_nothing_outlives_a_harness_that_is_killed(image: Path) -> None:
    """Its scratch folder is removed by the next run."""
    process = harness("measure", str(image))
    until(lambda: boots(process.pid))
    process.kill()
    process.communicate()
    until(lambda: not alive(process.pid))
    assert scratch_of(image)
    with folders.scratch(build.BUILD / "measure"):
        assert not scratch_of(image)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_run_with_many_programs_is_ended(
    number: signal.Signals,
    optimized: Built,
    baseline: Built,
    image: Path,
    tmp_path: Path,
) -> None:
    """They are started by threads."""
    target = tmp_path / "results" / "run"
    process = harness("figures", "--results", str(target))
    until(lambda: boots(process.pid))
    process.send_signal(number)
    _, complaint = process.communicate(timeout=PATIENCE)
    until(lambda: not alive(process.pid))
    if number == signal.SIGTERM:
        *fetched, last = complaint.splitlines()
        assert all("fetching" in line for line in fetched)
        assert "ended by SIGTERM" in last
        assert not list(target.parent.iterdir())
    with results.publishing(target) as partial:
        assert not list(partial.iterdir())
    assert [path.name for path in target.parent.iterdir()] == ["run"]


def test_a_program_that_does_not_end_is_killed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It has been told, as all that threads have started, and has had its time."""
    monkeypatch.setattr(processes, "PATIENCE", 0.2)
    said = []

    def deaf() -> None:
        command = ["sh", "-c", "trap '' TERM; echo; while :; do sleep 1; done"]
        with processes.started(command, stdout=subprocess.PIPE) as process:
            said.append(process.stdout.readline())
            process.wait(PATIENCE)

    thread = threading.Thread(target=deaf)
    with pytest.raises(KeyboardInterrupt), processes.signals() as ended:
        thread.start()
        until(lambda: said)
        signal.raise_signal(signal.SIGTERM)
    assert ended.by == signal.SIGTERM
    thread.join(PATIENCE)
    assert not thread.is_alive()


def test_a_closed_terminal_ends_it(image: Path) -> None:
    try:
        ours, theirs = pty.openpty()
    except OSError as error:
        pytest.skip(f"no terminals here: {error}")
    process = subprocess.Popen(
        ["setsid", "--ctty", sys.executable, "-m", "harness", "measure", str(image)],
        cwd=ROOT,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        preexec_fn=heed_signals,
    )
    os.close(theirs)
    until(lambda: boots(process.pid))
    os.close(ours)
    assert process.wait(PATIENCE) == 128 + signal.SIGHUP
    assert not alive(process.pid) and not scratch_of(image)


def test_an_ignored_signal_stays_ignored(image: Path) -> None:
    """As nohup wants it."""
    process = harness(
        *("measure", str(image), "--until", "# measured"),
        preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN),
    )
    while process.poll() is None:
        process.send_signal(signal.SIGHUP)
        time.sleep(0.05)
    assert process.returncode == 0


# Two at once.


def test_two_runs_into_the_same_folder(tmp_path: Path) -> None:
    """The second one is refused, and disturbs nothing."""
    target = tmp_path / "run"
    with results.publishing(target) as folder:
        (folder / "file").write_text("first")
        with pytest.raises(Refused, match="run: another run is writing it"):
            with results.publishing(target):
                pass
        with results.publishing(tmp_path / "other") as other:
            (other / "file").write_text("other")
    assert (target / "file").read_text() == "first"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["other", "run"]


def test_two_short_runs_wait_for_each_other(tmp_path: Path) -> None:
    target = tmp_path / "run"

    def publish(text: str) -> None:
        with results.publishing(target, wait=True) as folder:
            (folder / "one").write_text(text)
            (folder / "two").write_text(text)

    threads = [threading.Thread(target=publish, args=[str(n)]) for n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (target / "one").read_text() == (target / "two").read_text()
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_what_a_killed_run_has_left(tmp_path: Path) -> None:
    """It was killed between the two steps that put the new run in place."""
    target = tmp_path / "run"
    (tmp_path / ".run.lock").touch()
    for name in (".run.partial", ".run.old"):
        (tmp_path / name).mkdir()
        (tmp_path / name / name).touch()
    with pytest.raises(Refused):
        with results.publishing(target) as folder:
            assert not list(folder.iterdir())
            raise Refused("nothing")
    assert [path.name for path in target.iterdir()] == [".run.old"]
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_two_measurements_of_the_same_kernel(image: Path) -> None:
    arguments = ("measure", str(image), "--until", "# measured")
    both = [harness(*arguments) for _ in range(2)]
    for process in both:
        _, complaint = process.communicate(timeout=PATIENCE)
        assert process.returncode == 0, complaint
    folder = ROOT / "results" / "measure" / image.name
    names = {"measure.txt", "console.log", "intervals.csv", "groups.csv"}
    assert {path.name for path in folder.iterdir()} == names
    shutil.rmtree(folder)


def test_two_menus(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys) -> None:
    monkeypatch.setattr(places, "MENU", tmp_path / ".config")
    monkeypatch.setattr(sys, "argv", ["harness", "menuconfig"])
    with folders.alone(tmp_path / ".config.lock"):
        assert command_line.main() == 1
    assert "another menuconfig is changing it" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_clean_waits_for_no_run_and_removes_none_of_its_files(image: Path) -> None:
    process = harness("measure", str(image))
    until(lambda: boots(process.pid))
    done = subprocess.run(["make", "clean"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode != 0
    assert "another run is using build/" in done.stderr
    assert scratch_of(image) and boots(process.pid)
    process.terminate()
    process.communicate(timeout=PATIENCE)


def test_a_living_runs_scratch_folder_stays(tmp_path: Path) -> None:
    with folders.scratch(tmp_path) as one, folders.scratch(tmp_path) as other:
        assert one != other and one.exists() and other.exists()
    assert not list(tmp_path.iterdir())


# A full disk.


@pytest.mark.parametrize("traced", [False, True])
def test_a_model_that_cannot_write(optimized: Built, tmp_path: Path, traced) -> None:
    """/dev/full is a disk without space."""
    full = Path("/dev/full")
    trace = model.Trace(full, 0, 1) if traced else None
    stamps = tmp_path / "stamps" if traced else full
    timed = model.Model(model.load_board("ideal"), stamps, trace)
    guest = measure.guest(
        *(optimized, measure.WORKLOAD, "", timed.arguments(optimized.kernel))
    )
    with pytest.raises(OSError) as refusal:
        qemu.boot(guest, PATIENCE)
    assert refusal.value.errno == errno.ENOSPC
    assert refusal.value.filename == "/dev/full"


def test_a_tool_that_cannot_write() -> None:
    with pytest.raises(OSError) as refusal:
        processes.run(
            ["sh", "-c", "echo 'as: x.o: No space left on device' >&2; exit 2"],
            capture_output=True,
        )
    assert processes.disk_is_full(refusal.value)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(errno.ENOSPC, "No space left", "x"), r"disk is full \(.*x\)"),
        (OSError(errno.EDQUOT, "Disk quota exceeded"), "the disk is full: "),
        (OSError(errno.EFBIG, "File too large", "x"), "ulimit -f"),
        (shutil.Error([("a", "b", "[Errno 28] No space left on device")]), "is full"),
    ],
)
def test_a_full_disk_is_called_one(
    error: OSError, said: str, monkeypatch: pytest.MonkeyPatch, capsys
) -> None:
    def fail() -> None:
        raise error

    monkeypatch.setattr(switches, "everything", fail)
    monkeypatch.setattr(sys, "argv", ["harness", "switches"])
    assert command_line.main() == 1
    message = capsys.readouterr().err
    assert len(message.splitlines()) == 1
    assert message.startswith("twentyfold: ")
    assert re.search(said, message)


def test_a_limit_on_files(image: Path) -> None:
    """QEMU is killed when it writes more."""
    polls = image.with_name(f"polls-{os.getpid()}.elf")
    build.assemble(GUESTS / "polls_clock.S", polls, ["-Wl,-Ttext=0x100000"])
    process = subprocess.run(
        ["prlimit", "--fsize=100000"]
        + [sys.executable, "-m", "harness", "measure", str(polls)],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert process.returncode == 1
    assert len(process.stderr.splitlines()) == 1 and "ulimit -f" in process.stderr
