# SPDX-License-Identifier: BSD-2-Clause
"""Where things are: the checkout, what is built of it, what is measured."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# make's BUILD=: for a checkout that cannot be written. Then profiles and what
# 'make measure' finds go there, too.
_ELSEWHERE = os.environ.get("TWENTYFOLD_BUILD")
BUILD = Path(_ELSEWHERE).resolve() if _ELSEWHERE else ROOT / "build"
MENU = (BUILD if _ELSEWHERE else ROOT) / ".config"  # menuconfig's
RESULTS = BUILD / "results" if _ELSEWHERE else ROOT / "results"
