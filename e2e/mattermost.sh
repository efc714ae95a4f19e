#!/usr/bin/env bash
# Builds the Mattermost server that the end-to-end tests run, once, and prints
# the folder that holds it: the binary and the files that it reads at start.
#
#   export CLASSBRIDGE_TEST_MATTERMOST="$(e2e/mattermost.sh)"
#
# A cold build takes about five minutes on two cores. The result is kept in
# $CLASSBRIDGE_CACHE (by default ~/.cache/classbridge) until e2e/mmserver/go.sum,
# this script or the Go release changes.
set -euo pipefail

module="$(cd "$(dirname "${BASH_SOURCE[0]}")/mmserver" && pwd)"
server=github.com/mattermost/mattermost/server/v8
cache="${CLASSBRIDGE_CACHE:-${XDG_CACHE_HOME:-${HOME:?}/.cache}/classbridge}"
key="$(cat "$module/go.mod" "$module/go.sum" "${BASH_SOURCE[0]}" <(go env GOVERSION GOOS GOARCH) | sha256sum | cut -c1-16)"
kept="$cache/mattermost-$key"

if [[ ! -x "$kept/mattermost" ]]; then
	echo "building the Mattermost server (about five minutes, once) ..." >&2
	mkdir -p "$cache"
	# Built aside and renamed, so that an interrupted build is never taken for a whole one.
	work="$(mktemp -d "$cache/building.XXXXXX")"
	trap 'if [[ -d $work ]]; then chmod -R u+w "$work"; rm -rf "$work"; fi' EXIT
	CGO_ENABLED=0 go -C "$module" build -mod=readonly -trimpath -ldflags='-s -w' -o "$work/mattermost" "$server/cmd/mattermost"
	source="$(go -C "$module" list -mod=readonly -m -f '{{.Dir}}' "$server")"
	cp -R "$source/i18n" "$source/templates" "$source/fonts" "$work/"
	chmod -R u+w "$work"
	chmod 755 "$work"
	mv -T "$work" "$kept" 2>/dev/null || [[ -x "$kept/mattermost" ]] # else somebody was faster
fi
echo "$kept"
