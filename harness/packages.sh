#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Installs the Debian packages of packages.txt that are missing, and says so.
# NO_INSTALL=1: only reports them. On other systems it leaves everything to
# the user; 'make doctor' tells what is missing.

set -eu

list=$(dirname "$0")/packages.txt

complain() {
	echo "twentyfold: $*" >&2
}

# The compiler may be another one. Where Debian 12's is not the system's own,
# the harness fetches it (harness/toolchain.py).
has_other_compiler() {
	[ -z "${CROSS_COMPILE:-}" ] || return 0
	case $release in
	"debian bookworm amd64") return 1 ;;
	"debian "*" amd64") return 0 ;;
	esac
	command -v i686-elf-gcc >/dev/null 2>&1
}

release=$(exec 2>/dev/null && . /etc/os-release &&
	echo "$ID ${VERSION_CODENAME:-} $(dpkg --print-architecture)") || release=

is_missing() {
	case $1 in
	gcc-i686-linux-gnu) has_other_compiler && return 1 ;;
	esac
	case $(dpkg-query -W -f '${Status}' "$1" 2>/dev/null || true) in
	*"ok installed") return 1 ;;
	esac
}

missing=
for package in $(sed 's/#.*//' "$list" | awk '{ print $1 }'); do
	command -v dpkg-query >/dev/null 2>&1 || break
	if is_missing "$package"; then
		missing="$missing $package"
	fi
done

[ -n "$missing" ] || exit 0

if [ "${NO_INSTALL:-}" = 1 ]; then
	complain "missing Debian packages (not installed, as NO_INSTALL=1):$missing"
	exit 0
fi

if [ "$(id -u)" = 0 ]; then
	sudo=
elif command -v sudo >/dev/null 2>&1; then
	sudo=sudo
else
	complain "missing Debian packages, but neither root nor sudo to install" \
		"them: apt-get install$missing"
	exit 1
fi

install() {
	$sudo env DEBIAN_FRONTEND=noninteractive \
		apt-get install -y -q --no-install-recommends $missing
}

echo "installing missing Debian packages:$missing"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# The lists of packages may be old or not there at all.
if ! install >"$log" 2>&1; then
	{ $sudo apt-get update -q && install; } >"$log" 2>&1 || {
		tail -n 20 "$log" >&2
		complain "apt-get could not install$missing (its last words are above)"
		exit 1
	}
fi
echo "installed"
