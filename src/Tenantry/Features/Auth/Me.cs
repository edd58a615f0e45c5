using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Net.Http.Headers;
using Tenantry.Features.Users;
using Tenantry.Foundation.Database;
using Tenantry.Foundation.Http;
using Tenantry.Foundation.Tenancy;

namespace Tenantry.Features.Auth;

/// <summary>Who is signed in, and what they may do.</summary>
public static class Me
{
    public sealed record Response(
        Guid Id, string Email, string? FirstName, string? LastName, string? Phone, string? Locale, bool EmailVerified, bool IsActive,
        Guid TenantId, TenantOfUser Tenant, string Role, string[] Permissions, Guid SessionId,
        DateTimeOffset? LastLoginAt, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt) : IExample<Response>
    {
        public static Response Example
        {
            get
            {
                var (user, signedIn) = (UserDocument.Example, SignedInDocument.Example);
                return new(user.Id, user.Email, user.FirstName, user.LastName, user.Phone, user.Locale, user.EmailVerified, user.IsActive,
                    signedIn.TenantId, new TenantOfUser(signedIn.TenantId, "default", "Default"), signedIn.Role, signedIn.Permissions,
                    Guid.Parse("019a8f3e-7d00-7a55-b1c2-3d4e5f607182"), user.LastLoginAt, user.CreatedAt, user.UpdatedAt);
            }
        }
    }

    public sealed record TenantOfUser(Guid Id, string Slug, string Name);

    private static readonly Func<TenantDb, Guid, CancellationToken, Task<User?>> ById =
        EF.CompileAsyncQuery((TenantDb db, Guid id, CancellationToken cancel) => db.Set<User>().AsNoTracking().SingleOrDefault(user => user.Id == id));

    public static async Task<Results<Ok<Response>, NotModified, Unauthenticated>> Handle(TenantContext context, TenantDb db, HttpContext http, CancellationToken cancel)
    {
        if (await ById(db, context.SignedIn.UserId, cancel) is not { IsActive: true } user)
            return Problems.Unauthenticated(Problems.TokenRevoked, "The user of this token is no longer active.");
        return ETag.IsKnown(http, TagOf(user, context)) ? new NotModified() : TypedResults.Ok(Show(user, context));
    }

    /// <summary>The body shows role, permissions, tenant and session too: another of them is another body.</summary>
    internal static EntityTagHeaderValue TagOf(User user, TenantContext context) => ETag.Of(user.Version,
        [context.SignedIn.SessionId.ToString(), context.SignedIn.Role, context.Tenant.Name, .. context.SignedIn.SortedPermissions]);

    internal static Response Show(User user, TenantContext context)
    {
        var (caller, tenant) = (context.SignedIn, context.Tenant);
        return new Response(
            user.Id, user.Email, user.FirstName, user.LastName, user.Phone, user.Locale, user.EmailVerified, user.IsActive,
            tenant.Id, new TenantOfUser(tenant.Id, tenant.Slug, tenant.Name), caller.Role, caller.SortedPermissions, caller.SessionId,
            user.LastLoginAt, user.CreatedAt, user.UpdatedAt);
    }
}
