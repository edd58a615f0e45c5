#!/usr/bin/env bash
# A private PostgreSQL cluster, for ./run and ./test.
#
#   scripts/postgres.sh home DIR            where a cluster for DIR can live (DIR itself, if the server's user can get there)
#   scripts/postgres.sh start HOME [MODE]   make it if need be and start it; prints its port. MODE says what may be left out:
#                                             quick   nothing has to survive a crash
#                                             tests   the same, for many small databases
#                                             killed  the same, and it survives the end of its processes
#   scripts/postgres.sh follow HOME PORT [MODE]  make a streaming replica of the server on PORT, if HOME has none yet, and start it; prints its port
#   scripts/postgres.sh stop DIR|HOME       stop it, if it runs
#
# The administrator is tenantry_admin, with the password in $PG_ADMIN_PASSWORD. PG_PORT: on this port. It listens on loopback and a socket in HOME.
set -euo pipefail

LEAST_VERSION=15   # views with security_invoker

# shellcheck source=scripts/packages.sh
. "$(dirname "${BASH_SOURCE[0]}")/packages.sh"

fail() { say "$*"; exit 1; }

# PostgreSQL refuses to run as root: then the server's files and processes belong to its own user.
server_user() { id -u postgres >/dev/null 2>&1 && echo postgres || echo nobody; }

as_server() {
  if [ "$(id -u)" != 0 ]; then env LC_ALL=C "$@"
  elif command -v runuser >/dev/null; then runuser -u "$(server_user)" -- env LC_ALL=C "$@"
  else su "$(server_user)" -s /bin/sh -c "LC_ALL=C $(printf '%q ' "$@")"
  fi
}

# The folder with initdb, pg_ctl and postgres of the newest version that is new enough, or of TENANTRY_PG_VERSION; nothing if there is none.
find_binaries() {
  local folder version best=0 found=""
  for folder in ${TENANTRY_PG_BIN:+"$TENANTRY_PG_BIN"} "$(dirname "$(command -v initdb || echo /none/initdb)")" \
      /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /usr/libexec/postgresql*/ /opt/homebrew/opt/postgresql@*/bin /usr/local/opt/postgresql@*/bin \
      /Applications/Postgres.app/Contents/Versions/*/bin; do
    if [ ! -x "$folder/initdb" ] || [ ! -x "$folder/pg_ctl" ] || [ ! -x "$folder/postgres" ]; then continue; fi
    version=$("$folder/postgres" --version | sed 's/[^0-9]*\([0-9]*\).*/\1/')
    if [ -n "${TENANTRY_PG_VERSION:-}" ] && [ "$version" != "$TENANTRY_PG_VERSION" ]; then continue; fi
    if [ "$version" -ge "$LEAST_VERSION" ] && [ "$version" -gt "$best" ]; then best=$version found=$folder; fi
    [ -z "${TENANTRY_PG_BIN:-}" ] || [ -z "$found" ] || break   # asked for by name
  done
  echo "$found"
}

binaries() {
  local folder
  folder=$(find_binaries)
  # Whoever asks for a version means that one: what the package manager brings might be another.
  [ -n "$folder" ] || [ -z "${TENANTRY_PG_VERSION:-}" ] || fail "PostgreSQL $TENANTRY_PG_VERSION is missing. TENANTRY_PG_BIN is the folder of its initdb, where it stands in none of the usual ones."
  if [ -z "$folder" ]; then
    bring postgresql "PostgreSQL $LEAST_VERSION or newer" || fail "With one of your own: TENANTRY_PG_BIN is the folder of its initdb, DATABASE_URL a server that runs."
    folder=$(find_binaries)
  fi
  [ -n "$folder" ] || fail "PostgreSQL $LEAST_VERSION or newer is still missing after its installation. Set TENANTRY_PG_BIN to the folder of initdb."
  echo "$folder"
}

home() {
  local wanted=$1 fallback
  mkdir -p "$wanted"
  wanted=$(cd "$wanted" && pwd -P)
  if [ "$(id -u)" != 0 ] || as_server test -x "$wanted" 2>/dev/null; then echo "$wanted"; return; fi
  # The clone lies below a folder that is root's alone. The cluster goes where its user can get to it.
  fallback=/var/lib/tenantry-$(printf %s "$wanted" | cksum | cut -d' ' -f1)
  mkdir -p "$fallback"
  ln -sfn "$fallback" "$wanted/elsewhere"
  echo "$fallback"
}

# Below those that clients' connections take, which cannot be seen by trying.
free_port() {
  local port
  for port in "$@" $(for _ in 1 2 3 4 5 6 7 8; do echo $((20000 + RANDOM % 12000)); done); do
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo "$port"; return; }
  done
  fail "No free port for PostgreSQL."
}

