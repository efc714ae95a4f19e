#!/usr/bin/env bash
# Runs every fuzz target of the program for a while: tools/fuzz.sh 10s
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

targets=0
while read -r file target; do
	echo "$target in $(dirname "$file")"
	go test -run '^$' -fuzz "^$target\$" -fuzztime "${1:-10s}" "./$(dirname "$file")"
	targets=$((targets + 1))
done < <(git grep -E '^func Fuzz[A-Za-z0-9_]+\(' -- '*_test.go' | sed -E 's/^([^:]+):func (Fuzz[A-Za-z0-9_]+).*/\1 \2/')
if [[ $targets -eq 0 ]]; then
	echo "fuzz.sh: no fuzz target" >&2
	exit 1
fi
echo "$targets targets, nothing found"
