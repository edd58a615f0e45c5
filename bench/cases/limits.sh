# shellcheck shell=bash
# What limits cost: the same request without any, with those of the process, with Redis asked for each request, and with blocks leased from it, which is what all other cases have.
expect limits 1/s '>=0.85' - "GET /auth/me with limits leased from Redis; floor: without limits"
expect limits_process 1/s - - "with limits of the process alone; floor: without limits"
expect limits_asked 1/s - - "with Redis asked for each request; floor: without limits"

measure_limits() {
  local _ kind here=http://localhost:$((API_PORT + 3))/api/v1/auth/me
  for _ in $(seq "$rounds"); do
    # Each in an instance that has just started: one that has run for minutes knows its way better than a new one, whatever its limits.
    for kind in without process asked leased; do
      serve_with "$kind"
      load "$warm" 32 bench/wrk/get.lua "$here" >/dev/null
      load "$seconds" 32 bench/wrk/get.lua "$here" >"$cluster/rate"
      case $kind in
        without) for case in limits limits_process limits_asked; do note $case floor "$(cat "$cluster/rate")"; done ;;
        leased) note limits ours "$(cat "$cluster/rate")" ;;
        *) note "limits_$kind" ours "$(cat "$cluster/rate")" ;;
      esac
      stop other
    done
  done
}

serve_with() {
  (case $1 in
    without) unset REDIS_URL; export RATE_LIMIT_PREMIUM_PER_MINUTE=unlimited RATE_LIMIT_GLOBAL_PER_MINUTE=unlimited ;;
    process) unset REDIS_URL ;;
    asked) export RATE_LIMIT_LEASE_PERCENT=0 ;;
  esac
  serve other $((API_PORT + 3)))
}
