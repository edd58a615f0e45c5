#!/usr/bin/env bash
# The release before this one, built from the commit that tests/previous-release names. It is kept in .local/previous/, so that only the first call takes its minute.
#   scripts/previous.sh    prints the path of its tenantry.dll
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/shared.sh
need_dotnet
commit=$(head -n 1 tests/previous-release)
git cat-file -e "$commit^{commit}" 2>/dev/null || fail "The commit $commit of tests/previous-release is not in this clone. A shallow clone lacks it:  git fetch --unshallow"
folder=$PWD/.local/previous/$commit
dll=$folder/built/tenantry.dll
if [ ! -f "$dll" ]; then
  rm -rf "$folder"
  mkdir -p "$folder/source"
  git archive "$commit" | tar -x -C "$folder/source"
  # Built beside, and moved when it is whole: a build that was cut off is not taken for one.
  (cd "$folder/source" && dotnet build src/Tenantry --configuration Release --nologo --verbosity quiet --output "$folder/coming") >"$folder/build.log" 2>&1 || { cat "$folder/build.log" >&2; fail "The previous release does not build."; }
  mv "$folder/coming" "$folder/built"
  rm -rf "$folder/source"
fi
echo "$dll"
