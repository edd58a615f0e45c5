# shellcheck shell=bash
# Four times what it can do. Does it shed the rest, quickly and honestly, and is it well again by itself?
overload() {
  local clients=1000 calm most
  ulimit -n "$(ulimit -Hn)"
  serve ours "$API_PORT"
  sign_all_in "$API_PORT" "$TOKENS"
  most=$(peak bench/wrk/get.lua 64 "$api/auth/me") || exit 1
  stop ours
  # What is let through is set to a quarter of the peak, as an operator would set it below what the machine can do. A bucket holds a minute of that, so that it lasts some twenty seconds.
  (unset REDIS_URL; RATE_LIMIT_GLOBAL_PER_MINUTE=$(awk -v most="$most" 'BEGIN { printf "%d", most * 15 }'); export RATE_LIMIT_GLOBAL_PER_MINUTE; serve ours "$API_PORT")
  load 3 4 bench/wrk/get.lua "$api/auth/me" >/dev/null
  calm=$(percentile 50)
  printf '%-8s %9s %10s %10s %9s %9s %14s %6s %7s %12s\n' flood "peak, 1/s" "offered" "answered/s" "refused/s" "p50, ms" "no Retry-After" wrong errors "well again, s"
  say "Reads, for 45 seconds"
  FLOOD=me flood "$most" "$clients" 45 "$api/auth/me" "$calm"
  stop ours
  serve ours "$API_PORT"
  most=$(peak bench/wrk/login.lua 16 "$api/auth/login") || exit 1
  load 3 2 bench/wrk/login.lua "$api/auth/login" >/dev/null
  calm=$(percentile 50)
  say "Sign-ins, for 20 seconds"
  FLOOD=login flood "$most" 400 20 "$api/auth/login" "$calm"
}

# flood PEAK CLIENTS SECONDS URL CALM
flood() {
  local again answered refused dishonest wrong errors
  PAUSE=$(pause_for "$2" "$(awk -v most="$1" 'BEGIN { print most * 4 }')" 0) \
    wrk -t1 -c"$2" -d"${3}s" --latency --timeout 30s -s bench/wrk/flood.lua "$4" >"$cluster/wrk" 2>&1 || { cat "$cluster/wrk" >&2; fail "wrk did not run."; }
  again=$(well_again "$5")
  read -r answered refused dishonest wrong errors <<<"$(sed -n 's/^FLOOD //p' "$cluster/wrk")"
  printf '%-8s %9.0f %10.0f %10d %9d %9.0f %14d %6d %7d %12s\n' "$FLOOD" "$1" "$(awk -v most="$1" 'BEGIN { print most * 4 }')" "$answered" "$refused" "$(percentile 50)" "$dishonest" "$wrong" "$errors" "$again"
}

# well_again CALM: seconds until ten requests in a row are answered as fast as before the flood, give or take; a minute at most
well_again() {
  local begun now row=0 took status token
  begun=$(date +%s%N)
  token=$(sed -n '2s/[",]//gp' "$TOKENS")
  while [ "$row" -lt 10 ]; do
    now=$(date +%s%N)
    if [ $((now - begun)) -gt 60000000000 ]; then echo never; return; fi
    if [ "$FLOOD" = login ]; then
      read -r status took <<<"$(curl -s -o /dev/null -w '%{http_code} %{time_starttransfer}' "$api/auth/login" -H "$json" -H 'x-tenant: tenant-1' -d "{\"email\":\"user-1@tenant-1.example\",\"password\":\"$password\"}")"
    else
      read -r status took <<<"$(curl -s -o /dev/null -w '%{http_code} %{time_starttransfer}' -H "authorization: Bearer $token" "$api/auth/me")"
    fi
    # Of a new connection each, and with a few milliseconds for the noise of this machine.
    if [ "$status" = 200 ] && awk -v took="$took" -v calm="$1" 'BEGIN { exit !(took * 1000 <= calm * 5 + 20) }'; then row=$((row + 1)); else row=0; fi
  done
  awk -v ns=$(($(date +%s%N) - begun)) 'BEGIN { printf "%.1f", ns / 1e9 }'
}
