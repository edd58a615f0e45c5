#!/usr/bin/env bash
# An S3 server for ./test: OpenStack Swift with its s3api, which keeps objects for real and checks every signature.
#
#   scripts/s3.sh need         find it, or install it where that is allowed; otherwise says how, and exits with 1
#   scripts/s3.sh start DIR    start one; prints address, access key and secret key in a line
#   scripts/s3.sh stop DIR     stop it, if it runs
set -euo pipefail
# shellcheck source=scripts/packages.sh
. "$(dirname "${BASH_SOURCE[0]}")/packages.sh"

is_here() {
  local name
  for name in swift-proxy-server swift-account-server swift-container-server swift-object-server swift-ring-builder memcached; do command -v $name >/dev/null || return 1; done
  [ -r /etc/swift/swift.conf ]
}

need() {
  is_here || { bring swift "An S3 server (OpenStack Swift)" && is_here; }
}

# Five ports in a row that nobody listens on.
free_ports() {
  local port offset
  while :; do
    port=$((20000 + RANDOM % 10000))
    for offset in 0 1 2 3 4; do
      if (exec 3<>"/dev/tcp/127.0.0.1/$((port + offset))") 2>/dev/null; then continue 2; fi
    done
    echo $port
    return
  done
}

# storage_server NAME PORT
storage_server() {
  (cd "$home/etc" && { swift-ring-builder "$1.builder" create 4 1 0; swift-ring-builder "$1.builder" add "r1z1-127.0.0.1:$2/disk" 1; swift-ring-builder "$1.builder" rebalance; } >/dev/null)
  cat >"$home/etc/$1-server.conf" <<CONF
[DEFAULT]
devices = $home/node
mount_check = false
disable_fallocate = true
bind_ip = 127.0.0.1
bind_port = $2
workers = 0
user = $(id -un)
swift_dir = $home/etc
log_level = WARNING
log_address = $home/none
[pipeline:main]
pipeline = $1-server
[app:$1-server]
use = egg:swift#$1
CONF
}

proxy_server() {
  local filter
  cat >"$home/etc/proxy-server.conf" <<CONF
[DEFAULT]
bind_ip = 127.0.0.1
bind_port = $port
workers = 0
user = $(id -un)
swift_dir = $home/etc
log_level = WARNING
log_address = $home/none
[pipeline:main]
pipeline = catch_errors gatekeeper healthcheck cache listing_formats bulk s3api tempauth copy slo dlo versioned_writes symlink proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
allow_account_management = true
[filter:cache]
use = egg:swift#memcache
memcache_servers = 127.0.0.1:$((port + 4))
[filter:s3api]
use = egg:swift#s3api
location = us-east-1
s3_acl = false
dns_compliant_bucket_names = true
allow_no_owner = true
check_bucket_owner = false
min_segment_size = 5242880
[filter:tempauth]
use = egg:swift#tempauth
user_test_tester = $secret .admin
[filter:versioned_writes]
use = egg:swift#versioned_writes
allow_object_versioning = true
CONF
  for filter in catch_errors gatekeeper healthcheck listing_formats bulk copy slo dlo symlink; do printf '[filter:%s]\nuse = egg:swift#%s\n' $filter $filter; done >>"$home/etc/proxy-server.conf"
}

# run NAME COMMAND ...
run() {
  local name=$1
  shift
  setsid "$@" </dev/null >"$home/$name.log" 2>&1 &
  echo $! >"$home/run/$name.pid"
}

start() {
  local name
  home=$1
  mkdir -p "$home/etc" "$home/node/disk" "$home/run"
  home=$(cd "$home" && pwd)
  port=$(free_ports) secret=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
  printf '[swift-hash]\nswift_hash_path_suffix = %s\nswift_hash_path_prefix = %s\n[storage-policy:0]\nname = default\ndefault = yes\n' "$secret" "$secret" >"$home/etc/swift.conf"
  storage_server account $((port + 1))
  storage_server container $((port + 2))
  storage_server object $((port + 3))
  proxy_server
  run memcached memcached -l 127.0.0.1 -p $((port + 4)) -U 0 -m 16 -u "$(id -un)"
  for name in account container object proxy; do run $name swift-$name-server "$home/etc/$name-server.conf"; done
  for _ in $(seq 300); do
    if curl -fs -o /dev/null "http://127.0.0.1:$port/healthcheck"; then echo "http://127.0.0.1:$port test:tester $secret"; return; fi
    sleep 0.1
  done
  tail -n 5 "$home"/*.log >&2
  stop "$home"
  say "The S3 server did not start."
  return 1
}

stop() {
  local note pid ended=()
  for note in "$1"/run/*.pid; do
    [ -e "$note" ] || continue
    pid=$(cat "$note")
    if ps -p "$pid" -o command= 2>/dev/null | grep -qE 'swift-[a-z]+-server|memcached'; then kill "$pid" 2>/dev/null || true; ended+=("$pid"); fi
    rm -f "$note"
  done
  # Their folder goes next.
  for pid in "${ended[@]}"; do
    for _ in $(seq 50); do kill -0 "$pid" 2>/dev/null || break; sleep 0.1; done
  done
}

case ${1:-} in
  need) need ;;
  start) start "$2" ;;
  stop) stop "$2" ;;
  *) say "usage: scripts/s3.sh need | start DIR | stop DIR"; exit 2 ;;
esac
