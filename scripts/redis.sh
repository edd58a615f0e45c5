#!/usr/bin/env bash
# A private Redis that keeps nothing, for ./run, and the means to have one for ./test.
#
#   scripts/redis.sh need         find redis-server, or install it where that is allowed; otherwise says how, and exits with 1
#   scripts/redis.sh start DIR    start one with the password in $REDIS_PASSWORD; prints its port
#   scripts/redis.sh stop DIR     stop it, if it runs
set -euo pipefail

say() { echo "$*" >&2; }

find_server() { command -v redis-server || command -v valkey-server || true; }

# The command that brings it on this system; nothing if we know none.
install_command() {
  if command -v apt-get >/dev/null; then echo "apt-get install -y redis-server"
  elif command -v dnf >/dev/null; then echo "dnf install -y valkey"
  elif command -v apk >/dev/null; then echo "apk add valkey"
  elif command -v pacman >/dev/null; then echo "pacman -S --noconfirm valkey"
  elif command -v brew >/dev/null; then echo "brew install redis"
  fi
}

need() {
  local command sudo=""
  [ -z "$(find_server)" ] || return 0
  command=$(install_command)
  if [ -z "$command" ]; then say "redis-server is missing, and I know no package manager here."; return 1; fi
  if [ "$(id -u)" != 0 ] && [ "${command%% *}" != brew ]; then
    sudo -n true 2>/dev/null || { say "redis-server is missing, and I may not install it as $(id -un). Run:  sudo $command"; return 1; }
    sudo="sudo -n"
  fi
  say "Redis is missing: $command"
  mkdir -p .local
  install_as "$sudo" "$command" </dev/null >.local/install-redis.log 2>&1 || true
  [ -n "$(find_server)" ] || { say "That did not work; all of it: .local/install-redis.log"; return 1; }
}

install_as() {
  local sudo=$1 command=$2 policy=/usr/sbin/policy-rc.d made=""
  if [ "${command%% *}" != apt-get ]; then
    # shellcheck disable=SC2086
    $sudo $command
    return
  fi
  # Debian starts a server of its own on installation; nobody asked for one.
  if [ ! -e "$policy" ]; then printf '#!/bin/sh\nexit 101\n' | $sudo tee "$policy" >/dev/null; $sudo chmod +x "$policy"; made=yes; fi
  $sudo apt-get update -qq || true
  $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends redis-server || true
  if [ -n "$made" ]; then $sudo rm -f "$policy"; fi
}

start() {
  local folder=$1 port try
  mkdir -p "$folder"
  folder=$(cd "$folder" && pwd -P)
  stop "$folder" # left running by a run that was killed
  for try in 1 2 3 4 5; do
    port=$((20000 + RANDOM % 30000))
    # The password comes in by a pipe: arguments can be read by everybody.
    printf '%s\n' "port $port" "bind 127.0.0.1" "requirepass $REDIS_PASSWORD" 'save ""' "appendonly no" "daemonize yes" "dir \"$folder\"" \
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
  if tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null | grep -qE '(redis|valkey)-server' || { [ ! -d /proc/self ] && ps -p "$pid" -o command= | grep -qE '(redis|valkey)-server'; }; then
    kill "$pid" 2>/dev/null || true
    while kill -0 "$pid" 2>/dev/null; do sleep 0.05; done
  fi
  rm -f "$1/pid"
}

case "${1:-}" in
  need | start | stop) "$@" ;;
  *) sed -n '2,6s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
