using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Tenantry.Foundation.Database.Migrations
{
    /// <summary>What is to be done to objects is found tenant by tenant: a key begins with the tenant's id.</summary>
    public partial class ObjectTurns : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            foreach (var table in (string[])["object_removals", "object_scans"])
            {
                migrationBuilder.Sql($"DROP INDEX CONCURRENTLY IF EXISTS ix_{table}_turn", suppressTransaction: true);
                migrationBuilder.Sql($"CREATE INDEX CONCURRENTLY ix_{table}_turn ON {table} (left(object_key, 36), due_at)", suppressTransaction: true);
            }
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder) =>
            throw new NotSupportedException("This migration is not taken back: restore a backup of before it.");
    }
}
