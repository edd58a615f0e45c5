using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Tenantry.Foundation.Database.Migrations
{
    /// <summary>
    /// The functions that look across tenants, and the one that decides a refresh. A door belongs to tenantry_doors, a role that
    /// cannot sign in and may read just the columns listed here.
    /// </summary>
    public partial class Doors : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            // What the role behind the doors may read. Row-level security is forced, so it needs policies of its own.
            migrationBuilder.Sql("""
                GRANT SELECT (id, name, slug, custom_domain, custom_domain_verified_at, subscription_tier, is_active, registration,
                              verification_required, metadata, created_at, updated_at) ON tenants TO tenantry_doors;
                CREATE POLICY doors_read ON tenants FOR SELECT TO tenantry_doors USING (true);

                GRANT SELECT (id, tenant_id, recipient, type, subject, body, transport, created_at) ON notification_logs TO tenantry_doors;
                CREATE POLICY doors_read_mailbox ON notification_logs FOR SELECT TO tenantry_doors USING (transport = 'mailbox');
                """);

            // Before anybody is signed in: one of slug, verified domain or id, each by its unique index.
            migrationBuilder.Sql("""
                CREATE FUNCTION door_resolve_tenant(by_slug text, by_domain text, by_id uuid)
                RETURNS TABLE (id uuid, slug text, name text, is_active boolean, subscription_tier text, registration text, verification_required boolean)
                LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
                AS $$
                    SELECT t.id, t.slug, t.name, t.is_active, t.subscription_tier, t.registration, t.verification_required FROM public.tenants t WHERE t.id = by_id
                    UNION ALL
                    SELECT t.id, t.slug, t.name, t.is_active, t.subscription_tier, t.registration, t.verification_required FROM public.tenants t WHERE t.slug = by_slug
                    UNION ALL
                    SELECT t.id, t.slug, t.name, t.is_active, t.subscription_tier, t.registration, t.verification_required FROM public.tenants t
                    WHERE t.custom_domain = by_domain AND t.custom_domain_verified_at IS NOT NULL
                    LIMIT 1
                $$;
                """);

            // For whoever acts in the tenant 'platform'; for everybody else it is empty. Keyset: newest first, before a given id.
            migrationBuilder.Sql("""
                CREATE FUNCTION door_list_tenants(before uuid, take integer, name_part text, slug_start text, in_tier text, active boolean)
                RETURNS TABLE (id uuid, name text, slug text, custom_domain text, custom_domain_verified_at timestamptz, subscription_tier text,
                               is_active boolean, registration text, verification_required boolean, metadata jsonb, created_at timestamptz, updated_at timestamptz)
                LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
                AS $$
                    SELECT t.id, t.name, t.slug, t.custom_domain, t.custom_domain_verified_at, t.subscription_tier,
                           t.is_active, t.registration, t.verification_required, t.metadata, t.created_at, t.updated_at
                    FROM public.tenants t
                    WHERE EXISTS (SELECT FROM public.tenants p
                                  WHERE p.slug = 'platform' AND p.id = NULLIF(current_setting('app.current_tenant_id', true), '')::uuid)
                      AND t.id < coalesce(before, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
                      AND (name_part IS NULL OR position(lower(name_part) IN lower(t.name)) > 0)
                      AND (slug_start IS NULL OR starts_with(t.slug, slug_start))
                      AND (in_tier IS NULL OR t.subscription_tier = in_tier)
                      AND (active IS NULL OR t.is_active = active)
                    ORDER BY t.id DESC
                    LIMIT take
                $$;
                """);

            // The development mailbox. The policy above shows it nothing that another transport carried.
            migrationBuilder.Sql("""
                CREATE FUNCTION door_read_mailbox(to_recipient text, take integer)
                RETURNS TABLE (recipient text, type text, subject text, body text, created_at timestamptz)
                LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
                AS $$
                    SELECT n.recipient, n.type, n.subject, n.body, n.created_at
                    FROM public.notification_logs n
                    WHERE n.transport = 'mailbox' AND (to_recipient IS NULL OR lower(n.recipient) = lower(to_recipient))
                    ORDER BY n.created_at DESC, n.id DESC
                    LIMIT take
                $$;
                """);

            // Owner last: from here on the functions see what their owner sees, and only the service may call them.
            migrationBuilder.Sql("""
                GRANT CREATE ON SCHEMA public TO tenantry_doors;
                ALTER FUNCTION door_resolve_tenant(text, text, uuid) OWNER TO tenantry_doors;
                ALTER FUNCTION door_list_tenants(uuid, integer, text, text, text, boolean) OWNER TO tenantry_doors;
                ALTER FUNCTION door_read_mailbox(text, integer) OWNER TO tenantry_doors;
                REVOKE CREATE ON SCHEMA public FROM tenantry_doors;
                SET ROLE tenantry_doors;
                REVOKE ALL ON FUNCTION door_resolve_tenant(text, text, uuid), door_list_tenants(uuid, integer, text, text, text, boolean),
                                       door_read_mailbox(text, integer) FROM PUBLIC;
                GRANT EXECUTE ON FUNCTION door_resolve_tenant(text, text, uuid), door_list_tenants(uuid, integer, text, text, text, boolean),
                                          door_read_mailbox(text, integer) TO tenantry_serving;
                RESET ROLE;
                """);

            // No door: it runs with the caller's rights, under row-level security. The lock on the session makes one family's rotations
            // and its end take turns, so that of many who present one token at once exactly one rotates it and the others see that it did.
            migrationBuilder.Sql("""
                CREATE FUNCTION rotate_refresh_token(presented bytea, successor bytea, successor_id uuid, at timestamptz, leeway interval, lifetime interval)
                RETURNS TABLE (outcome text, session_id uuid, user_id uuid, expires_at timestamptz)
                LANGUAGE plpgsql VOLATILE SECURITY INVOKER SET search_path = public, pg_temp
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
                    ELSE
                        UPDATE sessions s SET revoked_at = at WHERE s.tenant_id = family.tenant_id AND s.id = family.id;
                        RETURN QUERY SELECT 'reused', family.id, token.user_id, NULL::timestamptz;
                    END IF;
                END
                $$;
                REVOKE ALL ON FUNCTION rotate_refresh_token(bytea, bytea, uuid, timestamptz, interval, interval) FROM PUBLIC;
                GRANT EXECUTE ON FUNCTION rotate_refresh_token(bytea, bytea, uuid, timestamptz, interval, interval) TO tenantry_serving;
                """);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder) =>
            migrationBuilder.Sql("""
                DROP FUNCTION rotate_refresh_token(bytea, bytea, uuid, timestamptz, interval, interval);
                SET ROLE tenantry_doors;
                DROP FUNCTION door_read_mailbox(text, integer), door_list_tenants(uuid, integer, text, text, text, boolean), door_resolve_tenant(text, text, uuid);
                RESET ROLE;
                DROP POLICY doors_read_mailbox ON notification_logs;
                DROP POLICY doors_read ON tenants;
                REVOKE ALL ON notification_logs, tenants FROM tenantry_doors;
                """);
    }
}
