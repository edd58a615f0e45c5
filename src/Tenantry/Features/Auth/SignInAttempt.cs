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
public sealed class SignInAttempt(
    TenantContext context,
    TenantDb db,
    PasswordHashing hashing,
    DeviceTokens devices,
    AuditTrail audit,
    TimeProvider clock
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
        var (address, userAgent) = (ClientAddress.Of(http), ClientAddress.UserAgentOf(http));
        account = await KnownAccount.Find(db, normalized, address, userAgent, clock.GetUtcNow(), cancel);

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
        using var turn = await hashing.Enter(context.TenantId, cancel);
        if (turn is null)
        {
            await Attempt.Dropped(db, counted, clock.GetUtcNow(), cancel);
            return false;
        }
        IsRight = turn.Verify(password, User?.PasswordHash);
        if (IsRight && turn.IsOutdated(User!.PasswordHash!))
            RenewedHash = turn.Hash(password);
        return true;
    }

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
}
