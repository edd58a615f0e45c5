using System.Collections.Concurrent;
using System.Text.Json.Serialization;
using Microsoft.EntityFrameworkCore;
using Tenantry.Foundation.Data.Database;

namespace Tenantry.Foundation.Security.Access;

/// <summary>All roles of a tenant with what each holds, its own permissions and those of the roles below it. They are few: one round trip brings all.</summary>
public sealed class RoleHierarchy
{
    private readonly Dictionary<Guid, Row> roles;

    // Asked for again by every request while it is cached.
    private readonly ConcurrentDictionary<Guid, IReadOnlyList<(Permission, Role)>> held = new();

    public RoleHierarchy(IReadOnlyList<Row> rows)
    {
        Rows = rows;
        roles = rows.ToDictionary(row => row.Role.Id);
        All = [.. rows.Select(row => row.Role).OrderBy(role => role.Name, StringComparer.Ordinal)];
        NewestFirst = [.. All.OrderByDescending(role => role.Id)];
    }

    /// <summary>What it is made of, and kept as where other processes read it.</summary>
    public IReadOnlyList<Row> Rows { get; }

    /// <summary>By name.</summary>
    [JsonIgnore]
    public IReadOnlyList<Role> All { get; }

    /// <summary>As a list shows them.</summary>
    [JsonIgnore]
    public IReadOnlyList<Role> NewestFirst { get; }

    /// <summary>In one round trip.</summary>
    public static async Task<RoleHierarchy> Of(TenantDb db, CancellationToken cancel) =>
        new(
            await db.Set<Role>()
                .AsNoTracking()
                .Select(role => new Row(
                    role,
                    db.Set<RolePermission>()
                        .Where(granted => granted.RoleId == role.Id)
                        .Join(
                            db.Set<Permission>(),
                            granted => granted.PermissionId,
                            permission => permission.Id,
                            (_, permission) => permission
                        )
                        .ToList()
                ))
                .ToListAsync(cancel)
        );

    /// <summary>
    /// The same, held against every other change of the tenant's roles until the transaction ends: two changes that are harmless each could close
    /// a circle together. The caller is decided about again behind the lock.
    /// </summary>
    public static async Task<RoleHierarchy> Take(TenantDb db, CancellationToken cancel)
    {
        await db.Lock($"SELECT FROM roles WHERE tenant_id = {db.Tenant} ORDER BY id FOR UPDATE", cancel);
        return await Of(db, cancel);
    }

    public Role? ByName(string name) => All.FirstOrDefault(role => role.Name == name);

    public Role? ById(Guid id) => roles.GetValueOrDefault(id)?.Role;

    /// <summary>Each permission once, sorted, with the role that has it: the nearest, where several do.</summary>
    public IReadOnlyList<(Permission Permission, Role By)> Held(Guid id) =>
        held.GetOrAdd(
            id,
            static (id, own) =>
                [
                    .. own.Chain(id)
                        .SelectMany(node => node.Own.Select(permission => (Permission: permission, By: node.Role)))
                        .DistinctBy(held => held.Permission.Id)
                        .OrderBy(held => held.Permission.Name, StringComparer.Ordinal),
                ],
            this
        );

    /// <summary>Sorted, each once.</summary>
    public IReadOnlyCollection<string> PermissionsOf(Guid id) => [.. Held(id).Select(held => held.Permission.Name)];

    /// <summary>From the role down to the one that holds no other.</summary>
    public IReadOnlyList<Role> ChainOf(Guid id) => [.. Chain(id).Select(node => node.Role)];

    /// <summary>Whether <paramref name="id"/> is <paramref name="other"/> or holds it, through however many roles.</summary>
    public bool Holds(Guid id, Guid other) => Chain(id).Any(node => node.Role.Id == other);

    /// <summary>How long the longest chain through a role becomes when it is built on another.</summary>
    /// <param name="role">the role, with those that are built on it; null: a new one</param>
    /// <param name="parent">the role below</param>
    public int LengthOn(Guid? role, Guid parent)
    {
        var above = 1;
        if (role is { } moved)
        {
            foreach (var top in All.Where(top => Holds(top.Id, moved)))
                above = Math.Max(above, 1 + ChainOf(top.Id).TakeWhile(one => one.Id != moved).Count());
        }
        return above + ChainOf(parent).Count;
    }

    /// <summary>As it would be with one role changed. Nothing is written.</summary>
    public RoleHierarchy With(Guid id, Guid? parent, IEnumerable<Permission> own)
    {
        var was = roles[id].Role;
        var changed = new Role
        {
            TenantId = was.TenantId,
            Id = id,
            Name = was.Name,
            ParentId = parent,
            IsSystemRole = was.IsSystemRole,
            CreatedAt = was.CreatedAt,
            UpdatedAt = was.UpdatedAt,
        };
        return new RoleHierarchy([.. Rows.Where(row => row.Role.Id != id), new Row(changed, [.. own])]);
    }

    public IReadOnlyList<Permission> OwnOf(Guid id) => roles[id].Own;

    /// <summary>The whole chain, however long; a circle ends where it closes. The function access_of_user follows it in the same way.</summary>
    private IEnumerable<Row> Chain(Guid id)
    {
        var seen = new HashSet<Guid>();
        for (
            var next = (Guid?)id;
            next is { } current && seen.Add(current) && roles.TryGetValue(current, out var node);
            next = node.Role.ParentId
        )
            yield return node;
    }

    /// <param name="Role">itself</param>
    /// <param name="Own">what it adds to the role below</param>
    public sealed record Row(Role Role, List<Permission> Own);
}
