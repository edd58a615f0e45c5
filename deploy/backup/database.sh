#!/usr/bin/env bash
# The database as a dump, and back.
#
#   database.sh dump FOLDER      a new folder in FOLDER with the dump, its roles, its rows by table and checksums, as of one moment; prints its name
#   database.sh verify BACKUP    whether such a folder is what was written, and the dump in it is whole
#   database.sh restore BACKUP   into an empty database, and counts what came
#
# dump signs in by BACKUP_DATABASE_URL, as tenantry_backup; restore by RESTORE_DATABASE_URL, as an administrator, to the database that
# 'tenantry database create' has made. Either may be a file instead (…_FILE), or PostgreSQL's own variables (PGSERVICE, PGPASSFILE, …).
# BACKUP_METRICS_FOLDER is where node_exporter reads text files; RESTORE_JOBS restores so many tables at a time, and then not all or nothing.
set -euo pipefail
# shellcheck source=deploy/backup/shared.sh
. "$(dirname "${BASH_SOURCE[0]}")/shared.sh"

# Every table that there is, but for those of extensions, which come back with them.
TABLES="
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
  ORDER BY n.nspname, c.relname"

dump() {
  local folder=$1 sees name unfinished
  connect BACKUP_DATABASE_URL "the URL of tenantry_backup; 'tenantry database create' makes that role"
  # Row-level security is forced on tables: whoever is bound by it gets an error, or a dump with rows missing.
  sees=$(query "SELECT rolbypassrls OR rolsuper FROM pg_roles WHERE rolname = current_user")
  [ "$sees" = t ] ||
    fail "The role ${PGUSER:-} is bound by row-level security, so that its dump would leave rows out. Sign in as tenantry_backup, which has BYPASSRLS."

  name=$(date -u +tenantry-%Y%m%dT%H%M%SZ)
  unfinished=$folder/.$name.unfinished
  mkdir -p "$folder"
  mkdir "$unfinished"
  # shellcheck disable=SC2064
  trap "rm -rf $(printf %q "$unfinished")" EXIT

  # The counts and the dump see one moment. Counting comes first: it also keeps a month of the audit log from being dropped in between.
  DUMP=$unfinished/database.dump ROWS=$unfinished/rows.tsv psql -XqAt -F $'\t' -v ON_ERROR_STOP=1 -v tables="$TABLES" >"$unfinished/dump.log" <<'SQL' || fail "The database was not dumped."
BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
SET LOCAL row_security = off;
SELECT pg_export_snapshot() AS snapshot \gset
\setenv SNAPSHOT :snapshot
\set rows `echo "$ROWS"`
\o :rows
SELECT format('SELECT %L, count(*) FROM %I.%I', format('%I.%I', n.nspname, c.relname), n.nspname, c.relname) :tables \gexec
\o
\! pg_dump --format=custom --no-password --snapshot="$SNAPSHOT" --file="$DUMP" || rm -f "$DUMP"
COMMIT;
SQL
  [ -s "$unfinished/database.dump" ] || fail "pg_dump failed."
  rm "$unfinished/dump.log"
  # Roles are the cluster's, and no dump of a database has them. Their passwords stay where they are.
  pg_dumpall --roles-only --no-role-passwords --no-password -l "${PGDATABASE:-postgres}" >"$unfinished/roles.sql"
  cat >"$unfinished/about.txt" <<ABOUT
taken_at: $(date -u +%Y-%m-%dT%H:%M:%SZ)
database: $(query 'SELECT current_database()')
server: $(query 'SHOW server_version')
schema: $(query 'SELECT max(migration_id) FROM schema_migrations')
bytes: $(stat -c %s "$unfinished/database.dump")
ABOUT
  (cd "$unfinished" && sha256sum about.txt database.dump roles.sql rows.tsv >SHA256SUMS)
  demand_whole "$unfinished"
  sync "$unfinished"/* "$unfinished"
  mv -T "$unfinished" "$folder/$name"
  sync "$folder"
  trap - EXIT
  completed dump "$(stat -c %s "$folder/$name/database.dump")"
  say "$(summary "$folder/$name")"
  echo "$folder/$name"
}

verify() {
  demand_whole "$1"
  say "$1 is whole: $(summary "$1")"
}

# The checksums tell that it is what was written; the counts, that what was written are all rows of all tables.
demand_whole() {
  local backup=$1 fault
  [ -f "$backup/SHA256SUMS" ] || fail "$backup is no backup: it has no SHA256SUMS."
  (cd "$backup" && sha256sum --check --strict --quiet SHA256SUMS >&2) || fail "$backup is not what was written."
  fault=$(diff <(sort "$backup/rows.tsv") <(rows_of "$backup/database.dump" | sort)) ||
    fail "The dump does not have the rows of the database, by table (< in the database, > in the dump):"$'\n'"$fault"
}

# rows_of DUMP: name and rows of each table in it
rows_of() {
  pg_restore --data-only --file=- "$1" | awk '
    inside && $0 == "\\." { print table "\t" rows; inside = 0; next }
    inside { rows++; next }
    /^COPY / { table = $2; rows = 0; inside = 1 }'
}

summary() { awk -F '\t' -v bytes="$(stat -c %s "$1/database.dump")" '{ rows += $2 } END { print rows " rows of " NR " tables, " bytes " bytes" }' "$1/rows.tsv"; }

restore() {
  local backup=$1 super there fault
  demand_whole "$backup"
  connect RESTORE_DATABASE_URL "the URL of an administrator of the server, with the name of the empty database"
  super=$(query "SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
  [ "$super" = t ] || say "${PGUSER:-The role} is no superuser: it has to be a member of all roles in $backup/roles.sql that own something."
  there=$(query "SELECT c.relname $TABLES LIMIT 1")
  [ -z "$there" ] || fail "The database ${PGDATABASE:-} is not empty. Restore into a new one: 'tenantry database create' makes it."
  if [ -n "${RESTORE_JOBS:-}" ]; then set -- --jobs="$RESTORE_JOBS"; else set -- --single-transaction; fi
  pg_restore --exit-on-error --no-password "$@" --dbname="${PGDATABASE:?}" "$backup/database.dump" || fail "The dump was not restored."
  fault=$(diff <(sort "$backup/rows.tsv") <(query "SELECT format('SELECT %L, count(*) FROM %I.%I', format('%I.%I', n.nspname, c.relname), n.nspname, c.relname) $TABLES" | count_each | sort)) ||
    fail "The database does not have the rows of the backup, by table (< in the backup, > in the database):"$'\n'"$fault"
  query "ANALYZE"
  say "Restored: $(summary "$backup"), $(sed -n 's/^taken_at: /as of /p' "$backup/about.txt")."
  say "Before anything serves it: tenantry migrate, then tenantry restore finish."
}

count_each() { { echo "SET row_security = off;"; sed 's/$/;/'; } | psql -XqAt -F $'\t' -v ON_ERROR_STOP=1; }

case "${1:-}:$#" in
  dump:2 | verify:2 | restore:2) "$@" ;;
  *) sed -n '2,11s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
