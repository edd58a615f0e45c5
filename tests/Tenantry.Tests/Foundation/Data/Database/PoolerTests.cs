using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Foundation.Data.Database;

/// <summary>
/// With a PgBouncer in transaction mode between the service and PostgreSQL. All tests can go that way: TEST_POOLER=yes
/// ./test.
/// </summary>
public sealed class PoolerTests(Cluster cluster)
{
    [Fact]
    public async Task Behind_a_pooler_changes_are_heard_by_the_direct_way_and_tenants_stay_apart()
    {
        await using var pooler = await Pooler.Begin(cluster);
        var database = await cluster.NewDatabase();
        // Start waits until the news are heard.
        await using var service = await cluster.Start(
            database,
            variables =>
                (variables["DATABASE_DIRECT_URL"], variables["DATABASE_URL"]) = (
                    variables.GetValueOrDefault("DATABASE_DIRECT_URL", variables["DATABASE_URL"]),
                    Cluster.ServingUrl(pooler.Server, database)
                )
        );
        (string Slug, Guid Id, Visitor Admin)[] tenants = [await service.NewTenant(), await service.NewTenant()];

        // More at once than the pooler has connections: each has served both by then.
        await Parallel.ForEachAsync(
            Enumerable.Range(0, 200),
            new ParallelOptions { MaxDegreeOfParallelism = 40 },
            async (i, _) =>
            {
                var (slug, _, admin) = tenants[i % 2];
                (await admin.Get("users"))
                    .Items()
                    .Select(user => user!.Text("email"))
                    .ShouldBe([$"admin@{slug}.example"]);
            }
        );
        (await tenants[0].Admin.Get("auth/me")).Status.ShouldBe(200);
        await service.Sql($"UPDATE sessions SET revoked_at = now() WHERE tenant_id = '{tenants[0].Id}'");
        await Eventually.Is(async () => (await tenants[0].Admin.Get("auth/me")).Status == 401);
        (await tenants[1].Admin.Get("auth/me")).Status.ShouldBe(200);
    }
}
