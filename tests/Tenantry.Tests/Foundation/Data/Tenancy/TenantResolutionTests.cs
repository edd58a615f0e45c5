using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Foundation.Data.Tenancy;

/// <summary>Whose request it is: the token's tenant, else header, host, default, in this order.</summary>
public sealed class TenantResolutionTests(Cluster cluster) : IAsyncLifetime
{
    private Service service = null!;

    public async ValueTask InitializeAsync() =>
        service = await cluster.Start(variables => variables["BASE_DOMAIN"] = "tenantry.example");

    public ValueTask DisposeAsync() => service.DisposeAsync();

    [Fact]
    public async Task The_header_names_a_tenant_by_slug_or_id()
    {
        var (slug, id, _) = await service.NewTenant();
        var email = $"admin@{slug}.example";

        await service.At(slug).SignIn(email);
        await service.At(slug.ToUpperInvariant()).SignIn(email);
        await service.At(id.ToString()).SignIn(email);
    }

    [Theory]
    [InlineData("no-such-tenant")]
    [InlineData("019a8f3e-0000-7000-8000-000000000000")]
    [InlineData("' OR 1=1 --")]
    [InlineData("a-name-that-is-longer-than-any-slug-can-be-a-name-that-is-longer-than-any-slug")]
    public async Task An_unknown_name_is_404_and_does_not_fall_back(string name) =>
        (await service.At(name).Post("auth/login", new { email = "a@example.com", password = "x" })).ShouldBeProblem(
            404,
            "tenant_not_found"
        );

    [Fact]
    public async Task A_subdomain_names_a_tenant_and_an_unknown_one_does_not_fall_back()
    {
        var (slug, _, _) = await service.NewTenant();

        (await Login($"{slug}.tenantry.example", $"admin@{slug}.example")).Status.ShouldBe(200);
        (await Login("nobody.tenantry.example", $"admin@{slug}.example")).ShouldBeProblem(404, "tenant_not_found");
        (await Login("a.b.tenantry.example", $"admin@{slug}.example")).ShouldBeProblem(404, "tenant_not_found");
    }

    [Fact]
    public async Task A_custom_domain_names_a_tenant_once_it_is_verified()
    {
        var (slug, id, _) = await service.NewTenant();
        await service.Sql($"UPDATE tenants SET custom_domain = 'login.{slug}.test' WHERE id = '{id}'");
        (await Login($"login.{slug}.test", $"admin@{slug}.example")).Status.ShouldBe(401); // the default tenant knows no such user

        await service.Sql($"UPDATE tenants SET custom_domain_verified_at = now() WHERE id = '{id}'");

        Answer answer;
        var tries = 0;
        do answer = await Login($"login.{slug}.test", $"admin@{slug}.example");
        while (answer.Status != 200 && ++tries < 50);
        answer.Status.ShouldBe(200);
    }

    [Fact]
    public async Task A_token_shown_to_another_tenants_address_is_refused()
    {
        var (own, other) = (await service.NewTenant(), await service.NewTenant());

        (await own.Admin.Naming(other.Slug).Get("auth/me")).ShouldBeProblem(401, "authentication_failed");
        (await own.Admin.Naming(other.Id.ToString()).Get("auth/me")).ShouldBeProblem(401, "authentication_failed");
        (
            await own
                .Admin.Naming(null)
                .Send(HttpMethod.Get, "auth/me", null, ("Host", $"{other.Slug}.tenantry.example"))
        ).ShouldBeProblem(401, "authentication_failed");
        (await own.Admin.Naming("no-such-tenant").Get("auth/me")).ShouldBeProblem(401, "authentication_failed");
        (
            await own.Admin.Naming(null).Send(HttpMethod.Get, "auth/me", null, ("Host", $"{own.Slug}.tenantry.example"))
        ).Status.ShouldBe(200);
    }

    /// <summary>
    /// A name with a dot at its end is the same name, written absolutely (RFC 1034, 3.1): browsers send it as it was
    /// typed.
    /// </summary>
    [Theory]
    [InlineData(".")]
    [InlineData(".:8000")]
    public async Task A_host_with_a_dot_at_its_end_is_the_same_host(string end)
    {
        var (own, other) = (await service.NewTenant(), await service.NewTenant());
        await service.Sql(
            $"UPDATE tenants SET custom_domain = 'login.{other.Slug}.test', custom_domain_verified_at = now() WHERE id = '{other.Id}'"
        );
        await service.Until($"SELECT count(*) = 1 FROM tenants WHERE custom_domain = 'login.{other.Slug}.test'");
        var email = $"admin@{own.Slug}.example";

        (await Login($"{own.Slug}.tenantry.example{end}", email)).Status.ShouldBe(200);
        (await Login($"nobody.tenantry.example{end}", email)).ShouldBeProblem(404, "tenant_not_found");
        foreach (var host in new[] { $"{other.Slug}.tenantry.example", $"login.{other.Slug}.test" })
        {
            foreach (var header in new[] { "Host", "X-Forwarded-Host" })
                (
                    await own.Admin.Naming(null).Send(HttpMethod.Get, "auth/me", null, (header, host + end))
                ).ShouldBeProblem(401, "authentication_failed");
        }
        (
            await own
                .Admin.Naming(null)
                .Send(HttpMethod.Get, "auth/me", null, ("Host", $"{own.Slug}.tenantry.example{end}"))
        ).Status.ShouldBe(200);
    }

    [Fact]
    public async Task An_invalid_access_token_does_not_prevent_a_sign_in()
    {
        var (slug, _, _) = await service.NewTenant();

        await service.At(slug).With("stale.or.broken").SignIn($"admin@{slug}.example");
    }

    [Fact]
    public async Task Without_a_name_and_without_a_default_there_is_no_tenant()
    {
        await using var strict = await cluster.Start(service.Database, variables => variables.Remove("DEFAULT_TENANT"));

        (await strict.At().Post("auth/login", new { email = "a@example.com", password = "x" })).ShouldBeProblem(
            404,
            "tenant_not_found"
        );
        (await strict.At().Get("auth/me")).ShouldBeProblem(401, "authentication_failed");
        // A refresh token names its own.
        var (_, _, admin) = await strict.NewTenant();
        (await strict.At().Post("auth/logout", new { refresh_token = admin.RefreshToken })).Status.ShouldBe(204);
        (await admin.Get("auth/me")).ShouldBeProblem(401, "token_revoked");
    }

    private Task<Answer> Login(string host, string email) =>
        service
            .At()
            .Send(
                HttpMethod.Post,
                "auth/login",
                System.Net.Http.Json.JsonContent.Create(new { email, password = Service.Password }),
                ("Host", host)
            );
}
