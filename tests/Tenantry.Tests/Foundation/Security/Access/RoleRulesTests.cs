using Tenantry.Foundation.Security.Access;

namespace Tenantry.Tests.Foundation.Security.Access;

/// <summary>What a tenant's roles may be, from a request or from an archive.</summary>
public sealed class RoleRulesTests
{
    [Theory]
    [InlineData(14, 1, false)]
    [InlineData(15, 1, false)]
    [InlineData(16, 1, true)]
    [InlineData(14, 2, false)]
    [InlineData(15, 2, true)]
    public void A_chain_of_16_roles_is_the_longest(int above, int below, bool isTooLong)
    {
        var upper = Chain("Upper", above);
        var lower = Chain("Lower", below);
        var roles = Of([.. upper, .. lower]);

        RoleRules.IsTooLong(roles, lower[0].Id, upper[^1].Id).ShouldBe(isTooLong);
        if (below == 1)
            RoleRules.IsTooLong(roles, null, upper[^1].Id).ShouldBe(isTooLong);
        RoleRules.LongestChain.ShouldBe(16);
        RoleRules.TooLong.ShouldContain("at most 16 roles");
    }

    [Fact]
    public void A_chain_from_before_the_limit_may_stay_as_it_is_and_may_be_left()
    {
        var chain = Chain("Role", 20);
        var roles = Of([.. chain]);

        RoleRules.IsTooLong(roles, chain[^1].Id, chain[^2].Id).ShouldBeFalse();
        RoleRules.IsTooLong(roles, chain[^1].Id, null).ShouldBeFalse();
        RoleRules.IsTooLong(roles, chain[^1].Id, chain[^3].Id).ShouldBeTrue();
    }

    [Fact]
    public void A_name_is_compared_with_those_of_all_other_roles()
    {
        var (support, sales) = (Own("Support"), Own("Sales"));
        var roles = Of(support, sales);

        RoleRules.FindLookalike(roles, null, "SUPPORT").ShouldBe(support);
        RoleRules.FindLookalike(roles, sales.Id, "support").ShouldBe(support);
        RoleRules.FindLookalike(roles, support.Id, "SUPPORT").ShouldBeNull();
        RoleRules.FindLookalike(roles, null, "Marketing").ShouldBeNull();
    }

    [Fact]
    public void An_archive_may_have_as_many_roles_as_the_limit_says()
    {
        var roles = Of([.. Enumerable.Range(0, 5).Select(n => Own($"Role {n}"))]);

        RoleRules.FaultOf(roles, isPlatform: false, most: 5).ShouldBeNull();
        RoleRules.FaultOf(roles, isPlatform: false, most: 4).ShouldBe("has 5 roles; at most 4 are allowed");
    }

    [Fact]
    public void The_system_roles_of_this_version_are_accepted()
    {
        RoleRules.FaultOf(Of(System(SystemRoles.OfEveryTenant)), isPlatform: false, most: 100).ShouldBeNull();
        var all = System(SystemRoles.OfEveryTenant.Append(SystemRoles.OfThePlatform));
        RoleRules.FaultOf(Of(all), isPlatform: true, most: 100).ShouldBeNull();
        RoleRules
            .FaultOf(Of(all), isPlatform: false, most: 100)
            .ShouldBe("has a system role 'Platform administrator' that this version does not have");
    }

    [Fact]
    public void A_system_role_must_not_have_another_parent()
    {
        var roles = System(SystemRoles.OfEveryTenant);
        roles[1].ParentId = roles[3].Id;
        roles[3].ParentId = null;
        Fault(roles).ShouldBe("has the system role 'Admin' with another parent than Manager");
        roles[3].ParentId = roles[2].Id;
        roles[1].ParentId = null;
        Fault(roles).ShouldBe("has the system role 'User' with another parent than Viewer");

        Role[] other = [.. System(SystemRoles.OfEveryTenant), Own("Sales")];
        other[0].ParentId = other[4].Id;
        Fault(other).ShouldBe("has the system role 'Viewer' with another parent than none");
        other[0].ParentId = Guid.NewGuid();
        Fault(other).ShouldBe("has a role 'Viewer' whose parent does not exist");

        static string? Fault(Role[] roles) => RoleRules.FaultOf(Of(roles), isPlatform: false, most: 100);
    }

    [Fact]
    public void A_system_role_must_not_permit_more_but_may_permit_less()
    {
        var roles = System(SystemRoles.OfEveryTenant);

        Fault(Permissions.FilesCreate).ShouldBeNull();
        Fault().ShouldBeNull();
        Fault(Permissions.FilesCreate, Permissions.RolesManage)
            .ShouldBe("has the system role 'User' with roles:manage, which this version does not grant to it");

        string? Fault(params string[] ofUser) =>
            RoleRules.FaultOf(
                new RoleHierarchy([
                    .. roles.Select(role => new RoleHierarchy.Row(
                        role,
                        role.Name == "User" ? [.. ofUser.Select(Permission)] : []
                    )),
                ]),
                isPlatform: false,
                most: 100
            );
    }

    [Fact]
    public void The_faults_of_custom_roles_name_the_role()
    {
        Fault(Own("A\u200b"))!.ShouldContain("whose name must not contain invisible characters");
        Fault(Own("  "))!.ShouldContain("whose name must contain more than white space");
        Fault(Own("Adm1n")).ShouldBe("has a role 'Adm1n' that looks like the system role Admin");
        Fault(Own("Sales"), Own("S\u0430les")).ShouldBe("has roles 'Sales' and 'S\u0430les', which look alike");
        Fault(Own("Sales"), Own("Support")).ShouldBeNull();
        Fault([.. Chain("Role", 16)]).ShouldBeNull();
        Fault([.. Chain("Role", 17)])
            .ShouldBe("has a chain of 17 roles that begins with 'Role 16'; at most 16 are allowed");

        var loose = Own("Loose");
        loose.ParentId = Guid.NewGuid();
        Fault(loose).ShouldBe("has a role 'Loose' whose parent does not exist");

        var (one, other) = (Own("One"), Own("Other"));
        (one.ParentId, other.ParentId) = (other.Id, one.Id);
        Fault(one, other).ShouldBe("has a cycle of roles that includes 'One'");

        static string? Fault(params Role[] roles) => RoleRules.FaultOf(Of(roles), isPlatform: false, most: 100);
    }

    private static Role[] System(IEnumerable<SystemRole> definitions)
    {
        var roles = new List<Role>();
        foreach (var definition in definitions)
            roles.Add(
                new Role
                {
                    Name = definition.Name,
                    IsSystemRole = true,
                    ParentId = roles.LastOrDefault()?.Id,
                    CreatedAt = default,
                    UpdatedAt = default,
                }
            );
        return [.. roles];
    }

    private static Role[] Chain(string name, int length)
    {
        var roles = new List<Role>();
        for (var i = 0; i < length; i++)
        {
            var role = Own($"{name} {i}");
            role.ParentId = roles.LastOrDefault()?.Id;
            roles.Add(role);
        }
        return [.. roles];
    }

    private static Role Own(string name) =>
        new()
        {
            Name = name,
            CreatedAt = default,
            UpdatedAt = default,
        };

    private static Permission Permission(string name) =>
        new()
        {
            Name = name,
            Description = "",
            Resource = "",
            Action = "",
        };

    private static RoleHierarchy Of(params Role[] roles) =>
        new([.. roles.Select(role => new RoleHierarchy.Row(role, []))]);
}
