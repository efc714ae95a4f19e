#!/usr/bin/env bash
# Runs a PostgreSQL server of its own for tests: loopback only, its files in one
# folder. It does not wait for the disk (fsync is off), but what it has committed
# survives a crash of its own.
#
#   e2e/postgres.sh start DIR     starts it, the first time or again; prints its address
#   e2e/postgres.sh stop DIR      stops it at once; its files stay
#   e2e/postgres.sh with COMMAND  runs COMMAND with CLASSBRIDGE_TEST_POSTGRES set to a
#                                 fresh server, which is gone when COMMAND ends
set -euo pipefail

# PostgreSQL refuses to run as root: root hands it to the user that Debian's package makes.
as_owner() {
	if [[ $EUID -eq 0 ]]; then (cd / && runuser -u postgres -- "$@"); else "$@"; fi
}

# Debian keeps the server's programs out of PATH.
find_programs() {
	local dir
	for dir in $(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -rV) "$(dirname "$(command -v initdb || echo /)")"; do
		if [[ -x "$dir/initdb" && -x "$dir/pg_ctl" ]]; then
			echo "$dir"
			return
		fi
	done
	echo "postgres.sh: PostgreSQL's server is not installed (apt-get install postgresql)" >&2
	return 1
}

create() {
	local dir="$1" password
	password="$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')"
	mkdir -p "$dir"
	(umask 077 && echo "$password" >"$dir/password")
	if [[ $EUID -eq 0 ]]; then chown -R postgres "$dir"; fi
	as_owner "$bin/initdb" --pgdata="$dir/data" --username=postgres --auth=scram-sha-256 --pwfile="$dir/password" \
		--encoding=UTF8 --locale=C --no-sync --no-instructions >/dev/null
}

# PostgreSQL cannot be asked for any free port: ports are tried until one is free.
# A server that is started again keeps the port that its clients know.
start() {
	local dir="$1" port try ports
	[[ -d "$dir/data" ]] || create "$dir"
	if [[ -f "$dir/port" ]]; then ports="$(cat "$dir/port")"; else ports="$(shuf -i 20000-29999 -n 20)"; fi
	for port in $ports; do
		if as_owner "$bin/pg_ctl" start --silent --wait --timeout=60 --pgdata="$dir/data" --log="$dir/log" --options="-p $port \
			-c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c max_connections=400 -c shared_buffers=256MB \
			-c fsync=off -c full_page_writes=off" >/dev/null 2>&1; then
			echo "$port" >"$dir/port"
			echo "postgres://postgres:$(cat "$dir/password")@127.0.0.1:$port/postgres?sslmode=disable"
			return
		fi
	done
	echo "postgres.sh: the server did not start; its log says:" >&2
	tail -n 20 "$dir/log" >&2
	return 1
}

stop() {
	as_owner "$bin/pg_ctl" stop --silent --mode=immediate --pgdata="$1/data" >/dev/null
}

with() {
	local dir
	dir="$(mktemp -d /tmp/classbridge-postgres.XXXXXX)"
	# shellcheck disable=SC2064 # the folder of now
	trap "stop '$dir' || true; rm -rf '$dir'" EXIT
	CLASSBRIDGE_TEST_POSTGRES="$(start "$dir")"
	export CLASSBRIDGE_TEST_POSTGRES
	"$@"
}

bin="$(find_programs)"
case "${1:-} $#" in
"start 2" | "stop 2") "$1" "$(realpath -m "$2")" ;;
with\ *) shift && with "$@" ;;
*) sed -n 's/^#   //p' "${BASH_SOURCE[0]}" >&2 && exit 2 ;;
esac
