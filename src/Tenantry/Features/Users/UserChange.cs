using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Security.Tokens;

namespace Tenantry.Features.Users;

/// <summary>
/// What every change of a user by another user has in common: one transaction with a lock, <c>If-Match</c>, the rules
/// of <see cref="Precedence"/>, the audit event, and the change notification to all instances.
/// </summary>
public sealed class UserChange(
    TenantContext context,
    TenantDb db,
    TokenStateCache revocations,
    AuditTrail audit,
    TimeProvider clock,
    IHttpContextAccessor accessor
)
{
    public DateTimeOffset Now { get; } = clock.GetUtcNow();

    /// <summary>Makes a change, and returns the changed user.</summary>
    /// <param name="id">The user's id.</param>
    /// <param name="alter">Makes the change. A refusal that it returns rolls the change back.</param>
    /// <param name="cancel">Rolls the change back.</param>
    public async Task<Results<Ok<UserDocument>, Missing, Denied, Conflicting, Stale, TooMany>> Make(
        Guid id,
        Func<User, Task<IResult?>> alter,
        CancellationToken cancel
    )
    {
        var http = accessor.HttpContext!;
        await using var transaction = await db.Begin(cancel);
        if (await Precedence.Lock(db, id, cancel) is not { } user)
            return Problems.Missing("There is no such user.");
        if (
            http.Request.Headers.IfMatch.Count > 0
            && !ETag.Matches(http, UserDocument.TagOf(user.Version, (await UserDocument.Of(db, user, cancel)).Roles))
        )
            return new Stale();
        if (await Precedence.RefuseSuperior(db, context.SignedIn, id, cancel) is { } superior)
            return superior;
        switch (await alter(user))
        {
            case Missing missing:
                return missing;
            case Denied denied:
                return denied;
            case Conflicting conflicting:
                return conflicting;
            case TooMany tooMany:
                return tooMany;
            case { } other:
                throw NotARefusal(other);
        }

        user.UpdatedAt = Now;
        audit.Add(db, id);
        await db.SaveChangesAsync(cancel);
        var document = await UserDocument.Of(db, user, cancel);
        await transaction.CommitAsync(cancel);
        revocations.Revoke(id);
        if (db.Entry(user).State != EntityState.Detached)
            http.Response.GetTypedHeaders().ETag = UserDocument.TagOf(user.Version, document.Roles);
        return TypedResults.Ok(document.In(context.Tenant));
    }

    /// <summary>Makes a change, and returns no body.</summary>
    /// <param name="id">The user's id.</param>
    /// <param name="alter">Makes the change. A refusal that it returns rolls the change back.</param>
    /// <param name="cancel">Rolls the change back.</param>
    public async Task<Results<NoContent, Missing, Denied, Conflicting, Stale>> MakeWithoutBody(
        Guid id,
        Func<User, Task<IResult?>> alter,
        CancellationToken cancel
    ) =>
        (await Make(id, alter, cancel)).Result switch
        {
            Missing missing => missing,
            Denied denied => denied,
            Conflicting conflicting => conflicting,
            Stale stale => stale,
            Ok<UserDocument> => TypedResults.NoContent(),
            var other => throw NotARefusal(other),
        };

    /// <summary>Revokes all sessions of the user, in the transaction of the change.</summary>
    public Task RevokeSessions(Guid user, CancellationToken cancel) =>
        db.Set<Session>()
            .Where(session => session.UserId == user && session.RevokedAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(session => session.RevokedAt, Now), cancel);

    private static InvalidOperationException NotARefusal(IResult result) =>
        new($"This change cannot be refused with {result.GetType().Name}.");
}
