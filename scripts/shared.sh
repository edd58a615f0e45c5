# shellcheck shell=bash
# What ./run and ./test share. Sourced, after a cd to the root of the repository.

say() { echo "$*"; }
fail() { echo "$*" >&2; exit 1; }

# Compilers and build nodes that stay behind would be something left running.
export MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_USE_MSBUILD_SERVER=0 UseSharedCompilation=false
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1

need_dotnet() {
  command -v dotnet >/dev/null || fail "The .NET 10 SDK is missing. Get it from https://dot.net, or with your package manager: apt-get install dotnet-sdk-10.0"
  dotnet --version >/dev/null 2>&1 || fail "The .NET SDK here is not 10.0 ($(dotnet --list-sdks 2>/dev/null | tail -n 1)). Get .NET 10 from https://dot.net, or with your package manager: apt-get install dotnet-sdk-10.0"
}

# secret BYTES: so many random bytes, in hexadecimal
secret() { od -An -N"$1" -tx1 /dev/urandom | tr -d ' \n'; }

# Ends what was started even if this script is killed outright: a watcher in a session of its own outlives it by a second.
#   guard COMMAND [ARG ...]   run COMMAND once this script is gone
guard() {
  # shellcheck disable=SC2016
  setsid bash -c 'parent=$1; shift; while kill -0 "$parent" 2>/dev/null; do sleep 1; done; exec "$@"' guard "$$" "$@" </dev/null >/dev/null 2>&1 &
  # shellcheck disable=SC2034
  guard_pid=$!
}

# waits_for PID WHAT: until the process has ended, and meanwhile a line every fifteen seconds, unless $quiet is set. In between it wakes: a shell that waits for a program in the foreground hears of a signal only when that has ended.
waits_for() {
  local pid=$1 what=$2 began=$SECONDS next=15
  while kill -0 "$pid" 2>/dev/null; do
    sleep "${WAIT_STEP:-0.3}" &
    wait $! || true
    if [ $((SECONDS - began)) -ge $next ]; then
      if [ -z "${quiet:-}" ]; then say "  $what for $((SECONDS - began)) s; the first time it takes minutes"; fi
      next=$((next + 15))
    fi
  done
}

# answers HOST PORT PATH: whether a server there answers it with 200
answers() { (exec 3<>"/dev/tcp/$1/$2" && printf 'GET %s HTTP/1.0\r\n\r\n' "$3" >&3 && head -n 1 <&3 | grep -q ' 200 ') 2>/dev/null; }

# host_of URL, port_of URL: as a connection needs them
host_of() { local authority=${1#*://}; authority=${authority%%/*}; echo "${authority%:*}"; }
port_of() {
  local authority=${1#*://}
  authority=${authority%%/*}
  case $authority in *:*) echo "${authority##*:}" ;; *) case $1 in https:*) echo 443 ;; *) echo 80 ;; esac ;; esac
}

# build PROJECT: in the background
build_pid=""
build() {
  local log=.local/build.log
  mkdir -p .local
  # In a group of its own: compilers end with it.
  setsid dotnet build "$1" --configuration Release --nologo --verbosity quiet >"$log" 2>&1 &
  build_pid=$!
  waits_for "$build_pid" "still building"
  wait "$build_pid" || { build_pid=""; cat "$log" >&2; fail "The build failed."; }
  build_pid=""
}

# end_build: for a script that ends while it builds. A build that is asked to end takes ten seconds; what it leaves half written, the next one makes anew.
end_build() { if [ -n "$build_pid" ]; then { kill -9 -- "-$build_pid" && wait "$build_pid"; } 2>/dev/null || true; fi; }

# end_processes FOLDER: the servers that tests noted there by their number, where they still are what they were
end_processes() {
  local note pid
  for note in "$1"/*; do
    [ -e "$note" ] || continue
    pid=${note##*/}
    if ps -p "$pid" -o command= 2>/dev/null | grep -qE 'redis-server|clamd --config-file=|prometheus|tenantry\.dll|samples/tasks/run'; then kill -9 "$pid" 2>/dev/null || true; fi
  done
}

# end_servers FOLDER: the PostgreSQL servers that tests began there
end_servers() {
  local server
  for server in "$1"/pg* "$1"/wal* "$1"/wal*/restored "$1"/pair*/primary "$1"/pair*/replica; do
    if [ -e "$server/data/postmaster.pid" ]; then scripts/postgres.sh stop "$server"; fi
  done
}

# end_poolers FOLDER: those of tests, and the one before their server
end_poolers() {
  local pooler
  for pooler in "$1"/pooler*; do
    if [ -e "$pooler/pid" ]; then scripts/pgbouncer.sh stop "$pooler"; fi
  done
}
