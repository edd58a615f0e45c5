using Microsoft.EntityFrameworkCore;
using Npgsql;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Foundation.Data.Database;

public sealed class TenantTransactionTests(SharedService shared) : IClassFixture<SharedService>
{
    [Fact]
    public async Task A_nested_transaction_reports_the_first_fault_and_not_the_failed_rollback()
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var db = (await shared.Service.Contexts.CreateDbContextAsync(cancel)).WithoutTenant();
        await using var around = await db.Database.BeginTransactionAsync(cancel);
        var process = await db.Database.SqlQuery<int>($"""SELECT pg_backend_pid() AS "Value" """).SingleAsync(cancel);

        var told = await Should.ThrowAsync<Exception>(async () =>
        {
            await using var part = await db.Begin(cancel);
            await shared.Service.Sql($"SELECT pg_terminate_backend({process})");
            await db.Database.ExecuteSqlAsync($"SELECT 1", cancel);
        });

        (told as NpgsqlException ?? told.InnerException as NpgsqlException).ShouldNotBeNull(told.ToString());
        (await Should.ThrowAsync<Exception>(() => around.CommitAsync(cancel))).ShouldNotBeNull();
    }
}
