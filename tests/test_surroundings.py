# SPDX-License-Identifier: BSD-2-Clause
"""What is around a checkout changes no result: its path, its owner, other repositories,
start-up files, the environment, other tools; and what cannot work is said in one line."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Iterator

import pytest
from checkout import copy_checkout

from harness import (
    build,
    command_line,
    commands,
    figures,
    intervals,
    modules,
    multiboot,
    results,
)
from harness.errors import Refused, describe
from harness.places import ROOT
from test_make import first_complaint, make

# The last letter as a Latin-1 terminal has typed it.
ODD = os.fsdecode('it\'s a "test", 50% of $HOME, ü#1'.encode() + b"\xfc")
OTHER_USER = 65534
GUESTS = Path(__file__).parent / "guests"

# Of a user that has set all that might count.
HOSTILE = {
    "LC_ALL": "de_DE.ISO-8859-1",
    "TZ": "Pacific/Kiritimati",
    "PYTHONPATH": "/nonexistent",
    "PYTHONIOENCODING": "latin-1",
    "PYTHONWARNINGS": "error",
    "PYTHONOPTIMIZE": "2",
    "CPATH": "/nonexistent",
    "CFLAGS": "-O0",
    "GCC_EXEC_PREFIX": "/nonexistent/",
    "GIT_DIR": "/nonexistent",
    "GNUTERM": "dumb",
    "CONFIG": "nothing",
    "BOARD": "nothing",
    "BYTES": "9",
    "O": "/nonexistent",
}


# Any path, any environment.


def test_any_path_and_environment_give_the_same(tmp_path: Path) -> None:
    """To the clock: where each clock of an IPC goes, and a guest of the user's."""
    checkout = copy_checkout(tmp_path / ODD)
    image = checkout / os.fsdecode(b"a kernel, 50%'s\xfc.elf")
    build.assemble(GUESTS / "intervals.S", image, ["-Wl,-Ttext=0x100000"])
    shutil.copy(image, tmp_path / "plain.elf")

    for name, where, how in (
        ("plain.elf", tmp_path, {}),
        (image.name, checkout, HOSTILE),
    ):
        target = ROOT if where == tmp_path else checkout
        typed = (f"IMAGE={where / name}", "CPU=486,+cmov")
        measured = make("measure", *typed, checkout=target, **how)
        assert measured.returncode == 0, measured.stderr
        profile = make("profile", "CONFIG=optimized", checkout=target, **how)
        assert profile.returncode == 0, profile.stderr

    def same(ours: str, theirs: str) -> bool:
        one, other = ROOT / "results" / ours, checkout / "results" / theirs
        text = one.read_text().replace(build.revision(), build.NO_REVISION)
        return text == other.read_text()

    for file in ("intervals.csv", "groups.csv", "console.log"):
        assert same(f"measure/plain.elf/{file}", f"measure/{image.name}/{file}")
    for file in ("profile.txt", "instructions.csv", "phases.csv", "profile.svg"):
        assert same(f"profile/optimized-8/{file}", f"profile/optimized-8/{file}")


def test_the_reference_model_is_built_in_any_path(tmp_path: Path) -> None:
    checkout = copy_checkout(tmp_path / ODD)
    code = "from harness.models.ipc import model; print(model.program())"
    command = [sys.executable, "-X", "utf8", "-c", code]
    options = {"capture_output": True, "text": True, "errors": "surrogateescape"}
    done = subprocess.run(command, cwd=checkout, **options)
    assert Path(done.stdout.strip()).is_file(), done.stderr


def test_modules_with_odd_names(tmp_path: Path) -> None:
    """The names that QEMU gets have no blanks and commas."""
    text = '"a b.elf" one  \'two\', \'c,"d".elf\',it\'s.elf x="1 2"'
    paths, words = intervals.parse_modules(text)
    assert paths == [Path("a b.elf"), Path('c,"d".elf'), Path("it's.elf")]
    assert words == ["one  'two'", "", 'x="1 2"']
    subject = intervals.Subject(Path("k,.gz"), paths)
    assert subject.names == ["k_", "a_b.elf", 'c_"d".elf', "it's.elf"]
    with pytest.raises(Refused, match="two files are called a_b"):
        intervals.check_names(intervals.Subject(Path("a b"), [Path("a,b")]))


def test_what_is_typed_is_what_is_read(tmp_path: Path) -> None:
    """Nobody executes it, nobody expands it."""
    hit = tmp_path / "hit"
    value = (
        f"'; touch {hit}; ' \"; touch {hit}; \" `touch {hit}` $(touch {hit}) "
        f"$(shell touch {hit}) $HOME %s \\ # it's"
    )
    typed = [
        *(("run", name) for name in ("CONFIG", "PROGRAM", "BYTES")),
        *(("profile", name) for name in ("CONFIG", "CACHE", "SPACES", "BOARD")),
        *(("measure", name) for name in ("IMAGE", "TIMEOUT", "MEMORY", "PROFILE")),
        *(("ablation", "SWITCH"), ("fuzz", "CALLS"), ("fuzz", "SEED")),
        *(("run", "QEMU"), ("kernel", "CROSS_COMPILE")),
    ]
    for target, name in typed:
        done = make(target, f"{name}={value}")
        assert value.lower() in first_complaint(done).lower(), name
        assert not hit.exists(), name


