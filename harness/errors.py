# SPDX-License-Identifier: BSD-2-Clause
"""What the harness refuses, and how it says so."""


class Refused(Exception):
    """One clear line for the user: what is wrong, where, what to do."""
