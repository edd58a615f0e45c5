using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Features.Roles;

public sealed class ExplainTests(SharedService shared) : IClassFixture<SharedService>
{
    private readonly Service service = shared.Service;

    [Fact]
    public async Task The_explanation_of_access_lists_the_chain_of_roles_that_grants_the_permission()
    {
        var (slug, _, admin) = await service.NewTenant();
        var user = await service.Joined(admin, slug, "Manager");

        var answer = await admin.Get($"access/explain?user_id={user.Id}&permission=users:read");

        answer.Status.ShouldBe(200, answer.Text);
        answer.Flag("allowed").ShouldBeTrue();
        answer.Json["ways"]![0]!["chain"]!
            .AsArray()
            .Select(role => role!.GetValue<string>())
            .ShouldBe(["Manager", "User", "Viewer"]);
        (await admin.Get($"access/explain?user_id={user.Id}&permission=users:create")).Json["ways"]![0]!["chain"]!
            .AsArray()
            .Count.ShouldBe(1);

        var not = await admin.Get($"access/explain?user_id={user.Id}&permission=audit:read");
        not.Flag("allowed").ShouldBeFalse();
        not.Text("reason").ShouldContain("Manager");

        await admin.Post($"users/{user.Id}/deactivate");
        (await admin.Get($"access/explain?user_id={user.Id}&permission=users:read")).Flag("allowed").ShouldBeFalse();
    }

    [Theory]
    [InlineData("access/explain?permission=users:read", "user_id")]
    [InlineData("access/explain?user_id=0195f3e6-0000-7000-8000-000000000000", "permission")]
    [InlineData("access/explain?user_id=0195f3e6-0000-7000-8000-000000000000&permission=world:rule", "permission")]
    public async Task What_is_missing_or_unknown_is_named(string path, string field)
    {
        var (_, _, admin) = await service.NewTenant();

        (await admin.Get(path)).ShouldBeProblem(400, "validation_failed").ShouldNameField(field);
    }

    [Fact]
    public async Task Another_tenants_user_is_not_there()
    {
        var ((_, _, admin), (_, _, other)) = (await service.NewTenant(), await service.NewTenant());

        (
            await admin.Get($"access/explain?user_id={(await other.Get("auth/me")).Json["id"]}&permission=users:read")
        ).ShouldBeProblem(404, "not_found");
    }
}