def test_what_a_guest_is_told_is_what_was_typed(tmp_path: Path) -> None:
    image = tmp_path / "typed.elf"
    build.assemble(GUESTS / "intervals.S", image, ["-Wl,-Ttext=0x100000"])
    until = 'it\'s "done", $HOME $(touch /) 100%'
    done = make("measure", f"IMAGE={image}", "CPU=486,+cmov", f"UNTIL={until}")
    assert f"has not said '{until}'" in first_complaint(done)


# Other repositories, start-up files, other tools.


def test_another_repository_around_it(tmp_path: Path) -> None:
    git = ["git", "-c", "user.name=x", "-c", "user.email=x@y", "-C", str(tmp_path)]
    subprocess.run([*git, "init", "-q"], check=True)
    subprocess.run([*git, "commit", "-q", "--allow-empty", "-m", "other"], check=True)
    checkout = copy_checkout(tmp_path / "inside")
    code = "from harness import build; print(build.revision())"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=checkout, capture_output=True, text=True)
    assert done.stdout.strip() == build.NO_REVISION, done.stderr


def test_all_revisions_are_equally_long() -> None:
    """To print a longer one takes time, so the clock would tick elsewhere."""
    assert len(build.revision()) == len(build.NO_REVISION)


def test_start_up_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of gnuplot; the figure is the same, to the byte."""
    series = tmp_path / "series.csv"
    series.write_text("phase,all\none,1\ntwo,2\n")

    def draw(name: str) -> bytes:
        folder = tmp_path / name
        folder.mkdir()
        figures.draw("profile", series, folder, title_text="x", columns=1)
        return (folder / "profile.svg").read_bytes()

    plain = draw("plain")
    (tmp_path / ".gnuplot").write_text("set xrange [7:9]\nset title 'mine'\nexit\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert draw("with") == plain


def test_a_tool_that_complains_and_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gnuplot = shutil.which("gnuplot")
    script = tmp_path / "gnuplot"
    script.write_text(
        f'#!/bin/sh\necho "Fontconfig error: none" >&2\nexec {gnuplot} "$@"\n'
    )
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    figures.check()


def test_a_gnuplot_without_a_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd
) -> None:
    """Doctor asks for the very ones that are used."""
    monkeypatch.setitem(figures.TERMINALS, "png", "nopng size {0},{1}")
    with pytest.raises(Refused, match="gnuplot: .*terminal"):
        figures.check()


def run_python(path: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["harness/python.sh", "-c", "import sys; print(sys.executable)"],
        cwd=ROOT,
        env={"PATH": path, **environment},
        capture_output=True,
        text=True,
    )


def test_a_python_that_lacks_some_packages_is_passed_over(tmp_path: Path) -> None:
    python = tmp_path / "python3"
    python.write_text(f'#!/bin/sh\nexec {sys.executable} -S "$@"\n')
    python.chmod(0o755)
    found = run_python(f"{tmp_path}:/usr/bin:/bin").stdout.strip()
    assert found == "/usr/bin/python3"


def test_a_python_that_is_not_there() -> None:
    done = run_python("/usr/bin:/bin", PYTHON="/my/own")
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert "no /my/own here: install Debian's python3, or set PYTHON=" in line


def test_an_old_python_is_refused_first() -> None:
    code = (
        "import runpy, sys; sys.version_info = (3, 10, 1, 'final', 0); "
        "sys.argv = ['harness', 'switches']; "
        "runpy.run_module('harness', run_name='__main__')"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    (line,) = done.stderr.splitlines()
    assert done.returncode == 1
    oldest = ".".join(map(str, modules.OLDEST))
    assert f"is Python 3.10.1, but {oldest} or newer is needed: set PYTHON=" in line


def test_an_older_linker_works(tmp_path: Path) -> None:
    """One before binutils 2.39, which does not know of segments that are executed
    and written."""
    tools = build.find_toolchain()
    prefix = f"{ROOT}/{tools.prefix}" if "/" in tools.prefix else tools.prefix
    for tool in ("gcc", "ld"):
        script = tmp_path / f"old-{tool}"
        script.write_text(
            '#!/bin/sh\ncase "$*" in\n'
            "*--help*) exit 0 ;;\n"
            "*rwx-segments*) echo unrecognized option >&2; exit 1 ;;\n"
            f'esac\nexec "{prefix}{tool}" {tools.flags} "$@"\n'
        )
        script.chmod(0o755)
    done = make(
        "kernel",
        "CONFIG=optimized-late_checks",
        f"CROSS_COMPILE={tmp_path}/old-",
        f"BUILD={tmp_path}/build",
    )
    assert done.returncode == 0, done.stderr


def test_a_compiler_that_does_not_know_the_flags_is_refused(tmp_path: Path) -> None:
    script = tmp_path / "older-gcc"
    script.write_text(
        '#!/bin/sh\ncase "$*" in *-fcf-protection*) exit 1 ;; esac\n'
        f'exec {sys.executable} -c "" "$@"\n'
    )
    script.chmod(0o755)
    done = make("doctor", f"CROSS_COMPILE={tmp_path}/older-")
    assert "MISSING  compiler   no compiler for i386 kernels" in done.stdout


# Any owner.


@pytest.fixture
def not_ours() -> Iterator[Path]:
    """A checkout that the user of as_other may only read."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        checkout = copy_checkout(folder / "checkout")
        for path in (checkout, *checkout.rglob("*")):
            if not path.is_symlink():
                path.chmod(path.stat().st_mode & ~0o222)
        yield checkout
        for path in (checkout, *checkout.rglob("*")):
            if path.is_dir() and not path.is_symlink():
                path.chmod(0o755)


