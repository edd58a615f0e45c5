using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Tenantry.Features.Users;
using Tenantry.Foundation.Audit;
using Tenantry.Foundation.Database;
using Tenantry.Foundation.Http;
using Tenantry.Foundation.Passwords;
using Tenantry.Foundation.Tenancy;

namespace Tenantry.Features.Auth;

/// <summary>
/// An address and a password for a session. Whoever guesses learns nothing from the answer: an unknown address, a wrong password and a
/// deactivated user get the same words, after the same work.
/// </summary>
public static class Login
{
    public sealed record Request([Needed, ShortText(254)] string? Email, [Needed, StringLength(1024, ErrorMessage = "is too long")] string? Password) : IExample<Request>
    {
        public static Request Example => new("ada@example.com", "correct horse battery");
    }

    public static async Task<Results<Ok<TokenAnswer>, Invalid, Unauthenticated, Denied, Unavailable>> Handle(
        Request body, TenantContext tenant, TenantDb db, PasswordHashing hashing, Sessions sessions, AuditTrail audit, TimeProvider clock,
        HttpContext http, CancellationToken cancel)
    {
        var normalized = User.Normalize(body.Email!);
        var user = await db.Set<User>().SingleOrDefaultAsync(u => u.EmailNormalized == normalized, cancel);

        bool isRight;
        using (var turn = await hashing.Turn(cancel))
        {
            if (turn is null)
                return Problems.Unavailable(Problems.Overloaded, PasswordHashing.RetryAfter);
            isRight = turn.Verify(body.Password!, user?.PasswordHash);
        }

        if (user is not { IsActive: true } || !isRight)
            return await Refuse(Problems.Unauthenticated(Problems.AuthenticationFailed, "The address or the password is wrong."));
        if (tenant.Tenant.VerificationRequired && !user.EmailVerified)
            return await Refuse(Problems.Denied(Problems.EmailNotVerified, Problems.EmailNotVerified.When));

        var answer = sessions.Open(db, user, await UserAccess.Of(db, user.Id, cancel), http);
        user.LastLoginAt = clock.GetUtcNow();
        audit.Add(db, user.Id, actor: user.Id);
        await db.SaveChangesAsync(cancel);
        return TypedResults.Ok(answer);

        async Task<T> Refuse<T>(T refusal) where T : Refusal
        {
            audit.Add(db, user?.Id, refusal.Kind.Code);
            await db.SaveChangesAsync(cancel);
            return refusal;
        }
    }
}
