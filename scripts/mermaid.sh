#!/usr/bin/env bash
# The means to have Mermaid for ./test, which draws the diagrams of the documentation with it, in Chromium.
#
#   scripts/mermaid.sh need    find .local/mermaid/mermaid.min.js, or fetch it with npm; otherwise says how, and exits with 1
set -euo pipefail

version=11.12.0
sha256=07e37dfa97b337ccc85365d57eddf99b9706f09db3b59b260d0333b23b343c4b
file=.local/mermaid/mermaid.min.js

is_there() { [ -f "$file" ] && echo "$sha256  $file" | sha256sum --check --status; }

need() {
  if is_there; then return; fi
  command -v npm >/dev/null || { echo "Mermaid is missing, and npm, which brings it. Install Node.js." >&2; return 1; }
  echo "Mermaid is missing: npm pack mermaid@$version" >&2
  mkdir -p .local/mermaid
  # The package alone, and of it one file that needs no other.
  (cd .local/mermaid && npm pack --silent "mermaid@$version" && tar -xzf "mermaid-$version.tgz" --strip-components=2 package/dist/mermaid.min.js) </dev/null >.local/mermaid/install.log 2>&1 ||
    { tail -n 20 .local/mermaid/install.log >&2; return 1; }
  rm -f ".local/mermaid/mermaid-$version.tgz"
  is_there || { echo "What npm brought is not the Mermaid that was expected." >&2; return 1; }
}

case "${1:-}" in
  need) "$@" ;;
  *) sed -n '2,4s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
