using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Tenantry.Features.Users;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Security.Passwords;

namespace Tenantry.Features.Auth.Passwords;

/// <summary>
/// Changes the password of a user who knows the current one. It revokes all other sessions, so that a thief who signed
/// in with the old password is signed out, and reports the change by mail.
/// </summary>
public static class ChangePassword
{
    /// <param name="CurrentPassword">The user's current password.</param>
    /// <param name="NewPassword">The password that the user chooses.</param>
    public sealed record Request(
        [RequiredMember, StringLength(1024, ErrorMessage = "is too long")] string? CurrentPassword,
        [RequiredMember, Password] string? NewPassword
    ) : IExample<Request>
    {
        public static Request Example => new("correct horse battery", "a longer horse and two batteries");
    }

    public static async Task<Results<NoContent, Invalid, TooMany, Unavailable>> Handle(
        Request body,
        TenantContext context,
        TenantDb db,
        NewPasswords passwords,
        Reauthentication reauthentication,
        PasswordChange change,
        CancellationToken cancel
    )
    {
        var caller = context.SignedIn;
        var user = await db.Set<User>().Where(u => u.Id == caller.UserId).OfCaller(cancel);

        if (
            (
                User.PasswordFault(user, context.Tenant, body.NewPassword!)
                ?? await passwords.BreachFault(body.NewPassword!, cancel)
            ) is
            { } fault
        )
            return Problems.Invalid("new_password", fault);

        var (refusal, hash) = await reauthentication.Verify(
            user,
            body.CurrentPassword!,
            "current_password",
            cancel,
            body.NewPassword
        );
        switch (refusal)
        {
            case TooMany tooMany:
                return tooMany;
            case Unavailable unavailable:
                return unavailable;
            case Invalid invalid:
                return invalid;
        }

        await using var transaction = await db.Begin(cancel);
        var revoked = await change.Save(db, context.Tenant, user, hash!, caller.SessionId, cancel);
        await reauthentication.Succeeded(user, cancel);
        await transaction.CommitAsync(cancel);
        change.Announce(revoked);
        return TypedResults.NoContent();
    }
}
