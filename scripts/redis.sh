#!/usr/bin/env bash
# A private Redis that keeps nothing, for ./run, and the means to have one for ./test.
#
#   scripts/redis.sh need         find redis-server, or install it where that is allowed; otherwise says how, and exits with 1
#   scripts/redis.sh start DIR    start one with the password in $REDIS_PASSWORD; prints its port
#                                 REDIS_PORT: on this one; REDIS_FOLLOWS: as a replica of the one on that port
#   scripts/redis.sh stop DIR     stop it, if it runs
set -euo pipefail
# shellcheck source=scripts/packages.sh
. "$(dirname "${BASH_SOURCE[0]}")/packages.sh"

find_server() { command -v redis-server || command -v valkey-server || true; }

need() {
  [ -n "$(find_server)" ] || { bring redis-server redis-server && [ -n "$(find_server)" ]; }
}

start() {
  local folder=$1 port try
  mkdir -p "$folder"
  folder=$(cd "$folder" && pwd -P)
  stop "$folder" # left running by a run that was killed
  for try in 1 2 3 4 5; do
    port=${REDIS_PORT:-$((20000 + RANDOM % 12000))}
    # The password comes in by a pipe: arguments can be read by everybody.
    printf '%s\n' "port $port" "bind 127.0.0.1" "requirepass $REDIS_PASSWORD" 'save ""' "appendonly no" "daemonize yes" ${REDIS_FOLLOWS:+"replicaof 127.0.0.1 $REDIS_FOLLOWS" "masterauth $REDIS_PASSWORD"} "dir \"$folder\"" \
      "pidfile \"$folder/pid\"" "logfile \"$folder/log\"" | "$(find_server)" - >/dev/null
    for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
      if [ -s "$folder/pid" ] && kill -0 "$(cat "$folder/pid")" 2>/dev/null && (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then echo "$port"; return; fi
      sleep 0.1
    done
    stop "$folder"
  done
  say "Redis does not start (tried $try times); its log: $folder/log"
  return 1
}

stop() {
  local pid
  [ -s "$1/pid" ] || return 0
  pid=$(cat "$1/pid")
  # The number may be another process's by now.
  if tr '\0' ' ' 2>/dev/null <"/proc/$pid/cmdline" | grep -qE '(redis|valkey)-server' || { [ ! -d /proc/self ] && ps -p "$pid" -o command= | grep -qE '(redis|valkey)-server'; }; then
    kill "$pid" 2>/dev/null || true
    while kill -0 "$pid" 2>/dev/null; do sleep 0.05; done
  fi
  rm -f "$1/pid"
}

case "${1:-}" in
  need | start | stop) "$@" ;;
  *) sed -n '2,7s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
