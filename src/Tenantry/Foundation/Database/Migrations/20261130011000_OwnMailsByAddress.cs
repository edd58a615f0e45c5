using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Tenantry.Foundation.Database.Migrations
{
    /// <summary>The pause between the service's own mails holds for an address however it is spelt.</summary>
    [DbContext(typeof(TenantDb))]
    [Migration("20261130011000_OwnMailsByAddress")]
    public partial class OwnMailsByAddress : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder) =>
            migrationBuilder.Sql("""
                CREATE INDEX CONCURRENTLY ix_notification_logs_own_mails ON notification_logs (tenant_id, lower(normalize(recipient, NFC)), id) WHERE sent_by IS NULL;
                """, suppressTransaction: true);

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.DropIndex(name: "ix_notification_logs_own_mails", table: "notification_logs");
    }
}
