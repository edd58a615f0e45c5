using System.Text.Json;
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

/// <summary>
/// Creates an invited user, and sends the invitation. The caller cannot grant permissions that the caller lacks.
/// </summary>
public static class InviteUser
{
    /// <param name="Email">The e-mail address to invite. It is unique in the tenant, whatever its case.</param>
    /// <param name="FirstName">The user's first name. The user can change it when accepting the invitation.</param>
    /// <param name="LastName">The user's last name. The user can change it when accepting the invitation.</param>
    /// <param name="Phone">The user's telephone number in E.164 format.</param>
    /// <param name="Locale">
    /// The language of messages to the user, including the invitation, as a tag (<c>de-CH</c>).
    /// </param>
    /// <param name="Role">The name of the user's role. The default is <c>User</c>.</param>
    /// <param name="Metadata">A JSON object for your own use.</param>
    public sealed record Request(
        [RequiredMember, Email] string? Email,
        [ShortText(100)] string? FirstName,
        [ShortText(100)] string? LastName,
        [PhoneNumber] string? Phone,
        [LanguageTag] string? Locale,
        [ShortText(100)] string? Role,
        [FreeObject(User.MaxMetadataBytes)] JsonElement? Metadata
    ) : IExample<Request>
    {
        public static Request Example =>
            new("ada@example.com", "Ada", "Lovelace", "+41791234567", "de-CH", SystemRoles.Manager, null);
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
        var roles = await RoleHierarchy.Load(db, cancel);
        if (roles.ByName(body.Role ?? SystemRoles.User) is not { } role)
            return Problems.Invalid(
                "role",
                $"must be one of {string.Join(", ", roles.All.Take(20).Select(one => one.Name))}{(roles.All.Count > 20 ? ", …" : "")}"
            );
        if (AssignRole.Refuse(roles, role, context.SignedIn) is { } denied)
            return denied;

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
            Metadata = body.Metadata is { ValueKind: JsonValueKind.Object } metadata ? metadata : User.NoMetadata,
            CreatedAt = now,
            UpdatedAt = now,
        };
        await using var transaction = await db.Begin(cancel);
        if (await Invitation.RefuseTooSoon(db, body.Email!, now, cancel) is { } tooSoon)
            return tooSoon;
        if (await UserQuota.Reserve(db, settings, context.Tenant, 1, cancel) is { } overQuota)
            return overQuota;
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
        await Invitation.Add(db, outbox, context.Tenant.Name, user, now, cancel);
        audit.Add(db, user.Id);
        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        var document = UserDocument.Of(user, [new AssignedRole(role.Id, role.Name)]);
        http.Response.GetTypedHeaders().ETag = UserDocument.TagOf(user.Version, document.Roles);
        return TypedResults.Created($"{settings.ApiPath}/users/{user.Id}", document);
    }
}
