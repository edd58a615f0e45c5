# shellcheck shell=bash
# Sign-ins and sessions that go on, from 16 clients.
expect login 1/s '>=0.90' '>=5' "POST /auth/login; floor: NSec's Argon2id alone on all cores; peer: Identity's own /login, PBKDF2 at its default cost"
expect refresh 1/s '>=0.50' - "POST /auth/refresh; floor: pgbench, the same statements, prepared and pipelined"

case_login() {
  case $1 in
    ours) load "$2" 16 bench/wrk/login.lua "$api/auth/login" ;;
    floor) dotnet "$floors" hash "$2" ;;
    peer) PEER=yes load "$2" 16 bench/wrk/login.lua "$beside/login" ;;
  esac
}

case_refresh() {
  case $1 in
    ours) fresh_sessions; TOKENS=$cluster/sessions.lua load "$2" 16 bench/wrk/refresh.lua "$api/auth/refresh" ;;
    floor) fresh_families; statements "$2" 16 "$cluster/refresh.sql" -D turn="$turn" -D n=0 ;;
  esac
}

# A token is tnr_ and, in base64url, its tenant as .NET writes a Guid and 32 bytes that nobody can guess; the database keeps its SHA-256.
fresh_sessions() {
  { echo "tokens = {"
    ask "CREATE TEMP TABLE fresh AS
      SELECT tenant_id, user_id, gen_random_uuid() AS id, 'tnr_' || translate(encode(decode(
        substr(h, 7, 2) || substr(h, 5, 2) || substr(h, 3, 2) || substr(h, 1, 2) || substr(h, 11, 2) || substr(h, 9, 2) || substr(h, 15, 2) || substr(h, 13, 2) || substr(h, 17) ||
        encode(sha256(gen_random_uuid()::text::bytea), 'hex'), 'hex'), 'base64'), '+/', '-_') AS token
      FROM (SELECT tenant_id, id AS user_id, replace(tenant_id::text, '-', '') AS h FROM users WHERE email LIKE 'user-2@tenant-%' LIMIT 100) chosen;
      INSERT INTO sessions (tenant_id, id, user_id, created_at, last_used_at, expires_at) SELECT tenant_id, id, user_id, now(), now(), now() + interval '1 day' FROM fresh;
      INSERT INTO refresh_tokens (tenant_id, id, user_id, family, token_hash, created_at, expires_at) SELECT tenant_id, gen_random_uuid(), user_id, id, sha256(token::bytea), now(), now() + interval '1 day' FROM fresh;
      SELECT '\"' || token || '\",' FROM fresh"
    echo "}"; } >"$cluster/sessions.lua"
}

# pgbench has no tokens, only their hashes: the n-th of a client follows from n.
fresh_families() {
  # Each round has a shell of its own: a number that is counted up would be the same in all.
  turn=$(($(date +%s%N) % 2000000000))
  ask "CREATE TEMP TABLE fresh AS SELECT c, ('01900000-0000-7000-8000-' || lpad(to_hex(c + 1), 12, '0'))::uuid AS tenant_id, ('01910000-0000-7000-8000-' || lpad(to_hex(c * $USERS + 2), 12, '0'))::uuid AS user_id, gen_random_uuid() AS id FROM generate_series(0, 15) c;
    INSERT INTO sessions (tenant_id, id, user_id, created_at, last_used_at, expires_at) SELECT tenant_id, id, user_id, now(), now(), now() + interval '1 day' FROM fresh;
    INSERT INTO refresh_tokens (tenant_id, id, user_id, family, token_hash, created_at, expires_at) SELECT tenant_id, gen_random_uuid(), user_id, id, sha256(('$turn ' || c || ' 0')::bytea), now(), now() + interval '1 day' FROM fresh" >/dev/null
}
turn=0

cat >"$cluster/refresh.sql" <<SQL
\\set next :n + 1
\\startpipeline
BEGIN;
SELECT set_config('app.current_tenant_id', '01900000-0000-7000-8000-' || lpad(to_hex(:client_id::int + 1), 12, '0'), true);
SELECT outcome, session_id, user_id, expires_at, email, first_name, last_name, email_verified, role, permissions
FROM rotate_refresh_token(sha256((:turn::int || ' ' || :client_id::int || ' ' || :n::int)::bytea), sha256((:turn::int || ' ' || :client_id::int || ' ' || :next::int)::bytea), gen_random_uuid(), now(), '10 seconds', '30 days', false);
COMMIT;
\\endpipeline
\\set n :next
SQL
