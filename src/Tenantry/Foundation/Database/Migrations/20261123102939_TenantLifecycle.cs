using System;
using System.Text.Json;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Tenantry.Foundation.Database.Migrations
{
    /// <summary>Settings of a tenant's own, and the way a tenant goes: deleted, then erased through doors that reach the rows of deleted tenants alone.</summary>
    public partial class TenantLifecycle : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropForeignKey(
                name: "fk_roles_roles_tenant_id_parent_id",
                table: "roles");

            migrationBuilder.AddColumn<string[]>(
                name: "allowed_origins",
                table: "tenants",
                type: "text[]",
                nullable: false,
                defaultValue: new string[0]);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "deleted_at",
                table: "tenants",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "sender_address",
                table: "tenants",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "sender_name",
                table: "tenants",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "session_days",
                table: "tenants",
                type: "integer",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "session_idle_days",
                table: "tenants",
                type: "integer",
                nullable: true);

            migrationBuilder.AddColumn<JsonElement>(
                name: "details",
                table: "audit_events",
                type: "jsonb",
                nullable: true);

            migrationBuilder.AddForeignKey(
                name: "fk_roles_roles_tenant_id_parent_id",
                table: "roles",
                columns: new[] { "tenant_id", "parent_id" },
                principalTable: "roles",
                principalColumns: new[] { "tenant_id", "id" });

            migrationBuilder.Sql("""
                DO $do$
                DECLARE
                    of_tenants text;
                BEGIN
                    -- The tables that are there already; those to come get the same when they are made.
                    FOR of_tenants IN SELECT c.relname FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
                                      WHERE p.polname = 'tenant_isolation' AND c.relnamespace = 'public'::regnamespace AND c.relname <> 'tenants' LOOP
                        EXECUTE format('GRANT SELECT (ctid, tenant_id), DELETE ON %I TO tenantry_doors', of_tenants);
                        EXECUTE format('CREATE POLICY doors_purge ON %I TO tenantry_doors USING (tenant_id IN (SELECT id FROM tenants WHERE deleted_at IS NOT NULL))', of_tenants);
                    END LOOP;
                END
                $do$;
                GRANT SELECT (deleted_at, session_idle_days, session_days, allowed_origins, sender_name, sender_address), DELETE ON tenants TO tenantry_doors;
                CREATE POLICY doors_purge ON tenants FOR DELETE TO tenantry_doors USING (deleted_at IS NOT NULL);

                CREATE FUNCTION door_next_purge(before timestamptz) RETURNS TABLE (id uuid, slug text)
                LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
                AS $$
                    SELECT t.id, t.slug FROM public.tenants t WHERE t.deleted_at <= before AND NOT t.is_active ORDER BY t.deleted_at LIMIT 1
                $$;

                CREATE FUNCTION door_purge_rows(of_tenant uuid, from_table text, most integer, before timestamptz) RETURNS integer
                LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
                AS $$
                DECLARE
                    gone integer;
                BEGIN
                    IF NOT EXISTS (SELECT FROM public.tenants t WHERE t.id = of_tenant AND t.deleted_at <= before AND NOT t.is_active) THEN
                        RETURN 0; -- brought back meanwhile
                    END IF;
                    IF NOT EXISTS (SELECT FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
                                   WHERE p.polname = 'doors_purge' AND c.relname = from_table AND c.relnamespace = 'public'::regnamespace) THEN
                        RAISE EXCEPTION 'no table of tenants: %', from_table;
                    END IF;
                    EXECUTE format('DELETE FROM public.%I WHERE ctid = ANY (ARRAY(SELECT ctid FROM public.%I WHERE tenant_id = $1 LIMIT $2))', from_table, from_table)
                        USING of_tenant, most;
                    GET DIAGNOSTICS gone = ROW_COUNT;
                    RETURN gone;
                END
                $$;

                CREATE FUNCTION door_purge_tenant(of_tenant uuid, before timestamptz) RETURNS boolean
                LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
                AS $$
                BEGIN
                    DELETE FROM public.tenants t WHERE t.id = of_tenant AND t.deleted_at <= before AND NOT t.is_active;
                    RETURN FOUND;
                END
                $$;

                CREATE FUNCTION door_is_allowed_origin(origin text) RETURNS boolean
                LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
                AS $$
                    SELECT EXISTS (SELECT FROM public.tenants t WHERE t.is_active AND origin = ANY (t.allowed_origins))
                $$;

                SET ROLE tenantry_doors;
                DROP FUNCTION door_resolve_tenant(text, text, uuid);
                DROP FUNCTION door_list_tenants(uuid, integer, text, text, text, boolean);
                RESET ROLE;
                CREATE FUNCTION door_resolve_tenant(by_slug text, by_domain text, by_id uuid)
                RETURNS TABLE (id uuid, slug text, name text, is_active boolean, subscription_tier text, registration text, verification_required boolean,
                               mail_on_new_device boolean, session_idle_days integer, session_days integer, allowed_origins text[])
                LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
                AS $$
                    SELECT t.id, t.slug, t.name, t.is_active, t.subscription_tier, t.registration, t.verification_required,
                           t.mail_on_new_device, t.session_idle_days, t.session_days, t.allowed_origins
                    FROM public.tenants t
                    WHERE t.id = (SELECT x.id FROM public.tenants x WHERE x.id = by_id
                                  UNION ALL SELECT x.id FROM public.tenants x WHERE x.slug = by_slug
                                  UNION ALL SELECT x.id FROM public.tenants x WHERE x.custom_domain = by_domain AND x.custom_domain_verified_at IS NOT NULL
                                  LIMIT 1)
                $$;
                CREATE FUNCTION door_list_tenants(before uuid, take integer, name_part text, slug_start text, in_tier text, active boolean)
                RETURNS TABLE (id uuid, name text, slug text, custom_domain text, custom_domain_verified_at timestamptz, subscription_tier text,
                               is_active boolean, registration text, verification_required boolean, mail_on_new_device boolean, session_idle_days integer, session_days integer,
                               allowed_origins text[], sender_name text, sender_address text, metadata jsonb, created_at timestamptz, updated_at timestamptz, deleted_at timestamptz)
                LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
                AS $$
                    SELECT t.id, t.name, t.slug, t.custom_domain, t.custom_domain_verified_at, t.subscription_tier,
                           t.is_active, t.registration, t.verification_required, t.mail_on_new_device, t.session_idle_days, t.session_days,
                           t.allowed_origins, t.sender_name, t.sender_address, t.metadata, t.created_at, t.updated_at, t.deleted_at
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

                GRANT CREATE ON SCHEMA public TO tenantry_doors;
                ALTER FUNCTION door_next_purge(timestamptz) OWNER TO tenantry_doors;
                ALTER FUNCTION door_purge_rows(uuid, text, integer, timestamptz) OWNER TO tenantry_doors;
                ALTER FUNCTION door_purge_tenant(uuid, timestamptz) OWNER TO tenantry_doors;
                ALTER FUNCTION door_is_allowed_origin(text) OWNER TO tenantry_doors;
                ALTER FUNCTION door_resolve_tenant(text, text, uuid) OWNER TO tenantry_doors;
                ALTER FUNCTION door_list_tenants(uuid, integer, text, text, text, boolean) OWNER TO tenantry_doors;
                REVOKE CREATE ON SCHEMA public FROM tenantry_doors;
                SET ROLE tenantry_doors;
                REVOKE ALL ON FUNCTION door_next_purge(timestamptz), door_purge_rows(uuid, text, integer, timestamptz), door_purge_tenant(uuid, timestamptz), door_is_allowed_origin(text),
                                       door_resolve_tenant(text, text, uuid), door_list_tenants(uuid, integer, text, text, text, boolean) FROM PUBLIC;
                GRANT EXECUTE ON FUNCTION door_next_purge(timestamptz), door_purge_rows(uuid, text, integer, timestamptz), door_purge_tenant(uuid, timestamptz), door_is_allowed_origin(text),
                                          door_resolve_tenant(text, text, uuid), door_list_tenants(uuid, integer, text, text, text, boolean) TO tenantry_serving;
                RESET ROLE;
                """);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder) =>
            // The columns that the doors before it read are gone with it: a database is not taken back past here.
            throw new NotSupportedException("This migration is not taken back: restore a backup of before it.");
    }
}
