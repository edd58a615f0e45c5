#!/usr/bin/env bash
# The means to try the files of deploy/ and .github/ for ./test: kubectl, which renders manifests, and the schemas and the linter of tests/Tenantry.Tests/Deploy/package.json.
#
#   scripts/deployment.sh need    find them, or bring them where that is allowed; otherwise says how, and exits with 1
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=scripts/packages.sh
. scripts/packages.sh

# Components are known to kustomize from version 4 on.
renders() { command -v kubectl >/dev/null && kubectl version --client 2>/dev/null | grep -qE 'Kustomize Version: v([4-9]|[1-9][0-9])'; }

checks=tests/Tenantry.Tests/Deploy
tools=.local/deploy

has_checks() { command -v node >/dev/null && cmp -s "$checks/package-lock.json" "$tools/complete"; }

# By hash, as the lock file has them, and without running anything of theirs.
fetch() {
  mkdir -p "$tools"
  cp "$checks/package.json" "$checks/package-lock.json" "$tools"
  # Modules are looked for from where a script seems to be.
  ln -sfn "../../$checks/check.mjs" "$tools/check.mjs"
  npm ci --prefix "$tools" --ignore-scripts --no-audit --no-fund </dev/null >.local/install-deploy.log 2>&1 || { tail -n 5 .local/install-deploy.log >&2; return 1; }
  cp "$checks/package-lock.json" "$tools/complete"
}

need() {
  local status=0
  renders || { bring kubectl kubectl && renders; } || { say "kubectl with kustomize 4 or newer is missing."; status=1; }
  has_checks || { scripts/node.sh need && fetch; } || { say "The schemas of $checks/package.json are missing. Run:  scripts/deployment.sh need"; status=1; }
  return "$status"
}

case "${1:-}" in
  need) "$@" ;;
  *) sed -n '2,4s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
