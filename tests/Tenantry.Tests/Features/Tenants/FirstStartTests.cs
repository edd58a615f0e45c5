using Microsoft.Extensions.Logging;
using Tenantry.Foundation.Security.Tokens;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Features.Tenants;

/// <summary>What a start makes, once.</summary>
public sealed class FirstStartTests(Cluster cluster)
{
    [Fact]
    public async Task Two_instances_that_start_at_once_make_one_platform_one_administrator_and_one_key()
    {
        var database = await cluster.NewDatabase();

        var services = await Task.WhenAll(cluster.Start(database), cluster.Start(database), cluster.Start(database));

        (await services[0].Ask<long>("SELECT count(*) FROM tenants")).ShouldBe(2);
        (await services[0].Ask<long>("SELECT count(*) FROM users")).ShouldBe(1);
        services
            .Select(service => service.Services.GetRequiredService<KeyRing>().Signing.Kid)
            .Distinct()
            .Count()
            .ShouldBe(1);
        var user = await services[0].At().NewUser();
        (await services[1].At().With(user.Token).Get("auth/me")).Status.ShouldBe(200);
        foreach (var service in services)
            await service.DisposeAsync();
    }

    /// <summary>
    /// Two instances of a deployment that is being changed: without a lock, both would find nobody there.
    /// </summary>
    [Fact]
    public async Task Two_instances_that_start_at_once_with_two_addresses_make_one_administrator()
    {
        var database = await cluster.NewDatabase();

        var services = await Task.WhenAll(
            Enumerable
                .Range(0, 4)
                .Select(i =>
                    cluster.Start(
                        database,
                        variables => variables["PLATFORM_ADMIN_EMAIL"] = $"root-{i}@platform.example"
                    )
                )
        );

        (await services[0].Ask<long>("SELECT count(*) FROM users")).ShouldBe(1);
        (await services[0].Ask<long>("SELECT count(*) FROM user_roles")).ShouldBe(1);
        foreach (var service in services)
            await service.DisposeAsync();
    }

    [Fact]
    public async Task The_start_warns_of_a_default_tenant_in_Production_and_of_purge_days_the_database_ignores()
    {
        var heard = new Lines();
        await using var service = await cluster.Start(
            variables =>
            {
                (variables["APP_ENV"], variables["DEFAULT_TENANT"], variables["TENANT_PURGE_AFTER_DAYS"]) = (
                    "Production",
                    "acme",
                    "7"
                );
                variables["LOG_LEVEL"] = "Warning";
            },
            services =>
                services.AddLogging(logging => logging.AddProvider(heard).AddFilter<Lines>(null, LogLevel.Warning))
        );

        heard.All.ShouldContain(line =>
            line.Event == 5 && line.Text.Contains("DEFAULT_TENANT is acme", StringComparison.Ordinal)
        );
        heard.All.ShouldContain(line =>
            line.Event == 4
            && line.Text.Contains(
                "TENANT_PURGE_AFTER_DAYS is 7, and the database keeps deleted tenants for 30 days",
                StringComparison.Ordinal
            )
        );
    }

    [Fact]
    public async Task A_setting_with_an_old_name_is_reported_with_the_new_one()
    {
        var lines = new Lines();
        await using var service = await cluster.Start(
            variables => (variables["READ_LAG_SECONDS"], variables["LOG_LEVEL"]) = ("7", "Warning"),
            services =>
                services.AddLogging(logging => logging.AddProvider(lines).AddFilter<Lines>(null, LogLevel.Warning))
        );

        lines
            .All.Where(line => line.Event == 7)
            .ShouldHaveSingleItem()
            .Text.ShouldStartWith("READ_LAG_SECONDS is now called REPLICA_MAX_LAG_SECONDS");
    }

    private sealed class Lines : ILoggerProvider, ILogger
    {
        public System.Collections.Concurrent.ConcurrentQueue<(int Event, string Text)> All { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        ) => All.Enqueue((eventId.Id, formatter(state, exception)));

        public bool IsEnabled(LogLevel logLevel) => true;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public void Dispose() { }
    }

    [Fact]
    public async Task A_later_start_with_another_password_changes_nothing()
    {
        await using var first = await cluster.Start();
        await using var second = await cluster.Start(
            first.Database,
            variables => variables["PLATFORM_ADMIN_PASSWORD"] = "another password altogether"
        );

        await second.Platform(); // signs in with the first one
        (
            await second
                .At("platform")
                .Post("auth/login", new { email = Service.PlatformAdmin, password = "another password altogether" })
        ).ShouldBeProblem(401, "authentication_failed");
    }

    [Fact]
    public async Task Production_creates_no_default_tenant_or_administrator_unless_configured()
    {
        await using var service = await cluster.Start(variables =>
        {
            variables["APP_ENV"] = "Production";
            variables.Remove("PLATFORM_ADMIN_EMAIL");
            variables.Remove("PLATFORM_ADMIN_PASSWORD");
        });

        (await service.Ask<string[]>("SELECT array_agg(slug) FROM tenants")).ShouldBe(["platform"]);
        (await service.Ask<long>("SELECT count(*) FROM users")).ShouldBe(0);
    }

    [Fact]
    public async Task Another_JWT_SECRET_is_refused_with_the_way_out()
    {
        await using var first = await cluster.Start();

        var refusal = await Should.ThrowAsync<SigningKeyLockedException>(() =>
            cluster.Start(
                first.Database,
                variables => variables["JWT_SECRET"] = "another secret, just as long as it has to be"
            )
        );

        refusal.Message.ShouldContain("tenantry keys rotate --drop-old");
    }

    [Fact]
    public async Task The_private_key_is_not_in_the_database_in_clear()
    {
        await using var service = await cluster.Start();
        var key = (
            (Microsoft.IdentityModel.Tokens.ECDsaSecurityKey)service.Services.GetRequiredService<KeyRing>().Signing.Key
        )
            .ECDsa.ExportParameters(true)
            .D!;

        var stored = await service.Ask<byte[]>("SELECT protected_private_key FROM signing_keys");

        stored.AsSpan().IndexOf(key).ShouldBe(-1);
    }
}
