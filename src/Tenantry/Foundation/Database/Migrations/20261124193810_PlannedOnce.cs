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
            // A function in SQL is planned anew at each call, which took four times as long as what it does. The names of columns are those of what it returns too.
            migrationBuilder.Sql("""
                CREATE OR REPLACE FUNCTION access_of_user(of_user uuid) RETURNS TABLE (role text, permissions text[])
                LANGUAGE plpgsql STABLE SECURITY INVOKER ROWS 1 SET search_path = public, pg_temp
                AS $$
                #variable_conflict use_column
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

            // The end of a family is a change with an audit row and a mail: whoever asks in passing (may_end is false) is told of the second use, and nothing is changed by that. The function
            // without may_end stays for instances of the version before, until none is left.
            migrationBuilder.Sql("""
                CREATE FUNCTION rotate_refresh_token(presented bytea, successor bytea, successor_id uuid, at timestamptz, leeway interval, lifetime interval, may_end boolean)
                RETURNS TABLE (outcome text, session_id uuid, user_id uuid, expires_at timestamptz)
                LANGUAGE plpgsql VOLATILE SECURITY INVOKER ROWS 1 SET search_path = public, pg_temp
                AS $$
                DECLARE
                    token refresh_tokens;
                    family sessions;
                    ends timestamptz;
                BEGIN
                    SELECT * INTO token FROM refresh_tokens t WHERE t.token_hash = presented;
                    IF NOT FOUND THEN
                        RETURN QUERY SELECT 'unknown', NULL::uuid, NULL::uuid, NULL::timestamptz;
                        RETURN;
                    END IF;

                    SELECT * INTO family FROM sessions s WHERE s.tenant_id = token.tenant_id AND s.id = token.family FOR UPDATE;
                    -- Read again: while we waited, another may have rotated it.
                    SELECT * INTO token FROM refresh_tokens t WHERE t.tenant_id = token.tenant_id AND t.id = token.id;

                    IF family.revoked_at IS NOT NULL OR token.revoked_at IS NOT NULL
                       OR NOT EXISTS (SELECT FROM users u WHERE u.tenant_id = token.tenant_id AND u.id = token.user_id AND u.is_active) THEN
                        RETURN QUERY SELECT 'revoked', family.id, token.user_id, NULL::timestamptz;
                    ELSIF token.expires_at <= at OR family.expires_at <= at THEN
                        RETURN QUERY SELECT 'expired', family.id, token.user_id, NULL::timestamptz;
                    ELSIF token.replaced_at IS NULL THEN
                        ends := least(at + lifetime, family.expires_at);
                        UPDATE refresh_tokens t SET replaced_at = at WHERE t.tenant_id = token.tenant_id AND t.id = token.id;
                        INSERT INTO refresh_tokens (tenant_id, id, user_id, family, token_hash, created_at, expires_at)
                        VALUES (token.tenant_id, successor_id, token.user_id, token.family, successor, at, ends);
                        UPDATE sessions s SET last_used_at = at WHERE s.tenant_id = family.tenant_id AND s.id = family.id;
                        RETURN QUERY SELECT 'rotated', family.id, token.user_id, ends;
                    ELSIF token.replaced_at + leeway > at THEN
                        RETURN QUERY SELECT 'repeated', family.id, token.user_id, t.expires_at
                                     FROM refresh_tokens t WHERE t.tenant_id = token.tenant_id AND t.token_hash = successor;
                    ELSIF NOT may_end THEN
                        RETURN QUERY SELECT 'reused', family.id, token.user_id, NULL::timestamptz;
                    ELSE
                        UPDATE sessions s SET revoked_at = at WHERE s.tenant_id = family.tenant_id AND s.id = family.id;
                        RETURN QUERY SELECT 'reused', family.id, token.user_id, NULL::timestamptz;
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
