using System;
using System.Text.Json;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Tenantry.Foundation.Database.Migrations
{
    /// <summary>Answers to requests with an Idempotency-Key, swept once they have expired.</summary>
    public partial class IdempotencyKeys : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "idempotency_keys",
                columns: table => new
                {
                    tenant_id = table.Column<Guid>(type: "uuid", nullable: false),
                    user_id = table.Column<Guid>(type: "uuid", nullable: false),
                    route = table.Column<string>(type: "text", nullable: false),
                    key = table.Column<string>(type: "text", nullable: false),
                    body_hash = table.Column<byte[]>(type: "bytea", nullable: false),
                    status = table.Column<int>(type: "integer", nullable: false),
                    headers = table.Column<JsonElement>(type: "jsonb", nullable: false),
                    body = table.Column<byte[]>(type: "bytea", nullable: false),
                    expires_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_idempotency_keys", x => new { x.tenant_id, x.user_id, x.route, x.key });
                    table.ForeignKey(
                        name: "fk_idempotency_keys_tenants_tenant_id",
                        column: x => x.tenant_id,
                        principalTable: "tenants",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateIndex(
                name: "ix_idempotency_keys_expires_at",
                table: "idempotency_keys",
                column: "expires_at");

            migrationBuilder.Sql("""
                GRANT SELECT (ctid, expires_at), DELETE ON idempotency_keys TO tenantry_doors;
                CREATE POLICY doors_sweep ON idempotency_keys TO tenantry_doors USING (true);
                GRANT CREATE ON SCHEMA public TO tenantry_doors;
                SET ROLE tenantry_doors;
                CREATE OR REPLACE FUNCTION door_sweep(at timestamptz, most integer) RETURNS integer
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
                    DELETE FROM public.request_days WHERE ctid = ANY (ARRAY(SELECT ctid FROM public.request_days WHERE day < (at - interval '400 days')::date LIMIT most));
                    GET DIAGNOSTICS bite = ROW_COUNT; gone := gone + bite;
                    DELETE FROM public.idempotency_keys WHERE ctid = ANY (ARRAY(SELECT ctid FROM public.idempotency_keys WHERE expires_at < at LIMIT most));
                    GET DIAGNOSTICS bite = ROW_COUNT; gone := gone + bite;
                    RETURN gone;
                END
                $$;
                RESET ROLE;
                REVOKE CREATE ON SCHEMA public FROM tenantry_doors;
                """);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder) =>
            throw new NotSupportedException("This migration is not taken back: restore a backup of before it.");
    }
}
