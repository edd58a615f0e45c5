using System.Collections.Frozen;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Security.Tokens;

namespace Tenantry.Tests.Foundation.Security.Tokens;

/// <summary>A caller in the form of ASP.NET Core.</summary>
public sealed class VerifiedCallerTests
{
    [Fact]
    public void The_principal_has_the_ids_and_the_role_of_the_caller_and_nothing_else()
    {
        var caller = new Caller(Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid(), "Manager", FrozenSet<string>.Empty);
        var verified = new VerifiedCaller(caller);

        verified.Caller.ShouldBe(caller);
        verified.Authentication.Succeeded.ShouldBeTrue();
        verified.Authentication.Ticket!.AuthenticationScheme.ShouldBe("Bearer");
        var user = verified.Authentication.Principal!;
        user.Identity!.AuthenticationType.ShouldBe("Bearer");
        user.Identity.Name.ShouldBe(caller.UserId.ToString());
        user.IsInRole("Manager").ShouldBeTrue();
        user.IsInRole("Admin").ShouldBeFalse();
        user.Claims.Select(claim => (claim.Type, claim.Value))
            .ShouldBe([
                ("sub", caller.UserId.ToString()),
                ("tenant_id", caller.TenantId.ToString()),
                ("sid", caller.SessionId.ToString()),
                ("role", "Manager"),
            ]);
    }
}
