using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Messaging;
using Tenantry.Foundation.Messaging.Templates;
using Tenantry.Foundation.Security.Access;
using Tenantry.Foundation.Security.Tokens;

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
        TokenStateCache revocations,
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
        await using var transaction = await db.Begin(cancel);
        if (await Invitation.RefuseTooSoon(db, body.Email!, now, cancel) is { } tooSoon)
            return tooSoon;
        IReadOnlyList<Session> ended = [];
        var user = await LockClaim(db, context.Tenant, body.Email!, cancel);
        if (user is null)
        {
            user = new User
            {
                TenantId = context.TenantId,
                Email = body.Email!,
                EmailNormalized = EmailAddress.Key(body.Email!),
                CreatedAt = now,
                UpdatedAt = now,
            };
            if (await UserQuota.Reserve(db, settings, context.Tenant, 1, cancel) is { } overQuota)
                return overQuota;
            db.Add(user);
        }
        else
        {
            if (await Precedence.RefuseSuperior(db, context.SignedIn, user.Id, cancel) is { } superior)
                return superior;
            user.PasswordHash = null;
            user.IsSelfRegistered = false;
            user.UpdatedAt = now;
            await db.Set<UserRole>().Where(assigned => assigned.UserId == user.Id).ExecuteDeleteAsync(cancel);
            await MailedToken.WithdrawAll(db, user.Id, cancel);
            ended = await Session.EndAll(db, user.Id, except: null, now, cancel);
        }
        (user.FirstName, user.LastName, user.Phone, user.Locale) = (
            body.FirstName,
            body.LastName,
            body.Phone,
            body.Locale is { } locale ? Locale.Normalized(locale) : null
        );
        user.Metadata = body.Metadata is { ValueKind: JsonValueKind.Object } metadata ? metadata : User.NoMetadata;
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
        revocations.RevokeAll(ended.Select(session => session.Id));
        var document = UserDocument.Of(user, [new AssignedRole(role.Id, role.Name)]);
        http.Response.GetTypedHeaders().ETag = UserDocument.TagOf(user.Version, document.Roles);
        return TypedResults.Created($"{settings.ApiPath}/users/{user.Id}", document);
    }

    /// <summary>
    /// A person who registered the address without proving it may be a stranger. The invitation takes the account over:
    /// its link proves the address, and what was set before is gone.
    /// </summary>
    private static async Task<User?> LockClaim(
        TenantDb db,
        ResolvedTenant tenant,
        string email,
        CancellationToken cancel
    )
    {
        if (!tenant.VerificationRequired)
            return null;
        var key = EmailAddress.Key(email);
        var id = await db.Set<User>()
            .Where(user => user.EmailNormalized == key)
            .Select(user => user.Id)
            .SingleOrDefaultAsync(cancel);
        return id != default && await Precedence.Lock(db, id, cancel) is { } found && found.IsClaimIn(tenant)
            ? found
            : null;
    }
}
