using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Tenantry.Foundation.Database.Migrations
{
    /// <summary>What the nights' reconciling of files said.</summary>
    public partial class Reconciliations : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "file_reconciliations",
                columns: table => new
                {
                    night = table.Column<DateOnly>(type: "date", nullable: false),
                    started_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    ended_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    report = table.Column<string>(type: "text", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_file_reconciliations", x => x.night);
                });

            migrationBuilder.Sql("""
                CREATE FUNCTION door_next_tenants(after uuid, most integer) RETURNS TABLE (id uuid)
                LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
                AS $$
                    SELECT t.id FROM public.tenants t WHERE t.id > after ORDER BY t.id LIMIT most
                $$;
                GRANT CREATE ON SCHEMA public TO tenantry_doors;
                ALTER FUNCTION door_next_tenants(uuid, integer) OWNER TO tenantry_doors;
                REVOKE CREATE ON SCHEMA public FROM tenantry_doors;
                SET ROLE tenantry_doors;
                REVOKE ALL ON FUNCTION door_next_tenants(uuid, integer) FROM PUBLIC;
                GRANT EXECUTE ON FUNCTION door_next_tenants(uuid, integer) TO tenantry_serving;
                RESET ROLE;
                """);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder) =>
            throw new NotSupportedException("This migration is not taken back: restore a backup of before it.");
    }
}
