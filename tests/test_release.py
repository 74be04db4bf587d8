# SPDX-License-Identifier: BSD-2-Clause
"""A release: all of a commit, and what its kernels say that they are of."""

from __future__ import annotations

import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from harness import build, release
from harness.errors import Refused
from harness.places import ROOT

pytestmark = pytest.mark.skipif(not (ROOT / ".git").exists(), reason="no git clone")


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("release") / "clone"
    subprocess.run(["git", "clone", "-q", str(ROOT), str(folder)], check=True)
    # What is tested is what is here.
    for name in ("harness", "tests"):
        subprocess.run(["cp", "-r", str(ROOT / name), str(folder)], check=True)
    subprocess.run(["cp", str(ROOT / "CITATION.cff"), str(folder)], check=True)
    subprocess.run(["cp", str(ROOT / "CHANGES.md"), str(folder)], check=True)
    who = ["-c", "user.name=x", "-c", "user.email=x@y"]
    git = ["git", "-C", str(folder), *who]
    subprocess.run([*git, "add", "-A"], check=True)
    subprocess.run([*git, "commit", "-q", "--allow-empty", "-m", "x"], check=True)
    return folder


def say(folder: Path, code: str) -> str:
    command = [sys.executable, "-c", f"from harness import build, release; {code}"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def dist(clone: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "harness", "dist"]
    return subprocess.run(command, cwd=clone, capture_output=True, text=True)


def test_a_release(clone: Path, tmp_path: Path) -> None:
    done = dist(clone)
    assert done.returncode == 0, done.stderr
    name = f"twentyfold-{release.version()}"
    tarball = clone / "build" / "dist" / f"{name}.tar.xz"
    first = tarball.read_bytes()
    assert dist(clone).returncode == 0 and tarball.read_bytes() == first
    with tarfile.open(tarball) as tar:
        tar.extractall(tmp_path)
    unpacked = tmp_path / name
    files = subprocess.run(
        ["git", "-C", str(clone), "ls-files"], capture_output=True, text=True
    ).stdout.split("\n")[:-1]
    there = {str(p.relative_to(unpacked)) for p in unpacked.rglob("*") if p.is_file()}
    assert there == {*files, release.MANIFEST}
    assert any(one.startswith("results/reference/logs/") for one in there)

    revision = say(clone, "print(build.revision())")
    assert say(unpacked, "print(build.revision())") == revision
    assert revision in done.stdout and len(revision) == len(build.NO_REVISION)
    (unpacked / "README.md").write_text("something else")
    changed = say(unpacked, "print(build.revision())")
    assert changed == revision[: -len(build.DIRTY)] + build.DIRTY
    (unpacked / "README.md").unlink()
    assert say(unpacked, "print(build.revision())") == changed


def test_a_release_is_of_a_commit(clone: Path, tmp_path: Path) -> None:
    git = ["git", "clone", "-q", str(clone), str(tmp_path / "dirty")]
    subprocess.run(git, check=True)
    (tmp_path / "dirty" / "Makefile").write_text("other")
    done = dist(tmp_path / "dirty")
    assert done.returncode != 0 and "a release is made of a commit" in done.stderr
    subprocess.run(["rm", "-r", str(tmp_path / "dirty" / ".git")], check=True)
    done = dist(tmp_path / "dirty")
    assert done.returncode != 0 and "no git clone" in done.stderr


def test_a_version_has_its_changes(tmp_path: Path, monkeypatch) -> None:
    (tmp_path / "CITATION.cff").write_text("version: 9.0.0\n")
    (tmp_path / "CHANGES.md").write_text("# Changes\n\n## 8.0.0 (2026-01-01)\n")
    monkeypatch.setattr(release, "ROOT", tmp_path)
    with pytest.raises(Refused, match="CHANGES.md does not begin with 9.0.0"):
        release.version()
