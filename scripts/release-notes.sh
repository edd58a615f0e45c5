#!/usr/bin/env bash
# What CHANGELOG.md says of a version, for its release: the text below its heading, up to the next one.
#   scripts/release-notes.sh VERSION [FILE]
# Exits with 1 where nothing is said of it: a release without notes is one too early.
set -euo pipefail
version=${1:?usage: scripts/release-notes.sh VERSION [FILE]}
file=${2:-$(dirname "${BASH_SOURCE[0]}")/../CHANGELOG.md}
# "## 1.2.0 - 2026-11-26", with or without brackets. The version is compared as text: a dot in it means a dot.
notes=$(awk -v version="$version" '
  /^## / { heading = $2; gsub(/[][]/, "", heading); here = heading == version; next }
  here && !/^\[[^]]*\]: / { print }
' "$file")
# Empty lines before it go.
[ -n "$(tr -d '[:space:]' <<<"$notes")" ] || { echo "CHANGELOG.md says nothing of $version." >&2; exit 1; }
sed -e '/./,$!d' <<<"$notes"
