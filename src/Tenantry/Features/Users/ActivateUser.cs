using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Features.Users;

/// <summary>Activates a deactivated user.</summary>
public static class ActivateUser
{
    public static Task<Results<Ok<UserDocument>, Missing, Denied, Conflicting, Stale, TooMany>> Handle(
        [Description("The user's id.")] Guid id,
        UserChange change,
        CancellationToken cancel
    ) =>
        change.Make(
            id,
            user =>
            {
                user.IsActive = true;
                return Task.FromResult<IResult?>(null);
            },
            cancel
        );
}
