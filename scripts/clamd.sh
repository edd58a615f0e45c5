#!/usr/bin/env bash
# The means to have ClamAV's daemon for ./test. The tests start it themselves, with signatures of their own.
#
#   scripts/clamd.sh need    find clamd, or install it where that is allowed; otherwise says how, and exits with 1
set -euo pipefail

say() { echo "$*" >&2; }

# Where Debian keeps it, only root looks by itself.
find_server() { PATH=$PATH:/usr/sbin:/usr/local/sbin command -v clamd || true; }

# The command that brings it on this system; nothing if we know none.
install_command() {
  if command -v apt-get >/dev/null; then echo "apt-get install -y clamav-daemon"
  elif command -v dnf >/dev/null; then echo "dnf install -y clamd"
  elif command -v apk >/dev/null; then echo "apk add clamav-daemon"
  elif command -v pacman >/dev/null; then echo "pacman -S --noconfirm clamav"
  elif command -v brew >/dev/null; then echo "brew install clamav"
  fi
}

need() {
  local command sudo=""
  [ -z "$(find_server)" ] || return 0
  command=$(install_command)
  if [ -z "$command" ]; then say "clamd is missing, and I know no package manager here."; return 1; fi
  if [ "$(id -u)" != 0 ] && [ "${command%% *}" != brew ]; then
    sudo -n true 2>/dev/null || { say "clamd is missing, and I may not install it as $(id -un). Run:  sudo $command"; return 1; }
    sudo="sudo -n"
  fi
  say "clamd is missing: $command"
  mkdir -p .local
  install_as "$sudo" "$command" </dev/null >.local/install-clamd.log 2>&1 || true
  [ -n "$(find_server)" ] || { say "That did not work; all of it: .local/install-clamd.log"; return 1; }
}

install_as() {
  local sudo=$1 command=$2 policy=/usr/sbin/policy-rc.d made=""
  if [ "${command%% *}" != apt-get ]; then
    # shellcheck disable=SC2086
    $sudo $command
    return
  fi
  # Debian starts the daemon on installation, and freshclam, which fetches hundreds of megabytes; nobody asked for either.
  if [ ! -e "$policy" ]; then printf '#!/bin/sh\nexit 101\n' | $sudo tee "$policy" >/dev/null; $sudo chmod +x "$policy"; made=yes; fi
  $sudo apt-get update -qq || true
  $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends clamav-daemon || true
  if [ -n "$made" ]; then $sudo rm -f "$policy"; fi
}

case "${1:-}" in
  need) "$@" ;;
  *) sed -n '2,4s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
