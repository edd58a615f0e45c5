using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Tenantry.Foundation.Database.Migrations
{
    /// <summary>Files that a scanner has to pass before anybody gets them.</summary>
    public partial class FileScans : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "threat",
                table: "files",
                type: "text",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "object_scans",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    object_key = table.Column<string>(type: "text", nullable: false),
                    attempts = table.Column<int>(type: "integer", nullable: false),
                    due_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_object_scans", x => x.id);
                });

            migrationBuilder.CreateIndex(
                name: "ix_object_scans_due",
                table: "object_scans",
                column: "due_at");

            migrationBuilder.Sql("""
                CREATE FUNCTION scan_object() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
                AS $$
                BEGIN
                    INSERT INTO public.object_scans (id, object_key, attempts, due_at) VALUES (gen_random_uuid(), NEW.file_key, 0, now());
                    PERFORM pg_notify('tenantry_changes', 'object_scans due');
                    RETURN NULL;
                END
                $$;
                REVOKE ALL ON FUNCTION scan_object() FROM PUBLIC;
                CREATE TRIGGER scan_object AFTER INSERT OR UPDATE OF scan ON files FOR EACH ROW WHEN (NEW.scan = 'pending') EXECUTE FUNCTION scan_object();
                """);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder) =>
            throw new NotSupportedException("This migration is not taken back: restore a backup of before it.");
    }
}
