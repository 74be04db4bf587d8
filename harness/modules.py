# SPDX-License-Identifier: BSD-2-Clause
"""The Python modules that the harness and its tests need: Debian package, what for.

As a program it says by its status whether the Python that runs it is new enough and
has them all; so it is written for older ones, too.
"""

import importlib.util
import sys

OLDEST = (3, 11)

MODULES = {
    "pandas": ("python3-pandas", "tables"),
    "kconfiglib": ("python3-kconfiglib", "switches"),
    "jinja2": ("python3-jinja2", "report.md"),
    "markdown": ("python3-markdown", "report.html"),
    "elftools": ("python3-pyelftools", "times"),
    "rich": ("python3-rich", "progress on the terminal"),
    "pytest": ("python3-pytest", "make check"),
    "xdist": ("python3-pytest-xdist", "make check on all cores"),
}


def is_old():
    return sys.version_info < OLDEST


def missing():
    """Names of the modules that are not there."""
    return [name for name in MODULES if importlib.util.find_spec(name) is None]


if __name__ == "__main__":
    sys.exit(1 if is_old() or missing() else 0)
