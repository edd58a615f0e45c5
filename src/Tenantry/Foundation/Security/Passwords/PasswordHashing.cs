using System.Security.Cryptography;
using System.Text;
using NSec.Cryptography;
using Tenantry.Foundation.Hosting.Concurrency;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Hosting.Settings;

namespace Tenantry.Foundation.Security.Passwords;

/// <summary>
/// Argon2id by libsodium. Each hash takes 19 MiB and a core for some 16 ms, so no more run at once than there are cores,
/// a short queue waits, tenant by tenant in turns, and the rest is turned away: a flood of sign-ins costs patience, never
/// the memory of the process, and at one tenant it costs the others one hash each.
/// </summary>
public sealed class PasswordHashing(Argon2Cost cost, FairGate gate)
{
    /// <summary>How long somebody who was turned away should wait.</summary>
    public static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    /// <summary>Waits for a core. Null: too many wait already. Dispose the turn as soon as the hashing is done.</summary>
    /// <param name="tenant">at which somebody signs in, or whose link it is</param>
    /// <param name="cancel">gives up waiting</param>
    public async ValueTask<HashingTurn?> Turn(Guid tenant, CancellationToken cancel) =>
        await gate.Enter(tenant, cancel) is { IsGiven: true } slot ? new HashingTurn(slot, cost) : null;
}

/// <summary>The right to hash on one core.</summary>
public sealed class HashingTurn(GateSlot slot, Argon2Cost cost) : IDisposable
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
    /// <param name="stored">the hash that is kept, or null where there is none: the work is done all the same</param>
    public bool Verify(string password, string? stored)
    {
        if (stored is not null && BcryptHash.IsOne(stored))
            return BcryptHash.Verify(password, stored);
        var isKnown = PhcString.TryParse(stored ?? "", out var parsed);
        // Nobody's hash takes as long as somebody's: an unknown address cannot be told by the time.
        var phc = isKnown
            ? parsed!
            : new PhcString(cost.MemoryKiB, cost.Passes, 1, new byte[SaltBytes], new byte[HashBytes]);
        var derived = Derive(password, phc.MemoryKiB, phc.Passes, phc.Salt, phc.Hash.Length);
        return CryptographicOperations.FixedTimeEquals(derived, phc.Hash) && isKnown;
    }

    /// <summary>Whether a password that was right is to be hashed anew: it came from bcrypt, or from cheaper days.</summary>
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
        // NFC: the same word typed on two keyboards is the same password (NIST SP 800-63B 3.1.1.2).
        var plain = Encoding.UTF8.GetBytes(StorableText.Normalized(password));
        var derived = algorithm.DeriveBytes(plain, salt, bytes);
        CryptographicOperations.ZeroMemory(plain);
        return derived;
    }
}
