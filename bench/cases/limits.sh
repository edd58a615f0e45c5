# shellcheck shell=bash
# What limits cost: the same request without any, with those of the process, with Redis asked for each request, and with blocks leased from it, which is what all other cases have.
expect limits 1/s '>=0.85' - "GET /auth/me with limits leased from Redis; floor: without limits"
expect limits_process 1/s - - "with limits of the process alone; floor: without limits"
expect limits_asked 1/s - - "with Redis asked for each request; floor: without limits"

case_limits() {
  case $1 in
    ours) load "$2" 32 bench/wrk/get.lua "$api/auth/me" ;;
    *) load "$2" 32 bench/wrk/get.lua "http://localhost:$((API_PORT + 3))/api/v1/auth/me" ;;
  esac
}

measure_limits() {
  local _ kind
  for _ in $(seq "$rounds"); do
    for kind in floor process asked ours; do
      [ "$kind" = ours ] || serve_otherwise "$kind"
      warming=yes case_limits "$kind" "$warm" >/dev/null || exit 1
      case_limits "$kind" "$seconds" >"$cluster/rate" || exit 1
      case $kind in
        process | asked) note "limits_$kind" ours "$(cat "$cluster/rate")" ;;
        ours) note limits ours "$(cat "$cluster/rate")" ;;
        floor) for case in limits limits_process limits_asked; do note $case floor "$(cat "$cluster/rate")"; done ;;
      esac
      stop other
    done
  done
}

serve_otherwise() {
  case $1 in
    floor) (unset REDIS_URL; export RATE_LIMIT_PREMIUM_PER_MINUTE=unlimited RATE_LIMIT_GLOBAL_PER_MINUTE=unlimited; serve other $((API_PORT + 3))) ;;
    process) (unset REDIS_URL; serve other $((API_PORT + 3))) ;;
    asked) RATE_LIMIT_LEASE_PERCENT=0 serve other $((API_PORT + 3)) ;;
  esac
}
