#!/usr/bin/env bash
# Installs what `make test` needs beside Go, on Debian and its kin: only what is
# missing, as root or through sudo.
set -euo pipefail

missing=()
need() { # need PACKAGES... -- COMMAND: installs the packages if the command fails
	local packages=()
	while [[ "$1" != -- ]]; do packages+=("$1") && shift; done
	shift
	"$@" >/dev/null 2>&1 || missing+=("${packages[@]}")
}

command -v go >/dev/null || { echo "setup.sh: Go is not installed; see go.mod for the release" >&2 && exit 1; }
need postgresql -- bash -c 'ls /usr/lib/postgresql/*/bin/initdb || command -v initdb'
need chromium fonts-dejavu-core -- command -v chromium
need npm -- command -v npm # fetches the accessibility checker
need gcc libc6-dev -- bash -c 'echo "#include <stdlib.h>" | gcc -E -' # for the race detector
need util-linux -- command -v runuser

[[ ${#missing[@]} -gt 0 ]] || exit 0
echo "installing ${missing[*]}" >&2
if ! command -v apt-get >/dev/null; then
	echo "setup.sh: no apt-get here; install them by hand" >&2
	exit 1
fi
as_root=()
[[ $EUID -eq 0 ]] || as_root=(sudo)
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
