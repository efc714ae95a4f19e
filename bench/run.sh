#!/usr/bin/env bash
# Measures launches, rosters and gradebooks: `make bench` calls it with CLASSBRIDGE_TEST_POSTGRES set to a
# fresh server. The tools run on core 0, what drives them on core 1. Arguments go
# to the driver, such as -rounds 2 or -tools floor,classbridge,services.
set -euo pipefail
cd "$(dirname "$0")/.."

for program in node npm taskset; do
	command -v "$program" >/dev/null ||
		{ echo "bench: $program is not installed (apt-get install nodejs npm util-linux)" >&2 && exit 1; }
done
[[ "$(nproc)" -ge 2 ]] || { echo "bench: needs two cores: one for the tools, one for what drives them" >&2 && exit 1; }

make build >&2
CGO_ENABLED=0 go build -trimpath -ldflags="-s -w" -o bin/ ./bench/floor ./bench/driver
if [[ bench/ltijs/package-lock.json -nt bench/ltijs/node_modules/.package-lock.json ]]; then
	npm --prefix bench/ltijs ci --ignore-scripts --no-audit --no-fund --loglevel=error >&2
fi
GOMAXPROCS=1 exec taskset -c 1 bin/driver "$@"
