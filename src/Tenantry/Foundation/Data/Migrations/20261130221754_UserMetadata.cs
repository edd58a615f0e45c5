using System.Text.Json;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Tenantry.Foundation.Data.Migrations
{
    /// <summary>Users have metadata: free data for the application.</summary>
    public partial class UserMetadata : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder) =>
            migrationBuilder.AddColumn<JsonElement>(
                name: "metadata",
                table: "users",
                type: "jsonb",
                nullable: false,
                defaultValueSql: "'{}'"
            );

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder) =>
            migrationBuilder.DropColumn(name: "metadata", table: "users");
    }
}
