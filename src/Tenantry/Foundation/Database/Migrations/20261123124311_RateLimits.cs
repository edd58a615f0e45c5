using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Tenantry.Foundation.Database.Migrations
{
    /// <summary>A tenant's own rate limit, and which instances live: each has its share of a limit where they cannot count together.</summary>
    public partial class RateLimits : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<int>(
                name: "rate_limit_per_minute",
                table: "tenants",
                type: "integer",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "instances",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    seen_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_instances", x => x.id);
                });

            migrationBuilder.Sql("""
                GRANT SELECT (rate_limit_per_minute) ON tenants TO tenantry_doors;
                SET ROLE tenantry_doors;
                DROP FUNCTION door_resolve_tenant(text, text, uuid);
                DROP FUNCTION door_list_tenants(uuid, integer, text, text, text, boolean);
                RESET ROLE;
                CREATE FUNCTION door_resolve_tenant(by_slug text, by_domain text, by_id uuid)
                RETURNS TABLE (id uuid, slug text, name text, is_active boolean, subscription_tier text, registration text, verification_required boolean,
                               mail_on_new_device boolean, session_idle_days integer, session_days integer, allowed_origins text[], rate_limit_per_minute integer)
                LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
                AS $$
                    SELECT t.id, t.slug, t.name, t.is_active, t.subscription_tier, t.registration, t.verification_required,
                           t.mail_on_new_device, t.session_idle_days, t.session_days, t.allowed_origins, t.rate_limit_per_minute
                    FROM public.tenants t
                    WHERE t.id = (SELECT x.id FROM public.tenants x WHERE x.id = by_id
                                  UNION ALL SELECT x.id FROM public.tenants x WHERE x.slug = by_slug
                                  UNION ALL SELECT x.id FROM public.tenants x WHERE x.custom_domain = by_domain AND x.custom_domain_verified_at IS NOT NULL
                                  LIMIT 1)
                $$;
                CREATE FUNCTION door_list_tenants(before uuid, take integer, name_part text, slug_start text, in_tier text, active boolean)
                RETURNS TABLE (id uuid, name text, slug text, custom_domain text, custom_domain_verified_at timestamptz, subscription_tier text, rate_limit_per_minute integer,
                               is_active boolean, registration text, verification_required boolean, mail_on_new_device boolean, session_idle_days integer, session_days integer,
                               allowed_origins text[], sender_name text, sender_address text, metadata jsonb, created_at timestamptz, updated_at timestamptz, deleted_at timestamptz)
                LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
                AS $$
                    SELECT t.id, t.name, t.slug, t.custom_domain, t.custom_domain_verified_at, t.subscription_tier, t.rate_limit_per_minute,
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
                ALTER FUNCTION door_resolve_tenant(text, text, uuid) OWNER TO tenantry_doors;
                ALTER FUNCTION door_list_tenants(uuid, integer, text, text, text, boolean) OWNER TO tenantry_doors;
                REVOKE CREATE ON SCHEMA public FROM tenantry_doors;
                SET ROLE tenantry_doors;
                REVOKE ALL ON FUNCTION door_resolve_tenant(text, text, uuid), door_list_tenants(uuid, integer, text, text, text, boolean) FROM PUBLIC;
                GRANT EXECUTE ON FUNCTION door_resolve_tenant(text, text, uuid), door_list_tenants(uuid, integer, text, text, text, boolean) TO tenantry_serving;
                RESET ROLE;
                """);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder) =>
            throw new NotSupportedException("This migration is not taken back: restore a backup of before it.");
    }
}
