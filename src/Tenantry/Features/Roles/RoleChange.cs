using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Security.Access;
using Tenantry.Foundation.Security.Tokens;

namespace Tenantry.Features.Roles;

/// <summary>
/// The rules that every change of a role follows. A caller needs all permissions that the role has before and after the
/// change: otherwise a caller could give themselves, or an accomplice, permissions that they do not have. A change
/// takes effect on every instance within a second.
/// </summary>
public sealed class RoleChange(
    TenantContext context,
    TenantDb db,
    RoleCache cache,
    RoleJson json,
    TokenStateCache tokenStates,
    AuditTrail audit,
    TimeProvider clock,
    IHttpContextAccessor accessor
)
{
    /// <summary>Alters a role that exists, in one transaction.</summary>
    /// <param name="id">the role</param>
    /// <param name="field">the member of the request that names permissions</param>
    /// <param name="alter">
    /// changes the row and returns the names of the permissions that the role is to have itself, besides those of its
    /// parent; null: the role does not have the permission that was to be removed
    /// </param>
    /// <param name="cancel">leaves the role as it was</param>
    internal async Task<Results<Ok<RoleDocument>, Invalid, Missing, Denied, Conflicting, Stale>> Apply(
        Guid id,
        string field,
        Func<Role, IReadOnlyList<Permission>, IEnumerable<string>?> alter,
        CancellationToken cancel
    )
    {
        await using var transaction = await db.Begin(cancel);
        var roles = await RoleHierarchy.Lock(db, cancel);
        switch (CheckExisting(id, roles))
        {
            case Missing missing:
                return missing;
            case Denied denied:
                return denied;
            case Conflicting conflicting:
                return conflicting;
            case Stale stale:
                return stale;
        }
        var role = await db.Set<Role>().SingleAsync(r => r.Id == id, cancel);
        var before = roles.OwnOf(id);
        if (alter(role, before)?.ToHashSet(StringComparer.Ordinal) is not { } wanted)
            return Problems.Missing("The role does not have this permission itself.");
        switch (role.Name == roles.ById(id)!.Name ? null : CheckName(role.Name, id, roles))
        {
            case Invalid invalid:
                return invalid;
            case Conflicting conflicting:
                return conflicting;
        }
        var catalogue = await Catalogue(cancel);
        switch (
            CheckKnown(field, wanted, catalogue.Keys)
            ?? CheckParent(roles, id, role.ParentId)
            ?? CheckHeld(wanted.Concat(InheritedFrom(role.ParentId, roles)))
        )
        {
            case Invalid invalid:
                return invalid;
            case Conflicting conflicting:
                return conflicting;
            case Denied denied:
                return denied;
        }

        var namesBefore = before.Select(permission => permission.Name).ToHashSet(StringComparer.Ordinal);
        var removed = before
            .Where(permission => !wanted.Contains(permission.Name))
            .Select(permission => permission.Id)
            .ToList();
        await db.Set<RolePermission>()
            .Where(granted => granted.RoleId == id && removed.Contains(granted.PermissionId))
            .ExecuteDeleteAsync(cancel);
        db.AddRange(wanted.Except(namesBefore, StringComparer.Ordinal).Select(name => Grant(id, catalogue[name])));
        role.UpdatedAt = clock.GetUtcNow();
        audit.Add(db, id, changes: PermissionChanges(namesBefore, wanted));
        await db.SaveChangesAsync(cancel);
        var document = await Commit(transaction, role, cancel);
        tokenStates.Revoke(context.TenantId);
        return TypedResults.Ok(document);
    }

    /// <summary>
    /// Commits the change of a role, drops the cached roles, and sets the entity tag of the response.
    /// </summary>
    internal async Task<RoleDocument> Commit(TenantTransaction transaction, Role role, CancellationToken cancel)
    {
        var roles = await RoleHierarchy.Load(db, cancel);
        await transaction.CommitAsync(cancel);
        cache.Invalidate();
        accessor.HttpContext!.Response.GetTypedHeaders().ETag = json.TagOf(roles.ById(role.Id)!, roles);
        return RoleDocument.Of(role, roles);
    }

    /// <summary>The first checks of every change of a role that exists.</summary>
    internal Refusal? CheckExisting(Guid id, RoleHierarchy roles)
    {
        if (roles.ById(id) is not { } role)
            return NoSuchRole();
        if (!ETag.Matches(accessor.HttpContext!, json.TagOf(role, roles)))
            return new Stale();
        if (role.IsSystemRole)
            return Problems.Conflicting(
                "A system role cannot be changed. Create a role with it as the parent instead."
            );
        return CheckHeld(roles.PermissionsOf(id));
    }

    /// <summary>Adds the faults of a role that are found without the database.</summary>
    internal static void AddFaults(
        string? name,
        IReadOnlyList<string>? permissions,
        Dictionary<string, string[]> errors
    )
    {
        if (name is not null && RoleName.FaultOf(name) is { } fault)
            errors["name"] = [fault];
        var known = Permissions.All.Select(permission => permission.Name).ToHashSet(StringComparer.Ordinal);
        if (CheckKnown("permissions", permissions ?? [], known) is { Errors: { } unknown })
            errors["permissions"] = unknown["permissions"];
    }

    /// <returns>Null: the database decides.</returns>
    internal static Invalid? Check(string? name, IReadOnlyList<string>? permissions)
    {
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        AddFaults(name, permissions, errors);
        return errors.Count == 0 ? null : new Invalid(errors);
    }

    /// <summary>Attack: a role whose name looks like that of another role is assigned by mistake.</summary>
    internal static Refusal? CheckName(string name, Guid? role, RoleHierarchy roles) =>
        RoleName.FaultOf(name) is { } fault ? Problems.Invalid("name", fault)
        : RoleName.ReservedAs(name) is { } reserved
            ? Problems.Invalid("name", $"looks like {reserved}, which is the name of a system role")
        : RoleRules.FindLookalike(roles, role, name) is { } other
            ? Problems.Conflicting(
                $"A role with this name, or with a name that looks like it, exists: {other.Name}.",
                "name"
            )
        : null;

    /// <param name="roles">as they are</param>
    /// <param name="role">the role that is changed; null: a new role</param>
    /// <param name="parent">its parent after the change; null: none</param>
    internal static Refusal? CheckParent(RoleHierarchy roles, Guid? role, Guid? parent)
    {
        if (parent is not { } id)
            return null;
        if (roles.ById(id) is null)
            return Problems.Invalid("parent_id", "is not a role of this tenant");
        if (role is { } changed && roles.Includes(id, changed))
            return Problems.Conflicting(
                "The parent is this role, or is built on this role: the roles would form a cycle.",
                "parent_id"
            );
        return RoleRules.IsTooLong(roles, role, id) ? Problems.Conflicting(RoleRules.TooLong, "parent_id") : null;
    }

    internal static Invalid? CheckKnown(string field, IEnumerable<string> names, ICollection<string> catalogue) =>
        names.FirstOrDefault(name => !catalogue.Contains(name)) is { } unknown
            ? Problems.Invalid(
                field,
                $"contains a permission that does not exist: {unknown[..Math.Min(unknown.Length, 100)]}"
            )
            : null;

    /// <summary>Attack: a caller raises their own permissions through a role that has more than they have.</summary>
    internal Denied? CheckHeld(IEnumerable<string> permissions) =>
        permissions.FirstOrDefault(permission => !context.SignedIn.Has(permission)) is { } missing
            ? Problems.Denied(
                Problems.PermissionDenied,
                $"You do not have {missing}. You cannot grant or change permissions that you do not have."
            )
            : null;

    internal static IEnumerable<string> InheritedFrom(Guid? parent, RoleHierarchy roles) =>
        parent is { } id ? roles.PermissionsOf(id) : [];

    /// <summary>The id of each permission by its name.</summary>
    internal Task<Dictionary<string, Guid>> Catalogue(CancellationToken cancel) =>
        db.Set<Permission>()
            .ToDictionaryAsync(
                permission => permission.Name,
                permission => permission.Id,
                StringComparer.Ordinal,
                cancel
            );

    /// <summary>The change of a role's own permissions, as the audit event shows it.</summary>
    internal static Dictionary<string, FieldChange> PermissionChanges(
        IEnumerable<string> before,
        IEnumerable<string> after
    )
    {
        var (had, has) = (
            before.Order(StringComparer.Ordinal).ToList(),
            after.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList()
        );
        return had.SequenceEqual(has) ? [] : new() { ["permissions"] = new FieldChange(had, has) };
    }

    internal RolePermission Grant(Guid role, Guid permission) =>
        new()
        {
            TenantId = context.TenantId,
            RoleId = role,
            PermissionId = permission,
        };

    internal static Missing NoSuchRole() => Problems.Missing("There is no such role.");
}
