# shellcheck shell=bash
# Minutes at 70 % of the peak: do memory, handles and connections stay where they are?

# peak SCRIPT CLIENTS URL: requests a second when it is asked for all it has
peak() {
  load "$warm" "$2" "$1" "$3" >/dev/null || exit 1
  load 5 "$2" "$1" "$3"
}

# pause_for CLIENTS RATE: the milliseconds that each client has to think for so many requests a second, the time of the answer left out
pause_for() { awk -v clients="$1" -v rate="$2" -v answer="$3" 'BEGIN { pause = clients * 1000 / rate - answer; printf "%.0f", pause < 1 ? 1 : pause }'; }

soak() {
  local minutes=$1 clients=128 most window=30 turn windows pid load_pid rate
  windows=$((minutes * 60 / window))
  serve ours "$API_PORT"
  pid=$(cat "$cluster/running/ours")
  sign_all_in "$API_PORT" "$TOKENS"
  # By more clients than the pool may have connections: it opens as many as ever waited at once, and keeps them. What comes after that would be a leak.
  most=$(peak bench/wrk/mix.lua "$clients" "$api") || exit 1
  PAUSE=$(pause_for "$clients" "$(awk -v most="$most" 'BEGIN { print most * 0.7 }')" 5)
  export PAUSE
  say "The peak is $most requests a second; $minutes minutes at 70 % of it"
  printf '%6s %10s %9s %9s %9s %9s %9s\n' second requests/s "p99, ms" "RSS, MiB" handles threads backends | tee "$cluster/soak"
  for turn in $(seq "$windows"); do
    # A token lives an hour.
    if [ $((turn % 60)) = 0 ]; then sign_all_in "$API_PORT" "$TOKENS"; fi
    load "$window" "$clients" bench/wrk/mix.lua "$api" >"$cluster/rate" &
    load_pid=$!
    sleep $((window - 2))
    # While it is under load: what it holds between two windows says little.
    sample "$pid" >"$cluster/sample"
    wait "$load_pid" || exit 1
    rate=$(cat "$cluster/rate")
    # shellcheck disable=SC2046,SC2183
    printf '%6d %10.0f %9.1f %9d %9d %9d %9d\n' $((turn * window)) "$rate" "$(percentile 99)" $(cat "$cluster/sample") | tee -a "$cluster/soak"
  done
  # The first tenth is warming up; then the last third is held against the first.
  awk 'NR > 1 { n++; for (c = 4; c <= 7; c++) v[n, c] = $c }
    END {
      split("memory handles threads connections", name, " ")
      from = int(n / 10) + 1; third = int((n - from + 1) / 3); if (third < 1) third = 1
      for (c = 4; c <= 7; c++) {
        a = b = 0
        for (i = from; i < from + third; i++) a += v[i, c] / third
        for (i = n - third + 1; i <= n; i++) b += v[i, c] / third
        printf "%-12s first third %7.0f, last third %7.0f: %.2f, %s\n", name[c - 3], a, b, b / a, b / a <= 1.1 ? "flat" : "GROWS"
      }
    }' "$cluster/soak"
  mkdir -p .local/bench
  cp "$cluster/soak" .local/bench/soak.txt
}

# sample PID: resident MiB, handles, threads, connections to PostgreSQL
sample() {
  echo "$(($(ps -o rss= -p "$1") / 1024)) $(find "/proc/$1/fd" -mindepth 1 2>/dev/null | wc -l) $(find "/proc/$1/task" -mindepth 1 -maxdepth 1 2>/dev/null | wc -l)" \
    "$(ask "SELECT count(*) FROM pg_stat_activity WHERE usename = 'tenantry_app'")"
}
