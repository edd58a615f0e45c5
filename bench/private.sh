# shellcheck shell=bash
# A PostgreSQL, a Redis and what runs on them, for bench/run alone: on loopback, and gone when it ends.
. scripts/shared.sh
. scripts/packages.sh
# What is under way, and since when.
say() { printf "%4d s  %s\n" "$SECONDS" "$*" >&2; }
need_dotnet

cluster="" guard_pid=""
# shellcheck disable=SC2317
stop_all() {
  trap '' INT TERM HUP
  local note
  end_build
  if [ -n "$cluster" ]; then
    for note in "$cluster"/running/*; do [ ! -e "$note" ] || stop "${note##*/}"; done
    if [ -d "$cluster/s3" ]; then scripts/s3.sh stop "$cluster/s3"; fi
    scripts/redis.sh stop "$cluster/redis"
    scripts/postgres.sh stop "$cluster"
    rm -rf "$cluster"
  fi
  if [ -n "$guard_pid" ]; then kill "$guard_pid" 2>/dev/null || true; fi
}
trap stop_all EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# As it is put on a server.
tenantry=.local/bench/app/tenantry.dll
floors=bench/floors/bin/Release/net10.0/floors.dll
peer=bench/peers/identity/bin/Release/net10.0/identity.dll
export APP_ENV=Development DEFAULT_TENANT=default LOG_LEVEL=Error JWT_EXPIRATION_MINUTES=60
export PLATFORM_ADMIN_EMAIL=root@example.com PLATFORM_ADMIN_PASSWORD='a bench needs one as well'
# Requests come in here; those of another instance, the floors and the peer at the ports behind it.
API_PORT=${API_PORT:-18321}
# All instances are one installation: a token of one is good at the other.
export APP_BASE_URL=http://localhost:$API_PORT
# shellcheck disable=SC2034
json='content-type: application/json' password=$PLATFORM_ADMIN_PASSWORD

# need PROGRAM COMPONENT: there, or brought
need() { command -v "$1" >/dev/null || { bring "$2" "$1" && command -v "$1" >/dev/null; } || fail "$1 is missing."; }

start_servers() {
  need wrk wrk
  need psql postgresql
  pgbench=$(command -v pgbench || find /usr/lib/postgresql -name pgbench -path '*/bin/*' 2>/dev/null | sort | tail -n 1)
  [ -n "$pgbench" ] || fail "pgbench is missing. It comes with PostgreSQL: Debian has it in postgresql, others in postgresql-contrib."
  scripts/redis.sh need || fail "Redis is needed: what limits cost depends on it."
  cluster=$(mktemp -d "${TMPDIR:-/tmp}/tenantry-bench.XXXXXX")
  mkdir "$cluster/running"
  # shellcheck disable=SC2016
  guard bash -c 'for note in "$1"/running/*; do
      if ps -p "$(cat "$note")" -o command= 2>/dev/null | grep -qE "tenantry|floors|identity|smtp-sink"; then kill "$(cat "$note")"; fi
    done
    scripts/s3.sh stop "$1/s3"; scripts/redis.sh stop "$1/redis"; scripts/postgres.sh stop "$1"; rm -rf "$1"' stop "$cluster"
  PG_ADMIN_PASSWORD=$(secret 24) REDIS_PASSWORD=$(secret 24)
  export PG_ADMIN_PASSWORD REDIS_PASSWORD
  port=$(scripts/postgres.sh start "$cluster" quick)
  REDIS_URL=redis://:$REDIS_PASSWORD@127.0.0.1:$(scripts/redis.sh start "$cluster/redis")/0
  export REDIS_URL
  say "Building"
  scripts/publish.sh .local/bench/app
  build bench/floors
  build bench/peers/identity
}

# use_database NAME: what follows is said to that one. $POOL: the most connections of a program to it, where it is not the usual number
use_database() {
  database=$1
  local place=127.0.0.1:$port/$database
  export ADMIN_DATABASE_URL=postgresql://tenantry_admin:$PG_ADMIN_PASSWORD@127.0.0.1:$port/postgres
  export MIGRATION_DATABASE_URL=postgresql://tenantry_owner:owner@$place DATABASE_URL=postgresql://tenantry_app:serving@$place${POOL:+?pool_max=$POOL}
}

make_database() {
  use_database "$1"
  dotnet "$tenantry" database create >/dev/null && dotnet "$tenantry" migrate >/dev/null
}

# ask SQL: as the administrator, one value
ask() { PGPASSWORD=$PG_ADMIN_PASSWORD psql -qAtX -v ON_ERROR_STOP=1 -h 127.0.0.1 -p "$port" -U tenantry_admin -d "$database" -c "$1"; }

# start NAME COMMAND ...: in the background, until stop NAME
start() {
  local name=$1
  shift
  "$@" </dev/null >"$cluster/$name.log" 2>&1 &
  echo $! >"$cluster/running/$name"
}

stop() {
  local pid
  [ -s "$cluster/running/$1" ] || return 0
  pid=$(cat "$cluster/running/$1")
  rm -f "$cluster/running/$1"
  # Not always a child of this very shell: wait would not wait.
  if kill "$pid" 2>/dev/null; then while kill -0 "$pid" 2>/dev/null; do sleep 0.05; done; fi
}

# answers NAME URL: waits until it does
answers() {
  local _
  for _ in $(seq 600); do
    if curl -fsS -o /dev/null "$2" 2>/dev/null; then return; fi
    kill -0 "$(cat "$cluster/running/$1")" 2>/dev/null || break
    sleep 0.05
  done
  cat "$cluster/$1.log" >&2
  fail "$1 does not answer."
}

# serve NAME PORT: an instance of the service
serve() {
  API_PORT=$2 start "$1" dotnet "$tenantry" serve
  answers "$1" "http://localhost:$2/health/ready"
}

# of NAME: that member of the JSON on the input
of() { sed "s/.*\"$1\":\"\([^\"]*\)\".*/\1/"; }

# sign_in PORT TENANT EMAIL: the token
sign_in() { curl -fsS "http://localhost:$1/api/v1/auth/login" -H "$json" -H "x-tenant: $2" -d "{\"email\":\"$3\",\"password\":\"$password\"}" | of access_token; }
