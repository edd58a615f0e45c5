using System.Security.Cryptography;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Foundation.Data.Database;

/// <summary>
/// A database that takes no writes, as after a failover to a standby or by its own setting, is an outage: 503 for what
/// writes, and not ready.
/// </summary>
public sealed class ReadOnlyDatabaseTests(Cluster cluster)
{
    [Fact]
    public async Task A_database_that_refuses_writes_is_503_and_not_ready_until_it_takes_them()
    {
        await using var service = await cluster.Start();
        var (slug, _, admin) = await service.NewTenant();
        var announced = await Announce(admin);
        (await service.At().Get("/health/ready")).Status.ShouldBe(200);
        await Set(service, "on");

        var answers = new Dictionary<string, Answer>
        {
            ["announce"] = await Announce(admin),
            ["upload"] = await admin.Send(HttpMethod.Post, "files/upload", Text("abc")),
            ["complete"] = await admin.Post($"files/uploads/{announced.Json["id"]}/complete"),
            ["cancel"] = await admin.Delete($"files/uploads/{announced.Json["id"]}"),
            ["tus"] = await admin.Send(
                HttpMethod.Post,
                "files/tus",
                null,
                ("Tus-Resumable", "1.0.0"),
                ("Upload-Length", "3")
            ),
            ["role"] = await admin.Post("roles", new { name = "Auditor", permissions = new[] { "users:read" } }),
            ["role with a key"] = await admin.Send(
                HttpMethod.Post,
                "roles",
                System.Net.Http.Json.JsonContent.Create(new { name = "A", permissions = new[] { "users:read" } }),
                ("Idempotency-Key", "a")
            ),
            ["invitation"] = await admin.Post("users", new { email = $"ada@{slug}.example" }),
            ["sign-in"] = await service
                .At(slug)
                .Post("auth/login", new { email = $"admin@{slug}.example", password = Service.Password }),
            ["refresh"] = await service.At(slug).Post("auth/refresh", new { refresh_token = admin.RefreshToken }),
        };

        answers
            .Where(answer =>
                answer.Value.Status is not 503 && !(answer.Key is "complete" && answer.Value.Status == 409)
            )
            .Select(answer => $"{answer.Key}: {answer.Value.Status} {answer.Value.Text}")
            .ShouldBeEmpty();
        foreach (var answer in answers.Values.Where(answer => answer.Status == 503))
            answer.ShouldBeProblem(503, "dependency_unavailable").Header("Retry-After").ShouldNotBeNull();
        (await admin.Get("auth/me")).Status.ShouldBe(200);
        (await admin.Get("files")).Status.ShouldBe(200);
        await Until(service, 503);

        await Set(service, "off");
        await Until(service, 200);
        (await admin.Post("roles", new { name = "Auditor", permissions = new[] { "users:read" } })).Status.ShouldBe(
            201
        );
    }

    /// <summary>For new connections, and those that are there end: as at a failover.</summary>
    private static async Task Set(Service service, string readOnly)
    {
        // From another database: a new connection to this one may not write any more.
        await Cluster.Execute(
            service.Cluster.Admin,
            $"ALTER DATABASE {service.Database} SET default_transaction_read_only = {readOnly}"
        );
        await service.Sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        );
        await service.Hears();
        // Connections of the pool that have ended are found by using them.
        for (var i = 0; i < 20; i++)
            await service.At().Get("/.well-known/openid-configuration");
        await service.Until("SELECT true");
    }

    private static Task Until(Service service, int status) =>
        Eventually.Is(
            async () => (await service.At().Get("/health/ready")).Status == status,
            $"/health/ready is {status}"
        );

    private static Task<Answer> Announce(Visitor by) =>
        by.Post(
            "files/uploads",
            new
            {
                file_name = "a",
                file_size = 3,
                mime_type = "text/plain",
                sha256 = Convert.ToHexString(SHA256.HashData([1, 2, 3])),
            }
        );

    private static StringContent Text(string text) => new(text);
}
