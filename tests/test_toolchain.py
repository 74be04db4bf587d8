# SPDX-License-Identifier: BSD-2-Clause
"""The compiler: which one, from where, and that what is measured is made by it."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shlex
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any, Iterator

import pytest

from harness import build, debian, measure, peers, results, switches, toolchain
from harness.errors import Refused
from harness.models.i486.model import load_board
from harness.models.ipc import model as ipc_model
from harness.places import ROOT

DX50 = load_board("dx50")


@pytest.fixture
def find() -> Iterator[Any]:
    """find_toolchain, which forgets what it has found before and in the test."""
    build.find_toolchain.cache_clear()
    yield build.find_toolchain
    build.find_toolchain.cache_clear()


@pytest.fixture
def other_compiler(tmp_path: Path) -> Path:
    """A folder with the host's compiler, called other-gcc; for CROSS_COMPILE."""
    for tool in ("gcc", "objdump"):
        program = tmp_path / "bin of another" / f"other-{tool}"
        program.parent.mkdir(exist_ok=True)
        flag = "-m32 " if tool == "gcc" else ""
        program.write_text(f'#!/bin/sh\nexec {tool} {flag}"$@"\n')
        program.chmod(0o755)
    found = toolchain.probe(f"{tmp_path}/bin of another/other-", "")
    if not found or found.comment == build.find_toolchain().comment:
        pytest.skip("no second compiler: gcc -m32")
    return tmp_path / "bin of another"


