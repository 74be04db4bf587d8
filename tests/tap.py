# SPDX-License-Identifier: BSD-2-Clause
"""Reads what a guest's tests print: TAP, among other lines."""

from __future__ import annotations

import re


def transcript(console: str) -> list[str]:
    """What was tested, and whether it passed, in order. What a configuration lacks
    and has skipped does not make it another transcript."""
    lines = re.findall(r"^(?:not )?ok .*$", console, re.M)
    return [line.partition(" # SKIP")[0].rstrip() for line in lines]


def failures(console: str) -> list[str]:
    """The tests that failed, and what is wrong with the plan; [] if all is well."""
    results = re.findall(r"^(not )?ok (\d+) - (.*)$", console, re.M)
    failed = [f"{number} {what}" for no, number, what in results if no]
    if [int(number) for _, number, _ in results] != list(range(1, len(results) + 1)):
        failed.append("the tests are not numbered from 1 on")
    plan = re.findall(r"^1\.\.(\d+)$", console, re.M)
    if plan != [str(len(results))]:
        failed.append(f"{len(results)} tests have come, planned were {plan}")
    if not results:
        failed.append("no tests have come")
    return failed
