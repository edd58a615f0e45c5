using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Features.Users;

/// <summary>Revokes all sessions of a user.</summary>
public static class RevokeUserSessions
{
    public static Task<Results<NoContent, Missing, Denied, Conflicting, Stale>> Handle(
        [Description("The user's id.")] Guid id,
        UserChange change,
        CancellationToken cancel
    ) =>
        change.MakeWithoutBody(
            id,
            async _ =>
            {
                await change.RevokeSessions(id, cancel);
                return null;
            },
            cancel
        );
}
