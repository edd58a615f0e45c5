#!/usr/bin/env bash
# Makes the clients anew from docs/openapi.json. What a tool wrote is never changed by hand.
#
#   clients/generate.sh [csharp|typescript|postman]...   these; without a name all of them
#   INTO=FOLDER clients/generate.sh csharp               writes there instead: what a test compares with what is kept
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/shared.sh
into=${INTO:-clients}

# Without models of forms: an upload is a stream then, and goes out as it is read.
csharp() {
  need_dotnet
  dotnet tool restore >/dev/null
  # The tool looks for news of itself otherwise.
  KIOTA_OFFLINE_ENABLED=true KIOTA_TUTORIAL_ENABLED=false KIOTA_CLI_TELEMETRY_OPTOUT=1 dotnet kiota generate --language CSharp --openapi docs/openapi.json \
    --class-name TenantryClient --namespace-name Tenantry.Client --output "$into/csharp/Generated" --clean-output --clear-cache \
    --exclude-backward-compatible --log-level Error \
    --structured-mime-types application/json --structured-mime-types text/plain --structured-mime-types application/x-www-form-urlencoded >/dev/null
  rm -f "$into/csharp/Generated/kiota-lock.json" # where the document was found on this machine
  # An exception says what is wrong, and not only the title of its kind: clients/csharp/ProblemDocument.cs.
  local problem=$into/csharp/Generated/Models/ProblemDocument.cs
  sed 's/override string Message { get => Title ?? string.Empty; }/override string Message { get => Summary; }/' "$problem" >"$problem.new" && mv "$problem.new" "$problem"
  # Which of the places that refer to an enum describes it is decided anew each time, by what comes first.
  find "$into/csharp/Generated/Models" -name '*.cs' -exec grep -l '^    public enum ' {} + | while read -r enum; do
    sed '/^    \/\/\/ <summary>/d' "$enum" >"$enum.new" && mv "$enum.new" "$enum"
  done
}

typescript() {
  scripts/node.sh packages clients/typescript
  mkdir -p "$into/typescript/src"
  node clients/typescript/generate.mjs docs/openapi.json "$into/typescript/src/schema.ts"
}

postman() {
  scripts/node.sh packages clients/postman
  mkdir -p "$into/postman"
  node clients/postman/export.mjs docs/openapi.json "$into/postman/tenantry.postman_collection.json"
}

if [ $# -eq 0 ]; then set -- csharp typescript postman; fi
for part in "$@"; do
  case $part in
    csharp | typescript | postman) "$part" ;;
    *) sed -n '2,5s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
  esac
done
