using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Tenantry.Foundation.Data.Migrations
{
    /// <inheritdoc />
    public partial class MailedTokenAddresses : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "email",
                table: "mailed_tokens",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "first_name",
                table: "mailed_tokens",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "last_name",
                table: "mailed_tokens",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "password_hash",
                table: "mailed_tokens",
                type: "text",
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "email",
                table: "mailed_tokens");

            migrationBuilder.DropColumn(
                name: "first_name",
                table: "mailed_tokens");

            migrationBuilder.DropColumn(
                name: "last_name",
                table: "mailed_tokens");

            migrationBuilder.DropColumn(
                name: "password_hash",
                table: "mailed_tokens");
        }
    }
}
