using Microsoft.EntityFrameworkCore;
using Tenantry.Features.Tenants.Archives;
using Tenantry.Foundation.Data.Database;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Features.Tenants.Archives;

/// <summary>
/// Every table and column of a tenant says what an import takes of it, so that a new one does not come in unseen.
/// </summary>
public sealed class ArchiveTablesTests(Cluster cluster)
{
    [Fact]
    public async Task Every_table_of_a_tenant_says_what_an_import_takes_of_it_and_every_column_that_is_taken()
    {
        await using var service = await cluster.Start();
        await using var db = await service.Contexts.CreateDbContextAsync(TestContext.Current.CancellationToken);
        var entities = db
            .Model.GetEntityTypes()
            .Where(entity =>
                typeof(ITenantOwned).IsAssignableFrom(entity.ClrType)
                || typeof(ITenantItself).IsAssignableFrom(entity.ClrType)
            )
            .ToDictionary(entity => entity.GetTableName()!);

        ArchiveTables
            .All.Select(table => table.Name)
            .Order()
            .ShouldBe(entities.Keys.Order(), "declare the table in ArchiveTables");
        foreach (var table in ArchiveTables.All.Where(table => table.Policy != ImportPolicy.Never))
        {
            var stored = entities[table.Name]
                .GetProperties()
                .Where(property => property.GetComputedColumnSql() is null && !property.IsConcurrencyToken)
                .Select(property => property.GetColumnName());
            table
                .Columns.Select(column => column.Name)
                .Order()
                .ShouldBe(stored.Order(), $"declare the columns of {table.Name} in ArchiveTables");
        }
    }

    [Fact]
    public async Task No_column_that_names_an_object_or_says_that_something_was_proven_comes_in_as_it_is()
    {
        await using var service = await cluster.Start();
        await using var db = await service.Contexts.CreateDbContextAsync(TestContext.Current.CancellationToken);
        string[] words =
        [
            "_key",
            "verified",
            "tier",
            "rate_limit",
            "_arn",
            "deleted_at",
            "is_system",
            "store_upload",
            "worker_id",
            "password_hash",
            "scan",
        ];

        var asTheyAre = ArchiveTables
            .All.Where(table => table.Policy == ImportPolicy.Always)
            .SelectMany(table =>
                table
                    .Columns.Where(column => column is { Computed: null, Reset: null, Fault: null })
                    .Select(column => $"{table.Name}.{column.Name}")
            );

        asTheyAre
            .Where(column => words.Any(word => column.Split('.')[1].Contains(word, StringComparison.Ordinal)))
            .ShouldBeEmpty();
        ArchiveTables
            .All.Where(table => table.Policy != ImportPolicy.Always)
            .ShouldAllBe(table => table.Reason.Length > 0 && !table.IsRestorable);
    }
}
