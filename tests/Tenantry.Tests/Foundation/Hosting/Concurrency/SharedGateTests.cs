using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using Tenantry.Foundation.Hosting.Concurrency;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Foundation.Hosting.Concurrency;

/// <summary>
/// What tenants share is shared in turns: one that holds all that it may have of it leaves the rest to the others.
/// </summary>
public sealed partial class SharedGateTests(Cluster cluster)
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
        await service.WhileHeld(
            $"SELECT FROM storage_counts WHERE tenant_id = '{hanging}' FOR UPDATE",
            async () =>
            {
                held = [.. Enumerable.Range(0, 12).Select(i => Upload(a, $"held-{i}"))];
                var gate = service.Services.GetRequiredService<SharedGates>().KeyedRequests;
                await Eventually.Is(() => gate.Held + gate.Waiting >= held.Length);
                others = await Task.WhenAll(
                    Enumerable
                        .Range(0, 6)
                        .Select(i =>
                            b.Send(
                                HttpMethod.Post,
                                "roles",
                                JsonContent.Create(new { name = $"Role {i}", permissions = new[] { "users:read" } }),
                                ("Idempotency-Key", $"b-{i}")
                            )
                        )
                );
                return others[0];
            }
        );

        // All of them, while those of the first tenant still hung.
        others.Select(answer => answer.Status).ShouldAllBe(status => status == 201);
        foreach (var answer in await Task.WhenAll(held))
        {
            if (answer.Status != 201)
                answer.ShouldBeProblem(429, "rate_limit_exceeded").Header("Retry-After").ShouldNotBeNull();
        }
    }

    [Fact]
    public async Task Every_endpoint_of_a_gate_refuses_a_tenant_at_its_cap_and_accepts_another_tenant()
    {
        await using var service = await cluster.Start(variables =>
        {
            variables["RATE_LIMIT_FREE_PER_MINUTE"] = "unlimited";
            variables["DATABASE_URL"] = Cluster.ManyConnections(variables["DATABASE_URL"]); // a gate has slots by them
        });
        var (_, full, a) = await service.NewTenant();
        var (_, _, b) = await service.NewTenant();
        var gates = service.Services.GetRequiredService<SharedGates>();
        var walked = new List<string>();
        foreach (var gate in gates.All.Except([gates.PasswordHashes, gates.SlowPasswordHashes])) // which a handler enters by itself
        {
            using var over = new CancellationTokenSource();
            // One slot is left to others: the tenant has its cap, and as many that wait.
            var entered = Enumerable
                .Range(0, gate.Limits.PerTenant + gate.Limits.WaitingPerTenant)
                .Select(_ => gate.Acquire(full, over.Token).AsTask())
                .ToList();
            foreach (
                var endpoint in service
                    .Services.GetRequiredService<EndpointDataSource>()
                    .Endpoints.OfType<RouteEndpoint>()
            )
            {
                var isKeyed = gate == gates.KeyedRequests && endpoint.Metadata.GetMetadata<Idempotent>() is not null;
                if (endpoint.RoutePattern.RawText!.StartsWith("/api/v1/tenants", StringComparison.Ordinal)) // the platform's alone
                    continue;
                if (!isKeyed && endpoint.Metadata.GetMetadata<InGate>()?.Of(gates) != gate)
                    continue;
                var (method, path) = (
                    new HttpMethod(endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods[0]),
                    Ids()
                        .Replace(endpoint.RoutePattern.RawText!, "00000000-0000-4000-8000-000000000000")
                        .Replace("{revision:int}", "1", StringComparison.Ordinal)
                );
                var name = $"{gate.Name}: {method} {path}";
                (string, string)[] headers = isKeyed
                    ? [("Idempotency-Key", name.Length.ToString(CultureInfo.InvariantCulture))]
                    : [("Tus-Resumable", "1.0.0")];

                (await a.Send(method, path, Body(method), headers)).ShouldBeProblem(429, "rate_limit_exceeded").Json[
                    "detail"
                ]!
                    .GetValue<string>()
                    .ShouldContain(gate.Name, Case.Sensitive, name);
                (await b.Send(method, path, Body(method), headers)).Status.ShouldNotBeOneOf([429, 503], name);
                walked.Add(name);
            }
            await over.CancelAsync(); // those that wait give up
        }

        walked.Count.ShouldBeGreaterThan(20);

        static StringContent? Body(HttpMethod method) =>
            method == HttpMethod.Get ? null : new StringContent("{}", Encoding.UTF8, "application/json");
    }

    [GeneratedRegex(@"\{\w+:guid\}")]
    private static partial Regex Ids();

    private static Task<Answer> Upload(Visitor by, string key) =>
        by.Send(
            HttpMethod.Post,
            "files/upload",
            new ByteArrayContent([1, 2, 3]) { Headers = { ContentType = new("text/plain") } },
            ("Idempotency-Key", key)
        );
}
