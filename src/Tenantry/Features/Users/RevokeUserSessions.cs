using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Features.Users;

/// <summary>Revokes all sessions of a user.</summary>
public static class RevokeUserSessions
{
    public static Task<Results<NoContent, Missing, Denied, Conflicting, Stale>> Handle(
        [Description("The user's id.")] Guid id,
        UserChange change,
        TenantDb db,
        CancellationToken cancel
    ) =>
        change.MakeWithoutBody(
            id,
            async _ =>
            {
                await MailedToken.WithdrawOfSessions(db, id, cancel);
                await change.RevokeSessions(id, cancel);
                return null;
            },
            cancel
        );
}
