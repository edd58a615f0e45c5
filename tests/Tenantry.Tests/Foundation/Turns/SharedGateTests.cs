using System.Net.Http.Json;
using Tenantry.Foundation.Turns;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Foundation.Turns;

/// <summary>What tenants share is shared in turns: one that holds all that it may have of it leaves the rest to the others.</summary>
public sealed class SharedGateTests(Cluster cluster)
{
    [Fact]
    public async Task A_tenant_whose_keyed_requests_all_hang_does_not_hold_up_those_of_another()
    {
        await using var service = await cluster.Start();
        var (_, hanging, a) = await service.NewTenant();
        var (_, _, b) = await service.NewTenant();
        // Whoever brings a file waits for the count of files of the tenant.
        (await Upload(a, "first")).Status.ShouldBe(201);
        Task<Answer>[] held = [];
        Answer[] others = [];
        await service.WhileHeld($"SELECT FROM storage_counts WHERE tenant_id = '{hanging}' FOR UPDATE", async () =>
        {
            held = [.. Enumerable.Range(0, 12).Select(i => Upload(a, $"held-{i}"))];
            for (var gate = service.Services.GetRequiredService<SharedGates>().KeyedRequests; gate.Held + gate.Waiting < held.Length;)
                await Task.Delay(5, TestContext.Current.CancellationToken);
            others = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => b.Send(HttpMethod.Post, "roles", JsonContent.Create(new { name = $"Role {i}", permissions = new[] { "users:read" } }), ("Idempotency-Key", $"b-{i}"))));
            return others[0];
        });

        // All of them, while those of the first tenant still hung.
        others.Select(answer => answer.Status).ShouldAllBe(status => status == 201);
        foreach (var answer in await Task.WhenAll(held))
        {
            if (answer.Status != 201)
                answer.ShouldBeProblem(429, "rate_limit_exceeded").Header("Retry-After").ShouldNotBeNull();
        }
    }

    private static Task<Answer> Upload(Visitor by, string key) =>
        by.Send(HttpMethod.Post, "files/upload", new ByteArrayContent([1, 2, 3]) { Headers = { ContentType = new("text/plain") } }, ("Idempotency-Key", key));
}
