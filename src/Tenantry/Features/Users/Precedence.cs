using Microsoft.EntityFrameworkCore;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Security.Access;

namespace Tenantry.Features.Users;

/// <summary>
/// Who may change whom. Nobody changes somebody who may do what they may not, and somebody always stays who runs the tenant. Both are decided inside
/// the change's transaction, under a lock, so that two who act on each other at once do not both succeed.
/// </summary>
public static class Precedence
{
    /// <summary>
    /// The user, held against everybody else's changes until the transaction ends. The caller is decided about again
    /// behind the lock: it may be they who were changed meanwhile.
    /// </summary>
    public static async Task<User?> Take(TenantDb db, Guid id, CancellationToken cancel)
    {
        await db.Lock($"SELECT FROM users WHERE tenant_id = {db.Tenant} AND id = {id} FOR UPDATE", cancel);
        return await db.Set<User>().SingleOrDefaultAsync(user => user.Id == id, cancel);
    }

    /// <returns>the refusal where the user stands above the caller; null: go on</returns>
    public static async Task<Denied?> Over(TenantDb db, Caller caller, Guid user, CancellationToken cancel)
    {
        if (user == caller.UserId)
            return null;
        var access = await UserAccess.Of(db, user, cancel);
        return access.Permissions.FirstOrDefault(permission => !caller.May(permission)) is { } lacked
            ? Problems.Denied(
                Problems.PermissionDenied,
                $"The user holds {lacked}, which you lack: nobody changes somebody above them."
            )
            : null;
    }

    /// <param name="db">in the change's transaction</param>
    /// <param name="user">who is about to lose the role, or to go</param>
    /// <param name="role">the role; null where the user goes altogether</param>
    /// <param name="cancel">stops waiting</param>
    /// <returns>the refusal where nobody would be left who runs the tenant; null: go on</returns>
    public static async Task<Conflicting?> OfTheLast(TenantDb db, Guid user, Guid? role, CancellationToken cancel)
    {
        // One such change of a tenant at a time: each sees what the one before left.
        var guarded = await db.Set<Role>()
            .FromSql(
                $"SELECT *, xmin FROM roles WHERE is_system_role AND name IN ({SystemRoles.Admin}, {SystemRoles.PlatformAdministrator}) ORDER BY id FOR UPDATE"
            )
            .AsNoTracking()
            .ToListAsync(cancel);
        foreach (var kept in guarded.Where(kept => role is null || kept.Id == role))
        {
            var holders = await db.Set<UserRole>()
                .Where(assigned => assigned.RoleId == kept.Id)
                .Where(assigned =>
                    db.Set<User>().Any(u => u.Id == assigned.UserId && u.IsActive && u.PasswordHash != null)
                )
                .Select(assigned => assigned.UserId)
                .Take(2)
                .ToListAsync(cancel);
            if (holders is [var last] && last == user)
                return Problems.Conflicting(
                    $"This is the last active user with the role {kept.Name}: make somebody else one first."
                );
        }
        return null;
    }
}
