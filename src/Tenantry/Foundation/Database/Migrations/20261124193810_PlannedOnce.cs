using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Tenantry.Foundation.Database.Migrations
{
    /// <summary>What sign-ins and refreshes ask is planned once for a connection, and a refresh is one statement.</summary>
    public partial class PlannedOnce : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            // A function in SQL is planned anew at each call, which took four times as long as what it does.
            migrationBuilder.Sql("""
                CREATE OR REPLACE FUNCTION access_of_user(of_user uuid) RETURNS TABLE (role text, permissions text[])
                LANGUAGE plpgsql STABLE SECURITY INVOKER ROWS 1 SET search_path = public, pg_temp
                AS $$
                BEGIN
                    RETURN QUERY
                    WITH RECURSIVE chain AS (
                        SELECT r.name AS assigned, r.id, r.parent_id, 1 AS depth
                        FROM user_roles a JOIN roles r ON r.tenant_id = a.tenant_id AND r.id = a.role_id
                        WHERE a.user_id = of_user
                        UNION ALL
                        SELECT c.assigned, p.id, p.parent_id, c.depth + 1
                        FROM chain c JOIN roles p ON p.id = c.parent_id
                        WHERE c.depth < 32
                    )
                    SELECT coalesce((SELECT assigned FROM chain GROUP BY assigned ORDER BY max(depth) DESC, assigned LIMIT 1), ''),
                           ARRAY(SELECT DISTINCT p.name
                                 FROM chain c JOIN role_permissions g ON g.role_id = c.id JOIN permissions p ON p.id = g.permission_id
                                 ORDER BY p.name);
                END
                $$;
                """);

            // It also tells what an answer shows of the user, as it is once the lock is there. The end of a family is a change with an audit row and a mail: whoever asks in passing (may_end is
            // false) is told of the second use, and nothing is changed by that. The function without may_end stays for instances of the version before, and goes with the next.
            migrationBuilder.Sql("""
                CREATE FUNCTION rotate_refresh_token(presented bytea, successor bytea, successor_id uuid, at timestamptz, leeway interval, lifetime interval, may_end boolean)
                RETURNS TABLE (outcome text, session_id uuid, user_id uuid, expires_at timestamptz, email text, first_name text, last_name text, email_verified boolean, role text, permissions text[])
                LANGUAGE plpgsql VOLATILE SECURITY INVOKER ROWS 1 SET search_path = public, pg_temp
                AS $$
                DECLARE
                    token refresh_tokens;
                    family sessions;
                    ends timestamptz;
                    bad text;
                BEGIN
                    SELECT * INTO token FROM refresh_tokens t WHERE t.token_hash = presented;
                    IF NOT FOUND THEN
                        bad := 'unknown';
                    ELSE

                        SELECT * INTO family FROM sessions s WHERE s.tenant_id = token.tenant_id AND s.id = token.family FOR UPDATE;
                        -- Read again: while we waited, another may have rotated it.
                        SELECT * INTO token FROM refresh_tokens t WHERE t.tenant_id = token.tenant_id AND t.id = token.id;

                        IF family.revoked_at IS NOT NULL OR token.revoked_at IS NOT NULL
                           OR NOT EXISTS (SELECT FROM users u WHERE u.tenant_id = token.tenant_id AND u.id = token.user_id AND u.is_active) THEN
                            bad := 'revoked';
                        ELSIF token.expires_at <= at OR family.expires_at <= at THEN
                            bad := 'expired';
                        ELSIF token.replaced_at IS NULL THEN
                            ends := least(at + lifetime, family.expires_at);
                            UPDATE refresh_tokens t SET replaced_at = at WHERE t.tenant_id = token.tenant_id AND t.id = token.id;
                            INSERT INTO refresh_tokens (tenant_id, id, user_id, family, token_hash, created_at, expires_at)
                            VALUES (token.tenant_id, successor_id, token.user_id, token.family, successor, at, ends);
                            UPDATE sessions s SET last_used_at = at WHERE s.tenant_id = family.tenant_id AND s.id = family.id;
                        ELSIF token.replaced_at + leeway > at THEN
                            SELECT t.expires_at INTO ends FROM refresh_tokens t WHERE t.tenant_id = token.tenant_id AND t.token_hash = successor;
                            IF NOT FOUND THEN
                                bad := 'revoked'; -- made under another JWT_SECRET: nobody can say it again
                            END IF;
                        ELSE
                            IF may_end THEN
                                UPDATE sessions s SET revoked_at = at WHERE s.tenant_id = family.tenant_id AND s.id = family.id;
                            END IF;
                            bad := 'reused';
                        END IF;
                    END IF;

                    IF bad IS NOT NULL THEN
                        RETURN QUERY SELECT bad, family.id, token.user_id, NULL::timestamptz, NULL, NULL, NULL, NULL::boolean, NULL, NULL::text[];
                    ELSE
                        RETURN QUERY SELECT 'good', family.id, u.id, ends, u.email, u.first_name, u.last_name, u.email_verified, a.role, a.permissions
                                     FROM users u CROSS JOIN LATERAL access_of_user(u.id) a WHERE u.tenant_id = token.tenant_id AND u.id = token.user_id;
                    END IF;
                END
                $$;
                REVOKE ALL ON FUNCTION rotate_refresh_token(bytea, bytea, uuid, timestamptz, interval, interval, boolean) FROM PUBLIC;
                GRANT EXECUTE ON FUNCTION rotate_refresh_token(bytea, bytea, uuid, timestamptz, interval, interval, boolean) TO tenantry_serving;
                """);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("""
                DROP FUNCTION rotate_refresh_token(bytea, bytea, uuid, timestamptz, interval, interval, boolean);

                CREATE OR REPLACE FUNCTION access_of_user(of_user uuid) RETURNS TABLE (role text, permissions text[])
                LANGUAGE sql STABLE SECURITY INVOKER ROWS 1000 SET search_path = public, pg_temp
                AS $$
                    WITH RECURSIVE chain AS (
                        SELECT r.name AS assigned, r.id, r.parent_id, 1 AS depth
                        FROM user_roles a JOIN roles r ON r.tenant_id = a.tenant_id AND r.id = a.role_id
                        WHERE a.user_id = of_user
                        UNION ALL
                        SELECT c.assigned, p.id, p.parent_id, c.depth + 1
                        FROM chain c JOIN roles p ON p.id = c.parent_id
                        WHERE c.depth < 32
                    )
                    SELECT coalesce((SELECT assigned FROM chain GROUP BY assigned ORDER BY max(depth) DESC, assigned LIMIT 1), ''),
                           ARRAY(SELECT DISTINCT p.name
                                 FROM chain c JOIN role_permissions g ON g.role_id = c.id JOIN permissions p ON p.id = g.permission_id
                                 ORDER BY p.name)
                $$;
                """);
        }
    }
}
