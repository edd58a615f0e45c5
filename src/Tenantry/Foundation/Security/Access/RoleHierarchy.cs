using System.Collections.Concurrent;
using System.Text.Json.Serialization;
using Microsoft.EntityFrameworkCore;
using Tenantry.Foundation.Data.Database;

namespace Tenantry.Foundation.Security.Access;

/// <summary>
/// All roles of a tenant and the effective permissions of each: its own and those of its ancestors. A tenant has few
/// roles, so one round trip reads them all.
/// </summary>
public sealed class RoleHierarchy
{
    private readonly Dictionary<Guid, Row> roles;

    // Every request reads these while the hierarchy is cached.
    private readonly ConcurrentDictionary<Guid, IReadOnlyList<(Permission, Role)>> held = new();

    public RoleHierarchy(IReadOnlyList<Row> rows)
    {
        Rows = rows;
        roles = rows.ToDictionary(row => row.Role.Id);
        All = [.. rows.Select(row => row.Role).OrderBy(role => role.Name, StringComparer.Ordinal)];
        NewestFirst = [.. All.OrderByDescending(role => role.Id)];
    }

    /// <summary>The rows that the hierarchy is built from; the shared cache stores these.</summary>
    public IReadOnlyList<Row> Rows { get; }

    /// <summary>Sorted by name.</summary>
    [JsonIgnore]
    public IReadOnlyList<Role> All { get; }

    /// <summary>In the order of a list of roles.</summary>
    [JsonIgnore]
    public IReadOnlyList<Role> NewestFirst { get; }

    /// <summary>Reads the roles in one round trip.</summary>
    public static async Task<RoleHierarchy> Load(TenantDb db, CancellationToken cancel) =>
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
    /// Reads the roles and locks them against other changes until the transaction ends: two changes that are valid by
    /// themselves could form a cycle together. The caller is checked again after the lock.
    /// </summary>
    public static async Task<RoleHierarchy> Lock(TenantDb db, CancellationToken cancel)
    {
        await db.Lock($"SELECT FROM roles WHERE tenant_id = {db.Tenant} ORDER BY id FOR UPDATE", cancel);
        return await Load(db, cancel);
    }

    public Role? ByName(string name) => All.FirstOrDefault(role => role.Name == name);

    /// <summary>The role that a filter names: exactly, or else in another case or spacing.</summary>
    public Role? Find(string name) => ByName(name) ?? All.FirstOrDefault(role => RoleName.IsSame(role.Name, name));

    public Role? ById(Guid id) => roles.GetValueOrDefault(id)?.Role;

    /// <summary>The effective permissions, sorted by name, each with the nearest role that has it.</summary>
    public IReadOnlyList<(Permission Permission, Role By)> EffectivePermissions(Guid id) =>
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

    /// <summary>The names of the effective permissions, sorted.</summary>
    public IReadOnlyCollection<string> PermissionsOf(Guid id) =>
        [.. EffectivePermissions(id).Select(held => held.Permission.Name)];

    /// <summary>From the role to its last ancestor.</summary>
    public IReadOnlyList<Role> ChainOf(Guid id) => [.. Chain(id).Select(node => node.Role)];

    /// <summary>Whether <paramref name="other"/> is the role <paramref name="id"/> or one of its ancestors.</summary>
    public bool Includes(Guid id, Guid other) => Chain(id).Any(node => node.Role.Id == other);

    /// <summary>The length of the longest chain through a role if it gets another parent.</summary>
    /// <param name="role">the role, with its descendants; null: a new one</param>
    /// <param name="parent">the new parent</param>
    public int LengthOn(Guid? role, Guid parent)
    {
        var above = 1;
        if (role is { } moved)
        {
            foreach (var top in All.Where(top => Includes(top.Id, moved)))
                above = Math.Max(above, 1 + ChainOf(top.Id).TakeWhile(one => one.Id != moved).Count());
        }
        return above + ChainOf(parent).Count;
    }

    /// <summary>The hierarchy with one role changed. Nothing is written.</summary>
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

    /// <summary>
    /// The role and its ancestors. A cycle ends at the first repetition. The function access_of_user reads it likewise.
    /// </summary>
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

    /// <param name="Role">the role</param>
    /// <param name="Own">the permissions that it adds to those of its parent</param>
    public sealed record Row(Role Role, List<Permission> Own);
}
