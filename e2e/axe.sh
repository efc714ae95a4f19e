#!/usr/bin/env bash
# Fetches axe-core, the accessibility checker that the end-to-end tests run in
# the pages, once, and prints the file.
#
#   export CLASSBRIDGE_TEST_AXE="$(e2e/axe.sh)"
#
# It is kept in $CLASSBRIDGE_CACHE (by default ~/.cache/classbridge).
set -euo pipefail

package=axe-core
version=4.14.1
sum=1477dafa598d8d065f273d6af302aa203c02e83131707b7fa648cd41bd3d6b734f8c22a0dab86ee6a6f64b8afbe804b214d36db85a2826965edfb3a0b9d546b5
cache="${CLASSBRIDGE_CACHE:-${XDG_CACHE_HOME:-${HOME:?}/.cache}/classbridge}"
kept="$cache/$package-$version.js"

if [[ ! -f "$kept" ]]; then
	mkdir -p "$cache"
	# Fetched aside and renamed, so that half a file is never taken for the whole.
	work="$(mktemp -d "$cache/fetching.XXXXXX")"
	trap 'rm -rf "$work"' EXIT
	npm pack --silent --pack-destination "$work" "$package@$version" >/dev/null
	echo "$sum  $work/$package-$version.tgz" | sha512sum --check --quiet >&2
	tar -xzf "$work/$package-$version.tgz" -C "$work" package/axe.min.js
	mv "$work/package/axe.min.js" "$kept"
fi
echo "$kept"
