using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Tenantry.Features.Auth.Mails;
using Tenantry.Features.Auth.Sessions;
using Tenantry.Features.Users;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Messaging;
using Tenantry.Foundation.Security.Passwords;

namespace Tenantry.Features.Auth;

/// <summary>
/// An address and a password for a session. Whoever guesses learns nothing from the answer: an unknown address, a wrong password and a
/// deactivated user get the same words, after the same work, and are made to wait alike.
/// </summary>
public static class Login
{
    /// <param name="Email">The address of the account, in any case.</param>
    /// <param name="Password">As it was chosen.</param>
    /// <param name="DeviceToken">That of an earlier sign-in on this device: what strangers tried does not hold it up.</param>
    public sealed record Request(
        [Needed, ShortText(254)] string? Email,
        [Needed, StringLength(1024, ErrorMessage = "is too long")] string? Password,
        [ShortText(200)] string? DeviceToken
    ) : IExample<Request>
    {
        public static Request Example => new("ada@example.com", "correct horse battery", null);
    }

    private const string Wrong = "The address or the password is wrong.";

    /// <summary>For how long a sign-in makes its address and browser known.</summary>
    private static readonly TimeSpan Familiar = TimeSpan.FromDays(90);

    public static async Task<Results<Ok<TokenAnswer>, Invalid, Unauthenticated, Denied, TooMany, Unavailable>> Handle(
        Request body,
        [FromHeader(Name = SessionCookies.ModeHeader)] string? mode,
        TenantContext context,
        TenantDb db,
        PasswordHashing hashing,
        SessionIssuer sessions,
        SessionCookies cookies,
        DeviceTokens devices,
        Outbox outbox,
        AuditTrail audit,
        TimeProvider clock,
        HttpContext http,
        CancellationToken cancel
    )
    {
        if (mode is not (null or "bearer" or SessionCookies.Mode))
            return Problems.Invalid(SessionCookies.ModeHeader, $"must be bearer or {SessionCookies.Mode}");

        var normalized = User.Normalize(body.Email!);
        var (address, userAgent, since) = (
            ClientAddress.Of(http),
            ClientAddress.UserAgentOf(http),
            clock.GetUtcNow() - Familiar
        );
        var found = await db.Set<User>()
            .Where(u => u.EmailNormalized == normalized)
            .Select(u => new
            {
                User = u,
                IsFamiliarAddress = db.Set<Session>()
                    .Any(s => s.UserId == u.Id && s.Address == address && s.CreatedAt > since),
                IsFamiliarDevice = db.Set<Session>()
                    .Any(s =>
                        s.UserId == u.Id && s.Address == address && s.UserAgent == userAgent && s.CreatedAt > since
                    ),
            })
            .AsNoTracking()
            .SingleOrDefaultAsync(cancel);
        var user = found?.User;

        var sent = body.DeviceToken is { } said ? [said] : SessionCookies.Sent(http, SessionCookies.DeviceCookie);
        var device = user is null ? null : sent.Find(one => devices.IsOf(user, one));
        var isKnownDevice = device is not null;
        var network = ClientAddress.Network(address);
        List<Attempt> attempts = isKnownDevice
            ? [new(AttemptKind.Device, device!)]
            : [new(AttemptKind.Address, network), new(AttemptKind.AddressOnAccount, $"{network} {normalized}")];
        if (!isKnownDevice && found is not { IsFamiliarAddress: true })
            attempts.Insert(0, new(AttemptKind.Account, normalized));
        if (await Attempt.Begin(db, attempts, clock.GetUtcNow(), cancel) is { } wait)
            return Problems.TooMany(
                "Too many attempts failed. Wait, sign in on a device that you used before, or ask for a new password by mail.",
                wait
            );

        bool isRight;
        string? better = null;
        using (var turn = await hashing.Turn(context.TenantId, cancel))
        {
            if (turn is null)
            {
                await Attempt.Dropped(db, attempts, clock.GetUtcNow(), cancel);
                return Problems.Unavailable(Problems.Overloaded, PasswordHashing.RetryAfter);
            }
            isRight = turn.Verify(body.Password!, user?.PasswordHash);
            if (isRight && turn.IsOutdated(user!.PasswordHash!))
                better = turn.Hash(body.Password!);
        }

        if (user is not { IsActive: true } || !isRight)
            return await Refuse(Problems.Unauthenticated(Problems.AuthenticationFailed, Wrong), Attempt.Failed);
        if (context.Tenant.VerificationRequired && !user.EmailVerified)
            return await Refuse(
                Problems.Denied(Problems.EmailNotVerified, Problems.EmailNotVerified.When),
                Attempt.Succeeded
            );

        var (session, refresh, expires) = sessions.Open(context.Tenant, user.Id, clock.GetUtcNow(), http);
        var told = audit.Event(context.TenantId, user.Id, AuditTrail.Success, actor: user.Id);
        var isAnnounced =
            !isKnownDevice
            && found is { IsFamiliarDevice: false }
            && context.Tenant.MailOnNewDevice
            && user.LastLoginAt is not null;
        if (await SignedIn() is not { } access)
            return await Refuse(Problems.Unauthenticated(Problems.AuthenticationFailed, Wrong), Attempt.Dropped);
        audit.Written(told);
        var shown = new SignedInDocument(
            user.Id,
            user.TenantId,
            user.Email,
            user.FirstName,
            user.LastName,
            user.EmailVerified,
            access.Role,
            access.Permissions
        );
        var answer = sessions.Answer(shown, session.Id, refresh, expires) with
        {
            DeviceToken = isKnownDevice ? null : devices.Make(user),
        };
        return TypedResults.Ok(mode == SessionCookies.Mode ? cookies.Put(http, answer, session.Id) : answer);

        // One statement; where a mail tells of it, within the transaction that queues the mail, and last: others from this address wait for what it locks.
        async Task<UserAccess?> SignedIn()
        {
            await using var transaction = isAnnounced ? await db.Begin(cancel) : null;
            if (isAnnounced)
            {
                await AuthMails.NewDevice(db, outbox, context.Tenant, user, session, cancel);
                await db.SaveChangesAsync(cancel);
            }
            var rows = await db.Rows(
                SignIn.Statement(user, better ?? user.PasswordHash!, session, (refresh, expires), told, attempts),
                SignIn.Read,
                cancel
            );
            if (rows.Count > 0 && transaction is not null)
                await transaction.CommitAsync(cancel);
            return rows.SingleOrDefault();
        }

        async Task<T> Refuse<T>(
            T refusal,
            Func<TenantDb, IReadOnlyList<Attempt>, DateTimeOffset, CancellationToken, Task> end
        )
            where T : Refusal
        {
            await using var transaction = await db.Begin(cancel);
            audit.Add(db, user?.Id, refusal.Kind.Code);
            await db.SaveChangesAsync(cancel);
            await end(db, attempts, clock.GetUtcNow(), cancel);
            await transaction.CommitAsync(cancel);
            return refusal;
        }
    }
}
