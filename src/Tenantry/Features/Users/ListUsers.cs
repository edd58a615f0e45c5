using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Tenantry.Foundation.Access;
using Tenantry.Foundation.Database;
using Tenantry.Foundation.Http;

namespace Tenantry.Features.Users;

/// <summary>The users of the tenant, newest first.</summary>
public static class ListUsers
{
    public static async Task<Results<Ok<Page<UserDocument>>, Invalid>> Handle(
        PageRequest page, [FromQuery] string? email, [FromQuery] string? role, [FromQuery(Name = "is_active")] bool? isActive, [FromQuery] string? status, [FromQuery] string? q,
        TenantDb db, HttpContext http, CancellationToken cancel)
    {
        if (status is not null && !Word.Is<UserStatus>(status))
            return Problems.Invalid("status", $"must be one of {Word.All<UserStatus>()}");

        var users = db.Set<User>().AsQueryable();
        if (page.After is { } after)
            users = users.Where(user => user.Id < after);
        if (email is not null)
        {
            var normalized = User.Normalize(email);
            users = users.Where(user => user.EmailNormalized == normalized);
        }
        if (role is not null)
            users = users.Where(user => db.Set<UserRole>().Any(assigned => assigned.UserId == user.Id && db.Set<Role>().Any(r => r.Id == assigned.RoleId && r.Name == role)));
        if (isActive is not null)
            users = users.Where(user => user.IsActive == isActive);
        if (q is not null)
        {
            var part = q.Trim().ToLowerInvariant();
            users = users.Where(user => user.Search.Contains(part));
        }
        users = status is null ? users : Word.To<UserStatus>(status) switch
        {
            UserStatus.Active => users.Where(user => user.IsActive && user.PasswordHash != null),
            UserStatus.Invited => users.Where(user => user.IsActive && user.PasswordHash == null),
            _ => users.Where(user => !user.IsActive),
        };

        var rows = await UserDocument.WithRoles(db, users.OrderByDescending(user => user.Id).Take(page.Limit + 1)).ToListAsync(cancel);
        return TypedResults.Ok(page.Cut([.. rows.Select(row => UserDocument.Of(row.User, row.Roles))], user => user.Id, http));
    }
}
