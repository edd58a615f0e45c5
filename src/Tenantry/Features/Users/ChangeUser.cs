using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Messaging.Templates;
using Tenantry.Foundation.Security.Access;
using Tenantry.Foundation.Security.Tokens;

namespace Tenantry.Features.Users;

/// <summary>What is done to a user by others: each in one transaction, under the rules of <see cref="Precedence"/>.</summary>
public static class ChangeUser
{
    /// <summary>The whole of what can be changed: a member that is not given is taken away.</summary>
    public sealed record Request(
        [ShortText(100), NotBlank] string? FirstName,
        [ShortText(100), NotBlank] string? LastName,
        [PhoneNumber] string? Phone,
        [LanguageTag] string? Locale
    ) : IExample<Request>
    {
        public static Request Example => new("Ada", "King", "+41791234567", "de-CH");
    }

    public sealed record RoleRequest([Needed] Guid? RoleId) : IExample<RoleRequest>
    {
        public static RoleRequest Example => new(UserDocument.Example.Roles[0].Id);
    }

    public static Task<Results<Ok<UserDocument>, Missing, Denied, Conflicting, Stale>> Replace(
        Guid id,
        Request body,
        Change change,
        CancellationToken cancel
    ) =>
        change.Of(
            id,
            user =>
            {
                (user.FirstName, user.LastName, user.Phone, user.Locale) = (
                    body.FirstName,
                    body.LastName,
                    body.Phone,
                    body.Locale is { } locale ? Locale.Normalized(locale) : null
                );
                return Task.FromResult<IResult?>(null);
            },
            cancel
        );

    public static Task<Results<Ok<UserDocument>, Missing, Denied, Conflicting, Stale>> Deactivate(
        Guid id,
        Change change,
        TenantDb db,
        CancellationToken cancel
    ) =>
        change.Of(
            id,
            async user =>
            {
                if (await Precedence.OfTheLast(db, id, role: null, cancel) is { } last)
                    return last;
                user.IsActive = false;
                await change.EndSessions(id, cancel);
                return null;
            },
            cancel
        );

    public static Task<Results<Ok<UserDocument>, Missing, Denied, Conflicting, Stale>> Activate(
        Guid id,
        Change change,
        CancellationToken cancel
    ) =>
        change.Of(
            id,
            user =>
            {
                user.IsActive = true;
                return Task.FromResult<IResult?>(null);
            },
            cancel
        );

    public static Task<Results<Ok<UserDocument>, Missing, Denied, Conflicting, Stale>> AssignRole(
        Guid id,
        RoleRequest body,
        Change change,
        TenantContext context,
        TenantDb db,
        CancellationToken cancel
    ) =>
        change.Of(
            id,
            async user =>
            {
                // Who gives a role to themselves may be about to lose a permission by a change of a role: that change is waited for.
                var roles =
                    id == context.SignedIn.UserId
                        ? await RoleHierarchy.Take(db, cancel)
                        : await RoleHierarchy.Of(db, cancel);
                if (roles.ById(body.RoleId!.Value) is not { } role)
                    return Problems.Missing("There is no such role.");
                if (
                    roles.PermissionsOf(role.Id).FirstOrDefault(permission => !context.SignedIn.May(permission)) is
                    { } lacked
                )
                    return Problems.Denied(
                        Problems.PermissionDenied,
                        $"The role {role.Name} holds {lacked}, which you lack: nobody gives what they have not."
                    );
                if (
                    !await db.Set<UserRole>()
                        .AnyAsync(assigned => assigned.UserId == id && assigned.RoleId == role.Id, cancel)
                )
                    db.Add(
                        new UserRole
                        {
                            TenantId = user.TenantId,
                            UserId = id,
                            RoleId = role.Id,
                            AssignedAt = change.Now,
                        }
                    );
                return null;
            },
            cancel
        );

