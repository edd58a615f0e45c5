using Microsoft.EntityFrameworkCore;
using Tenantry.Foundation.Database;

namespace Tenantry.Foundation.Access;

/// <summary>All roles of a tenant with what each holds, its own permissions and those of the roles below it. They are few: one round trip brings all.</summary>
public sealed class RoleHierarchy
{
    private readonly Dictionary<Guid, Node> roles;

    private RoleHierarchy(Dictionary<Guid, Node> roles) => this.roles = roles;

    public IEnumerable<string> Names => roles.Values.Select(node => node.Role.Name).Order(StringComparer.Ordinal);

    public static async Task<RoleHierarchy> Of(TenantDb db, CancellationToken cancel)
    {
        var rows = await db.Set<Role>().AsNoTracking().Select(role => new
        {
            Role = role,
            Own = db.Set<RolePermission>().Where(granted => granted.RoleId == role.Id)
                .Join(db.Set<Permission>(), granted => granted.PermissionId, permission => permission.Id, (_, permission) => permission.Name).ToArray(),
        }).ToListAsync(cancel);
        return new RoleHierarchy(rows.ToDictionary(row => row.Role.Id, row => new Node(row.Role, row.Own)));
    }

    public Role? ByName(string name) => roles.Values.FirstOrDefault(node => node.Role.Name == name)?.Role;

    public Role? ById(Guid id) => roles.GetValueOrDefault(id)?.Role;

    public IReadOnlyList<string> OwnPermissionsOf(Guid id) => roles[id].Own;

    /// <summary>Sorted, each once.</summary>
    public IReadOnlyCollection<string> PermissionsOf(Guid id) => new SortedSet<string>(Chain(id).SelectMany(node => node.Own), StringComparer.Ordinal);

    /// <summary>Whether <paramref name="id"/> is <paramref name="other"/> or holds it, through however many roles.</summary>
    public bool Holds(Guid id, Guid other) => Chain(id).Any(node => node.Role.Id == other);

    private IEnumerable<Node> Chain(Guid id)
    {
        var seen = new HashSet<Guid>();
        for (var next = (Guid?)id; next is { } current && seen.Add(current) && roles.TryGetValue(current, out var node); next = node.Role.ParentId)
            yield return node;
    }

    private sealed record Node(Role Role, string[] Own);
}
