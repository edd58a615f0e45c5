using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Messaging;

namespace Tenantry.Features.Users;

/// <summary>Why a user was not invited.</summary>
public enum NotInvited
{
    NotFound,
    HasPassword,
    Deactivated,
    TooSoon,
    PermissionsExceedYours,
}

/// <summary>Sends the invitation again to many users who have no password.</summary>
public static class ResendInvitations
{
    private const int Most = 100;

    /// <param name="UserIds">The ids of the users, at most 100.</param>
    public sealed record Request(
        [
            RequiredMember,
            MinLength(1, ErrorMessage = "must not be empty"),
            MaxLength(Most, ErrorMessage = "must have at most 100 elements")
        ]
            IReadOnlyList<Guid>? UserIds
    ) : IExample<Request>
    {
        public static Request Example => new([UserDocument.Example.Id]);
    }

    /// <param name="Id">The user's id.</param>
    /// <param name="Reason">Why the user was not invited.</param>
    public sealed record Skipped(Guid Id, NotInvited Reason);

    /// <param name="Invited">The ids of the users to whom an invitation is sent.</param>
    /// <param name="Skipped">The users who were not invited.</param>
    public sealed record Response(IReadOnlyList<Guid> Invited, IReadOnlyList<Skipped> Skipped) : IExample<Response>
    {
        public static Response Example =>
            new([UserDocument.Example.Id], [new Skipped(UserDocument.Example.Roles[0].Id, NotInvited.HasPassword)]);
    }

    public static async Task<Ok<Response>> Handle(
        Request body,
        TenantContext context,
        TenantDb db,
        Outbox outbox,
        AuditTrail audit,
        TimeProvider clock,
        CancellationToken cancel
    )
    {
        var (invited, skipped) = (new List<Guid>(), new List<Skipped>());
        var ids = body.UserIds!.Distinct().Order().ToList(); // in one order, so that two requests do not block each other
        await using var transaction = await db.Begin(cancel);
        var users = await db.Set<User>()
            .Where(user => ids.Contains(user.Id))
            .ToDictionaryAsync(user => user.Id, cancel);
        foreach (var id in ids)
        {
            var reason = users.TryGetValue(id, out var user) ? await Invite(user) : NotInvited.NotFound;
            if (reason is { } why)
                skipped.Add(new Skipped(id, why));
            else
                invited.Add(id);
        }
        audit.Add(db, target: null);
        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        return TypedResults.Ok(new Response(invited, skipped));

        async Task<NotInvited?> Invite(User user) =>
            await Precedence.RefuseSuperior(db, context.SignedIn, user.Id, cancel) is not null
                ? NotInvited.PermissionsExceedYours
                : await Invitation.Resend(db, outbox, context.Tenant.Name, user, clock.GetUtcNow(), cancel);
    }
}
