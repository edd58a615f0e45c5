-- Rotates a refresh token (RFC 9700, section 4.14.2): marks the presented token as used and stores its successor. Reuse
-- after the leeway revokes the session. Returns the outcome, the user, and the access for the new access token.
--
-- Callers: RefreshTokenRotation.cs
-- Rights:  the caller's own; EXECUTE: tenantry_serving
-- Index:   ux_refresh_tokens_hash, pk_refresh_tokens, pk_sessions, pk_users; as access_of_user

CREATE OR REPLACE FUNCTION rotate_refresh_token(
    presented bytea,
    successor bytea,
    successor_id uuid,
    at timestamptz,
    leeway interval,
    lifetime interval,
    may_end boolean)
RETURNS TABLE (
    outcome text,
    session_id uuid,
    user_id uuid,
    expires_at timestamptz,
    email text,
    first_name text,
    last_name text,
    email_verified boolean,
    role text,
    permissions text[])
LANGUAGE plpgsql
ROWS 1
SET search_path TO 'public', 'pg_temp'
AS $$
DECLARE
    token refresh_tokens;
    family sessions;
    ends timestamptz;
    failure text;
BEGIN
    SELECT * INTO token FROM refresh_tokens t WHERE t.token_hash = presented;
    IF NOT FOUND THEN
        failure := 'unknown';
    ELSE

        SELECT * INTO family FROM sessions s WHERE s.tenant_id = token.tenant_id AND s.id = token.family FOR UPDATE;
        -- Read again: another transaction may have rotated it during the wait.
        SELECT * INTO token FROM refresh_tokens t WHERE t.tenant_id = token.tenant_id AND t.id = token.id;

        IF family.revoked_at IS NOT NULL OR token.revoked_at IS NOT NULL
           OR NOT EXISTS (SELECT FROM users u WHERE u.tenant_id = token.tenant_id AND u.id = token.user_id AND u.is_active) THEN
            failure := 'revoked';
        ELSIF token.expires_at <= at OR family.expires_at <= at THEN
            failure := 'expired';
        ELSIF token.replaced_at IS NULL THEN
            ends := least(at + lifetime, family.expires_at);
            UPDATE refresh_tokens t SET replaced_at = at WHERE t.tenant_id = token.tenant_id AND t.id = token.id;
            INSERT INTO refresh_tokens (tenant_id, id, user_id, family, token_hash, created_at, expires_at)
            VALUES (token.tenant_id, successor_id, token.user_id, token.family, successor, at, ends);
            UPDATE sessions s SET last_used_at = at WHERE s.tenant_id = family.tenant_id AND s.id = family.id;
        ELSIF token.replaced_at + leeway > at THEN
            SELECT t.expires_at INTO ends FROM refresh_tokens t WHERE t.tenant_id = token.tenant_id AND t.token_hash = successor;
            IF NOT FOUND THEN
                failure := 'revoked'; -- derived with another JWT_SECRET: it cannot be derived again
            END IF;
        ELSE
            IF may_end THEN
                UPDATE sessions s SET revoked_at = at WHERE s.tenant_id = family.tenant_id AND s.id = family.id;
            END IF;
            failure := 'reused';
        END IF;
    END IF;

    IF failure IS NOT NULL THEN
        RETURN QUERY SELECT failure, family.id, token.user_id, NULL::timestamptz, NULL, NULL, NULL, NULL::boolean, NULL, NULL::text[];
    ELSE
        RETURN QUERY SELECT 'good', family.id, u.id, ends, u.email, u.first_name, u.last_name, u.email_verified, a.role, a.permissions
                     FROM users u CROSS JOIN LATERAL access_of_user(u.id) a WHERE u.tenant_id = token.tenant_id AND u.id = token.user_id;
    END IF;
END
$$;
