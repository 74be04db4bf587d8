# SPDX-License-Identifier: BSD-2-Clause
"""The run in the repository."""

from __future__ import annotations

from harness import pipeline, verify
from harness.places import ROOT


def test_the_reference_run_is_what_its_records_say() -> None:
    found = verify.verify(ROOT / "results" / "reference", pipeline.evaluate)
    assert "tables are what" in found
