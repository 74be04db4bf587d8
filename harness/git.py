# SPDX-License-Identifier: BSD-2-Clause
"""What git says of this checkout; of another repository's, or of none, nothing."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from harness import processes
from harness.errors import Refused
from harness.places import ROOT


def ask(*arguments: str) -> bytes:
    """What git prints; a refusal where it cannot."""
    # The checkout may be another user's.
    command = ["git", "-c", "safe.directory=*", "-C", str(ROOT), *arguments]
    try:
        return processes.run(command, check=True, capture_output=True).stdout
    except OSError as error:
        raise Refused(f"git: {error.strerror}") from error
    except subprocess.CalledProcessError as error:
        why = error.stderr.decode(errors="replace").strip()
        raise Refused(f"git {arguments[0]}: {why}") from error


def head(digits: int) -> tuple[str, bool] | None:
    """The commit's first digits, and whether a file that git knows is another now; None
    if this folder is not the top of a clone."""
    try:
        top = ask("rev-parse", "--show-toplevel").removesuffix(b"\n")
        if Path(os.fsdecode(top)).resolve() != ROOT:
            return None
        commit = ask("rev-parse", f"--short={digits}", "HEAD").decode().strip()
        changed = ask("status", "--porcelain", "--untracked-files=no")
    except Refused:
        return None
    return commit[:digits], bool(changed)
