#!/usr/bin/env bash
# The means to have Prometheus for ./test, which starts it itself: alerts and dashboards are tried against it.
#
#   scripts/prometheus.sh need    find prometheus and promtool, or install them where that is allowed; otherwise says how, and exits with 1
set -euo pipefail
# shellcheck source=scripts/packages.sh
. "$(dirname "${BASH_SOURCE[0]}")/packages.sh"

is_there() { command -v prometheus >/dev/null && command -v promtool >/dev/null; }

need() { is_there || { bring prometheus Prometheus && is_there; }; }

case "${1:-}" in
  need) "$@" ;;
  *) sed -n '2,4s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
