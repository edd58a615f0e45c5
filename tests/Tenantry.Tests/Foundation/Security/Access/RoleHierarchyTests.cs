using System.Globalization;
using Tenantry.Foundation.Security.Access;

namespace Tenantry.Tests.Foundation.Security.Access;

/// <summary>Effective permissions, and what a change of a parent means.</summary>
public sealed class RoleHierarchyTests
{
    private static readonly Permission Read = new()
    {
        Name = "b:read",
        Description = "",
        Resource = "b",
        Action = "read",
    };
    private static readonly Permission Write = new()
    {
        Name = "a:write",
        Description = "",
        Resource = "a",
        Action = "write",
    };

    [Fact]
    public void A_role_has_its_own_permissions_and_those_of_its_ancestors_and_of_no_other_role()
    {
        var (top, middle, bottom, other) = (
            Role("Top", 0),
            Role("Middle", 1, 0),
            Role("Bottom", 2, 1),
            Role("Other", 3)
        );
        var roles = Of((top, [Read]), (middle, []), (bottom, [Write]), (other, [Write]));

        roles.PermissionsOf(bottom.Id).ShouldBe(["a:write", "b:read"]);
        roles.PermissionsOf(middle.Id).ShouldBe(["b:read"]);
        roles.PermissionsOf(other.Id).ShouldBe(["a:write"]);
        roles.PermissionsOf(Guid.NewGuid()).ShouldBeEmpty();
        roles.OwnOf(bottom.Id).ShouldBe([Write]);
        roles.OwnOf(middle.Id).ShouldBeEmpty();
    }

    [Fact]
    public void A_permission_is_listed_once_with_the_nearest_role_that_has_it()
    {
        var (top, bottom) = (Role("Top", 0), Role("Bottom", 1, 0));
        var roles = Of((top, [Read, Write]), (bottom, [Read]));

        roles
            .EffectivePermissions(bottom.Id)
            .Select(held => (held.Permission.Name, held.By.Name))
            .ShouldBe([("a:write", "Top"), ("b:read", "Bottom")]);
    }

    [Fact]
    public void Roles_are_found_by_id_and_by_exact_name()
    {
        var (one, other) = (Role("Support", 0), Role("Sales", 1));
        var roles = Of((one, []), (other, []));

        roles.ById(other.Id).ShouldBe(other);
        roles.ById(Guid.NewGuid()).ShouldBeNull();
        roles.ByName("Support").ShouldBe(one);
        roles.ByName("support").ShouldBeNull();
        roles.All.ShouldBe([other, one], "sorted by name");
    }

    [Fact]
    public void The_newest_role_is_first_in_a_list()
    {
        var (old, young) = (Role("A", 1), Role("B", 2));

        Of((young, []), (old, [])).NewestFirst.ShouldBe([young, old]);
        Of((old, []), (young, [])).NewestFirst.ShouldBe([young, old]);
    }

    [Fact]
    public void A_chain_goes_from_the_role_to_its_last_ancestor()
    {
        var (top, middle, bottom) = (Role("Top", 0), Role("Middle", 1, 0), Role("Bottom", 2, 1));
        var roles = Of((top, []), (middle, []), (bottom, []));

        roles.ChainOf(bottom.Id).ShouldBe([bottom, middle, top]);
        roles.Includes(bottom.Id, top.Id).ShouldBeTrue();
        roles.Includes(bottom.Id, bottom.Id).ShouldBeTrue();
        roles.Includes(top.Id, bottom.Id).ShouldBeFalse();
        roles.ChainOf(Guid.NewGuid()).ShouldBeEmpty();
    }

    [Fact]
    public void A_cycle_ends_at_the_first_repetition()
    {
        var (one, other) = (Role("One", 0, 1), Role("Other", 1, 0));
        var roles = Of((one, [Read]), (other, [Write]));

        roles.ChainOf(one.Id).ShouldBe([one, other]);
        roles.PermissionsOf(other.Id).ShouldBe(["a:write", "b:read"]);
    }

    [Fact]
    public void The_length_on_a_new_parent_counts_ancestors_and_descendants()
    {
        var roles = Of(
            (Role("A", 0), []),
            (Role("B", 1, 0), []),
            (Role("C", 2, 1), []),
            (Role("D", 3), []),
            (Role("E", 4, 3), []),
            (Role("F", 5, 4), []),
            (Role("G", 6, 3), [])
        );

        roles.LengthOn(null, Id(0)).ShouldBe(2);
        roles.LengthOn(null, Id(2)).ShouldBe(4);
        roles.LengthOn(Id(5), Id(2)).ShouldBe(4);
        roles.LengthOn(Id(3), Id(2)).ShouldBe(6, "D with the chain F, E below it, on C, B, A");
        roles.LengthOn(Id(3), Id(0)).ShouldBe(4);
        roles.LengthOn(Id(4), Id(2)).ShouldBe(5);
    }

    [Fact]
    public void A_hierarchy_with_a_change_has_that_role_changed_and_all_others_as_they_were()
    {
        var (top, other) = (Role("Top", 0), Role("Other", 2));
        var role = new Role
        {
            TenantId = Guid.NewGuid(),
            Id = Id(1),
            Name = "Bottom",
            ParentId = top.Id,
            IsSystemRole = true,
            CreatedAt = DateTimeOffset.UnixEpoch,
            UpdatedAt = DateTimeOffset.UnixEpoch.AddDays(1),
        };
        var roles = Of((top, [Read]), (role, []), (other, [Read]));

        var changed = roles.With(role.Id, other.Id, [Write]);

        changed.PermissionsOf(role.Id).ShouldBe(["a:write", "b:read"]);
        changed.ChainOf(role.Id).Select(one => one.Name).ShouldBe(["Bottom", "Other"]);
        changed.All.Count.ShouldBe(3);
        changed.OwnOf(top.Id).ShouldBe([Read]);
        var now = changed.ById(role.Id)!;
        (now.TenantId, now.Name, now.IsSystemRole, now.CreatedAt, now.UpdatedAt).ShouldBe(
            (role.TenantId, "Bottom", true, role.CreatedAt, role.UpdatedAt)
        );
        roles.PermissionsOf(role.Id).ShouldBe(["b:read"]);
        roles.With(role.Id, null, []).PermissionsOf(role.Id).ShouldBeEmpty();
    }

    private static Guid Id(int number) => Guid.ParseExact(number.ToString("x32", CultureInfo.InvariantCulture), "N");

    private static Role Role(string name, int number, int? parent = null) =>
        new()
        {
            Id = Id(number),
            Name = name,
            ParentId = parent is { } above ? Id(above) : null,
            CreatedAt = default,
            UpdatedAt = default,
        };

    private static RoleHierarchy Of(params (Role Role, List<Permission> Own)[] rows) =>
        new([.. rows.Select(row => new RoleHierarchy.Row(row.Role, row.Own))]);
}
