#!/usr/bin/env bash
# The objects of the disk store (FILES_PATH) as a copy on another machine or volume, and back. For a bucket see docs/disaster-recovery.md.
#
#   objects.sh copy STORE COPY            after database.sh dump. What is gone from the store stays in COPY/gone for BACKUP_KEEP_DAYS (30)
#   objects.sh back COPY STORE [TENANT]   brings what the store does not have, of all tenants or of the one with that id
#
# STORE and COPY are folders, or HOST:FOLDER as rsync takes them; one of both has to be here.
set -euo pipefail
# shellcheck source=deploy/backup/shared.sh
. "$(dirname "${BASH_SOURCE[0]}")/shared.sh"

# An object is written once and never changed: what is there is not touched. rsync writes under another name and renames, so that what is there is whole.
# Names with a dot in front are of objects on their way.
ONCE=(--recursive --times --ignore-existing --fsync --exclude='/.*')

copy() {
  local store=${1%/} copy=${2%/} days=${BACKUP_KEEP_DAYS:-30} old
  [[ $copy != *:* ]] || fail "Run it where the copy is: the days of what is gone are counted there."
  mkdir -p "$copy/objects" "$copy/gone"
  copy=$(cd "$copy" && pwd)
  rsync "${ONCE[@]}" --delete --backup --backup-dir="$copy/gone/$(date -u +%Y-%m-%d)" "$store/" "$copy/objects/" || fail "The objects were not all copied."
  for old in "$copy"/gone/*/; do
    if [ -d "$old" ] && [[ $(basename "$old") < $(date -u -d "-$days days" +%Y-%m-%d) ]]; then rm -rf "$old"; fi
  done
  completed objects "$(du -sb "$copy/objects" | cut -f1)"
}

back() {
  local copy=${1%/} store=${2%/} tenant=${3:-} from
  [ -d "$copy/objects" ] || fail "$copy is no copy of a store."
  for from in "$copy"/objects "$copy"/gone/*; do
    if [ -d "$from/$tenant" ]; then rsync "${ONCE[@]}" --relative "$from/./$tenant" "$store/" || fail "The objects did not all come back."; fi
  done
}

case "${1:-}:$#" in
  copy:3 | back:3 | back:4) command -v rsync >/dev/null || fail "rsync is missing."; "$@" ;;
  *) sed -n '2,7s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
