namespace Tenantry.Foundation.Security.Access;

/// <summary>What the roles of a tenant have to be, whoever brings them in: a request, or an archive.</summary>
public static class RoleRules
{
    /// <summary>How many roles a chain may have. Permissions follow from chains, and people have to understand them.</summary>
    public const int LongestChain = 16;

    public static readonly string TooLong = $"A chain of roles has {LongestChain} roles at most.";

    /// <summary>
    /// Whether building a role on another makes a chain too long. One from before the bound may stay as it is.
    /// </summary>
    /// <param name="roles">as they are; held by <see cref="RoleHierarchy.Take"/> where it has to be certain</param>
    /// <param name="role">what is built; null: a new role</param>
    /// <param name="parent">the role below; null: none</param>
    public static bool IsTooLong(RoleHierarchy roles, Guid? role, Guid? parent) =>
        parent is { } below
        && (role is not { } moved || roles.ById(moved)?.ParentId != below)
        && roles.LengthOn(role, below) > LongestChain;

    /// <returns>the other role of the tenant that people would take a role of this name for; null: none</returns>
    public static Role? ReadLike(RoleHierarchy roles, Guid? role, string name) =>
        roles.All.FirstOrDefault(other => other.Id != role && RoleName.ReadsLike(other.Name, name));

    /// <summary>All of the rules at once, for roles that come in from elsewhere.</summary>
    /// <param name="roles">of the tenant, as they came in</param>
    /// <param name="isPlatform">whether it is the tenant <c>platform</c>, which has one system role more</param>
    /// <param name="most">how many there may be</param>
    /// <returns>the first fault, as the end of a sentence about the tenant; null: there is none</returns>
    public static string? FaultOf(RoleHierarchy roles, bool isPlatform, int most)
    {
        if (roles.All.Count > most)
            return $"has {roles.All.Count} roles, and {most} are allowed";
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
                return $"has a system role '{role.Name}' that this version does not know";
            if (FaultOfSystem(roles, role) is { } fault)
                return fault;
        }
        else if (RoleName.FaultOf(role.Name) is { } unreadable)
        {
            return $"has a role {role.Id} whose name {unreadable}";
        }
        else if (RoleName.ReservedAs(role.Name) is { } reserved)
        {
            return $"has a role '{role.Name}' that reads like the system role {reserved}";
        }
        var chain = roles.ChainOf(role.Id);
        if (chain.Count > LongestChain)
            return $"has a chain of {chain.Count} roles that begins with '{role.Name}', and {LongestChain} are allowed";
        if (chain[^1].ParentId is not { } beyond)
            return null;
        return roles.ById(beyond) is null
            ? $"has a role '{chain[^1].Name}' on a role that is not there"
            : $"has a circle of roles, '{role.Name}' among them";
    }

    /// <summary>Whoever registers becomes a User: what that means is not for an archive to say. Less than this version gives is what an older one gave.</summary>
    private static string? FaultOfSystem(RoleHierarchy roles, Role role)
    {
        var known = SystemRoles.OfEveryTenant.Append(SystemRoles.OfThePlatform).Single(one => one.Name == role.Name);
        if ((role.ParentId is { } parent ? roles.ById(parent)?.Name : null) != known.Holds)
            return $"has the system role '{role.Name}' on another role than {known.Holds ?? "none"}";
        return roles.OwnOf(role.Id).FirstOrDefault(permission => !known.Adds.Contains(permission.Name)) is { } beyond
            ? $"has the system role '{role.Name}' with {beyond.Name}, which it does not give"
            : null;
    }

    private static string? FaultOfNames(RoleHierarchy roles)
    {
        var known = new Dictionary<string, Role>(StringComparer.Ordinal);
        foreach (var role in roles.All)
        {
            foreach (var key in RoleName.KeysOf(role.Name))
            {
                if (!known.TryAdd(key, role) && known[key].Id != role.Id)
                    return $"has roles '{known[key].Name}' and '{role.Name}', which read alike";
            }
        }
        return null;
    }
}
