using Tenantry.Foundation.Security.Access;

namespace Tenantry.Tests.Foundation.Security.Access;

/// <summary>What each system role permits, written out: a change of a grant must be seen in a review.</summary>
public sealed class SystemRolesTests
{
    [Fact]
    public void Each_system_role_adds_these_permissions_to_those_of_its_parent() =>
        SystemRoles
            .OfEveryTenant.Append(SystemRoles.OfThePlatform)
            .Select(role => (role.Name, role.Holds, string.Join(' ', role.Adds)))
            .ShouldBe([
                ("Viewer", null, "tenants:read users:read roles:read files:read notifications:read"),
                ("User", "Viewer", "files:create files:update files:delete"),
                (
                    "Manager",
                    "User",
                    "users:create users:update notifications:send templates:manage reports:view files:manage"
                ),
                ("Admin", "Manager", "users:delete roles:manage tenants:manage templates:security audit:read"),
                (
                    "Platform administrator",
                    "Admin",
                    "platform:tenants:create platform:tenants:read platform:tenants:manage platform:tenants:delete platform:audit:read"
                ),
            ]);

    [Fact]
    public void Every_permission_is_granted_to_one_system_role() =>
        SystemRoles
            .OfEveryTenant.Append(SystemRoles.OfThePlatform)
            .SelectMany(role => role.Adds)
            .Order(StringComparer.Ordinal)
            .ShouldBe(Permissions.All.Select(permission => permission.Name).Order(StringComparer.Ordinal));

    [Fact]
    public void Roles_and_permissions_have_a_description()
    {
        SystemRoles.OfEveryTenant.Append(SystemRoles.OfThePlatform).ShouldAllBe(role => role.Description.Length > 10);
        Permissions.All.ShouldAllBe(permission => permission.Description.Length > 5);
    }

    [Theory]
    [InlineData("files:read", "files", "read")]
    [InlineData("platform:tenants:read", "platform:tenants", "read")]
    public void A_permission_is_split_at_its_last_colon(string name, string resource, string action)
    {
        var permission = new PermissionDefinition(name, "");

        (permission.Resource, permission.Action).ShouldBe((resource, action));
    }
}
