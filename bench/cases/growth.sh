# shellcheck shell=bash
# How each cost grows with the rows: ten thousand users, a hundred thousand, a million and ten, in tenants of a hundred, as far as the disk allows. Draws docs/performance.svg.
growth() {
  local users have=0 sizes="10000 100000 1000000 10000000" name
  if [ -n "$quick" ]; then sizes="10000 100000"; fi
  export USERS=100
  fill growing 0 0
  printf '%10s %10s %9s %9s %9s %9s %9s\n' users "disk,MB" me users search login email | tee "$cluster/growth"
  for users in $sizes; do
    # Rows, indexes and the log of filling it, with room to spare.
    if [ "$(df -Pk "$cluster" | awk 'NR == 2 { print $4 }')" -lt $((users * 4)) ]; then say "$users users do not fit on this disk."; break; fi
    say "Filling up to $users users"
    add_tenants $((have / 100 + 1)) $((users / 100)) 100
    have=$users
    serve ours "$API_PORT"
    sign_all_in "$API_PORT" "$TOKENS"
    { printf '%10d %10d' "$users" "$(($(ask "SELECT pg_database_size(current_database())") / 1048576))"
      for name in me users search login email; do printf ' %9.2f' "$(grown "$name")"; done
      echo; } | tee -a "$cluster/growth"
    stop ours
  done
  mkdir -p .local/bench
  cp "$cluster/growth" .local/bench/growth.txt
  draw "$cluster/growth" >docs/performance.svg
  say "Drawn: docs/performance.svg"
}

# grown NAME: the median of that request, in milliseconds, from four clients
grown() {
  local script=get path
  case $1 in
    me) path=auth/me ;;
    users) path='users?limit=50' ;;
    search) path='users?q=number%207' ;;
    login) script=login path=auth/login ;;
    email) script=email path=notifications/email ;;
  esac
  load "$warm" 4 "bench/wrk/$script.lua" "$api/$path" >/dev/null || exit 1
  load "$seconds" 4 "bench/wrk/$script.lua" "$api/$path" >/dev/null || exit 1
  percentile 50
}

# draw FILE: lines on two logarithmic scales, from the table
draw() {
  awk '
    function log10(x) { return log(x) / log(10) }
    function across(users) { return 70 + (log10(users) - first) * 480 / (last > first ? last - first : 1) }
    function up(ms) { return 330 - (log10(ms) - low) * 290 / (high - low) }
    NR == 1 { for (c = 3; c <= NF; c++) name[c] = $c; columns = NF; next }
    { n++; users[n] = $1; for (c = 3; c <= columns; c++) { ms[n, c] = $c; if (least == "" || $c < least) least = $c; if ($c > most) most = $c } }
    END {
      first = log10(users[1]); last = log10(users[n]); low = int(log10(least) + 10) - 10; high = int(log10(most) + 10) - 9
      split("- - #2563eb #059669 #d97706 #dc2626 #7c3aed", colour, " ")
      print "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 660 380\" font-family=\"sans-serif\" font-size=\"12\">"
      print "<rect width=\"660\" height=\"380\" fill=\"white\"/>"
      print "<text x=\"70\" y=\"22\" font-size=\"14\">Median time of a request, in milliseconds, by the number of users</text>"
      for (d = low; d <= high; d++) printf "<line x1=\"70\" x2=\"550\" y1=\"%.1f\" y2=\"%.1f\" stroke=\"#ddd\"/><text x=\"62\" y=\"%.1f\" text-anchor=\"end\">%g</text>\n", up(10 ^ d), up(10 ^ d), up(10 ^ d) + 4, 10 ^ d
      for (i = 1; i <= n; i++) printf "<line x1=\"%.1f\" x2=\"%.1f\" y1=\"40\" y2=\"330\" stroke=\"#eee\"/><text x=\"%.1f\" y=\"350\" text-anchor=\"middle\">%d</text>\n", across(users[i]), across(users[i]), across(users[i]), users[i]
      # Two lines that end at the same place: their names stand one below the other.
      for (c = 3; c <= columns; c++) { y[c] = up(ms[n, c]) + 4; for (again = 1; again <= columns; again++) for (o = 3; o < c; o++) if (y[c] - y[o] < 14 && y[o] - y[c] < 14) y[c] = y[o] + 14 }
      for (c = 3; c <= columns; c++) {
        printf "<polyline fill=\"none\" stroke-width=\"2\" stroke=\"%s\" points=\"", colour[c]
        for (i = 1; i <= n; i++) printf "%.1f,%.1f ", across(users[i]), up(ms[i, c])
        printf "\"/>\n<text x=\"558\" y=\"%.1f\" fill=\"%s\">%s</text>\n", y[c], colour[c], name[c]
      }
      print "</svg>"
    }' "$1"
}
