# shellcheck shell=bash
# How it is measured: a case and its floor in turn, several times; medians; ratios; a table, JSON, and what has moved since the baseline.

# note CASE WHAT VALUE: WHAT is ours, floor or peer
note() { echo "$1 $2 $3" >>"$cluster/notes"; }

# expect CASE UNIT GOAL PEER_GOAL TEXT: what it is held to, as a ratio to the floor, or alone where there is no floor. "-" is no goal.
expect() { printf '%s\t%s\t%s\t%s\t%s\n' "$@" >>"$cluster/expected"; }

# load SECONDS CLIENTS SCRIPT URL: requests a second, all of them answered as they should be; more is in $cluster/wrk
load() {
  wrk -t1 -c"$2" -d"${1}s" --latency --timeout 30s -s "$3" "$4" >"$cluster/wrk" 2>&1 || { cat "$cluster/wrk" >&2; fail "wrk did not run."; }
  if grep -qE 'Non-2xx|Socket errors' "$cluster/wrk"; then cat "$cluster/wrk" >&2; fail "Not all requests to $4 were answered well."; fi
  sed -n 's/^Requests\/sec: *//p' "$cluster/wrk"
}

# percentile N: of the last load, in milliseconds
percentile() { sed -n "s/^ *$1% *//p" "$cluster/wrk" | awk '/us$/ { print $1 / 1000; next } /ms$/ { print $1 + 0; next } /s$/ { print $1 * 1000 }'; }

# statements SECONDS CLIENTS FILE [OPTION ...]: transactions a second, as the role that serves, under row-level security
statements() {
  # Its time begins before it connects, and the password is checked at a price; the rate it tells leaves that out.
  PGPASSWORD=serving "$pgbench" -n -M prepared -c "$2" -j 1 -T $(($1 + 1)) "${@:4}" -f "$3" -h 127.0.0.1 -p "$port" -U tenantry_app "$database" >"$cluster/pgbench" 2>&1 ||
    { tail -n 20 "$cluster/pgbench" >&2; fail "pgbench did not run."; }
  sed -n 's/^tps = \([0-9.]*\).*/\1/p' "$cluster/pgbench" | grep . || fail "pgbench got nothing done."
}

machine() {
  local model
  model=$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo 2>/dev/null | head -n 1)
  printf '%s, %s cores, %s GiB, %s, .NET %s, %s, load %s' "${model:-$(uname -m)}" "$(getconf _NPROCESSORS_ONLN)" \
    "$(awk '/^MemTotal/ { printf "%.0f", $2 / 1048576 }' /proc/meminfo 2>/dev/null || echo '?')" "$(uname -sr)" "$(dotnet --version)" \
    "$(ask 'SELECT split_part(version(), $$ $$, 1) || $$ $$ || split_part(version(), $$ $$, 2)')" "$(awk '{ print $1 }' /proc/loadavg 2>/dev/null || echo '?')"
}

# report FILE: the table, and the same as JSON in FILE; beside bench/baseline.json where there is one
report() {
  local where
  where=$(machine)
  echo
  echo "On $where; medians of $rounds, $seconds s each."
  # shellcheck disable=SC2016
  awk -F '\t' -v notes="$cluster/notes" -v baseline="$([ ! -e bench/baseline.json ] || echo bench/baseline.json)" -v file="$1" -v where="$where" -v now="$(date -u +%Y-%m-%dT%H:%M:%SZ)" -v rounds="$rounds" -v seconds="$seconds" '
    function median(key,   n, i, j, list, x) {
      n = split(values[key], list, " ")
      for (i = 2; i <= n; i++) for (j = i; j > 1 && list[j - 1] + 0 > list[j] + 0; j--) { x = list[j]; list[j] = list[j - 1]; list[j - 1] = x }
      return n == 0 ? "" : n % 2 ? list[(n + 1) / 2] : (list[n / 2] + list[n / 2 + 1]) / 2
    }
    function met(goal, value) { return goal == "-" || value == "" ? "" : (goal ~ /^>=/ ? value + 0 >= substr(goal, 3) + 0 : value + 0 <= substr(goal, 3) + 0) ? "yes" : "NO" }
    function shown(value) { return value == "" ? "" : value + 0 >= 100 ? sprintf("%.0f", value) : sprintf("%.2f", value) }
    function number(value) { return value == "" ? "null" : sprintf("%.6g", value) }
    function member(line, name) { return match(line, "\"" name "\":[0-9.e+-]+") ? substr(line, RSTART + length(name) + 3, RLENGTH - length(name) - 3) : "" }
    BEGIN {
      while ((getline line < notes) > 0) { split(line, part, " "); values[part[1] " " part[2]] = values[part[1] " " part[2]] " " part[3] }
      if (baseline != "") while ((getline line < baseline) > 0) if (match(line, /"case":"[^"]*"/)) { name = substr(line, RSTART + 8, RLENGTH - 9); before[name] = member(line, "ratio"); if (before[name] == "") before[name] = member(line, "ours") }
      format = "%-16s %9s %-5s %9s %6s %7s %4s %9s %6s %5s %4s %7s\n"
      printf format, "case", "ours", "", "floor", "ratio", "goal", "met", "peer", "ratio", "goal", "met", "before"
      printf "{\"date\":\"%s\",\"machine\":\"%s\",\"rounds\":%d,\"seconds\":%d,\"cases\":[", now, where, rounds, seconds > file
    }
    {
      ours = median($1 " ours"); floor = median($1 " floor"); other = median($1 " peer")
      if (ours == "") next
      ratio = floor == "" ? "" : ours / floor
      times = other == "" ? "" : ours / other
      compared = floor == "" ? ours : ratio
      printf format, $1, shown(ours), $2, shown(floor), ratio == "" ? "" : sprintf("%.2f", ratio), $3, met($3, compared), shown(other), times == "" ? "" : sprintf("%.1f", times), other == "" ? "" : $4, met($4, times), $1 in before ? sprintf("%.2f", before[$1]) : ""
      texts = texts sprintf("  %-16s %s\n", $1, $5)
      printf "%s\n{\"case\":\"%s\",\"unit\":\"%s\",\"ours\":%s,\"floor\":%s,\"ratio\":%s,\"goal\":\"%s\",\"met\":\"%s\",\"peer\":%s,\"peer_ratio\":%s,\"peer_goal\":\"%s\",\"peer_met\":\"%s\"}", n++ ? "," : "", $1, $2, number(ours), number(floor), number(ratio), $3, met($3, compared), number(other), number(times), $4, met($4, times) > file
    }
    END { print "\n]}" > file; printf "\nAgainst what:\n%s", texts }' "$cluster/expected"
  echo "As JSON: $1"
}