@pytest.fixture
def own_build(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Instead of build/, in which others build meanwhile."""
    build.BUILD.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=build.BUILD, prefix="test-") as name:
        monkeypatch.setattr(build, "BUILD", Path(name))
        yield Path(name)


# --- what is measured ---------------------------------------------------------


def test_another_compiler_rebuilds_and_provenance_names_it(
    find, other_compiler: Path, own_build: Path, tmp_path: Path, monkeypatch
) -> None:
    first = build.build(switches.optimized(), programs=("pingpong",))
    images = [first.kernel, first.program("pingpong")]
    assert {toolchain.made_by(image) for image in images} == {find().comment}
    shutil.copy(images[1], tmp_path / "of-the-first.elf")

    monkeypatch.setenv("CROSS_COMPILE", f"{other_compiler}/other-")
    find.cache_clear()
    second = build.build(switches.optimized(), programs=("pingpong",))
    assert {toolchain.made_by(image) for image in images} == {find().comment}
    results.write_provenance(tmp_path, [second], DX50, results.now())
    facts = results.read_provenance(tmp_path)
    assert facts["tools"]["compiler"] == toolchain.made_by(first.kernel)
    assert facts["tools"]["binutils"] == find().binutils
    assert f"the compiler is {find().comment}" in results.compiler_note(facts)

    shutil.copy(tmp_path / "of-the-first.elf", images[1])
    with pytest.raises(Refused, match=r"pingpong.elf is made by .*, the rest by"):
        measure.boot(second, measure.PINGPONG, "rounds=10", board=DX50)
    with pytest.raises(Refused, match=r"pingpong.elf is made by .*, the rest by"):
        results.write_provenance(tmp_path, [second], DX50, results.now())


def test_an_upgrade_in_place_rebuilds(
    find, other_compiler: Path, tmp_path: Path, monkeypatch
) -> None:
    monkeypatch.setattr(peers, "FOLDER", tmp_path)
    monkeypatch.setenv("CROSS_COMPILE", f"{other_compiler}/other-")

    def built() -> int:
        find.cache_clear()
        return peers.program().stat().st_mtime_ns

    first = built()
    assert built() == first
    with open(other_compiler / "other-gcc", "a") as file:
        file.write("# a newer one\n")
    assert built() != first


def test_another_host_compiler_rebuilds(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(ipc_model, "BUILD", tmp_path)
    compiler = tmp_path / "cc"
    monkeypatch.setenv("HOSTCC", str(compiler))

    def built(text: str) -> int:
        compiler.write_text(f'#!/bin/sh\nexec gcc "$@"\n{text}')
        compiler.chmod(0o755)
        ipc_model.program.cache_clear()
        return ipc_model.program().stat().st_mtime_ns

    first = built("")
    os.utime(compiler, ns=(0, 0))
    again = built("# a newer one\n")
    ipc_model.program.cache_clear()
    assert again != first


@pytest.mark.parametrize("cause", ["Makefile", "flags", "compiler"])
@pytest.mark.parametrize("makefile", build.MAKEFILES)
def test_all_objects_depend_on_how_they_are_made(
    makefile: str, cause: str, optimized: build.Built
) -> None:
    folder = str(optimized.folder.relative_to(ROOT))
    source = {
        "Makefile": makefile,
        "flags": makefile.replace("Makefile", "../kernels/compiler.mk"),
        "compiler": f"{folder}/compiler",
    }[cause].replace("kernels/../", "")
    arguments = [f"O={folder}", *build.find_toolchain().for_make]
    command = ["make", "-n", "-f", makefile, *arguments]

    def objects(*more: str) -> set[str]:
        environment = {k: v for k, v in os.environ.items() if not k.startswith("MAKE")}
        done = subprocess.run(
            [*command, *more], cwd=ROOT, env=environment, capture_output=True, text=True
        )
        return set(re.findall(r" -c (\S+) ", done.stdout))

    assert objects() == set()
    assert objects("-W", source) == objects("-B") != set()


def test_uint32_t_is_the_same_with_every_compiler(
    find, own_build: Path, tmp_path: Path, monkeypatch, capfd
) -> None:
    """With a compiler for which it is long, as it is for i686-elf-gcc."""
    tools = find()
    compiler = tmp_path / "long-gcc"
    long = '-U__UINT32_TYPE__ -D__UINT32_TYPE__="unsigned long"'
    prefix = f"{ROOT}/" if "/" in tools.prefix else ""
    command = f"{shlex.quote(prefix + tools.prefix)}gcc {tools.flags}"
    compiler.write_text(f'#!/bin/sh\nexec {command} {long} "$@"\n')
    compiler.chmod(0o755)
    monkeypatch.setenv("CROSS_COMPILE", f"{tmp_path}/long-")
    find.cache_clear()
    build.build(switches.optimized(), programs=("ipc_tests",))
    assert capfd.readouterr().out == "", "the compiler warns"


def test_assembly_has_no_slash() -> None:
    """For the assembler of i686-elf a comment begins there, unless it is quoted."""
    folders = ("kernels", "bench", "peers", "harness", "tests")
    files = [path for folder in folders for path in (ROOT / folder).rglob("*.S")]
    assert files
    for path in files:
        text = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.S)
        code = re.sub(r"#include.*|\"[^\"\n]*\"", "", text)
        assert "/" not in code, path


def test_a_run_of_another_compiler_is_not_kept(tmp_path: Path, capsys) -> None:
    facts = json.loads((ROOT / "results/reference/provenance.json").read_text())
    for name in ("old", "new"):
        (tmp_path / name).mkdir()
        facts["tools"]["compiler"] = f"GCC: {name}"
        (tmp_path / name / "provenance.json").write_text(json.dumps(facts))
    (tmp_path / "old" / "table7.csv").write_text("")
    results.keep(tmp_path / "old", tmp_path / "new")
    assert "is of another compiler: dropped" in capsys.readouterr().out
    assert not (tmp_path / "new" / "table7.csv").exists()


# --- which compiler -----------------------------------------------------------


def test_the_pinned_one_is_told_by_its_own_words() -> None:
    gcc, ld = toolchain.pin()["gcc"], toolchain.pin()["binutils"]
    assert toolchain.note(f"GCC: {gcc}", f"GNU ld {ld}") == ""
    assert "not (Debian 12" in toolchain.note("GCC: (Debian 14.2.0-19) 14.2.0", ld)
    assert "Debian) 2.44, not" in toolchain.note(gcc, "(GNU Binutils for Debian) 2.44")


def test_the_packages_are_pinned() -> None:
    packages = toolchain.pin()["package"]
    assert len({p["name"] for p in packages}) == len(packages) == 12
    for package in packages:
        assert re.fullmatch("[0-9a-f]{64}", package["sha256"])
        assert re.fullmatch(r"[0-9a-z.+:-]+", package["version"])


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A system without the pinned compiler, which is one package with a script."""
    if not shutil.which("dpkg-deb"):
        pytest.skip("no dpkg-deb")
    tree = tmp_path / "tree"
    for folder in ("DEBIAN", "usr/bin"):
        (tree / folder).mkdir(parents=True)
    (tree / "DEBIAN" / "control").write_text(
        "Package: pinned-gcc\nVersion: 1\nArchitecture: all\n"
        "Maintainer: N <n@example.org>\nDescription: none\n"
    )
    script = tree / "usr" / "bin" / "pinned-gcc-12"
    script.write_text('#!/bin/sh\necho "$LD_LIBRARY_PATH"\n')
    script.chmod(0o755)
    package = tmp_path / "pinned-gcc_1_all.deb"
    command = ["dpkg-deb", "--root-owner-group", "-b", str(tree), str(package)]
    subprocess.run(command, check=True, capture_output=True)
    sha256 = hashlib.sha256(package.read_bytes()).hexdigest()
    pin = {
        **{"release": "bookworm", "architecture": "all", "prefix": "pinned-"},
        **{"gcc": "(pinned) 1", "binutils": "(pinned) 2"},
        "package": [{"name": "pinned-gcc", "version": "1", "sha256": sha256}],
    }
    monkeypatch.setattr(toolchain, "pin", lambda: pin)
    monkeypatch.setattr(toolchain.platform, "machine", lambda: "x86_64")
    monkeypatch.delenv("CROSS_COMPILE", raising=False)
    folder = tmp_path / "the 'folder'"
    monkeypatch.setattr(toolchain, "FOLDER", folder)
    monkeypatch.setattr(toolchain, "TREE", folder / "gcc")
    monkeypatch.setattr(toolchain, "STAMP", folder / "gcc" / "made-from")
    return package


def test_it_is_fetched_and_runs_with_its_own_libraries(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetched = []

    def fetch(packages: list[str], release: str, architecture: str, to: Path) -> None:
        fetched.append((packages, release, architecture))
        shutil.copy(elsewhere, to)

    monkeypatch.setattr(debian, "fetch", fetch)
    toolchain._install("stamp")
    assert fetched == [(["pinned-gcc=1"], "bookworm", "all")]
    folder = toolchain.FOLDER
    assert [path.name for path in folder.iterdir()] == ["gcc"]
    said = subprocess.check_output([folder / "gcc/bin/pinned-gcc"], text=True)
    assert said.startswith(f"{folder}/gcc/bin/../usr/lib/x86_64-linux-gnu:")


def test_packages_may_be_put_there_by_hand(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_INSTALL", "1")
    toolchain.FOLDER.mkdir()
    by_hand = Path(shutil.copy(elsewhere, toolchain.FOLDER))
    toolchain._install("stamp")
    assert toolchain.STAMP.read_text() == "stamp" and by_hand.exists()

    by_hand.write_bytes(by_hand.read_bytes()[:-1] + b"x")
    toolchain.STAMP.unlink()
    with pytest.raises(Refused, match="pinned-gcc_1_all.deb: damaged.*remove it"):
        toolchain.unpack_pinned()
    assert sorted(p.name for p in toolchain.FOLDER.iterdir()) == ["gcc", by_hand.name]


def test_without_a_network_another_one_is_used_and_named(
    elsewhere: Path, find, monkeypatch: pytest.MonkeyPatch, capfd
) -> None:
    def fetch(*_: Any) -> None:
        raise Refused("no network")

    monkeypatch.setattr(debian, "fetch", fetch)
    found = find()
    (line,) = capfd.readouterr().err.splitlines()
    assert line.startswith(f"twentyfold: the compiler is {found.version} with")
    assert "may differ" in line and line.endswith("(no network)")


# --- packages of another release ----------------------------------------------

ONE_LINE = """\
# deb http://comment.example/debian trixie main
deb [arch=amd64 signed-by=/k.gpg] http://line.example/debian trixie main contrib
deb-src http://source.example/debian trixie main
deb http://line.example/security trixie-security main
"""

DEB822 = """\
Types: deb deb-src
# a comment
URIs: http://one.example/debian
 https://two.example/debian/
Suites: trixie trixie-updates
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: http://off.example/debian
Suites: trixie
Components: main
Enabled: no

Types: deb
URIs: https://packages.example/apt
Suites: stable-of-something-else
Components: main
"""


@pytest.mark.skipif(not shutil.which("apt-get"), reason="no apt-get")
@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("sources.list", ONE_LINE, ["http://line.example/debian/"]),
        (
            "debian.sources",
            DEB822,
            ["http://one.example/debian/", "https://two.example/debian/"],
        ),
    ],
)
def test_mirrors_are_the_systems(
    name: str, text: str, expected: list[str], tmp_path: Path, monkeypatch
) -> None:
    (tmp_path / "os-release").write_text('ID=debian\nVERSION_CODENAME="trixie"\n')
    monkeypatch.setattr(debian, "OS_RELEASE", tmp_path / "os-release")
    keyrings = [tmp_path / "none", tmp_path / "os-release"]
    monkeypatch.setattr(debian, "KEYRINGS", keyrings)
    (tmp_path / "parts").mkdir()
    (tmp_path / "sources.list").touch()
    (tmp_path / ("parts" if name.endswith(".sources") else "") / name).write_text(text)
    options = ["-o", f"Dir::Etc::sourcelist={tmp_path}/sources.list"]
    options += ["-o", f"Dir::Etc::sourceparts={tmp_path}/parts"]
    mirrors = debian.mirrors([*options, "-o", "APT::Architecture=amd64"])
    assert mirrors == expected
    about = f"[signed-by={tmp_path}/os-release target=Packages]"
    lines = debian.sources(mirrors, "bookworm").splitlines()
    assert lines == [f"deb {about} {uri} bookworm main" for uri in expected]


def test_a_system_without_mirror_or_keyring(tmp_path: Path, monkeypatch) -> None:
    with pytest.raises(Refused, match="no mirror of Debian"):
        debian.sources([], "bookworm")
    monkeypatch.setattr(debian, "KEYRINGS", [tmp_path / "none"])
    with pytest.raises(Refused, match="install Debian's debian-archive-keyring"):
        debian.sources(["http://one.example"], "bookworm")


def test_a_fetch_that_fails_is_not_tried_by_each_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = []

    def apt(_: Path, arguments: list[str]) -> list[str]:
        tried.append(arguments[-1])
        return ["Failed to fetch http://one.example"]

    monkeypatch.delenv("NO_INSTALL", raising=False)
    monkeypatch.setattr(debian.shutil, "which", lambda _: "/usr/bin/apt-get")
    monkeypatch.setattr(debian, "mirrors", lambda: ["http://one.example"])
    monkeypatch.setattr(debian, "KEYRINGS", [tmp_path])
    monkeypatch.setattr(debian, "_apt", apt)

    def fetch(complaint: str) -> None:
        with pytest.raises(Refused, match=complaint):
            debian.fetch(["a=1", "b=2"], "bookworm", "amd64", tmp_path)

    fetch("a and 1 more cannot be fetched from .*bookworm.*Failed to fetch")
    assert tried == ["update", "b=2"]
    fetch("Failed to fetch .*tried again after")
    assert len(tried) == 2
    os.utime(tmp_path / debian.FAILED, (0, 0))
    fetch("Failed to fetch")
    assert len(tried) == 4
