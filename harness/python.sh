#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Prints the path of a python3 for the harness: $PYTHON, or the first that is new
# enough and has all modules. One that comes first on the path may have only some.
# If none has, the first: it says itself what is missing.

modules=$(dirname "$0")/modules.py

[ -z "${PYTHON:-}" ] || {
	printf '%s\n' "$PYTHON"
	exit 0
}
for python in python3 /usr/bin/python3; do
	if "$python" -E -B "$modules" >/dev/null 2>&1; then
		printf '%s\n' "$python"
		exit 0
	fi
done
echo python3
