# SPDX-License-Identifier: BSD-2-Clause
"""Packages of a named release of Debian, over the system's own mirror and keyring.

apt-get works with a sources list, lists and a cache of its own in a temporary folder:
nothing of the system changes, and no package is installed. What the system's apt.conf
says of proxies holds.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Sequence

from harness import processes
from harness.errors import Refused

OS_RELEASE = Path("/etc/os-release")
KEYRINGS = [
    Path("/usr/share/keyrings") / f"debian-archive-keyring.{ending}"
    for ending in ("gpg", "pgp")
]

# What the system calls the release that it has from Debian's mirror, besides by name.
SUITES = {"oldoldstable", "oldstable", "stable", "testing", "unstable", "sid"}

SECONDS = 20  # that a server may be silent
DEADLINE = 1200  # seconds for everything, on a slow line, too

# What a fetch has failed of, in its folder. Without a network, not each command waits.
FAILED = "not-fetched"
AGAIN = 600


def fetch(
    packages: Sequence[str], release: str, architecture: str, folder: Path
) -> None:
    """Puts the .deb of each package, NAME or NAME=VERSION, into a folder that is there:
    all, or refuses and puts none."""
    names = packages[0].partition("=")[0]
    if len(packages) > 1:
        names += f" and {len(packages) - 1} more"
    if os.environ.get("NO_INSTALL") == "1":
        raise Refused(f"{names} is not there, and not fetched, as NO_INSTALL=1")
    if not shutil.which("apt-get"):
        raise Refused(f"{names} is not there, and no apt-get to fetch it")
    failed = folder / FAILED
    if failed.exists() and time.time() - failed.stat().st_mtime < AGAIN:
        raise Refused(
            f"{os.fsdecode(failed.read_bytes())} (tried again after {AGAIN} s)"
        )
    print(f"twentyfold: fetching {names} of Debian's {release}", file=sys.stderr)
    with tempfile.TemporaryDirectory(prefix="twentyfold-apt-") as name:
        apt = Path(name)
        options = _options(apt, architecture)
        (apt / "sources.list").write_text(sources(mirrors(), release))
        complaints = _apt(apt, [*options, "update"])
        complaints += _apt(apt, [*options, "download", *packages])
        found = sorted(apt.glob("*.deb"))
        if len(found) != len(packages):
            reason = next(iter(complaints), "apt-get says nothing")
            complaint = (
                f"{names} cannot be fetched from Debian's {release} (no network?): "
                f"{reason}"
            )
            failed.write_bytes(os.fsencode(complaint))
            raise Refused(complaint)
        failed.unlink(missing_ok=True)
        for package in found:
            partial = folder / f"{package.name}.partial"
            shutil.copy(package, partial)
            partial.rename(folder / package.name)


def mirrors(options: Sequence[str] = ()) -> list[str]:
    """The system's mirrors of Debian, as apt reads its lists. options: for apt-get."""
    command = ["apt-get", *options, "indextargets", "--no-release-info"]
    command += ["--format", "$(REPO_URI) $(RELEASE)", "Created-By: Packages"]
    done = processes.run(command, capture_output=True, text=True, timeout=DEADLINE)
    rows = [line.rpartition(" ") for line in done.stdout.splitlines()]
    suites = SUITES | {_codename()}
    return list(dict.fromkeys(uri for uri, _, suite in rows if suite in suites))


def sources(uris: Sequence[str], release: str) -> str:
    """A sources list: what is not signed with Debian's keys, apt refuses."""
    if not uris:
        raise Refused("no mirror of Debian is in the system's sources lists")
    keyring = next((path for path in KEYRINGS if path.exists()), None)
    if not keyring:
        raise Refused(f"no {KEYRINGS[0]}: install Debian's debian-archive-keyring")
    about = f"[signed-by={keyring} target=Packages]"
    return "".join(f"deb {about} {uri} {release} main\n" for uri in uris)


def _codename() -> str:
    """Of the system's release; empty where it has none."""
    lines = OS_RELEASE.read_text().splitlines() if OS_RELEASE.exists() else []
    values = dict(line.split("=", 1) for line in lines if "=" in line)
    return values.get("VERSION_CODENAME", "").strip('"')


def _options(apt: Path, architecture: str) -> list[str]:
    for part in ("state/lists/partial", "cache/archives/partial"):
        (apt / part).mkdir(parents=True)
    (apt / "status").touch()
    settings = {
        "Dir::State": apt / "state",
        "Dir::State::status": apt / "status",
        "Dir::Cache": apt / "cache",
        "Dir::Etc::preferences": "/dev/null",
        "Dir::Etc::preferencesparts": "/dev/null",
        "APT::Default-Release": "",
        "APT::Architecture": architecture,
        "APT::Architectures": architecture,
        "APT::Sandbox::User": "root",
        "Acquire::Retries": 1,
        "Acquire::http::Timeout": SECONDS,
        "Acquire::https::Timeout": SECONDS,
        "Acquire::Languages": "none",
    }
    return [word for k, v in settings.items() for word in ("-o", f"{k}={v}")]


def _apt(apt: Path, arguments: list[str]) -> list[str]:
    """Its complaints, those of servers first. One mirror of several may fail: what is
    there in the end tells."""
    lists = ["-o", f"Dir::Etc::sourcelist={apt / 'sources.list'}"]
    lists += ["-o", "Dir::Etc::sourceparts=/dev/null"]
    try:
        done = processes.run(
            ["apt-get", "-q", *lists, *arguments],
            cwd=apt,
            capture_output=True,
            text=True,
            timeout=DEADLINE,
        )
    except subprocess.TimeoutExpired:
        return [f"nothing after {DEADLINE} s"]
    lines = done.stderr.splitlines()
    lines = [line[3:].strip() for line in lines if line[:3] in ("E: ", "W: ")]
    return sorted(lines, key=lambda line: not line.startswith("Failed to fetch"))
