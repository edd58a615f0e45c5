using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Tenantry.Foundation.Data.Migrations
{
    /// <summary>No two users of the installation have the same id, also where an import keeps ids.</summary>
    public partial class UserIdsAreUnique : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder) =>
            migrationBuilder
                .CreateIndex(name: "ux_users_id", table: "users", column: "id", unique: true)
                .Annotation("Npgsql:CreatedConcurrently", true);

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder) =>
            migrationBuilder.DropIndex(name: "ux_users_id", table: "users");
    }
}
