# shellcheck shell=bash
# Does one tenant feel how many others there are? And how PostgreSQL reaches the rows then.
if [ -n "$quick" ]; then many=1000; else many=10000; fi
for case in me users roles login; do
  expect "tenants_$case" ms '<=1.15' - "the median of $case with 8 clients and $many tenants of 100 users; floor: with 100 tenants of $USERS"
done

measure_tenants() {
  local other=http://localhost:$((API_PORT + 3))/api/v1 case _
  say "Filling $many tenants of 100 users"
  fill many "$many" 100
  add_history
  serve other $((API_PORT + 3))
  # Both have just started: one that has run for minutes knows its way better, whatever it serves.
  stop ours
  use_database hundred
  serve ours "$API_PORT"
  sign_all_in $((API_PORT + 3)) "$cluster/many.lua"
  for case in me users roles login; do
    say "tenants_$case"
    "tenants_$case" "$warm" "$api" >/dev/null
    TOKENS=$cluster/many.lua USERS=100 "tenants_$case" "$warm" "$other" >/dev/null
    for _ in $(seq "$rounds"); do
      "tenants_$case" "$seconds" "$api" >/dev/null
      note "tenants_$case" floor "$(percentile 50)"
      TOKENS=$cluster/many.lua USERS=100 "tenants_$case" "$seconds" "$other" >/dev/null
      note "tenants_$case" ours "$(percentile 50)"
    done
  done
  stop other
}

tenants_me() { load "$1" 8 bench/wrk/get.lua "$2/auth/me"; }
tenants_users() { load "$1" 8 bench/wrk/get.lua "$2/users?limit=50"; }
tenants_roles() { load "$1" 8 bench/wrk/get.lua "$2/roles"; }
tenants_login() { load "$1" 8 bench/wrk/login.lua "$2/auth/login"; }

# how_rows_are_reached: from PostgreSQL's own log, for bench/plans.txt. Fails where something reads or sorts what does not belong to the tenant.
how_rows_are_reached() {
  local many=10000 # whatever --quick says: this is kept
  local path user role tenant answer token here=http://localhost:$API_PORT/api/v1
  say "Filling $many tenants of 100 users"
  fill many "$many" 100
  add_history
  add_counts
  ask "ALTER DATABASE $database SET session_preload_libraries = 'auto_explain'; ALTER DATABASE $database SET auto_explain.log_min_duration = 0; ALTER DATABASE $database SET auto_explain.log_nested_statements = on" >/dev/null
  user=$(user_id 7) tenant=$(tenant_id 1) role=$(ask "SELECT md5('tenant-1User')::uuid")
  serve ours "$API_PORT"
  answer=$(curl -fsS "$here/auth/login" -H "$json" -H 'x-tenant: tenant-1' -d "{\"email\":\"user-1@tenant-1.example\",\"password\":\"$password\"}")
  token=$(of access_token <<<"$answer")
  for path in auth/me "users/$user" "users?limit=50" "users?email=user-7@tenant-1.example" "users?role=Admin" "users?q=user-7" roles "roles/$role" auth/sessions "tenants/$tenant/usage" notifications/history files audit-events; do
    curl -fsS -o /dev/null -H "authorization: Bearer $token" "$here/$path" # what is remembered is remembered now
    ask "SELECT 'begin $(without_ids "$path")'" >/dev/null
    curl -fsS -o /dev/null -H "authorization: Bearer $token" "$here/$path"
    ask "SELECT 'end'" >/dev/null
  done
  ask "SELECT 'begin auth/login'" >/dev/null
  curl -fsS -o /dev/null "$here/auth/login" -H "$json" -H 'x-tenant: tenant-2' -d "{\"email\":\"user-2@tenant-2.example\",\"password\":\"$password\"}"
  ask "SELECT 'end'" >/dev/null
  ask "SELECT 'begin auth/refresh'" >/dev/null
  curl -fsS -o /dev/null "$here/auth/refresh" -H "$json" -d "{\"refresh_token\":\"$(of refresh_token <<<"$answer")\"}"
  ask "SELECT 'end'" >/dev/null
  stop ours
  # The statement of a worker may stand between: what it reads is no tenant's, and small.
  sed -n "/SELECT 'begin /,/SELECT 'end'/p" "$cluster/log" >"$cluster/plans"
  mkdir -p .local/bench
  cp "$cluster/plans" .local/bench/plans.log # whole, with the statements
  { echo "How PostgreSQL reaches the rows, with $many tenants of 100 users:"
    awk '
      match($0, /SELECT .begin [^ ]*/) { print substr($0, RSTART + 14, RLENGTH - 15); next }
      /(Index|Index Only|Seq|Bitmap Heap|Bitmap Index) Scan/ { sub(/^[ \t>-]*/, ""); sub(/  \(cost.*/, ""); print "  " $0 }
      /Index Cond:/ { sub(/^[ \t]*/, ""); print "    " $0 }' "$cluster/plans" | sed -E "s/'[0-9a-f-]{36}'/'…'/g; s/\\\\x[0-9a-f]{16,}/…/g"; } | tee bench/plans.txt
  # A tenant has a hundred users; whoever meets thousands of rows has left it.
  awk '
    match($0, /SELECT .begin [^ ]*/) { path = substr($0, RSTART + 14, RLENGTH - 15) }
    /(Seq Scan on|Sort) / && match($0, /rows=[0-9]+/) && substr($0, RSTART + 5, RLENGTH - 5) + 0 > 1000 { sub(/^[ \t>-]*/, ""); print path ": " $0; found = 1 }
    END { exit found }' "$cluster/plans" || fail "These read or sort more than is the tenant's."
}

# add_counts: what usage and quotas are read from
add_counts() {
  ask "SET session_replication_role = replica;
    INSERT INTO message_counts (tenant_id, day, type, country, spread, messages, segments) SELECT id, current_date, 'email', '', spread, 1, 0 FROM tenants, generate_series(0, 3) spread;
    INSERT INTO storage_counts (tenant_id, files, bytes) SELECT id, 0, 0 FROM tenants ON CONFLICT DO NOTHING;" >/dev/null
  ask "VACUUM (ANALYZE) message_counts, storage_counts" >/dev/null
}

# without_ids PATH: those of this run
without_ids() { local path=${1/$user/\{id\}}; path=${path/$role/\{id\}}; echo "${path/$tenant/\{id\}}"; }