def as_other(checkout: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Root may write everywhere: another user makes it then."""
    command = ["make", *arguments]
    if os.getuid() == 0:
        who = [f"--reuid={OTHER_USER}", f"--regid={OTHER_USER}", "--clear-groups"]
        command = ["setpriv", *who, *command]
    environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent"}
    return subprocess.run(
        [*command, f"PYTHON={sys.executable}"],
        cwd=checkout,
        env=environment,
        capture_output=True,
        text=True,
    )


def test_a_checkout_that_cannot_be_written(not_ours: Path) -> None:
    image = not_ours / "tests" / "guests" / "hang.S"
    for target in (
        *("figures", "ablation", "profile", "fuzz", "validate-model", "run", "kernel"),
        *("menuconfig", f"measure IMAGE={image}", "check"),
    ):
        done = as_other(not_ours, *target.split())
        assert done.returncode != 0, target
        lines = [line for line in done.stderr.splitlines() if "make: ***" not in line]
        assert len(lines) == 1, (target, lines)
        refusals = ("set BUILD= and RESULTS= to folders", "no multiboot kernel")
        assert any(refusal in lines[0] for refusal in refusals), target
    assert as_other(not_ours, "switches").returncode == 0
    assert "MISSING" in as_other(not_ours, "doctor").stdout


def test_it_builds_elsewhere(not_ours: Path) -> None:
    elsewhere = not_ours.parent / "elsewhere"
    elsewhere.mkdir()
    os.chown(elsewhere, OTHER_USER if os.getuid() == 0 else -1, -1)
    done = as_other(not_ours, "kernel", "CONFIG=baseline", f"BUILD={elsewhere}/b")
    assert done.returncode == 0, done.stderr
    assert (elsewhere / "b" / "baseline" / "kernel.elf").is_file()


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (OSError(errno.EMFILE, "Too many"), "too many: raise the limit (ulimit -n)"),
        (OSError(errno.ENAMETOOLONG, "Too long", "x"), "x: too long: give a shorter"),
        (OSError(errno.EACCES, "No", f"{ROOT}/x"), f"{ROOT}/x: no: set BUILD= and"),
        (
            OSError(errno.EACCES, "No", "/x"),
            "/x: no: give this user access, or name another",
        ),
        (OSError(errno.EIO, "Bad disk", b"/x"), "/x: bad disk: mend that"),
        (OSError(), "oserror: mend that, and try again"),
    ],
)
def test_errors_of_the_system_get_one_line(
    error: OSError, line: str, monkeypatch: pytest.MonkeyPatch, capsys
) -> None:
    assert describe(error).startswith(line)
    assert what_is_said(error, monkeypatch, capsys).startswith(f"twentyfold: {line}")


def test_too_little_memory_gets_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys
) -> None:
    said = what_is_said(MemoryError(), monkeypatch, capsys)
    assert said.startswith("twentyfold: memory is too small: end other programs")


def what_is_said(error: BaseException, monkeypatch: pytest.MonkeyPatch, capsys) -> str:
    """By a command that fails so."""

    def fails(_: object) -> None:
        raise error

    monkeypatch.setattr(commands, "list_switches", fails)
    monkeypatch.setattr(sys, "argv", ["harness", "switches"])
    assert command_line.main() == 1
    (said,) = capsys.readouterr().err.splitlines()
    return said


# What a run must not take the place of, what is no file.


@pytest.mark.parametrize("target", ["figures", "ablation"])
@pytest.mark.parametrize("folder", [".", "/", "kernels", "Makefile", "results"])
def test_a_run_takes_no_other_folders_place(target: str, folder: str) -> None:
    done = make(target, f"RESULTS={folder}")
    assert "is there and is no run of ours" in first_complaint(done)


def test_a_link_to_a_results_folder_stays_one(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    results.check_target(tmp_path / "link")
    with results.publishing(tmp_path / "link") as folder:
        (folder / "new").touch()
    assert (tmp_path / "link").is_symlink() and (tmp_path / "real" / "new").exists()
    assert {path.name for path in tmp_path.iterdir()} == {"link", "real"}


def test_a_pipe_is_no_kernel(tmp_path: Path) -> None:
    """Nobody waits for its other end."""
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", Path("/dev/zero")):
        with pytest.raises(Refused, match="is no file with contents of its own"):
            multiboot.read(path)
