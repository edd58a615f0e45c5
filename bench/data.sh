# shellcheck shell=bash
# Tenants and users, made by SQL in seconds.

# The n-th tenant and the n-th user of all have ids that follow from n, so that each floor finds the same rows without asking.
tenant_id() { printf '01900000-0000-7000-8000-%012x' "$1"; }
user_id() { printf '01910000-0000-7000-8000-%012x' "$1"; }

# fill NAME TENANTS USERS: a database with so many tenants of so many users each
fill() {
  make_database "$1"
  # A first start makes the system roles, and a sign-up a hash: one for all, as its salt is inside it and making so many would take hours.
  serve filling $((API_PORT + 3))
  curl -fsS -o /dev/null "http://localhost:$((API_PORT + 3))/api/v1/auth/register" -H "$json" -d "{\"email\":\"bench@example.com\",\"password\":\"$password\",\"first_name\":\"Bench\"}"
  stop filling
  if [ "$2" -gt 0 ]; then add_tenants 1 "$2" "$3"; fi
}

# add_tenants FIRST LAST USERS: into the database in use
add_tenants() {
  # Without triggers and foreign keys: nobody listens yet, and the rows fit.
  ask "SET session_replication_role = replica;
    CREATE TEMP TABLE fresh AS SELECT n, ('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid AS id, 'tenant-' || n AS slug FROM generate_series($1, $2) n;
    INSERT INTO tenants (id, name, slug, subscription_tier, is_active, registration, verification_required, mail_on_new_device, allowed_origins, metadata, created_at, updated_at)
    SELECT id, 'Tenant ' || n, slug, 'premium', true, 'open', false, false, '{}', '{}', now(), now() FROM fresh;
    INSERT INTO roles (tenant_id, id, name, description, parent_id, is_system_role, created_at, updated_at)
    SELECT t.id, md5(t.slug || r.name)::uuid, r.name, r.description, md5(t.slug || p.name)::uuid, true, now(), now()
    FROM fresh t, roles r LEFT JOIN roles p ON p.tenant_id = r.tenant_id AND p.id = r.parent_id WHERE r.tenant_id = (SELECT id FROM tenants WHERE slug = 'default');
    INSERT INTO role_permissions (tenant_id, role_id, permission_id)
    SELECT t.id, md5(t.slug || r.name)::uuid, g.permission_id
    FROM fresh t, roles r JOIN role_permissions g ON g.tenant_id = r.tenant_id AND g.role_id = r.id WHERE r.tenant_id = (SELECT id FROM tenants WHERE slug = 'default');
    INSERT INTO users (tenant_id, id, email, email_normalized, password_hash, first_name, last_name, email_verified, is_active, last_login_at, created_at, updated_at)
    SELECT t.id, ('01910000-0000-7000-8000-' || lpad(to_hex((t.n - 1) * $3 + u), 12, '0'))::uuid, 'user-' || u || '@' || t.slug || '.example', 'user-' || u || '@' || t.slug || '.example',
           (SELECT password_hash FROM users WHERE email = 'bench@example.com'), 'User', 'Number ' || u, true, true, now(), now(), now()
    FROM fresh t, generate_series(1, $3) u ORDER BY t.n, u;
    INSERT INTO user_roles (tenant_id, user_id, role_id, assigned_at)
    SELECT t.id, ('01910000-0000-7000-8000-' || lpad(to_hex((t.n - 1) * $3 + u), 12, '0'))::uuid, md5(t.slug || CASE u WHEN 1 THEN 'Admin' ELSE 'User' END)::uuid, now()
    FROM fresh t, generate_series(1, $3) u ORDER BY t.n, u;
    INSERT INTO request_days (tenant_id, day, requests, refusals) SELECT id, current_date - day, 100, 0 FROM fresh, generate_series(1, 30) day;" >/dev/null
  ask "VACUUM (ANALYZE)" >/dev/null
}

# add_history: each user with a session that is over, its token and a message: what a service that has run for a while drags along
add_history() {
  ask "SET session_replication_role = replica;
    INSERT INTO sessions (tenant_id, id, user_id, created_at, last_used_at, expires_at, revoked_at) SELECT tenant_id, id, id, now(), now(), now(), now() FROM users;
    INSERT INTO refresh_tokens (tenant_id, id, user_id, family, token_hash, created_at, expires_at) SELECT tenant_id, id, id, id, sha256(id::text::bytea), now(), now() FROM users;
    INSERT INTO notification_logs (tenant_id, id, user_id, type, recipient, body, transport, status, sent_at, created_at) SELECT tenant_id, id, id, 'email', email, '', 'history', 'sent', now(), now() FROM users;" >/dev/null
  ask "VACUUM (ANALYZE)" >/dev/null
}

# sign_all_in PORT FILE: a hundred tenants' administrators, and a Lua table of their tokens
sign_all_in() {
  local folder=$cluster/tokens
  mkdir -p "$folder"
  seq 100 | xargs -P 4 -I '{}' curl -fsS -o "$folder/{}" "http://localhost:$1/api/v1/auth/login" -H "$json" -H 'x-tenant: tenant-{}' \
    -d "{\"email\":\"user-1@tenant-{}.example\",\"password\":\"$password\"}" || fail "Not all could sign in."
  { echo "tokens = {"; local n; for n in $(seq 100); do echo "\"$(of access_token <"$folder/$n")\","; done; echo "}"; } >"$2"
}
