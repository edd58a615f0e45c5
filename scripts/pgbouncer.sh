#!/usr/bin/env bash
# A PgBouncer in transaction mode before a PostgreSQL of this machine, as deploy/local-cluster/pgbouncer.ini has it.
#
#   scripts/pgbouncer.sh need             find it, or install it where that is allowed; otherwise says how, and exits with 1
#   scripts/pgbouncer.sh start DIR PORT   start one before the server on PORT, with the lines of its auth_file in $PGBOUNCER_LOGINS; prints what
#                                         takes the place of host and port in a URL. PGBOUNCER_PORT: on this port
#   scripts/pgbouncer.sh point DIR PORT   let the one of DIR lead to the server on PORT from now on
#   scripts/pgbouncer.sh stop DIR         stop it, if it runs
set -euo pipefail
# shellcheck source=scripts/packages.sh
. "$(dirname "${BASH_SOURCE[0]}")/packages.sh"

TEMPLATE=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)/deploy/local-cluster/pgbouncer.ini
PATH=$PATH:/usr/sbin

need() { command -v pgbouncer >/dev/null || { bring pgbouncer PgBouncer && command -v pgbouncer >/dev/null; }; }

# It refuses to run as root, as PostgreSQL does.
user() { id -u postgres >/dev/null 2>&1 && echo postgres || echo nobody; }

keeps_prepared() { pgbouncer --version | awk 'NR == 1 { split($2, v, "."); exit !(v[1] > 1 || v[2] >= 21) }'; }

write_settings() {
  local prepared=""
  if keeps_prepared; then prepared="max_prepared_statements = 200"; fi
  sed -e "s|@primary@|$2|; s|@port@|$3|; s|@folder@|$1|; s|@prepared@|$prepared|" "$TEMPLATE" >"$1/pgbouncer.ini"
  echo "$3" >"$1/port"
}

start() {
  local folder=$1 primary=$2 port
  mkdir -p "$folder"
  folder=$(cd "$folder" && pwd -P)
  stop "$folder"
  port=${PGBOUNCER_PORT:-$((20000 + RANDOM % 12000))}
  if [ -n "${PGBOUNCER_LOGINS:-}" ]; then (umask 077; printf '%s\n' "$PGBOUNCER_LOGINS" >"$folder/logins"); fi
  write_settings "$folder" "$primary" "$port"
  if [ "$(id -u)" = 0 ]; then chown -R "$(user)" "$folder"; set -- -u "$(user)"; else set --; fi
  pgbouncer -d "$@" "$folder/pgbouncer.ini" </dev/null >"$folder/start.log" 2>&1 || { cat "$folder/start.log" >&2; return 1; }
  for _ in $(seq 50); do
    if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
      if keeps_prepared; then echo "127.0.0.1:$port"; else echo "127.0.0.1:$port?max_auto_prepare=0"; fi
      return
    fi
    sleep 0.1
  done
  tail -n 5 "$folder/log" >&2
  return 1
}

point() {
  write_settings "$1" "$2" "$(cat "$1/port")"
  kill -HUP "$(cat "$1/pid")" # RELOAD: connections to the server before are closed when their transaction ends
}

stop() {
  local pid
  [ -s "$1/pid" ] || return 0
  pid=$(cat "$1/pid")
  if ps -p "$pid" -o command= 2>/dev/null | grep -q pgbouncer; then
    kill -TERM "$pid" 2>/dev/null || true
    for _ in $(seq 50); do kill -0 "$pid" 2>/dev/null || break; sleep 0.1; done
  fi
  rm -f "$1/pid"
}

case "${1:-}" in
  need | start | point | stop) "$@" ;;
  *) sed -n '2,9s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
