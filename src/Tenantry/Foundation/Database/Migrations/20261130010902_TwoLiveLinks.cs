using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Tenantry.Foundation.Database.Migrations
{
    /// <summary>The newest two links of a purpose are live: a second request must not void the link that a user is about to follow.</summary>
    [DbContext(typeof(TenantDb))]
    [Migration("20261130010902_TwoLiveLinks")]
    [Accepted("index ux_mailed_tokens_one_live is gone", "The version before deletes a user's links of a purpose before it adds one, and names the index nowhere.")]
    public partial class TwoLiveLinks : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder) =>
            migrationBuilder.Sql("DROP INDEX CONCURRENTLY IF EXISTS ux_mailed_tokens_one_live;", suppressTransaction: true);

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder) =>
            migrationBuilder.Sql("""
                DELETE FROM mailed_tokens t WHERE EXISTS (
                    SELECT FROM mailed_tokens n WHERE n.tenant_id = t.tenant_id AND n.user_id = t.user_id AND n.purpose = t.purpose AND n.id > t.id);
                CREATE UNIQUE INDEX ux_mailed_tokens_one_live ON mailed_tokens (tenant_id, user_id, purpose);
                """);
    }
}
