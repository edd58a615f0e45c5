using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Tenantry.Foundation.Database.Migrations
{
    /// <summary>Guesses are counted and made to wait; what has had its time goes.</summary>
    public partial class Guessing : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<bool>(
                name: "mail_on_new_device",
                table: "tenants",
                type: "boolean",
                nullable: false,
                defaultValue: false);

            migrationBuilder.CreateTable(
                name: "sign_in_attempts",
                columns: table => new
                {
                    tenant_id = table.Column<Guid>(type: "uuid", nullable: false),
                    kind = table.Column<string>(type: "text", nullable: false),
                    subject = table.Column<byte[]>(type: "bytea", nullable: false),
                    failures = table.Column<int>(type: "integer", nullable: false),
                    under_way = table.Column<int>(type: "integer", nullable: false),
                    last_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    held_until = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_sign_in_attempts", x => new { x.tenant_id, x.kind, x.subject });
                    table.ForeignKey(
                        name: "fk_sign_in_attempts_tenants_tenant_id",
                        column: x => x.tenant_id,
                        principalTable: "tenants",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateIndex(
                name: "ix_sign_in_attempts_last_at",
                table: "sign_in_attempts",
                column: "last_at");

            // No doors: they run with the caller's rights, under row-level security. Both lock in the order in which the attempts are given,
            // so that two which share some never wait for each other.
            migrationBuilder.Sql("""
                CREATE FUNCTION begin_attempt(kinds text[], subjects bytea[], free integer[], at_once integer[], remembered interval[], at timestamptz) RETURNS timestamptz
                LANGUAGE plpgsql VOLATILE SECURITY INVOKER SET search_path = public, pg_temp
                AS $$
                DECLARE
                    tenant uuid := NULLIF(current_setting('app.current_tenant_id', true), '')::uuid;
                    was sign_in_attempts;
                    held timestamptz := at;
                BEGIN
                    FOR i IN 1 .. cardinality(kinds) LOOP
                        INSERT INTO sign_in_attempts (tenant_id, kind, subject, failures, under_way, last_at, held_until)
                        VALUES (tenant, kinds[i], subjects[i], 0, 0, at, at) ON CONFLICT DO NOTHING;
                        SELECT * INTO was FROM sign_in_attempts c WHERE c.kind = kinds[i] AND c.subject = subjects[i] FOR UPDATE;
                        -- One that was under way for so long died with its instance.
                        IF was.last_at + interval '1 minute' <= at THEN
                            was.under_way := 0;
                        END IF;
                        IF was.last_at + remembered[i] <= at THEN
                            was.failures := 0;
                        END IF;
                        UPDATE sign_in_attempts c SET failures = was.failures, under_way = was.under_way WHERE c.kind = kinds[i] AND c.subject = subjects[i];
                        held := greatest(held, was.held_until);
                        IF was.under_way >= (CASE WHEN was.failures < free[i] THEN at_once[i] ELSE 1 END) THEN
                            held := greatest(held, at + interval '1 second');
                        END IF;
                    END LOOP;
                    IF held > at THEN
                        RETURN held;
                    END IF;
                    FOR i IN 1 .. cardinality(kinds) LOOP
                        UPDATE sign_in_attempts c SET under_way = c.under_way + 1, last_at = at WHERE c.kind = kinds[i] AND c.subject = subjects[i];
                    END LOOP;
                    RETURN NULL;
                END
                $$;

                CREATE FUNCTION end_attempt(kinds text[], subjects bytea[], free integer[], longest interval[], failed boolean, forget boolean[], at timestamptz) RETURNS void
                LANGUAGE plpgsql VOLATILE SECURITY INVOKER SET search_path = public, pg_temp
                AS $$
                BEGIN
                    FOR i IN 1 .. cardinality(kinds) LOOP
                        UPDATE sign_in_attempts c
                        SET under_way = greatest(c.under_way - 1, 0), last_at = at,
                            failures = CASE WHEN failed THEN c.failures + 1 WHEN forget[i] THEN 0 ELSE c.failures END,
                            held_until = CASE WHEN failed AND c.failures + 1 >= free[i]
                                              THEN at + least(longest[i], interval '1 second' * 2 ^ least(c.failures + 1 - free[i], 20)) ELSE c.held_until END
                        WHERE c.kind = kinds[i] AND c.subject = subjects[i];
                    END LOOP;
                END
                $$;
                REVOKE ALL ON FUNCTION begin_attempt(text[], bytea[], integer[], integer[], interval[], timestamptz),
                                       end_attempt(text[], bytea[], integer[], interval[], boolean, boolean[], timestamptz) FROM PUBLIC;
                GRANT EXECUTE ON FUNCTION begin_attempt(text[], bytea[], integer[], integer[], interval[], timestamptz),
                                          end_attempt(text[], bytea[], integer[], interval[], boolean, boolean[], timestamptz) TO tenantry_serving;
                """);

            // A door: what has had its time goes, whoever's it was. It tells a number and nothing else.
            migrationBuilder.Sql("""
                GRANT SELECT (ctid, last_at), DELETE ON sign_in_attempts TO tenantry_doors;
                GRANT SELECT (ctid, expires_at), DELETE ON mailed_tokens TO tenantry_doors;
                GRANT SELECT (ctid, expires_at), DELETE ON refresh_tokens TO tenantry_doors;
                GRANT SELECT (ctid, created_at, expires_at, revoked_at), DELETE ON sessions TO tenantry_doors;
                CREATE POLICY doors_sweep ON sign_in_attempts TO tenantry_doors USING (true);
                CREATE POLICY doors_sweep ON mailed_tokens TO tenantry_doors USING (true);
                CREATE POLICY doors_sweep ON refresh_tokens TO tenantry_doors USING (true);
                CREATE POLICY doors_sweep ON sessions TO tenantry_doors USING (true);

                CREATE FUNCTION door_sweep(at timestamptz, most integer) RETURNS integer
                LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
                AS $$
                DECLARE
                    gone integer := 0;
                    bite integer;
                BEGIN
                    IF NOT pg_try_advisory_xact_lock(hashtext('tenantry.sweep')) THEN
                        RETURN 0; -- another instance is at it
                    END IF;
                    DELETE FROM public.sign_in_attempts WHERE ctid = ANY (ARRAY(SELECT ctid FROM public.sign_in_attempts WHERE last_at < at - interval '1 day' LIMIT most));
                    GET DIAGNOSTICS bite = ROW_COUNT; gone := gone + bite;
                    DELETE FROM public.mailed_tokens WHERE ctid = ANY (ARRAY(SELECT ctid FROM public.mailed_tokens WHERE expires_at < at LIMIT most));
                    GET DIAGNOSTICS bite = ROW_COUNT; gone := gone + bite;
                    -- A sign-in makes its address familiar for 90 days; the tokens of a session go with it.
                    DELETE FROM public.sessions WHERE ctid = ANY (ARRAY(SELECT ctid FROM public.sessions
                        WHERE created_at < at - interval '90 days' AND (expires_at < at OR revoked_at < at - interval '1 day') LIMIT most));
                    GET DIAGNOSTICS bite = ROW_COUNT; gone := gone + bite;
                    DELETE FROM public.refresh_tokens WHERE ctid = ANY (ARRAY(SELECT ctid FROM public.refresh_tokens WHERE expires_at < at LIMIT most));
                    GET DIAGNOSTICS bite = ROW_COUNT; gone := gone + bite;
                    RETURN gone;
                END
                $$;

                GRANT SELECT (mail_on_new_device) ON tenants TO tenantry_doors;
                SET ROLE tenantry_doors;
                DROP FUNCTION door_resolve_tenant(text, text, uuid);
                RESET ROLE;
                CREATE FUNCTION door_resolve_tenant(by_slug text, by_domain text, by_id uuid)
                RETURNS TABLE (id uuid, slug text, name text, is_active boolean, subscription_tier text, registration text, verification_required boolean, mail_on_new_device boolean)
                LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
                AS $$
                    SELECT t.id, t.slug, t.name, t.is_active, t.subscription_tier, t.registration, t.verification_required, t.mail_on_new_device
                    FROM public.tenants t
                    WHERE t.id = (SELECT x.id FROM public.tenants x WHERE x.id = by_id
                                  UNION ALL SELECT x.id FROM public.tenants x WHERE x.slug = by_slug
                                  UNION ALL SELECT x.id FROM public.tenants x WHERE x.custom_domain = by_domain AND x.custom_domain_verified_at IS NOT NULL
                                  LIMIT 1)
                $$;

                GRANT CREATE ON SCHEMA public TO tenantry_doors;
                ALTER FUNCTION door_sweep(timestamptz, integer) OWNER TO tenantry_doors;
                ALTER FUNCTION door_resolve_tenant(text, text, uuid) OWNER TO tenantry_doors;
                REVOKE CREATE ON SCHEMA public FROM tenantry_doors;
                SET ROLE tenantry_doors;
                REVOKE ALL ON FUNCTION door_sweep(timestamptz, integer), door_resolve_tenant(text, text, uuid) FROM PUBLIC;
                GRANT EXECUTE ON FUNCTION door_sweep(timestamptz, integer), door_resolve_tenant(text, text, uuid) TO tenantry_serving;
                RESET ROLE;
                """);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("""
                SET ROLE tenantry_doors;
                DROP FUNCTION door_sweep(timestamptz, integer);
                DROP FUNCTION door_resolve_tenant(text, text, uuid);
                RESET ROLE;
                CREATE FUNCTION door_resolve_tenant(by_slug text, by_domain text, by_id uuid)
                RETURNS TABLE (id uuid, slug text, name text, is_active boolean, subscription_tier text, registration text, verification_required boolean)
                LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
                AS $$
                    SELECT t.id, t.slug, t.name, t.is_active, t.subscription_tier, t.registration, t.verification_required FROM public.tenants t
                    WHERE t.id = by_id OR t.slug = by_slug OR (t.custom_domain = by_domain AND t.custom_domain_verified_at IS NOT NULL)
                    LIMIT 1
                $$;
                GRANT CREATE ON SCHEMA public TO tenantry_doors;
                ALTER FUNCTION door_resolve_tenant(text, text, uuid) OWNER TO tenantry_doors;
                REVOKE CREATE ON SCHEMA public FROM tenantry_doors;
                SET ROLE tenantry_doors;
                REVOKE ALL ON FUNCTION door_resolve_tenant(text, text, uuid) FROM PUBLIC;
                GRANT EXECUTE ON FUNCTION door_resolve_tenant(text, text, uuid) TO tenantry_serving;
                RESET ROLE;
                DROP POLICY doors_sweep ON sessions;
                DROP POLICY doors_sweep ON refresh_tokens;
                DROP POLICY doors_sweep ON mailed_tokens;
                REVOKE ALL ON sessions, refresh_tokens, mailed_tokens FROM tenantry_doors;
                DROP FUNCTION begin_attempt(text[], bytea[], integer[], integer[], interval[], timestamptz), end_attempt(text[], bytea[], integer[], interval[], boolean, boolean[], timestamptz);
                """);
            migrationBuilder.DropTable(
                name: "sign_in_attempts");
            migrationBuilder.DropColumn(
                name: "mail_on_new_device",
                table: "tenants");
        }
    }
}