# A socket's path may have 107 bytes.
socket_folder() {
  if [ ${#1} -le 80 ]; then echo "$1"; else echo "/tmp"; fi
}

start() {
  local home=$1 quick=${2:-} bin port options
  bin=$(binaries)
  if [ "$(id -u)" = 0 ]; then chown "$(server_user)" "$home"; fi

  if [ ! -f "$home/data/PG_VERSION" ]; then
    local password_file=$home/password.tmp
    (umask 077; printf '%s\n' "$PG_ADMIN_PASSWORD" >"$password_file")
    if [ "$(id -u)" = 0 ]; then chown "$(server_user)" "$password_file"; fi
    as_server "$bin/initdb" -D "$home/data" -U tenantry_admin --auth=scram-sha-256 --pwfile="$password_file" \
      --encoding=UTF8 --locale=C ${quick:+--no-sync} </dev/null >"$home/initdb.log" 2>&1 || { rm -f "$password_file"; cat "$home/initdb.log" >&2; fail "initdb failed."; }
    rm -f "$password_file"
  elif [ "$(cat "$home/data/PG_VERSION")" != "$("$bin/postgres" --version | sed 's/[^0-9]*\([0-9]*\).*/\1/')" ]; then
    bin=$(dirname "$bin")/../$(cat "$home/data/PG_VERSION")/bin
    [ -x "$bin/pg_ctl" ] || fail "The cluster in $home was made by PostgreSQL $(cat "$home/data/PG_VERSION"), which is no longer installed. Install it, or remove that folder to begin anew."
  fi

  # Left running by a run that was killed: take it over.
  if as_server "$bin/pg_ctl" -D "$home/data" status >/dev/null 2>&1; then sed -n 4p "$home/data/postmaster.pid"; return; fi

  if [ -n "${PG_PORT:-}" ]; then port=$PG_PORT; elif [ -n "$quick" ]; then port=$(free_port); else port=$(free_port 54329 54330 54331); fi
  options="-p $port -k $(socket_folder "$home") -c listen_addresses=127.0.0.1 -c max_connections=200"
  if [ -n "$quick" ]; then options="$options -c fsync=off -c synchronous_commit=off"; fi
  # A server that is killed can have written half a page: only whole pages in the log mend it.
  if [ -n "$quick" ] && [ "$quick" != killed ]; then options="$options -c full_page_writes=off"; fi
  # Hundreds of small databases that live for seconds: nobody gains if they are vacuumed, or their statements compiled or run in parallel.
  case $quick in tests | killed) options="$options -c autovacuum=off -c jit=off -c max_parallel_workers_per_gather=0" ;; esac
  as_server "$bin/pg_ctl" -D "$home/data" -l "$home/log" -w -t 120 -o "$options" start </dev/null >/dev/null 2>&1 \
    || { tail -n 20 "$home/log" >&2 || true; fail "PostgreSQL does not start; its log: $home/log"; }
  echo "$port"
}

follow() {
  local home=$1 primary=$2 quick=${3:-} bin basebackup
  bin=$(binaries)
  basebackup=$bin/pg_basebackup
  [ -x "$basebackup" ] || basebackup=$(dirname "$(readlink -f "$bin/initdb")")/pg_basebackup # where the folder holds links to some of them
  if [ ! -f "$home/data/PG_VERSION" ]; then
    # Stays: the replica connects with it.
    (umask 077; printf '127.0.0.1:%s:*:tenantry_admin:%s\n' "$primary" "$PG_ADMIN_PASSWORD" >"$home/pgpass")
    if [ "$(id -u)" = 0 ]; then chown "$(server_user)" "$home" "$home/pgpass"; fi
    as_server env PGPASSFILE="$home/pgpass" "$basebackup" -h 127.0.0.1 -p "$primary" -U tenantry_admin -D "$home/data" -R -X stream -c fast ${quick:+--no-sync} </dev/null >"$home/basebackup.log" 2>&1 \
      || { cat "$home/basebackup.log" >&2; fail "pg_basebackup failed."; }
  fi
  start "$home" "$quick"
}

stop() {
  local bin
  if [ -e "$1/elsewhere" ]; then set -- "$1/elsewhere"; fi
  [ -f "$1/data/postmaster.pid" ] || return 0
  bin=$(find_binaries)
  as_server "$bin/pg_ctl" -D "$1/data" -m fast -w -t 30 stop </dev/null >/dev/null 2>&1 || true
}

case "${1:-}" in
  home | start | follow | stop) "$@" ;;
  *) sed -n '2,13s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
