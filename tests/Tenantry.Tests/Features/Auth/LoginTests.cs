using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Features.Auth;

public sealed class LoginTests(SharedService shared) : IClassFixture<SharedService>
{
    private readonly Service service = shared.Service;

    [Fact]
    public async Task A_registered_user_signs_in_and_is_somebody()
    {
        var user = await service.At().NewUser("ada@example.com");

        var me = await user.Get("auth/me");

        me.Status.ShouldBe(200, me.Text);
        me.Json["email"]!.GetValue<string>().ShouldBe("ada@example.com");
        me.Json["role"]!.GetValue<string>().ShouldBe("User");
    }
}
