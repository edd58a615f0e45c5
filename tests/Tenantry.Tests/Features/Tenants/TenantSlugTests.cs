using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Features.Tenants;

/// <summary>
/// One rule says which slugs nobody may have, wherever a slug enters. Archives: <see cref="HostileArchiveTests"/>.
/// </summary>
public sealed class TenantSlugTests(Cluster cluster)
{
    public static TheoryData<string> Reserved =>
        [
            "www",
            "wpad",
            "autodiscover",
            "autoconfig",
            "mta-sts",
            "postmaster",
            "xn--bcher-kva",
            "ab--cd",
            "019a8f3e-5a00-7c10-8e21-0c9d4b3a2f10",
            "019a8f3e5a007c108e210c9d4b3a2f10",
        ];

    [Theory, MemberData(nameof(Reserved))]
    public async Task A_reserved_slug_is_refused_when_a_tenant_is_created(string slug)
    {
        await using var service = await cluster.Start();

        var answer = await (await service.Platform()).Post(
            "tenants",
            new
            {
                name = "Acme",
                slug,
                admin = new { email = "a@acme.example", first_name = "A" },
            }
        );

        answer.ShouldBeProblem(400, "validation_failed");
        answer.Text.ShouldContain("reserved");
    }

    [Fact]
    public async Task A_default_tenant_of_a_reserved_slug_is_refused_by_the_settings_and_an_id_makes_no_tenant()
    {
        var variables = cluster.Variables(await cluster.NewDatabase());

        variables["DEFAULT_TENANT"] = "wpad";
        Should
            .Throw<SettingsException>(() => ServiceSettings.Read(variables))
            .Message.ShouldContain("DEFAULT_TENANT is a reserved slug");
        foreach (var named in new[] { "platform", "acme", Guid.NewGuid().ToString() })
        {
            variables["DEFAULT_TENANT"] = named;
            ServiceSettings.Read(variables).DefaultTenant.ShouldBe(named);
        }
        await using var service = await cluster.Start(change =>
            change["DEFAULT_TENANT"] = "019a8f3e-5a00-7c10-8e21-0c9d4b3a2f10"
        );
        (await service.Ask<string>("SELECT string_agg(slug, ' ' ORDER BY slug) FROM tenants")).ShouldBe("platform");
    }
}
