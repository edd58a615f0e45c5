#!/usr/bin/env bash
# Base backups and the archive of the write-ahead log: any moment between the oldest base and now can be brought back.
#
#   wal.sh archive WAL TARGET              for archive_command: 'wal.sh archive %p /archive/%f'. Whole, flushed, and never over another
#   wal.sh base FOLDER                     a base backup in a new folder of FOLDER, verified; prints its name
#   wal.sh restore BASE DATA ARCHIVE TIME  makes DATA a cluster that, when it is started, comes to what was at TIME (such as '2026-03-14 09:26:52.9+00')
#
# base signs in by BACKUP_DATABASE_URL, as tenantry_backup. archive and restore run as the user of the server.
set -euo pipefail
# shellcheck source=deploy/backup/shared.sh
. "$(dirname "${BASH_SOURCE[0]}")/shared.sh"

archive() {
  local source=$1 target=$2 coming
  if [ -e "$target" ]; then
    # After a crash the server asks for what it has been told is done: the same file is good. Another one of that name is another server's.
    cmp -s "$source" "$target" && return
    fail "There is another $target. Two servers must not have one archive."
  fi
  coming=$(mktemp "$(dirname "$target")/.coming.XXXXXX")
  # shellcheck disable=SC2064
  trap "rm -f $(printf %q "$coming")" EXIT
  cp "$source" "$coming"
  sync "$coming"
  # A link is made at once and refuses where there is something, as a rename would not.
  ln "$coming" "$target"
  sync "$(dirname "$target")"
}

base() {
  local folder=$1 name unfinished
  connect BACKUP_DATABASE_URL "the URL of tenantry_backup; 'tenantry database create' makes that role"
  name=$(date -u +base-%Y%m%dT%H%M%SZ)
  unfinished=$folder/.$name.unfinished
  mkdir -p "$folder"
  # shellcheck disable=SC2064
  trap "rm -rf $(printf %q "$unfinished")" EXIT
  # With the log of the time it takes, so that it can be started without an archive too. It flushes by itself.
  "$(tool pg_basebackup)" --no-password --pgdata="$unfinished" --wal-method=stream --checkpoint=fast --manifest-checksums=SHA256 || fail "There is no base backup."
  "$(tool pg_verifybackup)" --quiet "$unfinished" || fail "The base backup is not whole."
  mv -T "$unfinished" "$folder/$name"
  sync "$folder"
  trap - EXIT
  completed base "$(du -sb "$folder/$name" | cut -f1)"
  echo "$folder/$name"
}

restore() {
  local base=$1 data=$2 archive=$3 time=$4
  "$(tool pg_verifybackup)" --quiet "$base" || fail "The base backup is not whole."
  if [ -e "$data" ]; then rmdir "$data" 2>/dev/null || fail "$data is there and not empty. A cluster is restored beside what is left of the old one."; fi
  cp -a "$base" "$data"
  # What it writes from here on is a history of its own: it does not go into the archive that it came from.
  cat >>"$data/postgresql.auto.conf" <<CONF
restore_command = 'cp "$archive/%f" "%p"'
recovery_target_time = '$time'
recovery_target_action = 'promote'
archive_mode = off
CONF
  touch "$data/recovery.signal"
  say "Start it, beside the one that serves: it answers for reading at once, and for writing when 'SELECT pg_is_in_recovery()' says f."
  say "Before anything serves it: tenantry restore finish."
}

case "${1:-}:$#" in
  archive:3 | base:2 | restore:5) "$@" ;;
  *) sed -n '2,8s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
