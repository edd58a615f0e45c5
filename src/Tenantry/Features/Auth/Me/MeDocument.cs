using Microsoft.Net.Http.Headers;
using Tenantry.Features.Auth.Sessions;
using Tenantry.Features.Users;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Features.Auth.Me;

/// <summary>The caller's user, with the session, role and permissions of the access token.</summary>
/// <param name="Id">The user's id.</param>
/// <param name="Email">The user's e-mail address.</param>
/// <param name="FirstName">The user's first name.</param>
/// <param name="LastName">The user's last name.</param>
/// <param name="Phone">The user's telephone number in E.164 format.</param>
/// <param name="Locale">The language of messages to the user. Null: the language of the tenant.</param>
/// <param name="EmailVerified">Whether the user has verified the e-mail address.</param>
/// <param name="IsActive">Whether the user can sign in.</param>
/// <param name="TenantId">The id of the user's tenant.</param>
/// <param name="Tenant">The user's tenant.</param>
/// <param name="Role">The name of the user's highest role.</param>
/// <param name="Permissions">The user's effective permissions, sorted by name.</param>
/// <param name="SessionId">The id of the session of this request.</param>
/// <param name="LastLoginAt">The time of the last sign-in.</param>
/// <param name="CreatedAt">The time when the user was created.</param>
/// <param name="UpdatedAt">The time of the last change.</param>
public sealed record MeDocument(
    Guid Id,
    string Email,
    string? FirstName,
    string? LastName,
    string? Phone,
    string? Locale,
    bool EmailVerified,
    bool IsActive,
    Guid TenantId,
    MeTenant Tenant,
    string Role,
    string[] Permissions,
    Guid SessionId,
    DateTimeOffset? LastLoginAt,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt
) : IExample<MeDocument>
{
    public static MeDocument Example
    {
        get
        {
            var (user, signedIn) = (UserDocument.Example, SignedInUserDocument.Example);
            return new(
                user.Id,
                user.Email,
                user.FirstName,
                user.LastName,
                user.Phone,
                user.Locale,
                user.EmailVerified,
                user.IsActive,
                signedIn.TenantId,
                new MeTenant(signedIn.TenantId, "default", "Default"),
                signedIn.Role,
                signedIn.Permissions,
                Guid.Parse("019a8f3e-7d00-7a55-b1c2-3d4e5f607182"),
                user.LastLoginAt,
                user.CreatedAt,
                user.UpdatedAt
            );
        }
    }

    /// <summary>The tag covers role, permissions, tenant and session, too, since the body shows them.</summary>
    internal static EntityTagHeaderValue TagOf(uint version, TenantContext context) =>
        ETag.Of(version, context.SignedIn.DigestIn(context.Tenant));

    internal static MeDocument Of(UserDocument user, TenantContext context)
    {
        var (caller, tenant) = (context.SignedIn, context.Tenant);
        return new MeDocument(
            user.Id,
            user.Email,
            user.FirstName,
            user.LastName,
            user.Phone,
            user.Locale,
            user.EmailVerified,
            user.IsActive,
            tenant.Id,
            new MeTenant(tenant.Id, tenant.Slug, tenant.Name),
            caller.Role,
            caller.SortedPermissions,
            caller.SessionId,
            user.LastLoginAt,
            user.CreatedAt,
            user.UpdatedAt
        );
    }
}

/// <summary>The tenant of the caller.</summary>
/// <param name="Id">The tenant's id.</param>
/// <param name="Slug">The tenant's slug.</param>
/// <param name="Name">The tenant's name.</param>
public sealed record MeTenant(Guid Id, string Slug, string Name);
