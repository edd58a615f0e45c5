using Microsoft.EntityFrameworkCore.Migrations;

namespace Tenantry.Tests.Harness;

/// <summary>A migration as a test writes it.</summary>
public sealed class WrittenMigration(Action<MigrationBuilder> up) : Migration
{
    public WrittenMigration(string sql, bool isOutside = false)
        : this(builder => builder.Sql(sql, isOutside)) { }

    protected override void Up(MigrationBuilder migrationBuilder) => up(migrationBuilder);
}
