using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Tenantry.Foundation.Database.Migrations
{
    /// <summary>Mails that people ask for, and the door through which workers take them.</summary>
    public partial class MailRequests : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "mail_requests",
                columns: table => new
                {
                    tenant_id = table.Column<Guid>(type: "uuid", nullable: false),
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    purpose = table.Column<string>(type: "text", nullable: false),
                    email_normalized = table.Column<string>(type: "text", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_mail_requests", x => new { x.tenant_id, x.id });
                    table.ForeignKey(
                        name: "fk_mail_requests_tenants_tenant_id",
                        column: x => x.tenant_id,
                        principalTable: "tenants",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateIndex(
                name: "ix_mail_requests_oldest",
                table: "mail_requests",
                column: "created_at");

            // The worker does not know whose request comes next. The function takes one, and the worker goes on as that tenant, in the same
            // transaction: what is not finished is not taken.
            migrationBuilder.Sql("""
                GRANT SELECT, UPDATE, DELETE ON mail_requests TO tenantry_doors;
                CREATE POLICY doors_take ON mail_requests TO tenantry_doors USING (true);

                CREATE FUNCTION door_take_mail_request()
                RETURNS TABLE (tenant_id uuid, purpose text, email_normalized text)
                LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
                AS $$
                    DELETE FROM public.mail_requests m
                    WHERE (m.tenant_id, m.id) = (SELECT q.tenant_id, q.id FROM public.mail_requests q ORDER BY q.created_at LIMIT 1 FOR UPDATE SKIP LOCKED)
                    RETURNING m.tenant_id, m.purpose, m.email_normalized
                $$;
                GRANT CREATE ON SCHEMA public TO tenantry_doors;
                ALTER FUNCTION door_take_mail_request() OWNER TO tenantry_doors;
                REVOKE CREATE ON SCHEMA public FROM tenantry_doors;
                SET ROLE tenantry_doors;
                REVOKE ALL ON FUNCTION door_take_mail_request() FROM PUBLIC;
                GRANT EXECUTE ON FUNCTION door_take_mail_request() TO tenantry_serving;
                RESET ROLE;

                CREATE TRIGGER tell_change AFTER INSERT ON mail_requests FOR EACH ROW EXECUTE FUNCTION tell_change();
                """);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("SET ROLE tenantry_doors; DROP FUNCTION door_take_mail_request(); RESET ROLE;");
            migrationBuilder.DropTable(
                name: "mail_requests");
        }
    }
}
