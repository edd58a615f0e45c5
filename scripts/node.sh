#!/usr/bin/env bash
# Node and npm, for the TypeScript client, the Postman collection and the linters of the OpenAPI document.
#
#   scripts/node.sh need              find node (20 or newer) and npm, or install them where that is allowed; otherwise says how, and exits with 1
#   scripts/node.sh packages FOLDER   the packages of FOLDER/package-lock.json, exactly; at once where they are there already
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=scripts/packages.sh
. scripts/packages.sh

is_there() { command -v node >/dev/null && command -v npm >/dev/null && node -e 'process.exit(Number(process.versions.node.split(".")[0]) >= 20 ? 0 : 1)'; }

need() { is_there || { bring node "Node 20" && is_there; }; }

packages() {
  local folder=$1
  need
  # npm leaves this beside what it installed.
  if [ "$folder/node_modules/.package-lock.json" -nt "$folder/package-lock.json" ]; then return; fi
  npm ci --prefix "$folder" --no-audit --no-fund --ignore-scripts --loglevel=error >&2
}

case "${1:-}" in
  need | packages) "$@" ;;
  *) sed -n '2,5s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
