# shellcheck shell=bash
# For the scripts of this folder: a PostgreSQL of their own and the service on it, gone when they end.
. scripts/shared.sh
need_dotnet

# others: a process that a script started besides
cluster="" service="" others="" guard_pid=""
# shellcheck disable=SC2317
stop_all() {
  trap '' INT TERM HUP
  end_serving
  if [ -n "$others" ]; then kill "$others" 2>/dev/null || true; fi
  if [ -n "$cluster" ]; then scripts/redis.sh stop "$cluster/redis"; scripts/postgres.sh stop "$cluster"; rm -rf "$cluster"; fi
  if [ -n "$guard_pid" ]; then kill "$guard_pid" 2>/dev/null || true; fi
}
trap stop_all EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

tenantry=src/Tenantry/bin/Release/net10.0/tenantry.dll
export APP_ENV=Development API_PORT=${API_PORT:-18321} DEFAULT_TENANT=default LOG_LEVEL=Error
export PLATFORM_ADMIN_EMAIL=root@example.com PLATFORM_ADMIN_PASSWORD='a bench needs one as well'
# shellcheck disable=SC2034
api=http://localhost:$API_PORT/api/v1 json='content-type: application/json' password='a bench needs one as well'

start_postgres() {
  cluster=$(mktemp -d "${TMPDIR:-/tmp}/tenantry-bench.XXXXXX")
  # shellcheck disable=SC2016
  guard bash -c 'scripts/redis.sh stop "$1/redis"; scripts/postgres.sh stop "$1"; rm -rf "$1"' stop "$cluster"
  PG_ADMIN_PASSWORD=$(secret 24)
  export PG_ADMIN_PASSWORD
  port=$(scripts/postgres.sh start "$cluster" quick)
  build src/Tenantry
}

# use_database NAME: made and migrated, for what follows
use_database() {
  database=$1
  local place=127.0.0.1:$port/$database
  export ADMIN_DATABASE_URL=postgresql://tenantry_admin:$PG_ADMIN_PASSWORD@127.0.0.1:$port/postgres
  export MIGRATION_DATABASE_URL=postgresql://tenantry_owner:owner@$place DATABASE_URL=postgresql://tenantry_app:serving@$place
  dotnet "$tenantry" database create >/dev/null && dotnet "$tenantry" migrate >/dev/null
}

# ask SQL: as the administrator, one value
ask() { PGPASSWORD=$PG_ADMIN_PASSWORD psql -qAtX -v ON_ERROR_STOP=1 -h 127.0.0.1 -p "$port" -U tenantry_admin -d "$database" -c "$1"; }

begin_serving() {
  dotnet "$tenantry" serve &
  service=$!
  until curl -fsS -o /dev/null "http://localhost:$API_PORT/health/ready" 2>/dev/null; do sleep 0.1; done
}

end_serving() {
  if [ -n "$service" ] && kill "$service" 2>/dev/null; then wait "$service" 2>/dev/null || true; fi
  service=""
}

# of NAME: that member of the JSON on the input
of() { sed "s/.*\"$1\":\"\([^\"]*\)\".*/\1/"; }

# sign_in TENANT EMAIL: the token
sign_in() { curl -fsS "$api/auth/login" -H "$json" -H "x-tenant: $1" -d "{\"email\":\"$2\",\"password\":\"$password\"}" | of access_token; }
