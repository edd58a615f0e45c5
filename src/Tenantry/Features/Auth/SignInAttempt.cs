using Tenantry.Features.Auth.Sessions;
using Tenantry.Features.Users;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Security.Passwords;

namespace Tenantry.Features.Auth;

/// <summary>
/// The password check of one sign-in, with the counters that slow down guessing. The steps are the same for an unknown
/// address as for a known one. A request uses one: <see cref="Begin"/>, <see cref="Verify"/>, and then either
/// <see cref="Refuse"/> or <see cref="SignIn.Complete"/>.
/// </summary>
public sealed partial class SignInAttempt(
    TenantContext context,
    TenantDb db,
    PasswordHashing hashing,
    DeviceTokens devices,
    StandIns standIns,
    AuditTrail audit,
    TimeProvider clock,
    ILogger<SignInAttempt> log
)
{
    private KnownAccount? account;
    private List<Attempt> counted = [];

    /// <summary>The user of the address; null: there is none.</summary>
    public User? User => account?.User;

    /// <summary>Whether the password is that of the user.</summary>
    public bool IsRight { get; private set; }

    /// <summary>Whether the client sent a device token of the user.</summary>
    public bool IsKnownDevice { get; private set; }

    /// <summary>Whether the user signed in from this address with this user agent before.</summary>
    public bool IsFamiliarDevice => account is { IsFamiliarDevice: true };

    /// <summary>The hash to store from now on, where the present one is outdated.</summary>
    public string? RenewedHash { get; private set; }

    /// <summary>What the attempt is counted by.</summary>
    public IReadOnlyList<Attempt> Counted => counted;

    /// <summary>Finds the account and counts the attempt as under way.</summary>
    /// <returns>The time to wait; null: verify the password.</returns>
    public async Task<TimeSpan?> Begin(string email, string? deviceToken, HttpContext http, CancellationToken cancel)
    {
        var normalized = EmailAddress.Key(email);
        var address = ClientAddress.Of(http);
        account = await Find(normalized, http, cancel);

        var sent = deviceToken is not null ? [deviceToken] : SessionCookies.Sent(http, SessionCookies.DeviceCookie);
        var device = User is { } user ? sent.Find(token => devices.IsOf(user, token)) : null;
        IsKnownDevice = device is not null;
        var network = ClientAddress.Network(address);
        counted = IsKnownDevice
            ? [new(AttemptKind.Device, device!)]
            : [new(AttemptKind.Address, network), new(AttemptKind.AddressOnAccount, $"{network} {normalized}")];
        if (!IsKnownDevice && account is not { IsFamiliarAddress: true })
            counted.Insert(0, new(AttemptKind.Account, normalized));
        return await Attempt.Begin(db, counted, clock.GetUtcNow(), cancel);
    }

    /// <summary>Verifies the password. An unknown address costs the same work.</summary>
    /// <returns>Whether there was capacity for hashing.</returns>
    public async Task<bool> Verify(string password, CancellationToken cancel)
    {
        var (stored, standIn) = (User?.PasswordHash, account?.StandIn);
        using var turn = await hashing.Enter(context.TenantId, stored ?? standIn, cancel);
        if (turn is null)
        {
            await Attempt.Dropped(db, counted, clock.GetUtcNow(), cancel);
            return false;
        }
        IsRight = turn.Verify(password, stored, standIn);
        // The hash of a deactivated user stays: the time of another hash would reveal that the password was right.
        RenewedHash = IsRight && User!.IsActive && turn.IsOutdated(stored!) ? turn.Hash(password) : null;
        if (stored is not null && turn.FaultOf(stored) is { } fault)
            Unverifiable(log, User!.Id, fault);
        return true;
    }

    /// <summary>
    /// Verifies the password again where the stored hash changed meanwhile. A concurrent sign-in may have replaced an
    /// imported hash, and both are right; or the password was changed.
    /// </summary>
    /// <returns>Whether the password is right for the present hash.</returns>
    public async Task<bool> VerifyAgain(string password, HttpContext http, CancellationToken cancel)
    {
        var before = User!.PasswordHash;
        var found = await Find(User.EmailNormalized, http, cancel);
        if (found.User is not { IsActive: true, PasswordHash: { } present } || present == before)
            return false;
        // The familiar places stay as they were: the other sign-in is of the same moment.
        account = account! with
        {
            User = found.User,
        };
        using var turn = await hashing.Enter(context.TenantId, present, cancel);
        IsRight = turn?.Verify(password, present) == true;
        RenewedHash = IsRight && turn!.IsOutdated(present) ? turn.Hash(password) : null;
        return IsRight;
    }

    private Task<KnownAccount> Find(string normalized, HttpContext http, CancellationToken cancel) =>
        KnownAccount.Find(
            db,
            context.TenantId,
            normalized,
            standIns.PivotOf(context.TenantId, normalized),
            ClientAddress.Of(http),
            ClientAddress.UserAgentOf(http),
            clock.GetUtcNow(),
            cancel
        );

    /// <summary>Writes the audit event of a refusal and the outcome of the attempt, in one transaction.</summary>
    /// <param name="refusal">What the client receives.</param>
    /// <param name="end">Reports the outcome: <see cref="Attempt.Failed"/> or another.</param>
    /// <param name="cancel">Rolls both back.</param>
    public async Task<T> Refuse<T>(
        T refusal,
        Func<TenantDb, IReadOnlyList<Attempt>, DateTimeOffset, CancellationToken, Task> end,
        CancellationToken cancel
    )
        where T : Refusal
    {
        await using var transaction = await db.Begin(cancel);
        audit.Add(db, User?.Id, refusal.Kind.Code);
        await db.SaveChangesAsync(cancel);
        await end(db, counted, clock.GetUtcNow(), cancel);
        await transaction.CommitAsync(cancel);
        return refusal;
    }

    [LoggerMessage(
        EventId = 1302,
        Level = LogLevel.Warning,
        Message = "The stored password hash of user {UserId} cannot be verified, and the user must reset the password: {Reason}"
    )]
    private static partial void Unverifiable(ILogger log, Guid userId, string reason);
}
