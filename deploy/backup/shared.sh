# shellcheck shell=bash
# What the scripts of backups share. Sourced.

# What they write is for their owner alone.
umask 077

say() { echo "$*" >&2; }
fail() { say "$*"; exit 1; }

# tool NAME: a program of PostgreSQL, from PATH or where Debian keeps those that it leaves out of it
tool() {
  local folder found=""
  if command -v "$1"; then return; fi
  for folder in /usr/lib/postgresql/*/bin /usr/pgsql-*/bin; do
    if [ -x "$folder/$1" ]; then found=$folder/$1; fi
  done
  [ -n "$found" ] || fail "$1 is missing: it comes with PostgreSQL's client programs, of the server's version or newer."
  echo "$found"
}

# connect NAME MEANING: takes the URL in $NAME, or in the file that $NAME_FILE names, apart into the variables that PostgreSQL's programs read.
# So no password stands on a command line. Without a URL, what PGHOST, PGSERVICE, PGPASSFILE and their like say counts.
connect() {
  local name=$1 meaning=$2 file=$1_FILE url rest authority query pair
  url=${!name:-}
  if [ -z "$url" ] && [ -n "${!file:-}" ]; then url=$(<"${!file}"); fi
  export PGAPPNAME=tenantry-backup PGCONNECT_TIMEOUT=${PGCONNECT_TIMEOUT:-15} PGCLIENTENCODING=UTF8
  if [ -z "$url" ]; then
    [ -n "${PGUSER:-}${PGSERVICE:-}" ] || fail "$name is needed: $meaning."
    return
  fi
  [[ $url =~ ^postgres(ql)?://([^/?#]*)/([^?#]*)(\?(.*))?$ ]] || fail "$name is not of the form postgresql://role:password@host:port/database."
  authority=${BASH_REMATCH[2]} PGDATABASE=$(decoded "${BASH_REMATCH[3]}") query=${BASH_REMATCH[5]}
  rest=${authority##*@}
  if [[ $rest =~ ^(.*):([0-9]+)$ ]]; then rest=${BASH_REMATCH[1]} PGPORT=${BASH_REMATCH[2]}; else PGPORT=5432; fi
  rest=${rest#[} PGHOST=$(decoded "${rest%]}")
  if [[ $authority == *@* ]]; then
    authority=${authority%@*}
    PGUSER=$(decoded "${authority%%:*}")
    if [[ $authority == *:* ]]; then PGPASSWORD=$(decoded "${authority#*:}"); fi
  fi
  export PGHOST PGPORT PGUSER PGPASSWORD PGDATABASE
  # What else stands there is the service's own, such as pool_max.
  for pair in ${query//&/ }; do
    case ${pair%%=*} in
      host) PGHOST=$(decoded "${pair#*=}") ;;
      sslmode) PGSSLMODE=$(decoded "${pair#*=}"); export PGSSLMODE ;;
      sslrootcert) PGSSLROOTCERT=$(decoded "${pair#*=}"); export PGSSLROOTCERT ;;
      sslcert) PGSSLCERT=$(decoded "${pair#*=}"); export PGSSLCERT ;;
      sslkey) PGSSLKEY=$(decoded "${pair#*=}"); export PGSSLKEY ;;
    esac
  done
}

# decoded TEXT: without the percent-encoding of URLs
decoded() {
  local text=${1//\\/\\\\}
  printf '%b' "${text//%/\\x}"
}

# query SQL: its rows, columns between tabs
query() { psql -XqAt -F $'\t' -v ON_ERROR_STOP=1 -c "$1"; }

# completed KIND BYTES: says when the last backup of a kind ended, for the textfile collector of node_exporter, where $BACKUP_METRICS_FOLDER is its folder
completed() {
  local file
  [ -n "${BACKUP_METRICS_FOLDER:-}" ] || return 0
  file=$(mktemp "$BACKUP_METRICS_FOLDER/.coming.XXXXXX")
  cat >"$file" <<METRICS
# HELP tenantry_backup_completed_timestamp_seconds When the last backup of a kind ended well.
# TYPE tenantry_backup_completed_timestamp_seconds gauge
tenantry_backup_completed_timestamp_seconds{kind="$1"} $(date +%s)
# HELP tenantry_backup_size_bytes How large it is.
# TYPE tenantry_backup_size_bytes gauge
tenantry_backup_size_bytes{kind="$1"} $2
METRICS
  chmod 644 "$file"
  mv -f "$file" "$BACKUP_METRICS_FOLDER/tenantry_backup_$1.prom"
}