    public static async Task<Results<NoContent, Missing, Denied, Conflicting, Stale>> TakeRole(
        Guid id,
        Guid roleId,
        Change change,
        TenantDb db,
        CancellationToken cancel
    ) =>
        NothingToSay(
            await change.Of(
                id,
                async _ =>
                {
                    if (
                        await db.Set<UserRole>()
                            .SingleOrDefaultAsync(
                                assigned => assigned.UserId == id && assigned.RoleId == roleId,
                                cancel
                            )
                        is not { } assigned
                    )
                        return Problems.Missing("The user has no such role.");
                    if (await Precedence.OfTheLast(db, id, roleId, cancel) is { } last)
                        return last;
                    db.Remove(assigned);
                    return null;
                },
                cancel
            )
        );

    public static async Task<Results<NoContent, Missing, Denied, Conflicting, Stale>> EndSessions(
        Guid id,
        Change change,
        CancellationToken cancel
    ) =>
        NothingToSay(
            await change.Of(
                id,
                async _ =>
                {
                    await change.EndSessions(id, cancel);
                    return null;
                },
                cancel
            )
        );

    /// <summary>What the user made stays, with an id that nobody answers to any more.</summary>
    public static async Task<Results<NoContent, Missing, Denied, Conflicting, Stale>> Delete(
        Guid id,
        Change change,
        TenantDb db,
        CancellationToken cancel
    ) =>
        NothingToSay(
            await change.Of(
                id,
                async user =>
                {
                    if (await Precedence.OfTheLast(db, id, role: null, cancel) is { } last)
                        return last;
                    db.Remove(user);
                    return null;
                },
                cancel
            )
        );

    private static Results<NoContent, Missing, Denied, Conflicting, Stale> NothingToSay(
        Results<Ok<UserDocument>, Missing, Denied, Conflicting, Stale> answer
    ) =>
        answer.Result switch
        {
            Missing missing => missing,
            Denied denied => denied,
            Conflicting conflicting => conflicting,
            Stale stale => stale,
            _ => TypedResults.NoContent(),
        };
}

/// <summary>The frame around every change of a user by somebody else: lock, <c>If-Match</c>, precedence, audit row, and the news to all instances.</summary>
public sealed class Change(
    TenantContext context,
    TenantDb db,
    TokenStateCache revocations,
    AuditTrail audit,
    TimeProvider clock,
    IHttpContextAccessor accessor
)
{
    public DateTimeOffset Now { get; } = clock.GetUtcNow();

    /// <param name="id">the user</param>
    /// <param name="alter">makes the change; what it answers, if anything, is a refusal and undoes it</param>
    /// <param name="cancel">undoes it too</param>
    public async Task<Results<Ok<UserDocument>, Missing, Denied, Conflicting, Stale>> Of(
        Guid id,
        Func<User, Task<IResult?>> alter,
        CancellationToken cancel
    )
    {
        var http = accessor.HttpContext!;
        await using var transaction = await db.Begin(cancel);
        if (await Precedence.Take(db, id, cancel) is not { } user)
            return Problems.Missing("There is no such user.");
        if (
            http.Request.Headers.IfMatch.Count > 0
            && !ETag.Holds(http, UserDocument.TagOf(user.Version, (await UserDocument.Of(db, user, cancel)).Roles))
        )
            return new Stale();
        if (await Precedence.Over(db, context.SignedIn, id, cancel) is { } above)
            return above;
        switch (await alter(user))
        {
            case Missing missing:
                return missing;
            case Denied denied:
                return denied;
            case Conflicting conflicting:
                return conflicting;
        }

        user.UpdatedAt = Now;
        audit.Add(db, id);
        await db.SaveChangesAsync(cancel);
        var document = await UserDocument.Of(db, user, cancel);
        await transaction.CommitAsync(cancel);
        revocations.Add(id);
        if (db.Entry(user).State != EntityState.Detached)
            http.Response.GetTypedHeaders().ETag = UserDocument.TagOf(user.Version, document.Roles);
        return TypedResults.Ok(document);
    }

    public Task EndSessions(Guid user, CancellationToken cancel) =>
        db.Set<Session>()
            .Where(session => session.UserId == user && session.RevokedAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(session => session.RevokedAt, Now), cancel);
}
