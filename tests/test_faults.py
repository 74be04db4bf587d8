# SPDX-License-Identifier: BSD-2-Clause
"""The faults that are tried by hand (docs/testing.md) still fit the kernels."""

import pytest
from faults import FAULTS, ROOT

from harness import switches


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_fits(name: str) -> None:
    fault = FAULTS[name]
    assert (ROOT / "kernels" / fault.file).read_text().count(fault.old) == 1
    assert switches.parse(fault.configuration).name
