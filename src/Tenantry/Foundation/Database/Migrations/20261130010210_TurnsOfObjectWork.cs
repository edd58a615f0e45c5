using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Tenantry.Foundation.Database.Migrations
{
    /// <summary>By these claim_object_work goes from one tenant to the next, however much each has. Without them it does the same, more slowly.</summary>
    public partial class TurnsOfObjectWork : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            foreach (var table in new[] { "object_removals", "object_scans" })
            {
                migrationBuilder.Sql($"DROP INDEX CONCURRENTLY IF EXISTS ix_{table}_turn;", suppressTransaction: true);
                migrationBuilder.Sql($"CREATE INDEX CONCURRENTLY ix_{table}_turn ON {table} ((split_part(object_key, '/', 1)) COLLATE \"C\", due_at);", suppressTransaction: true);
            }
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder) =>
            throw new NotSupportedException("This migration is not taken back: restore a backup of before it.");
    }
}
