using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Tenantry.Foundation.Data.Cache;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Foundation.Data.Tenancy;

/// <summary>
/// Which part of a request names its tenant. There is no database: a name that is looked up fails there, with an
/// exception.
/// </summary>
public sealed class RequestNamesTenantTests : IAsyncLifetime
{
    private readonly ServiceSettings settings = SettingsWithoutServers.Read(
        ("BASE_DOMAIN", "tenantry.example"),
        ("APP_BASE_URL", "https://app.other.example")
    );
    private readonly NpgsqlDataSource nowhere = NpgsqlDataSource.Create("Host=127.0.0.1;Port=1");
    private readonly ServiceProvider services;
    private readonly ChangeFeed feed;
    private readonly VersionedCache cache;
    private readonly TenantDirectory directory;
    private int passed;

    public RequestNamesTenantTests()
    {
        services = SettingsWithoutServers.Services(all => all.AddHybridCache());
        feed = new ChangeFeed(
            settings,
            new LiveSettings(settings, NullLogger<LiveSettings>.Instance),
            nowhere,
            NullLogger<ChangeFeed>.Instance
        );
        cache = new VersionedCache(
            services.GetRequiredService<HybridCache>(),
            feed,
            nowhere,
            services.GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>()
        );
        directory = new TenantDirectory(nowhere, feed, cache);
    }

    public ValueTask InitializeAsync() => default;

    public async ValueTask DisposeAsync()
    {
        directory.Dispose();
        cache.Dispose();
        feed.Dispose();
        await services.DisposeAsync();
        await nowhere.DisposeAsync();
    }

    [Theory]
    [InlineData("acme")]
    [InlineData("019a8f3e-1234-7000-8000-00000000abcd")]
    public Task The_header_is_looked_up(string header) => IsLookedUp("localhost", header);

    [Fact]
    public async Task A_header_that_is_longer_than_any_name_names_no_tenant_and_does_not_fall_back()
    {
        (await Named("acme.tenantry.example", new string('a', 64))).ShouldBe((null, true));
        await IsLookedUp("localhost", new string('a', 63));
    }

    [Theory]
    [InlineData("acme.tenantry.example")]
    [InlineData("ACME.Tenantry.Example")]
    [InlineData("login.acme.test")]
    [InlineData("xtenantry.example")]
    public Task A_subdomain_or_a_custom_domain_is_looked_up(string host) => IsLookedUp(host);

    [Theory]
    [InlineData("a.b.tenantry.example")]
    [InlineData("-.tenantry.example")]
    [InlineData(".tenantry.example")]
    public async Task A_subdomain_that_is_no_slug_names_no_tenant_and_does_not_fall_back(string host) =>
        (await Named(host)).ShouldBe((null, true));

    [Theory]
    [InlineData("localhost")]
    [InlineData("10.0.0.1")]
    [InlineData("[2001:db8::1.2.3.4]")]
    [InlineData("tenantry.example")]
    [InlineData("app.other.example")]
    [InlineData("")]
    public async Task Our_own_hosts_and_addresses_name_no_tenant(string host) =>
        (await Named(host)).ShouldBe((null, false));

    [Fact]
    public async Task A_host_that_is_longer_than_any_name_is_not_looked_up()
    {
        var longest = string.Join('.', Enumerable.Repeat(new string('a', 62), 4)) + "a";
        longest.Length.ShouldBe(252);

        await IsLookedUp(longest + "a");
        (await Named(longest + "aa")).ShouldBe((null, false));
    }

    [Fact]
    public async Task Without_a_base_domain_all_names_are_custom_domains()
    {
        var http = Http("acme.tenantry.example");

        await Should.ThrowAsync<NpgsqlException>(async () =>
            await TenantResolution.Named(http, directory, settings with { BaseDomain = null }, default)
        );
    }

    [Fact]
    public async Task The_default_tenant_is_for_requests_that_name_none_and_have_no_token()
    {
        var withDefault = new TenantResolution(Next, directory, settings with { DefaultTenant = "default" });
        var without = new TenantResolution(Next, directory, settings with { DefaultTenant = null });

        await Should.ThrowAsync<NpgsqlException>(() => withDefault.Invoke(Http("localhost"), new TenantContext()));
        passed.ShouldBe(0);
        await withDefault.Invoke(Http("localhost", new string('a', 64)), new TenantContext());
        passed.ShouldBe(1, "a name that is unknown does not fall back");
        var context = new TenantContext();
        await without.Invoke(Http("localhost"), context);
        passed.ShouldBe(2);
        context.IsSet.ShouldBeFalse();
    }

    [Fact]
    public async Task A_token_at_the_address_of_another_tenant_is_refused()
    {
        var resolution = new TenantResolution(Next, directory, settings);
        var http = Http("a.b.tenantry.example");
        http.Features.Set(new Caller(Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid(), "User", new HashSet<string>()));
        var context = new TenantContext();

        await resolution.Invoke(http, context);

        (http.Response.StatusCode, passed, context.IsSet).ShouldBe((401, 0, false));
        http.Response.Headers.WWWAuthenticate.ToString().ShouldBe("Bearer");
        http.Request.Host = new HostString("localhost");
        await Should.ThrowAsync<NpgsqlException>(() => resolution.Invoke(http, context));
    }

    private Task<NpgsqlException> IsLookedUp(string host, string header = "") =>
        Should.ThrowAsync<NpgsqlException>(async () => await Named(host, header));

    private ValueTask<(ResolvedTenant? Tenant, bool WasNamed)> Named(string host, string header = "") =>
        TenantResolution.Named(Http(host, header), directory, settings, default);

    private DefaultHttpContext Http(string host, string header = "")
    {
        var http = new DefaultHttpContext { RequestServices = services };
        http.Response.Body = new MemoryStream();
        http.Request.Host = new HostString(host);
        if (header.Length > 0)
            http.Request.Headers["X-Tenant"] = header;
        return http;
    }

    private Task Next(HttpContext http)
    {
        passed++;
        return Task.CompletedTask;
    }
}
