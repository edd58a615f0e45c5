using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Tenantry.Foundation.Database.Migrations
{
    /// <summary>The links that were mailed to a user are found by an index that lets two of a purpose be live.</summary>
    [DbContext(typeof(TenantDb))]
    [Migration("20261130010901_MailedTokensOfUser")]
    public partial class MailedTokensOfUser : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder) =>
            migrationBuilder.CreateIndex(name: "ix_mailed_tokens_user", table: "mailed_tokens", columns: ["tenant_id", "user_id", "purpose"])
                .Annotation("Npgsql:CreatedConcurrently", true);

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.DropIndex(name: "ix_mailed_tokens_user", table: "mailed_tokens");
    }
}
