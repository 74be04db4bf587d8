# SPDX-License-Identifier: BSD-2-Clause
"""What all tests share: built configurations, the seed, the last line."""

from __future__ import annotations

import os
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from harness import build, folders, processes, switches  # noqa: E402
from harness.errors import Refused, describe  # noqa: E402

SEED = "TWENTYFOLD_SEED"


def pytest_configure(config: pytest.Config) -> None:
    processes.clean_environment()
    until_the_end = ExitStack()
    until_the_end.enter_context(folders.used(build.BUILD))
    config.add_cleanup(until_the_end.close)
    try:
        with folders.scratch(build.BUILD):
            pass
    except OSError as error:
        pytest.exit(f"twentyfold: {describe(error)}", 1)
    # The workers of xdist are started later and inherit it.
    if not os.environ.get(SEED):
        given = os.environ.get("SEED")
        os.environ[SEED] = given or str(int.from_bytes(os.urandom(4), "little"))


def pytest_sessionstart(session: pytest.Session) -> None:
    """The compiler is fetched, if it must be, before a test looks at what is said."""
    if not hasattr(session.config, "workerinput"):
        try:
            build.find_toolchain()
        except Refused:
            pass  # the tests that need it tell


def seed() -> int:
    return int(os.environ[SEED])


@pytest.fixture(scope="session")
def optimized() -> build.Built:
    return build.build(switches.optimized())


@pytest.fixture(scope="session")
def baseline() -> build.Built:
    return build.build(switches.baseline())


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """The last lines of make check."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None or hasattr(config, "workerinput"):
        return
    count = {kind: len(reporter.stats.get(kind, [])) for kind in reporter.stats}
    failed = count.get("failed", 0) + count.get("error", 0)
    print(f"random configurations: make check SEED={seed()} chooses the same again")
    print(f"{count.get('passed', 0)} passed, {failed} failed")
