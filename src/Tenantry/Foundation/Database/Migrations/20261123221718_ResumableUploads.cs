using System;
using System.Text.Json;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Tenantry.Foundation.Database.Migrations
{
    /// <summary>Uploads that come piece by piece, with pauses.</summary>
    public partial class ResumableUploads : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "resumable_uploads",
                columns: table => new
                {
                    tenant_id = table.Column<Guid>(type: "uuid", nullable: false),
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    user_id = table.Column<Guid>(type: "uuid", nullable: false),
                    file_name = table.Column<string>(type: "text", nullable: false),
                    mime_type = table.Column<string>(type: "text", nullable: true),
                    file_size = table.Column<long>(type: "bigint", nullable: false),
                    metadata = table.Column<JsonElement>(type: "jsonb", nullable: false),
                    tags = table.Column<string[]>(type: "text[]", nullable: false),
                    described = table.Column<string>(type: "text", nullable: true),
                    received = table.Column<long>(type: "bigint", nullable: false),
                    is_file = table.Column<bool>(type: "boolean", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    expires_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_resumable_uploads", x => new { x.tenant_id, x.id });
                    table.ForeignKey(
                        name: "fk_resumable_uploads_tenants_tenant_id",
                        column: x => x.tenant_id,
                        principalTable: "tenants",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "resumable_parts",
                columns: table => new
                {
                    tenant_id = table.Column<Guid>(type: "uuid", nullable: false),
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    upload_id = table.Column<Guid>(type: "uuid", nullable: false),
                    start = table.Column<long>(type: "bigint", nullable: false),
                    size = table.Column<long>(type: "bigint", nullable: false),
                    object_key = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_resumable_parts", x => new { x.tenant_id, x.id });
                    table.ForeignKey(
                        name: "fk_resumable_parts_resumable_upload_tenant_id_upload_id",
                        columns: x => new { x.tenant_id, x.upload_id },
                        principalTable: "resumable_uploads",
                        principalColumns: new[] { "tenant_id", "id" },
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "fk_resumable_parts_tenants_tenant_id",
                        column: x => x.tenant_id,
                        principalTable: "tenants",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateIndex(
                name: "ix_resumable_parts_key",
                table: "resumable_parts",
                columns: new[] { "tenant_id", "object_key" });

            migrationBuilder.CreateIndex(
                name: "ux_resumable_parts_start",
                table: "resumable_parts",
                columns: new[] { "tenant_id", "upload_id", "start" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_resumable_uploads_expiry",
                table: "resumable_uploads",
                column: "expires_at");

            migrationBuilder.CreateIndex(
                name: "ix_resumable_uploads_user",
                table: "resumable_uploads",
                columns: new[] { "tenant_id", "user_id" });

            migrationBuilder.Sql("""
                CREATE FUNCTION remove_part() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
                AS $$
                BEGIN
                    INSERT INTO public.object_removals (id, object_key, attempts, due_at) VALUES (gen_random_uuid(), OLD.object_key, 0, now());
                    PERFORM pg_notify('tenantry_changes', 'object_removals due');
                    RETURN NULL;
                END
                $$;
                REVOKE ALL ON FUNCTION remove_part() FROM PUBLIC;
                CREATE TRIGGER remove_part AFTER DELETE ON resumable_parts FOR EACH ROW EXECUTE FUNCTION remove_part();

                GRANT SELECT (expires_at) ON resumable_uploads TO tenantry_doors;
                CREATE POLICY doors_sweep ON resumable_uploads TO tenantry_doors USING (expires_at < now());
                GRANT CREATE ON SCHEMA public TO tenantry_doors;
                SET ROLE tenantry_doors;
                CREATE OR REPLACE FUNCTION door_sweep_uploads(most integer) RETURNS integer
                LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
                AS $$
                DECLARE
                    gone integer;
                    more integer;
                BEGIN
                    DELETE FROM public.file_uploads WHERE ctid = ANY (ARRAY(SELECT ctid FROM public.file_uploads WHERE expires_at < now() LIMIT most));
                    GET DIAGNOSTICS gone = ROW_COUNT;
                    DELETE FROM public.resumable_uploads WHERE ctid = ANY (ARRAY(SELECT ctid FROM public.resumable_uploads WHERE expires_at < now() LIMIT most));
                    GET DIAGNOSTICS more = ROW_COUNT;
                    RETURN gone + more;
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
