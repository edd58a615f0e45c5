using Tenantry.Foundation.Hosting.Concurrency;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Security.Passwords.Hashes;

namespace Tenantry.Foundation.Security.Passwords;

/// <summary>
/// Argon2id by libsodium. Each hash needs 19 MiB and a core for about 16 ms. At most as many run at once as there are
/// cores; a short queue waits, in turns between tenants; further requests are refused. A flood of sign-ins therefore
/// causes waiting, but never exhausts memory, and a flood at one tenant delays each other tenant by one hash. Imported
/// hashes that take long have a gate of their own, so that they leave cores to all others.
/// </summary>
/// <param name="cost">the cost of new hashes</param>
/// <param name="gate">the gate of hashes that take milliseconds</param>
/// <param name="slowGate">the gate of imported hashes that take longer</param>
/// <param name="pepper">the pepper of imported hashes; null: there is none</param>
public sealed class PasswordHashing(Argon2Cost cost, FairGate gate, FairGate slowGate, string? pepper)
{
    /// <summary>How long a refused client should wait.</summary>
    public static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    /// <summary>Waits for a core. Dispose the turn as soon as the hash is computed. Null: the queue is full.</summary>
    /// <param name="tenant">the tenant of the sign-in or link</param>
    /// <param name="cancel">cancels the waiting</param>
    public ValueTask<HashingSlot?> Enter(Guid tenant, CancellationToken cancel) => Enter(tenant, null, cancel);

    /// <summary>Waits for a core to verify a stored hash, and to create another.</summary>
    /// <param name="tenant">the tenant of the sign-in or link</param>
    /// <param name="stored">the hash that will be verified</param>
    /// <param name="cancel">cancels the waiting</param>
    /// <returns>null: the queue is full</returns>
    public async ValueTask<HashingSlot?> Enter(Guid tenant, string? stored, CancellationToken cancel)
    {
        var isSlow = stored is not null && StoredHash.TryRead(stored, out var hash) && IsSlow(hash, cost);
        return await (isSlow ? slowGate : gate).Acquire(tenant, cancel) is { IsAcquired: true } slot
            ? new HashingSlot(slot, cost, pepper)
            : null;
    }

    /// <summary>Our own hashes are never slow: the operator chose their cost.</summary>
    internal static bool IsSlow(StoredHash hash, Argon2Cost cost) =>
        hash.IsSlow
        && !(
            hash is Argon2Hash { IsNative: true } ours
            && ours.MemoryKiB * (long)ours.Passes <= cost.MemoryKiB * (long)cost.Passes
        );
}

/// <summary>The right to hash on one core.</summary>
public sealed class HashingSlot(GateSlot slot, Argon2Cost cost, string? pepper) : IDisposable
{
    /// <returns>the PHC string to store</returns>
    public string Hash(string password) => Argon2Hash.Create(password, cost.MemoryKiB, cost.Passes).ToString();

    /// <param name="password">as typed</param>
    /// <param name="stored">the stored hash; null: there is none, and the same work is done</param>
    /// <param name="standIn">
    /// the hash whose work is done where there is none, or none that can be read; null: one of ours
    /// </param>
    public bool Verify(string password, string? stored, string? standIn = null)
    {
        if (stored is not null && StoredHash.TryRead(stored, out var known))
            return known.Verify(password, pepper);
        // An unknown address costs as much time as a known one: timing does not reveal which addresses have accounts.
        if (standIn is null || !StoredHash.TryRead(standIn, out var other))
            other = new Argon2Hash(
                "argon2id",
                19,
                cost.MemoryKiB,
                cost.Passes,
                1,
                new byte[Argon2Hash.SaltBytes],
                new byte[32]
            );
        other.Verify(password, pepper);
        return false;
    }

    /// <summary>
    /// Whether a correct password must be hashed again: its hash is of another scheme, has a lower cost, or is slow, so
    /// that each sign-in would wait in the gate of slow hashes.
    /// </summary>
    public bool IsOutdated(string stored) =>
        !Argon2Hash.TryRead(stored, out var argon2)
        || !argon2.IsNative
        || argon2.MemoryKiB < cost.MemoryKiB
        || argon2.Passes < cost.Passes
        || PasswordHashing.IsSlow(argon2, cost);

    /// <returns>Why no password can be right for a stored hash; null: one can.</returns>
    public string? FaultOf(string stored) =>
        !StoredHash.TryRead(stored, out var hash) ? "This version cannot read it."
        : hash.NeedsPepper && pepper is null ? "IMPORTED_PASSWORD_PEPPER is not set."
        : null;

    public void Dispose() => slot.Dispose();
}
