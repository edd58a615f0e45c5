using Microsoft.EntityFrameworkCore;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Security.Access;

namespace Tenantry.Features.Users;

/// <summary>
/// Which users a caller can change. A caller cannot change a user whose permissions exceed the caller's, and the last
/// active administrator of a tenant cannot be removed. Both are checked inside the transaction of the change, under a
/// lock: of two administrators who remove each other at the same time, only one succeeds.
/// </summary>
public static class Precedence
{
    /// <summary>
    /// Locks the user against concurrent changes until the transaction ends. The caller's permissions are checked again
    /// behind the lock: a concurrent request may have changed the caller.
    /// </summary>
    public static async Task<User?> Lock(TenantDb db, Guid id, CancellationToken cancel)
    {
        await db.Lock($"SELECT FROM users WHERE tenant_id = {db.Tenant} AND id = {id} FOR UPDATE", cancel);
        return await db.Set<User>().SingleOrDefaultAsync(user => user.Id == id, cancel);
    }

    /// <returns>The refusal where the user's permissions exceed the caller's; null: the change is allowed.</returns>
    public static async Task<Denied?> RefuseSuperior(TenantDb db, Caller caller, Guid user, CancellationToken cancel)
    {
        if (user == caller.UserId)
            return null;
        var access = await UserAccess.Of(db, user, cancel);
        return access.Permissions.FirstOrDefault(permission => !caller.Has(permission)) is { } missing
            ? Problems.Denied(
                Problems.PermissionDenied,
                $"The user has the permission {missing}. You cannot change a user whose permissions exceed yours."
            )
            : null;
    }

    /// <param name="db">The tenant's database, in the transaction of the change.</param>
    /// <param name="user">The user who loses the role, or who is deactivated or deleted.</param>
    /// <param name="role">The role; null where the user is deactivated or deleted.</param>
    /// <param name="cancel">Ends the wait for the lock.</param>
    /// <returns>
    /// The refusal where the tenant would have no active administrator left; null: the change is allowed.
    /// </returns>
    public static async Task<Conflicting?> RefuseLast(TenantDb db, Guid user, Guid? role, CancellationToken cancel)
    {
        // The lock allows one such change in a tenant at a time: each sees the result of the one before.
        var administrative = await db.Set<Role>()
            .FromSql(
                $"SELECT *, xmin FROM roles WHERE is_system_role AND name IN ({SystemRoles.Admin}, {SystemRoles.PlatformAdministrator}) ORDER BY id FOR UPDATE"
            )
            .AsNoTracking()
            .ToListAsync(cancel);
        foreach (var guarded in administrative.Where(guarded => role is null || guarded.Id == role))
        {
            var holders = await db.Set<UserRole>()
                .Where(assigned => assigned.RoleId == guarded.Id)
                .Where(assigned =>
                    db.Set<User>().Any(u => u.Id == assigned.UserId && u.IsActive && u.PasswordHash != null)
                )
                .Select(assigned => assigned.UserId)
                .Take(2)
                .ToListAsync(cancel);
            if (holders is [var last] && last == user)
                return Problems.Conflicting(
                    $"This is the last active user with the role {guarded.Name}. Assign the role to another user first."
                );
        }
        return null;
    }
}
