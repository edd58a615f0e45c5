using System;
using System.Text.Json;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Tenantry.Foundation.Database.Migrations
{
    /// <summary>Files that go to the store without us: announced, and swept where nobody completes them.</summary>
    public partial class FileUploads : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "file_uploads",
                columns: table => new
                {
                    tenant_id = table.Column<Guid>(type: "uuid", nullable: false),
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    user_id = table.Column<Guid>(type: "uuid", nullable: false),
                    object_key = table.Column<string>(type: "text", nullable: false),
                    store_upload = table.Column<string>(type: "text", nullable: true),
                    parts = table.Column<int>(type: "integer", nullable: false),
                    file_name = table.Column<string>(type: "text", nullable: false),
                    mime_type = table.Column<string>(type: "text", nullable: false),
                    file_size = table.Column<long>(type: "bigint", nullable: false),
                    sha256 = table.Column<byte[]>(type: "bytea", nullable: false),
                    metadata = table.Column<JsonElement>(type: "jsonb", nullable: false),
                    tags = table.Column<string[]>(type: "text[]", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    expires_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_file_uploads", x => new { x.tenant_id, x.id });
                    table.ForeignKey(
                        name: "fk_file_uploads_tenants_tenant_id",
                        column: x => x.tenant_id,
                        principalTable: "tenants",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateIndex(
                name: "ix_file_uploads_expiry",
                table: "file_uploads",
                column: "expires_at");

            migrationBuilder.CreateIndex(
                name: "ix_file_uploads_user",
                table: "file_uploads",
                columns: new[] { "tenant_id", "user_id" });

            // What was announced goes with everything that has arrived of it: completed, cancelled or swept.
            migrationBuilder.Sql("""
                CREATE FUNCTION remove_upload() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
                AS $$
                BEGIN
                    INSERT INTO public.object_removals (id, object_key, store_upload, attempts, due_at) VALUES (gen_random_uuid(), OLD.object_key, OLD.store_upload, 0, now());
                    -- Until then somebody may still send to the address that they were given.
                    IF OLD.expires_at > now() THEN
                        INSERT INTO public.object_removals (id, object_key, attempts, due_at) VALUES (gen_random_uuid(), OLD.object_key, 0, OLD.expires_at + interval '1 minute');
                    END IF;
                    PERFORM pg_notify('tenantry_changes', 'object_removals due');
                    RETURN NULL;
                END
                $$;
                REVOKE ALL ON FUNCTION remove_upload() FROM PUBLIC;
                CREATE TRIGGER remove_upload AFTER DELETE ON file_uploads FOR EACH ROW EXECUTE FUNCTION remove_upload();

                GRANT SELECT (expires_at) ON file_uploads TO tenantry_doors;
                CREATE POLICY doors_sweep ON file_uploads TO tenantry_doors USING (expires_at < now());
                CREATE FUNCTION door_sweep_uploads(most integer) RETURNS integer
                LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
                AS $$
                DECLARE
                    gone integer;
                BEGIN
                    DELETE FROM public.file_uploads WHERE ctid = ANY (ARRAY(SELECT ctid FROM public.file_uploads WHERE expires_at < now() LIMIT most));
                    GET DIAGNOSTICS gone = ROW_COUNT;
                    RETURN gone;
                END
                $$;
                GRANT CREATE ON SCHEMA public TO tenantry_doors;
                ALTER FUNCTION door_sweep_uploads(integer) OWNER TO tenantry_doors;
                REVOKE CREATE ON SCHEMA public FROM tenantry_doors;
                SET ROLE tenantry_doors;
                REVOKE ALL ON FUNCTION door_sweep_uploads(integer) FROM PUBLIC;
                GRANT EXECUTE ON FUNCTION door_sweep_uploads(integer) TO tenantry_serving;
                RESET ROLE;
                """);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder) =>
            throw new NotSupportedException("This migration is not taken back: restore a backup of before it.");
    }
}
