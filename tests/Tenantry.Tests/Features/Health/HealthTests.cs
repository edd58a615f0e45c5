using Microsoft.Extensions.Time.Testing;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Features.Health;

public sealed class HealthTests(SharedService shared, Cluster cluster) : IClassFixture<SharedService>
{
    private const string Token = "a token for the scraper";

    [Theory]
    [InlineData("/health")]
    [InlineData("/health/live")]
    [InlineData("/health/ready")]
    public async Task Health_is_public_and_ignores_the_tenant_and_token_of_the_request(string path)
    {
        var answer = await shared.Service.At("no-such-tenant").With("no.such.token").Get(path);

        answer.Status.ShouldBe(200, answer.Text);
        answer.Text("status").ShouldBe("ok");
    }

    [Fact]
    public async Task The_checks_of_each_part_are_shown_only_with_the_metrics_token()
    {
        await using var own = await cluster.Start();
        var (slug, _, signedIn) = await own.NewTenant();
        await using var service = await cluster.Start(
            own.Database,
            variables => (variables["APP_ENV"], variables["METRICS_TOKEN"]) = ("Production", Token)
        );
        var admin = service.At(slug).With(signedIn.Token);

        (await service.At().Get("/health")).Text.ShouldBe("""{"status":"ok"}""");
        (await admin.Get("/health")).Text.ShouldBe("""{"status":"ok"}""");
        (await service.At().With(Token).Get("/health")).Text.ShouldBe(
            """{"status":"ok","checks":{"database":"ok","schema":"ok","isolation":"ok","store":"ok"}}"""
        );
    }

    [Fact]
    public async Task Without_its_database_it_is_not_ready_and_lives_and_is_ready_again_with_it()
    {
        await using var service = await cluster.Start();
        var name = service.Database;
        await Cluster.Execute(cluster.Admin, $"ALTER DATABASE {name} ALLOW_CONNECTIONS false");
        await Cluster.Execute(
            cluster.Admin,
            $"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
        );

        var answer = await Until(service, 503);

        answer.ShouldBeProblem(503, "not_ready");
        answer.Text("detail").ShouldContain("database");
        answer.Header("Retry-After").ShouldBe("2");
        (await service.At().Get("/health/live")).Status.ShouldBe(200);
        await Cluster.Execute(cluster.Admin, $"ALTER DATABASE {name} ALLOW_CONNECTIONS true");
        (await Until(service, 200)).Text("status").ShouldBe("ok");
    }

    [Theory]
    [InlineData(
        "isolation",
        "ALTER TABLE users DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE users ENABLE ROW LEVEL SECURITY"
    )]
    [InlineData(
        "schema",
        "ALTER TABLE schema_migrations RENAME TO elsewhere; CREATE TABLE schema_migrations (LIKE elsewhere); GRANT SELECT ON schema_migrations TO tenantry_serving",
        "DROP TABLE schema_migrations; ALTER TABLE elsewhere RENAME TO schema_migrations"
    )]
    public async Task An_altered_database_makes_the_service_not_ready_within_a_minute(
        string part,
        string alter,
        string mend
    )
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var service = await cluster.Start(replace: services => services.AddSingleton<TimeProvider>(clock));
        (await service.At().Get("/health/ready")).Status.ShouldBe(200);
        await service.Sql(alter);

        clock.Advance(TimeSpan.FromSeconds(61));

        (await service.At().Get("/health/ready")).ShouldBeProblem(503, "not_ready").Text("detail").ShouldContain(part);
        await service.Sql(mend);
        clock.Advance(TimeSpan.FromSeconds(2));
        (await service.At().Get("/health/ready")).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Without_Redis_or_the_object_store_the_service_is_degraded_and_still_ready()
    {
        await using var service = await cluster.Start(variables =>
        {
            variables["REDIS_URL"] = "redis://127.0.0.1:1/0";
            (
                variables["S3_BUCKET_NAME"],
                variables["S3_ENDPOINT_URL"],
                variables["AWS_REGION"],
                variables["AWS_ACCESS_KEY_ID"],
                variables["AWS_SECRET_ACCESS_KEY"]
            ) = ("files", "http://127.0.0.1:1", "us-east-1", "key", "secret");
        });
        await Eventually.Is(async () =>
        {
            var answer = await service.At().Get("/health/ready");
            answer.Status.ShouldBe(200);
            return answer.Text
                == """{"status":"degraded","checks":{"database":"ok","schema":"ok","isolation":"ok","store":"degraded","redis":"degraded"}}""";
        });
        await service.At().NewUser();
    }

    private static Task<Answer> Until(Service service, int status) =>
        Eventually.Find(
            async () =>
                await service.At().Get("/health/ready") is var answer && answer.Status == status ? answer : null,
            $"/health/ready is {status}"
        );
}
