#!/usr/bin/env bash
# The means to have ClamAV's daemon for ./test. The tests start it themselves, with signatures of their own.
#
#   scripts/clamd.sh need    find clamd, or install it where that is allowed; otherwise says how, and exits with 1
set -euo pipefail
# shellcheck source=scripts/packages.sh
. "$(dirname "${BASH_SOURCE[0]}")/packages.sh"

# Where Debian keeps it, only root looks by itself.
find_server() { PATH=$PATH:/usr/sbin:/usr/local/sbin command -v clamd || true; }

need() {
  [ -n "$(find_server)" ] || { bring clamd clamd && [ -n "$(find_server)" ]; }
}

case "${1:-}" in
  need) "$@" ;;
  *) sed -n '2,4s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
