#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Runs python3 for the harness with these arguments: $PYTHON, or the first that is
# new enough and has all modules. One that comes first on the path may have only
# some. If none has, the first: it says itself what is missing.
# Nothing around it counts: no PYTHON* variable, no locale.

modules=$(dirname "$0")/modules.py

if [ -z "${PYTHON:-}" ]; then
	for python in python3 /usr/bin/python3; do
		if "$python" -E -B "$modules" >/dev/null 2>&1; then
			PYTHON=$python
			break
		fi
	done
fi
: "${PYTHON:=python3}"
command -v "$PYTHON" >/dev/null || {
	echo "twentyfold: no $PYTHON here: install Debian's python3, or set PYTHON= to one" >&2
	exit 1
}
exec "$PYTHON" -E -B -X utf8 "$@"
