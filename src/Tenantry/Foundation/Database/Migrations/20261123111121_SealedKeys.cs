using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Tenantry.Foundation.Database.Migrations
{
    /// <summary>
    /// A signing key's row is sealed whole from here on, its public half and times too. Those from before go, since they cannot be told from planted ones: the
    /// next start makes a new one, access tokens end, and clients go on with their refresh tokens.
    /// </summary>
    public partial class SealedKeys : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("DELETE FROM signing_keys;");

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("DELETE FROM signing_keys;");
    }
}
