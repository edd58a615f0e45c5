using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;
using Npgsql;
using Tenantry.Features.Auth.Sessions;
using Tenantry.Features.Users;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Features.Auth.Me;

/// <summary>Who is signed in, and what they may do.</summary>
public static class GetMe
{
    public sealed record Response(
        Guid Id,
        string Email,
        string? FirstName,
        string? LastName,
        string? Phone,
        string? Locale,
        bool EmailVerified,
        bool IsActive,
        Guid TenantId,
        TenantOfUser Tenant,
        string Role,
        string[] Permissions,
        Guid SessionId,
        DateTimeOffset? LastLoginAt,
        DateTimeOffset CreatedAt,
        DateTimeOffset UpdatedAt
    ) : IExample<Response>
    {
        public static Response Example
        {
            get
            {
                var (user, signedIn) = (UserDocument.Example, SignedInDocument.Example);
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
                    new TenantOfUser(signedIn.TenantId, "default", "Default"),
                    signedIn.Role,
                    signedIn.Permissions,
                    Guid.Parse("019a8f3e-7d00-7a55-b1c2-3d4e5f607182"),
                    user.LastLoginAt,
                    user.CreatedAt,
                    user.UpdatedAt
                );
            }
        }
    }

    public sealed record TenantOfUser(Guid Id, string Slug, string Name);

    private const string Statement = $"SELECT {UserDocument.Columns}, u.xmin FROM users AS u WHERE u.id = $1";

    public static async Task<Results<Ok<Response>, NotModified, Unauthenticated>> Handle(
        TenantContext context,
        NpgsqlDataSource database,
        HttpContext http,
        CancellationToken cancel
    )
    {
        var rows = await context.Rows(
            database,
            new(Statement) { Parameters = { new NpgsqlParameter<Guid> { TypedValue = context.SignedIn.UserId } } },
            static row => (User: UserDocument.Read(row), Version: row.GetFieldValue<uint>(UserDocument.ColumnCount)),
            cancel
        );
        if (rows is not [{ User.IsActive: true } found])
            return Problems.Unauthenticated(Problems.TokenRevoked, "The user of this token is no longer active.");
        return ETag.IsKnown(http, TagOf(found.Version, context))
            ? new NotModified()
            : TypedResults.Ok(Show(found.User, context));
    }

    /// <summary>The body shows role, permissions, tenant and session too: another of them is another body.</summary>
    internal static EntityTagHeaderValue TagOf(uint version, TenantContext context) =>
        ETag.Of(version, context.SignedIn.DigestIn(context.Tenant));

    internal static Response Show(UserDocument user, TenantContext context)
    {
        var (caller, tenant) = (context.SignedIn, context.Tenant);
        return new Response(
            user.Id,
            user.Email,
            user.FirstName,
            user.LastName,
            user.Phone,
            user.Locale,
            user.EmailVerified,
            user.IsActive,
            tenant.Id,
            new TenantOfUser(tenant.Id, tenant.Slug, tenant.Name),
            caller.Role,
            caller.SortedPermissions,
            caller.SessionId,
            user.LastLoginAt,
            user.CreatedAt,
            user.UpdatedAt
        );
    }
}
