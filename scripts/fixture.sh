#!/usr/bin/env bash
# Makes tests/fixtures/previous-release.sql.gz anew: the database of the release that tests/previous-release names, filled by that release's own service, with a row in every table.
#   scripts/fixture.sh    after a release, once tests/previous-release names its commit. It takes some minutes: the first head of the audit log is signed in the fifth
# What the tests have to say to it (passwords, a refresh token) stands beside it in previous-release.json. All of it is made up for this file and good for nothing else.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/shared.sh
for program in psql pg_dump; do command -v $program >/dev/null || fail "$program is missing: it comes with PostgreSQL's client."; done
previous=$(scripts/previous.sh)

work="" service=""
# shellcheck disable=SC2317
stop_all() {
  trap '' INT TERM HUP
  if [ -n "$service" ] && kill "$service" 2>/dev/null; then wait "$service" 2>/dev/null || true; fi
  if [ -n "$work" ]; then scripts/postgres.sh stop "$work"; rm -rf "$work"; fi
}
trap stop_all EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

work=$(mktemp -d "${TMPDIR:-/tmp}/tenantry-fixture.XXXXXX")
PG_ADMIN_PASSWORD=$(secret 24)
export PG_ADMIN_PASSWORD PGPASSWORD=$PG_ADMIN_PASSWORD PGHOST=127.0.0.1 PGUSER=tenantry_admin PGDATABASE=fixture
PGPORT=$(scripts/postgres.sh start "$work" quick)
port=$((20000 + RANDOM % 12000))
password='correct horse battery'
# As the tests have it (Cluster.Variables): the signing key in the dump is sealed under this secret.
export PGPORT JWT_SECRET='a secret for tests, long enough for it' APP_ENV=Development API_HOST=127.0.0.1 API_PORT=$port DEFAULT_TENANT=default LOG_LEVEL=Warning DRAIN_SECONDS=0 \
  PLATFORM_ADMIN_EMAIL=root@platform.example PLATFORM_ADMIN_PASSWORD=$password FILES_PATH=$work/files \
  ADMIN_DATABASE_URL=postgresql://tenantry_admin:$PG_ADMIN_PASSWORD@127.0.0.1:$PGPORT/postgres \
  MIGRATION_DATABASE_URL=postgresql://tenantry_owner:$PG_ADMIN_PASSWORD@127.0.0.1:$PGPORT/fixture DATABASE_URL=postgresql://tenantry_app:$PG_ADMIN_PASSWORD@127.0.0.1:$PGPORT/fixture
dotnet "$previous" database create
dotnet "$previous" migrate
dotnet "$previous" serve >"$work/service.log" 2>&1 &
service=$!
api=http://127.0.0.1:$port
until curl -fs -o /dev/null "$api/health/ready"; do kill -0 "$service" 2>/dev/null || { cat "$work/service.log" >&2; fail "The service did not start."; }; sleep 0.2; done

json='content-type: application/json'
# ask PATH [curl's options]: fails on a refusal, with what it says
ask() { local path=$1; shift; curl -sS --fail-with-body "$api/api/v1/$path" "$@" || fail "$path: refused"; }
# first NAME: of the JSON on standard input, the first text of that name
first() { grep -o "\"$1\":\"[^\"]*\"" | sed -n '1s/.*:"\(.*\)"/\1/p'; }
sign_in() { ask auth/login -H "$json" -H "x-tenant: $1" -d "{\"email\":\"$2\",\"password\":\"$password\"}"; }

ask auth/register -H "$json" -d "{\"email\":\"ada@example.com\",\"password\":\"$password\",\"first_name\":\"Ada\",\"last_name\":\"Lovelace\"}" >/dev/null
ada=$(sign_in default ada@example.com)
root=$(sign_in platform root@platform.example | first access_token)
ask tenants -H "$json" -H "authorization: Bearer $root" -d '{"name":"Acme","slug":"acme","admin":{"email":"grace@acme.example","first_name":"Grace"}}' >/dev/null
invitation=$(curl -sS "$api/dev/mailbox?recipient=grace@acme.example" | sed 's/.*token=\([A-Za-z0-9_-]*\).*/\1/')
ask auth/accept-invitation -H "$json" -d "{\"token\":\"$invitation\",\"password\":\"$password\",\"first_name\":\"Grace\"}" >/dev/null
session=$(sign_in acme grace@acme.example)
grace="authorization: Bearer $(first access_token <<<"$session")"
ask roles -H "$json" -H "$grace" -d '{"name":"Clerk","permissions":["users:read","files:read"]}' >/dev/null
ask users -H "$json" -H "$grace" -d '{"email":"edsger@acme.example","role":"Clerk"}' >/dev/null
message=$(ask notifications/email -H "$json" -H "$grace" -H 'idempotency-key: once' -d '{"recipient":"ada@example.com","subject":"Your order 4711","body":"It is on its way."}' | first id)
echo 'It cost 47.11.' >"$work/invoice.txt"
file=$(ask files/upload -H "$grace" -F tags=invoice -F "file=@$work/invoice.txt" | first id)
ask "files/$file/links" -H "$json" -H "$grace" -d '{"expires_in":3600}' >/dev/null
curl -sS -o /dev/null "$api/api/v1/auth/login" -H "$json" -H 'x-tenant: acme' -d '{"email":"grace@acme.example","password":"not her password"}'
until [ "$(psql -Atc "SELECT EXISTS (SELECT FROM notification_logs WHERE is_ready OR status = 'sending') OR NOT EXISTS (SELECT FROM audit_heads)")" = f ]; do sleep 0.2; done
kill "$service"
wait "$service" || true
service=""

