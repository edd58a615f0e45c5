using Microsoft.AspNetCore.Http.HttpResults;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Messaging;
using Tenantry.Foundation.Messaging.Templates;
using Tenantry.Foundation.Security.Access;

namespace Tenantry.Features.Users;

/// <summary>Makes a user who has yet to come, and mails the way in. Nobody lets somebody in with more than they may themselves.</summary>
public static class InviteUser
{
    /// <param name="Email">Where the invitation goes.</param>
    /// <param name="FirstName">The user may change it on accepting.</param>
    /// <param name="LastName">The same.</param>
    /// <param name="Phone">E.164.</param>
    /// <param name="Locale">The language of the invitation and of later mails.</param>
    /// <param name="Role">By name; <c>User</c> where none is given.</param>
    public sealed record Request(
        [Needed, Email] string? Email,
        [ShortText(100)] string? FirstName,
        [ShortText(100)] string? LastName,
        [PhoneNumber] string? Phone,
        [LanguageTag] string? Locale,
        [ShortText(100)] string? Role
    ) : IExample<Request>
    {
        public static Request Example =>
            new("ada@example.com", "Ada", "Lovelace", "+41791234567", "de-CH", SystemRoles.Manager);
    }

    public static async Task<Results<Created<UserDocument>, Invalid, Denied, Conflicting, OverQuota, TooMany>> Handle(
        Request body,
        TenantContext context,
        TenantDb db,
        Outbox outbox,
        AuditTrail audit,
        ServiceSettings settings,
        TimeProvider clock,
        HttpContext http,
        CancellationToken cancel
    )
    {
        var roles = await RoleHierarchy.Of(db, cancel);
        if (roles.ByName(body.Role ?? SystemRoles.User) is not { } role)
            return Problems.Invalid(
                "role",
                $"must be one of {string.Join(", ", roles.All.Take(20).Select(one => one.Name))}{(roles.All.Count > 20 ? ", …" : "")}"
            );
        if (roles.PermissionsOf(role.Id).FirstOrDefault(permission => !context.SignedIn.May(permission)) is { } lacked)
            return Problems.Denied(
                Problems.PermissionDenied,
                $"The role {role.Name} holds {lacked}, which you lack: nobody gives what they have not."
            );

        var now = clock.GetUtcNow();
        var user = new User
        {
            TenantId = context.TenantId,
            Email = body.Email!,
            EmailNormalized = User.Normalize(body.Email!),
            FirstName = body.FirstName,
            LastName = body.LastName,
            Phone = body.Phone,
            Locale = body.Locale is { } locale ? Locale.Normalized(locale) : null,
            CreatedAt = now,
            UpdatedAt = now,
        };
        await using var transaction = await db.Begin(cancel);
        if (await Invitation.Pause(db, body.Email!, now, cancel) is { } pause)
            return pause;
        if (await UserQuota.Take(db, settings, context.Tenant, 1, cancel) is { } full)
            return full;
        db.Add(user);
        db.Add(
            new UserRole
            {
                TenantId = user.TenantId,
                UserId = user.Id,
                RoleId = role.Id,
                AssignedAt = now,
            }
        );
        await Invitation.Send(db, outbox, context.Tenant.Name, user, now, cancel);
        audit.Add(db, user.Id);
        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        var document = UserDocument.Of(user, [new RoleOfUser(role.Id, role.Name)]);
        http.Response.GetTypedHeaders().ETag = UserDocument.TagOf(user.Version, document.Roles);
        return TypedResults.Created($"{settings.ApiPath}/users/{user.Id}", document);
    }
}
