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
  use_database hundred
}

tenants_me() { load "$1" 8 bench/wrk/get.lua "$2/auth/me"; }
tenants_users() { load "$1" 8 bench/wrk/get.lua "$2/users?limit=50"; }
tenants_roles() { load "$1" 8 bench/wrk/get.lua "$2/roles"; }
tenants_login() { load "$1" 8 bench/wrk/login.lua "$2/auth/login"; }

# how_rows_are_reached: from PostgreSQL's own log, for bench/plans.txt
how_rows_are_reached() {
  local path user role tenant token here=http://localhost:$API_PORT/api/v1
  say "Filling $many tenants of 100 users"
  fill many "$many" 100
  add_history
  ask "ALTER DATABASE $database SET session_preload_libraries = 'auto_explain'; ALTER DATABASE $database SET auto_explain.log_min_duration = 0" >/dev/null
  user=$(user_id 7) tenant=$(tenant_id 1) role=$(ask "SELECT md5('tenant-1User')::uuid")
  serve ours "$API_PORT"
  token=$(sign_in "$API_PORT" tenant-1 user-1@tenant-1.example)
  for path in auth/me "users/$user" "users?limit=50" "users?email=user-7@tenant-1.example" "users?q=user-7" roles "roles/$role" auth/sessions "tenants/$tenant/usage"; do
    curl -fsS -o /dev/null -H "authorization: Bearer $token" "$here/$path" # what is remembered is remembered now
    ask "SELECT 'begin $(without_ids "$path")'" >/dev/null
    curl -fsS -o /dev/null -H "authorization: Bearer $token" "$here/$path"
    ask "SELECT 'end'" >/dev/null
  done
  stop ours
  # The statement of a worker may stand between; only what reads or writes rows of tenants is shown.
  { echo "How PostgreSQL reaches the rows, with $many tenants of 100 users:"
    sed -n "/SELECT 'begin /,/SELECT 'end'/p" "$cluster/log" | awk '
      match($0, /SELECT .begin [^ ]*/) { print substr($0, RSTART + 14, RLENGTH - 15); next }
      /(Index|Index Only|Seq|Bitmap Heap|Bitmap Index) Scan/ { sub(/^[ \t>-]*/, ""); sub(/  \(cost.*/, ""); print "  " $0 }
      /Index Cond:/ { sub(/^[ \t]*/, ""); print "    " $0 }' | sed -E "s/'[0-9a-f-]{36}'/'…'/g"; } | tee bench/plans.txt
}

# without_ids PATH: those of this run
without_ids() { local path=${1/$user/\{id\}}; path=${path/$role/\{id\}}; echo "${path/$tenant/\{id\}}"; }
