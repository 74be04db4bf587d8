# SPDX-License-Identifier: BSD-2-Clause
"""What the harness refuses, and how it says so."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from harness.places import ROOT


class Refused(Exception):
    """One clear line for the user: what is wrong, where, what to do."""


def describe(error: OSError) -> str:
    """One line: what, where, what to do."""
    what = (error.strerror or str(error) or type(error).__name__).lower()
    where = error.filename2 or error.filename
    where = os.fsdecode(where) if where else ""
    line = f"{where}: {what}" if where else what
    readonly = error.errno in (errno.EACCES, errno.EPERM, errno.EROFS)
    if readonly and where and Path(where).is_relative_to(ROOT):
        return f"{line}: set BUILD= and RESULTS= to folders that can be written"
    advice = {
        errno.ENOENT: "check the path",
        errno.ENOTDIR: "check the path",
        errno.EISDIR: "name a file",
        errno.EACCES: "give this user access, or name another",
        errno.EROFS: "name one that can be written",
        errno.EMFILE: "raise the limit (ulimit -n)",
        errno.ENFILE: "end other programs",
        errno.ENOMEM: "end other programs",
        errno.EAGAIN: "end other programs, or raise the limit (ulimit -u)",
        errno.ENAMETOOLONG: "give a shorter name",
        errno.ETXTBSY: "wait for its end, and try again",
    }
    return f"{line}: {advice.get(error.errno or 0, 'mend that, and try again')}"
