namespace Tenantry.Foundation.Security.Access;

/// <summary>The rules for the roles of a tenant, whether they come from a request or from an archive.</summary>
public static class RoleRules
{
    /// <summary>
    /// The maximum length of a chain of roles: people must understand which permissions follow from it.
    /// </summary>
    public const int LongestChain = 16;

    public static readonly string TooLong = $"A chain of roles can have at most {LongestChain} roles.";

    /// <summary>
    /// Whether a new parent makes a chain too long. A chain from before this limit may stay as it is.
    /// </summary>
    /// <param name="roles">the present roles; locked by <see cref="RoleHierarchy.Lock"/> if a change depends on
    /// it</param>
    /// <param name="role">the role that gets the parent; null: a new role</param>
    /// <param name="parent">the new parent; null: none</param>
    public static bool IsTooLong(RoleHierarchy roles, Guid? role, Guid? parent) =>
        parent is { } newParent
        && (role is not { } moved || roles.ById(moved)?.ParentId != newParent)
        && roles.LengthOn(role, newParent) > LongestChain;

    /// <returns>another role of the tenant whose name looks like this one; null: none</returns>
    public static Role? FindLookalike(RoleHierarchy roles, Guid? role, string name) =>
        roles.All.FirstOrDefault(other => other.Id != role && RoleName.ReadsLike(other.Name, name));

    /// <summary>Checks all rules, for roles from an archive.</summary>
    /// <param name="roles">the roles of the tenant</param>
    /// <param name="isPlatform">whether the tenant is <c>platform</c>, which has one more system role</param>
    /// <param name="most">the maximum number of roles</param>
    /// <returns>the first fault, as the end of a sentence about the tenant; null: there is none</returns>
    public static string? FaultOf(RoleHierarchy roles, bool isPlatform, int most)
    {
        if (roles.All.Count > most)
            return $"has {roles.All.Count} roles; at most {most} are allowed";
        var system = SystemRoles
            .OfEveryTenant.Concat(isPlatform ? [SystemRoles.OfThePlatform] : [])
            .Select(role => role.Name)
            .ToHashSet(StringComparer.Ordinal);
        return roles.All.Select(role => FaultOf(roles, role, system)).FirstOrDefault(fault => fault is not null)
            ?? FaultOfNames(roles);
    }

    private static string? FaultOf(RoleHierarchy roles, Role role, HashSet<string> system)
    {
        if (role.IsSystemRole)
        {
            if (!system.Contains(role.Name))
                return $"has a system role '{role.Name}' that this version does not have";
            if (FaultOfSystem(roles, role) is { } fault)
                return fault;
        }
        else if (RoleName.FaultOf(role.Name) is { } unreadable)
        {
            return $"has a role {role.Id} whose name {unreadable}";
        }
        else if (RoleName.ReservedAs(role.Name) is { } reserved)
        {
            return $"has a role '{role.Name}' that looks like the system role {reserved}";
        }
        var chain = roles.ChainOf(role.Id);
        if (chain.Count > LongestChain)
            return $"has a chain of {chain.Count} roles that begins with '{role.Name}'; at most {LongestChain} are allowed";
        if (chain[^1].ParentId is not { } parent)
            return null;
        return roles.ById(parent) is null
            ? $"has a role '{chain[^1].Name}' whose parent does not exist"
            : $"has a cycle of roles that includes '{role.Name}'";
    }

    /// <summary>
    /// A person who registers becomes a User, so an archive must not extend what that role permits. It may permit less:
    /// an older version granted less.
    /// </summary>
    private static string? FaultOfSystem(RoleHierarchy roles, Role role)
    {
        var system = SystemRoles.OfEveryTenant.Append(SystemRoles.OfThePlatform).Single(one => one.Name == role.Name);
        if ((role.ParentId is { } parent ? roles.ById(parent)?.Name : null) != system.Holds)
            return $"has the system role '{role.Name}' with another parent than {system.Holds ?? "none"}";
        return roles.OwnOf(role.Id).FirstOrDefault(permission => !system.Adds.Contains(permission.Name)) is { } excess
            ? $"has the system role '{role.Name}' with {excess.Name}, which this version does not grant to it"
            : null;
    }

    private static string? FaultOfNames(RoleHierarchy roles)
    {
        var roleOfKey = new Dictionary<string, Role>(StringComparer.Ordinal);
        foreach (var role in roles.All)
        {
            foreach (var key in RoleName.KeysOf(role.Name))
            {
                if (!roleOfKey.TryAdd(key, role) && roleOfKey[key].Id != role.Id)
                    return $"has roles '{roleOfKey[key].Name}' and '{role.Name}', which look alike";
            }
        }
        return null;
    }
}
