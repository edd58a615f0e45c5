using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Tenantry.Foundation.Database.Migrations
{
    /// <summary>What the list of users is searched in.</summary>
    public partial class UserSearch : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "search",
                table: "users",
                type: "text",
                nullable: false,
                computedColumnSql: "lower(email || ' ' || coalesce(first_name, '') || ' ' || coalesce(last_name, ''))",
                stored: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "search",
                table: "users");
        }
    }
}
