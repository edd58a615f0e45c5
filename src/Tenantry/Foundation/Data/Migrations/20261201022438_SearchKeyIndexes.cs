using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Tenantry.Foundation.Data.Migrations
{
    /// <inheritdoc />
    public partial class SearchKeyIndexes : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateIndex(
                name: "ix_users_without_search_key",
                table: "users",
                columns: new[] { "tenant_id", "id" },
                filter: "search_key IS NULL")
                .Annotation("Npgsql:CreatedConcurrently", true);

            migrationBuilder.CreateIndex(
                name: "ix_files_without_search_key",
                table: "files",
                columns: new[] { "tenant_id", "id" },
                filter: "search_key IS NULL")
                .Annotation("Npgsql:CreatedConcurrently", true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_users_without_search_key",
                table: "users");

            migrationBuilder.DropIndex(
                name: "ix_files_without_search_key",
                table: "files");
        }
    }
}
