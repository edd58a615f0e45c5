# shellcheck shell=bash
# Reads, each by a hundred tenants in turn, from 32 clients.
expect me 1/s '>=0.75' '>=2' "GET /auth/me (token, limits, permissions, one read under RLS); floor: bare Kestrel and Npgsql, the same batch, no checks; peer: ASP.NET Core Identity over EF Core"
expect me_pgbench 1/s - - "the same; floor: pgbench, the same statement, prepared and pipelined"
expect users 1/s '>=0.75' '>=2' "GET /users?limit=50; floor and peer: the same, for 50 rows"
expect roles 1/s '>=0.50' - "GET /roles, from the cache; floor: bare Kestrel with a constant JSON"
expect p99 ms '<=5' - "the 99th percentile of GET /auth/me with 32 clients; floor: its median"

case_me() {
  case $1 in
    ours) load "$2" 32 bench/wrk/get.lua "$api/auth/me"; tail_of_me ;;
    floor) load "$2" 32 bench/wrk/floor.lua "$floor/me" ;;
    peer) TOKENS=$cluster/peer.lua load "$2" 32 bench/wrk/get.lua "$beside/me" ;;
  esac
}

tail_of_me() {
  [ -z "$warming" ] || return 0
  note p99 ours "$(percentile 99)"
  note p99 floor "$(percentile 50)"
  note me_pgbench ours "$(sed -n 's/^Requests\/sec: *//p' "$cluster/wrk")"
  local rate
  rate=$(statements "$seconds" 8 "$cluster/me.sql") || exit 1
  note me_pgbench floor "$rate"
}

# The statements of the service, one tenant and its first user each time.
cat >"$cluster/me.sql" <<SQL
\\set tenant random(1, 100)
\\startpipeline
BEGIN;
SELECT set_config('app.current_tenant_id', '01900000-0000-7000-8000-' || lpad(to_hex(:tenant::int), 12, '0'), true);
SELECT u.id, u.email, u.first_name, u.last_name, u.phone, u.locale, u.email_verified, u.is_active, u.password_hash IS NULL, u.last_login_at, u.created_at, u.updated_at, u.xmin
FROM users AS u WHERE u.id = ('01910000-0000-7000-8000-' || lpad(to_hex((:tenant::int - 1) * $USERS + 1), 12, '0'))::uuid;
COMMIT;
\\endpipeline
SQL

case_users() {
  case $1 in
    ours) load "$2" 32 bench/wrk/get.lua "$api/users?limit=50" ;;
    floor) load "$2" 32 bench/wrk/floor.lua "$floor/users" ;;
    peer) TOKENS=$cluster/peer.lua load "$2" 32 bench/wrk/get.lua "$beside/users?limit=50" ;;
  esac
}

case_roles() {
  case $1 in
    ours) load "$2" 32 bench/wrk/get.lua "$api/roles" ;;
    floor) load "$2" 32 bench/wrk/plain.lua "$floor/json" ;;
  esac
}
