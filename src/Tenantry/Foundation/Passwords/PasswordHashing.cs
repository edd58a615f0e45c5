using System.Security.Cryptography;
using System.Text;
using System.Threading.RateLimiting;
using NSec.Cryptography;
using Tenantry.Foundation.Settings;

namespace Tenantry.Foundation.Passwords;

/// <summary>
/// Argon2id by libsodium. Each hash takes 19 MiB and a core for some 16 ms, so no more run at once than there are cores,
/// a short queue waits, and the rest is turned away: a flood of sign-ins costs patience, never the memory of the process.
/// </summary>
public sealed class PasswordHashing(Argon2Cost cost) : IDisposable
{
    private const int WaitingPerCore = 32;

    private readonly ConcurrencyLimiter cores = new(new ConcurrencyLimiterOptions
    {
        PermitLimit = Environment.ProcessorCount,
        QueueLimit = Environment.ProcessorCount * WaitingPerCore,
        QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
    });

    /// <summary>How long somebody who was turned away should wait.</summary>
    public static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    /// <summary>Waits for a core. Null: too many wait already. Dispose the turn as soon as the hashing is done.</summary>
    public async ValueTask<HashingTurn?> Turn(CancellationToken cancel)
    {
        var lease = await cores.AcquireAsync(permitCount: 1, cancel);
        if (lease.IsAcquired)
            return new HashingTurn(lease, cost);
        lease.Dispose();
        return null;
    }

    public void Dispose() => cores.Dispose();
}

/// <summary>The right to hash on one core.</summary>
public sealed class HashingTurn(RateLimitLease lease, Argon2Cost cost) : IDisposable
{
    private const int SaltBytes = 16;
    private const int HashBytes = 32;

    /// <returns>the PHC string to store</returns>
    public string Hash(string password)
    {
        var salt = RandomNumberGenerator.GetBytes(SaltBytes);
        return new PhcString(cost.MemoryKiB, cost.Passes, 1, salt, Derive(password, cost.MemoryKiB, cost.Passes, salt, HashBytes)).ToString();
    }

    /// <param name="password">as typed</param>
    /// <param name="stored">the hash that is kept, or null where there is none: the work is done all the same</param>
    public bool Verify(string password, string? stored)
    {
        if (stored is not null && BcryptHash.IsOne(stored))
            return BcryptHash.Verify(password, stored);
        var isKnown = PhcString.TryParse(stored ?? "", out var parsed);
        // Nobody's hash takes as long as somebody's: an unknown address cannot be told by the time.
        var phc = isKnown ? parsed! : new PhcString(cost.MemoryKiB, cost.Passes, 1, new byte[SaltBytes], new byte[HashBytes]);
        var derived = Derive(password, phc.MemoryKiB, phc.Passes, phc.Salt, phc.Hash.Length);
        return CryptographicOperations.FixedTimeEquals(derived, phc.Hash) && isKnown;
    }

    /// <summary>Whether a password that was right is to be hashed anew: it came from bcrypt, or from cheaper days.</summary>
    public bool IsOutdated(string stored) =>
        !PhcString.TryParse(stored, out var phc) || phc.MemoryKiB < cost.MemoryKiB || phc.Passes < cost.Passes;

    public void Dispose() => lease.Dispose();

    private static byte[] Derive(string password, int memoryKiB, int passes, byte[] salt, int bytes)
    {
        var algorithm = new Argon2id(new Argon2Parameters { DegreeOfParallelism = 1, MemorySize = memoryKiB, NumberOfPasses = passes });
        // NFC: the same word typed on two keyboards is the same password (NIST SP 800-63B 3.1.1.2).
        var plain = Encoding.UTF8.GetBytes(password.Normalize(NormalizationForm.FormC));
        var derived = algorithm.DeriveBytes(plain, salt, bytes);
        CryptographicOperations.ZeroMemory(plain);
        return derived;
    }
}
