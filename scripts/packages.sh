# shellcheck shell=bash
# Programs that the system's package manager brings. Sourced by the scripts of the servers.

say() { echo "$*" >&2; }

# The manager of this system; nothing if we know none.
manager() {
  local name
  for name in apt-get dnf apk pacman brew; do
    if command -v $name >/dev/null; then echo $name; return; fi
  done
}

# What a manager calls a component; nothing if it does not have it.
packages() {
  case $1:$2 in
    postgresql:apt-get | postgresql:pacman) echo postgresql ;;
    postgresql:dnf) echo postgresql-server ;;
    postgresql:apk) echo postgresql16 ;;
    postgresql:brew) echo postgresql@17 ;;
    redis-server:apt-get) echo redis-server ;;
    redis-server:brew) echo redis ;;
    redis-server:*) echo valkey ;;
    clamd:apt-get | clamd:apk) echo clamav-daemon ;;
    clamd:dnf) echo clamd ;;
    clamd:*) echo clamav ;;
    prometheus:apt-get | prometheus:apk | prometheus:pacman | prometheus:brew) echo prometheus ;;
    prometheus:dnf) echo golang-github-prometheus ;;
    haproxy:*) echo haproxy ;;
    pgbouncer:*) echo pgbouncer ;;
    kubectl:apt-get | kubectl:dnf) echo kubernetes-client ;;
    kubectl:brew) echo kubernetes-cli ;;
    kubectl:*) echo kubectl ;;
    chromium:apt-get) echo chromium fonts-dejavu-core ;;
    chromium:dnf | chromium:apk | chromium:pacman) echo chromium ;;
    wrk:apt-get | wrk:apk | wrk:brew | wrk:pacman) echo wrk ;;
    node:apt-get | node:apk | node:pacman) echo nodejs npm ;;
    node:dnf) echo nodejs ;;
    node:brew) echo node ;;
    rsync:*) echo rsync ;;
    swift:apt-get) echo swift-proxy swift-account swift-container swift-object memcached ;;
  esac
}

# bring COMPONENT NAME: installs it where that is allowed. Whether it is there then, the caller looks.
#   Otherwise says what NAME is missing and the command that brings it, and returns 1.
bring() {
  local component=$1 name=$2 manager packages command sudo=""
  manager=$(manager)
  packages=$([ -z "$manager" ] || packages "$component" "$manager")
  if [ -z "$packages" ]; then say "$name is missing, and I know no package here that brings it."; return 1; fi
  case $manager in
    apk) command="apk add $packages" ;;
    pacman) command="pacman -S --noconfirm $packages" ;;
    brew) command="brew install $packages" ;;
    *) command="$manager install -y $packages" ;;
  esac
  if [ "$(id -u)" != 0 ] && [ "$manager" != brew ]; then
    sudo -n true 2>/dev/null || { say "$name is missing, and I may not install it as $(id -un). Run:  sudo $command"; return 1; }
    sudo="sudo -n"
  fi
  say "$name is missing: $command"
  mkdir -p .local
  # shellcheck disable=SC2086
  if [ "$manager" = apt-get ]; then with_apt; else $sudo $command; fi </dev/null >".local/install-$component.log" 2>&1 ||
    { tail -n 20 ".local/install-$component.log" >&2; say "That did not work; all of it: .local/install-$component.log"; return 1; }
}

# Debian starts servers of its own on installation, and makes a database cluster; nobody asked for either.
with_apt() {
  local policy=/usr/sbin/policy-rc.d made="" status=0
  if [ ! -e "$policy" ]; then printf '#!/bin/sh\nexit 101\n' | $sudo tee "$policy" >/dev/null; $sudo chmod +x "$policy"; made=yes; fi
  if [ "$component" = postgresql ]; then
    $sudo mkdir -p /etc/postgresql-common
    [ -e /etc/postgresql-common/createcluster.conf ] || echo "create_main_cluster = false" | $sudo tee /etc/postgresql-common/createcluster.conf >/dev/null
  fi
  $sudo apt-get update -qq || true
  # shellcheck disable=SC2086
  $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends -o Dpkg::Options::=--force-confold $packages || status=$?
  if [ -n "$made" ]; then $sudo rm -f "$policy"; fi
  return "$status"
}
