#!/usr/bin/env bash
# The means to have Chromium for ./test, which opens the sample application in it.
#
#   scripts/chromium.sh need    find chromium, or install it where that is allowed; otherwise says how, and exits with 1
set -euo pipefail
# shellcheck source=scripts/packages.sh
. "$(dirname "${BASH_SOURCE[0]}")/packages.sh"

is_there() { command -v chromium >/dev/null; }

need() { is_there || { bring chromium Chromium && is_there; }; }

case "${1:-}" in
  need) "$@" ;;
  *) sed -n '2,4s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
