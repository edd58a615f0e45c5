using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Tenantry.Features.Users;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Security.Access;
using Tenantry.Foundation.Security.Tokens;

namespace Tenantry.Features.Roles;

/// <summary>
/// Roles are made and changed by whoever holds all that they hold, before and after: nobody makes themselves, or a friend, more than they are. A change counts
/// within a second on every instance.
/// </summary>
public sealed class ChangeRole(
    TenantContext context,
    TenantDb db,
    RoleCache known,
    WrittenRoles written,
    TokenStateCache revocations,
    AuditTrail audit,
    ServiceSettings settings,
    TimeProvider clock,
    IHttpContextAccessor accessor
)
{
    /// <param name="Name">Unique in the tenant.</param>
    /// <param name="Description">What it is for.</param>
    /// <param name="ParentId">The role below: all that it holds comes with it.</param>
    /// <param name="Permissions">By name, beside those of the role below. Not given: on a change, they stay.</param>
    public sealed record Request(
        [Needed, ShortText(100)] string? Name,
        [ShortText(500)] string? Description,
        Guid? ParentId,
        IReadOnlyList<string>? Permissions
    ) : IExample<Request>
    {
        public static Request Example =>
            new(
                "Support",
                "Answers questions",
                RoleDocument.Example.ParentId,
                [Foundation.Security.Access.Permissions.NotificationsSend]
            );
    }

    public sealed record PermissionRequest([Needed] string? Permission) : IExample<PermissionRequest>
    {
        public static PermissionRequest Example => new(Foundation.Security.Access.Permissions.NotificationsSend);
    }

    public static Task<Results<Created<RoleDocument>, Invalid, Denied, Conflicting, OverQuota>> Make(
        Request body,
        ChangeRole change,
        CancellationToken cancel
    ) => change.Make(body, cancel);

    public static Task<Results<Ok<RoleDocument>, Invalid, Missing, Denied, Conflicting, Stale>> Replace(
        Guid id,
        Request body,
        ChangeRole change,
        CancellationToken cancel
    ) =>
        change.Alter(
            id,
            "permissions",
            (role, own) =>
            {
                (role.Name, role.Description, role.ParentId) = (body.Name!, body.Description, body.ParentId);
                return body.Permissions ?? own.Select(permission => permission.Name);
            },
            cancel
        );

    public static Task<Results<Ok<RoleDocument>, Invalid, Missing, Denied, Conflicting, Stale>> AddPermission(
        Guid id,
        PermissionRequest body,
        ChangeRole change,
        CancellationToken cancel
    ) =>
        change.Alter(
            id,
            "permission",
            (_, own) => own.Select(permission => permission.Name).Append(body.Permission!),
            cancel
        );

    public static async Task<Results<NoContent, Invalid, Missing, Denied, Conflicting, Stale>> TakePermission(
        Guid id,
        Guid permissionId,
        ChangeRole change,
        CancellationToken cancel
    )
    {
        var answer = await change.Alter(
            id,
            "permission",
            (_, own) =>
                own.Any(permission => permission.Id == permissionId)
                    ? own.Where(permission => permission.Id != permissionId).Select(permission => permission.Name)
                    : null,
            cancel
        );
        return answer.Result switch
        {
            Invalid invalid => invalid,
            Missing missing => missing,
            Denied denied => denied,
            Conflicting conflicting => conflicting,
            Stale stale => stale,
            _ => TypedResults.NoContent(),
        };
    }

    public static Task<Results<NoContent, Missing, Denied, Conflicting, Stale>> Delete(
        Guid id,
        ChangeRole change,
        CancellationToken cancel
    ) => change.Delete(id, cancel);

    private async Task<Results<Created<RoleDocument>, Invalid, Denied, Conflicting, OverQuota>> Make(
        Request body,
        CancellationToken cancel
    )
    {
        await using var transaction = await db.Begin(cancel);
        var roles = await RoleHierarchy.Take(db, cancel);
        if (roles.All.Count >= settings.RolesPerTenant)
            return Problems.OverQuota(
                $"A tenant has {settings.RolesPerTenant} roles at most, and there are {roles.All.Count}. Delete one first.",
                new QuotaUse("roles", roles.All.Count, settings.RolesPerTenant)
            );
        switch (RefusesName(body.Name!, null, roles))
        {
            case Invalid invalid:
                return invalid;
            case Conflicting conflicting:
                return conflicting;
        }
        var now = clock.GetUtcNow();
        var role = new Role
        {
            TenantId = context.TenantId,
            Name = body.Name!,
            Description = body.Description,
            ParentId = body.ParentId,
            CreatedAt = now,
            UpdatedAt = now,
        };
        if (body.ParentId is { } parent && roles.ById(parent) is null)
            return Problems.Invalid("parent_id", "is no role of this tenant");
        if (RoleRules.IsTooLong(roles, null, body.ParentId))
            return Problems.Conflicting(RoleRules.TooLong, "parent_id");
        var catalogue = await Catalogue(cancel);
        if (Unknown(body.Permissions ?? [], catalogue) is { } unknown)
            return Problems.Invalid("permissions", unknown);
        if (
            Lacked((body.Permissions ?? []).Concat(body.ParentId is { } below ? roles.PermissionsOf(below) : [])) is
            { } denied
        )
            return denied;

        db.Add(role);
        db.AddRange(
            (body.Permissions ?? []).Distinct(StringComparer.Ordinal).Select(name => Grant(role.Id, catalogue[name]))
        );
        audit.Add(db, role.Id, changes: Changed([], body.Permissions ?? []));
        await db.SaveChangesAsync(cancel);
        var after = await RoleHierarchy.Of(db, cancel);
        await transaction.CommitAsync(cancel);
        known.Changed();
        accessor.HttpContext!.Response.GetTypedHeaders().ETag = written.TagOf(after.ById(role.Id)!, after);
        return TypedResults.Created($"{settings.ApiPath}/roles/{role.Id}", RoleDocument.Of(role, after));
    }

    /// <param name="id">the role</param>
    /// <param name="field">the member that names permissions</param>
    /// <param name="alter">changes the row and says which permissions the role is to have itself; null: it has not what was to be taken</param>
    /// <param name="cancel">leaves it as it was</param>
    private async Task<Results<Ok<RoleDocument>, Invalid, Missing, Denied, Conflicting, Stale>> Alter(
        Guid id,
        string field,
        Func<Role, IReadOnlyList<Permission>, IEnumerable<string>?> alter,
        CancellationToken cancel
    )
    {
        await using var transaction = await db.Begin(cancel);
        var roles = await RoleHierarchy.Take(db, cancel);
        switch (Refuses(id, roles))
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
        var had = roles.OwnOf(id);
        if (alter(role, had)?.ToHashSet(StringComparer.Ordinal) is not { } wanted)
            return Problems.Missing("The role has no such permission of its own.");
        switch (role.Name == roles.ById(id)!.Name ? null : RefusesName(role.Name, id, roles))
        {
            case Invalid invalid:
                return invalid;
            case Conflicting conflicting:
                return conflicting;
        }
        var catalogue = await Catalogue(cancel);
        if (Unknown(wanted, catalogue) is { } unknown)
            return Problems.Invalid(field, unknown);
        if (role.ParentId is { } parent)
        {
            if (roles.ById(parent) is null)
                return Problems.Invalid("parent_id", "is no role of this tenant");
            if (roles.Holds(parent, id))
                return Problems.Conflicting(
                    "The role below holds this one already: they would go round in a circle.",
                    "parent_id"
                );
            if (RoleRules.IsTooLong(roles, id, parent))
                return Problems.Conflicting(RoleRules.TooLong, "parent_id");
        }
        if (Lacked(wanted.Concat(role.ParentId is { } below ? roles.PermissionsOf(below) : [])) is { } lacked)
            return lacked;

        var hadNames = had.Select(permission => permission.Name).ToHashSet(StringComparer.Ordinal);
        var gone = had.Where(permission => !wanted.Contains(permission.Name))
            .Select(permission => permission.Id)
            .ToList();
        await db.Set<RolePermission>()
            .Where(granted => granted.RoleId == id && gone.Contains(granted.PermissionId))
            .ExecuteDeleteAsync(cancel);
        db.AddRange(wanted.Except(hadNames, StringComparer.Ordinal).Select(name => Grant(id, catalogue[name])));
        role.UpdatedAt = clock.GetUtcNow();
        audit.Add(db, id, changes: Changed(hadNames, wanted));
        await db.SaveChangesAsync(cancel);
        var after = await RoleHierarchy.Of(db, cancel);
        await transaction.CommitAsync(cancel);
        known.Changed();
        revocations.Add(context.TenantId);
        accessor.HttpContext!.Response.GetTypedHeaders().ETag = written.TagOf(after.ById(role.Id)!, after);
        return TypedResults.Ok(RoleDocument.Of(role, after));
    }

    private async Task<Results<NoContent, Missing, Denied, Conflicting, Stale>> Delete(
        Guid id,
        CancellationToken cancel
    )
    {
        await using var transaction = await db.Begin(cancel);
        var roles = await RoleHierarchy.Take(db, cancel);
        switch (Refuses(id, roles))
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
        if (await db.Set<UserRole>().AnyAsync(assigned => assigned.RoleId == id, cancel))
            return Problems.Conflicting("Users have this role: take it from them first.");
        if (roles.All.Any(role => role.ParentId == id))
            return Problems.Conflicting("Another role is built on this one.");
        await db.Set<Role>().Where(role => role.Id == id).ExecuteDeleteAsync(cancel);
        audit.Add(
            db,
            id,
            changes: new Dictionary<string, FieldChange>(
                Changed(roles.OwnOf(id).Select(permission => permission.Name), [])
            )
            {
                ["name"] = new FieldChange(roles.ById(id)!.Name, null),
            }
        );
        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        known.Changed();
        return TypedResults.NoContent();
    }

    /// <summary>What every change of a role asks first.</summary>
    private Refusal? Refuses(Guid id, RoleHierarchy roles)
    {
        if (roles.ById(id) is not { } role)
            return Problems.Missing("There is no such role.");
        if (!ETag.Holds(accessor.HttpContext!, written.TagOf(role, roles)))
            return new Stale();
        if (role.IsSystemRole)
            return Problems.Conflicting("A system role is the same in every tenant: build another on it.");
        return Lacked(roles.PermissionsOf(id));
    }

    /// <summary>Nobody is taken in by a role that only looks like another.</summary>
    private static Refusal? RefusesName(string name, Guid? role, RoleHierarchy roles) =>
        RoleName.FaultOf(name) is { } fault ? Problems.Invalid("name", fault)
        : RoleName.ReservedAs(name) is { } reserved
            ? Problems.Invalid("name", $"reads like {reserved}, which is reserved for the system role")
        : RoleRules.ReadLike(roles, role, name) is { } other
            ? Problems.Conflicting($"There is a role of this name, or one that reads like it: {other.Name}", "name")
        : null;

    /// <summary>Nobody gives, or touches, what they have not.</summary>
    private Denied? Lacked(IEnumerable<string> permissions) =>
        permissions.FirstOrDefault(permission => !context.SignedIn.May(permission)) is { } lacked
            ? Problems.Denied(
                Problems.PermissionDenied,
                $"You lack {lacked}: nobody gives or changes what they have not."
            )
            : null;

    private Task<Dictionary<string, Guid>> Catalogue(CancellationToken cancel) =>
        db.Set<Permission>()
            .ToDictionaryAsync(
                permission => permission.Name,
                permission => permission.Id,
                StringComparer.Ordinal,
                cancel
            );

    private static string? Unknown(IEnumerable<string> names, Dictionary<string, Guid> catalogue) =>
        names.FirstOrDefault(name => !catalogue.ContainsKey(name)) is { } unknown
            ? $"has one that the catalogue does not know: {unknown[..Math.Min(unknown.Length, 100)]}"
            : null;

    private static Dictionary<string, FieldChange> Changed(IEnumerable<string> had, IEnumerable<string> has)
    {
        var (before, after) = (
            had.Order(StringComparer.Ordinal).ToList(),
            has.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList()
        );
        return before.SequenceEqual(after) ? [] : new() { ["permissions"] = new FieldChange(before, after) };
    }

    private RolePermission Grant(Guid role, Guid permission) =>
        new()
        {
            TenantId = context.TenantId,
            RoleId = role,
            PermissionId = permission,
        };
}