# What no request leaves behind by the way, or not for long; and sessions that do not run out, so that the file does not grow old.
psql -q -v ON_ERROR_STOP=1 <<'SQL'
UPDATE sessions SET expires_at = '2999-01-01';
UPDATE refresh_tokens SET expires_at = '2999-01-01';
CREATE TEMP TABLE acme AS SELECT id FROM tenants WHERE slug = 'acme';
INSERT INTO devices (tenant_id, id, user_id, token, created_at, updated_at) SELECT tenant_id, gen_random_uuid(), id, 'token of ' || id, now(), now() FROM users WHERE tenant_id = (TABLE acme);
INSERT INTO message_counts (tenant_id, day, type, country, spread, messages, segments) SELECT id, '2026-01-01', 'sms', 'CH', 0, 1, 2 FROM acme;
INSERT INTO notification_suppressions (tenant_id, id, type, recipient, reason, created_at) SELECT id, gen_random_uuid(), 'email', 'gone@example.com', 'bounce', now() FROM acme;
INSERT INTO notification_settings (tenant_id, locale, redact_bodies, sms_countries, sms_per_number_per_day, sms_per_country_per_day, sms_per_day) SELECT id, 'de-CH', false, '{CH,DE}', 5, 100, 200 FROM acme;
INSERT INTO notification_templates (tenant_id, id, name, type, locale, subject, body, translations, variables, is_active, revision, created_at, updated_at)
  SELECT id, gen_random_uuid(), 'greeting', 'email', 'en', 'Hello', 'Hello', '{}', '[]', true, 1, now(), now() FROM acme;
INSERT INTO notification_template_versions (tenant_id, id, template_id, revision, locale, subject, body, translations, variables, created_at)
  SELECT tenant_id, gen_random_uuid(), id, 1, 'en', 'Hello', 'Hello', '{}', '[]', now() FROM notification_templates;
INSERT INTO file_uploads (tenant_id, id, user_id, object_key, parts, file_name, mime_type, file_size, sha256, metadata, tags, created_at, expires_at)
  SELECT id, gen_random_uuid(), gen_random_uuid(), id || '/' || gen_random_uuid(), 0, 'a', 'text/plain', 1, 'x', '{}', '{}', now(), '2999-01-01' FROM acme;
INSERT INTO resumable_uploads (tenant_id, id, user_id, file_name, file_size, metadata, tags, received, is_file, created_at, expires_at) SELECT id, gen_random_uuid(), gen_random_uuid(), 'a', 2, '{}', '{}', 1, false, now(), '2999-01-01' FROM acme;
INSERT INTO resumable_parts (tenant_id, id, upload_id, start, size, object_key) SELECT tenant_id, gen_random_uuid(), id, 0, 1, tenant_id || '/' || gen_random_uuid() FROM resumable_uploads;
INSERT INTO file_settings (tenant_id, refused_types, updated_at) SELECT id, '{video/*}', now() FROM acme;
INSERT INTO request_days (tenant_id, day, requests, refusals) SELECT id, '2026-01-01', 1, 0 FROM acme;
INSERT INTO mail_requests (tenant_id, id, purpose, email_normalized, created_at) SELECT id, gen_random_uuid(), 'password_reset', 'nobody@example.com', now() FROM acme;
INSERT INTO mailed_tokens (tenant_id, id, user_id, purpose, token_hash, created_at, expires_at)
  SELECT tenant_id, gen_random_uuid(), id, 'email_verification', sha256(id::text::bytea), now(), '2999-01-01' FROM users WHERE email = 'grace@acme.example';
INSERT INTO object_removals (id, object_key, attempts, due_at) VALUES (gen_random_uuid(), 'gone/already', 0, now());
INSERT INTO object_scans (id, object_key, attempts, due_at) VALUES (gen_random_uuid(), 'gone/already', 0, now());
INSERT INTO seen_feedback (id, seen_at) VALUES (gen_random_uuid(), now());
INSERT INTO instances (id, seen_at) VALUES (gen_random_uuid(), '2026-01-01');
INSERT INTO erased_tenants (id, erased_at) VALUES (gen_random_uuid(), '2026-01-01');
INSERT INTO file_reconciliations (night, started_at, ended_at, report) VALUES ('2026-01-01', '2026-01-01', '2026-01-01', '{}') ON CONFLICT DO NOTHING;
SQL
for table in $(psql -Atc "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace"); do
  [ "$(psql -Atc "SELECT EXISTS (SELECT FROM $table)")" = t ] || fail "$table is empty: fill it in scripts/fixture.sh, so that its rows are upgraded too."
done

mkdir -p tests/fixtures
# Without psql's own commands, so that a driver can run it; by the clock of no file, so that the same database makes the same file.
pg_dump --inserts --rows-per-insert=50 | sed '/^\\/d' | gzip -9n >tests/fixtures/previous-release.sql.gz
printf '{\n  "password": "%s",\n  "ada_refresh_token": "%s",\n  "grace_refresh_token": "%s",\n  "message": "%s",\n  "file": "%s"\n}\n' "$password" "$(first refresh_token <<<"$ada")" "$(first refresh_token <<<"$session")" "$message" "$file" >tests/fixtures/previous-release.json
say "tests/fixtures/previous-release.sql.gz: $(wc -c <tests/fixtures/previous-release.sql.gz) bytes of $(head -c 7 tests/previous-release)"
