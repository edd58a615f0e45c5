using System.Security.Cryptography;
using System.Text;
using NSec.Cryptography;
using Tenantry.Foundation.Hosting.Concurrency;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Hosting.Settings;

namespace Tenantry.Foundation.Security.Passwords;

/// <summary>
/// Argon2id by libsodium. Each hash needs 19 MiB and a core for about 16 ms. At most as many run at once as there are
/// cores; a short queue waits, in turns between tenants; further requests are refused. A flood of sign-ins therefore
/// causes
/// waiting, but never exhausts memory, and a flood at one tenant delays each other tenant by one hash.
/// </summary>
public sealed class PasswordHashing(Argon2Cost cost, FairGate gate)
{
    /// <summary>How long a refused client should wait.</summary>
    public static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    /// <summary>Waits for a core. Dispose the turn as soon as the hash is computed. Null: the queue is full.</summary>
    /// <param name="tenant">the tenant of the sign-in or link</param>
    /// <param name="cancel">cancels the waiting</param>
    public async ValueTask<HashingSlot?> Enter(Guid tenant, CancellationToken cancel) =>
        await gate.Acquire(tenant, cancel) is { IsAcquired: true } slot ? new HashingSlot(slot, cost) : null;
}

/// <summary>The right to hash on one core.</summary>
public sealed class HashingSlot(GateSlot slot, Argon2Cost cost) : IDisposable
{
    private const int SaltBytes = 16;
    private const int HashBytes = 32;

    /// <returns>the PHC string to store</returns>
    public string Hash(string password)
    {
        var salt = RandomNumberGenerator.GetBytes(SaltBytes);
        return new PhcString(
            cost.MemoryKiB,
            cost.Passes,
            1,
            salt,
            Derive(password, cost.MemoryKiB, cost.Passes, salt, HashBytes)
        ).ToString();
    }

    /// <param name="password">as typed</param>
    /// <param name="stored">the stored hash; null: there is none, and the same work is done</param>
    public bool Verify(string password, string? stored)
    {
        if (stored is not null && BcryptHash.IsOne(stored))
            return BcryptHash.Verify(password, stored);
        var isKnown = PhcString.TryParse(stored ?? "", out var parsed);
        // An unknown address costs as much time as a known one: timing does not reveal which addresses have accounts.
        var phc = isKnown
            ? parsed!
            : new PhcString(cost.MemoryKiB, cost.Passes, 1, new byte[SaltBytes], new byte[HashBytes]);
        var derived = Derive(password, phc.MemoryKiB, phc.Passes, phc.Salt, phc.Hash.Length);
        return CryptographicOperations.FixedTimeEquals(derived, phc.Hash) && isKnown;
    }

    /// <summary>
    /// Whether a correct password must be hashed again: its hash is bcrypt, or was created with a lower cost.
    /// </summary>
    public bool IsOutdated(string stored) =>
        !PhcString.TryParse(stored, out var phc) || phc.MemoryKiB < cost.MemoryKiB || phc.Passes < cost.Passes;

    public void Dispose() => slot.Dispose();

    private static byte[] Derive(string password, int memoryKiB, int passes, byte[] salt, int bytes)
    {
        var algorithm = new Argon2id(
            new Argon2Parameters
            {
                DegreeOfParallelism = 1,
                MemorySize = memoryKiB,
                NumberOfPasses = passes,
            }
        );
        // NFC: the same text typed on two keyboards is the same password (NIST SP 800-63B 3.1.1.2).
        var plain = Encoding.UTF8.GetBytes(StorableText.Normalized(password));
        var derived = algorithm.DeriveBytes(plain, salt, bytes);
        CryptographicOperations.ZeroMemory(plain);
        return derived;
    }
}
