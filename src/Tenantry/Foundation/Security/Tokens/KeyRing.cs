using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using Microsoft.IdentityModel.Tokens;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Hosting.Settings;

namespace Tenantry.Foundation.Security.Tokens;

/// <summary>
/// The keys of this installation: the newest whose time has come signs, and those before it verify until the last token that they signed
/// has expired. <see cref="KeyRotation"/> keeps it in step with the table.
/// </summary>
public sealed class KeyRing(IDbContextFactory<TenantDb> contexts, ServiceSettings settings, TimeProvider clock)
{
    /// <summary>So often at most is the table asked because of a key that nobody knows: anybody can make one up.</summary>
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(1);

    /// <summary>Clocks of instances differ.</summary>
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(1);

    private readonly Lock looking = new();
    private Task<bool> look = Task.FromResult(false);
    private long lookedAt;
    private volatile IReadOnlyList<Key> ring = [];

    public SigningCredentials Signing
    {
        get
        {
            var (now, keys) = (clock.GetUtcNow(), ring);
            if (keys.Count == 0)
                throw new InvalidOperationException("The key ring is not loaded.");
            // Where the clock of another instance runs ahead, the only key may seem to come from the future.
            return (keys.FirstOrDefault(key => key.SignsFrom <= now) ?? keys[^1]).Private;
        }
    }

    /// <summary>Since when the present key signs.</summary>
    public DateTimeOffset? SigningSince =>
        ring is { Count: > 0 } keys
            ? (keys.FirstOrDefault(key => key.SignsFrom <= clock.GetUtcNow()) ?? keys[^1]).SignsFrom
            : null;

    /// <summary>What <c>jwks.json</c> publishes, the newest first: one that does not sign yet is among them, so that nobody meets it unprepared.</summary>
    public IEnumerable<ECDsaSecurityKey> Verifying
    {
        get
        {
            var now = clock.GetUtcNow();
            return ring.Where(key => key.GoodUntil > now).Select(key => key.Public);
        }
    }

    public SecurityKey? Find(string keyId)
    {
        foreach (var key in ring)
        {
            if (key.Public.KeyId == keyId)
                return key.GoodUntil > clock.GetUtcNow() ? key.Public : null;
        }
        return null;
    }

    /// <exception cref="SigningKeyLockedException">JWT_SECRET is not the one that protects the keys</exception>
    public async Task Load(CancellationToken cancel)
    {
        await using var db = (await contexts.CreateDbContextAsync(cancel)).WithoutTenant();
        Take(await db.Set<SigningKey>().AsNoTracking().ToListAsync(cancel));
    }

    /// <summary>
    /// Asks the table again, for a token whose key is not known here: it may be seconds old. At most once a second, whoever asks how often.
    /// </summary>
    /// <returns>whether the table was asked</returns>
    public Task<bool> LookAgain(CancellationToken cancel)
    {
        lock (looking)
        {
            if (!look.IsCompleted)
                return look.WaitAsync(cancel);
            if (lookedAt != 0 && Stopwatch.GetElapsedTime(lookedAt) < BetweenLooks)
                return Task.FromResult(false);
            lookedAt = Stopwatch.GetTimestamp();
            return (look = Look()).WaitAsync(cancel);
        }

        async Task<bool> Look()
        {
            await Load(CancellationToken.None);
            return true;
        }
    }

    /// <summary>
    /// Adds a key, in turn with whoever else does. Keys that are good for nothing any more go.
    /// </summary>
    /// <param name="isDue">decides, once it is our turn, by the key that was added last; null where there is none</param>
    /// <param name="ahead">for how long it is published before it signs</param>
    /// <param name="dropOld">whether those before go at once, and every token that they signed with them</param>
    /// <param name="cancel">leaves the ring as it was</param>
    /// <returns>the new key; null where none was due</returns>
    public async Task<SigningKey?> Rotate(
        Func<SigningKey?, bool> isDue,
        TimeSpan ahead,
        bool dropOld,
        CancellationToken cancel
    )
    {
        await using var db = (await contexts.CreateDbContextAsync(cancel)).WithoutTenant();
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        await db.Database.ExecuteSqlRawAsync("SELECT pg_advisory_xact_lock(hashtext('tenantry.signing_keys'))", cancel);
        var keys = await db.Set<SigningKey>().ToListAsync(cancel);
        if (!isDue(keys.MaxBy(key => key.SignsFrom)))
            return null;

        var now = clock.GetUtcNow();
        var added = SigningKey.Create(settings.JwtSecret, now, now + ahead);
        db.Add(added);
        db.RemoveRange(
            dropOld ? keys : Timed([.. keys, added]).Where(key => key.GoodUntil <= now).Select(key => key.Row)
        );
        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        return added;
    }

    private void Take(List<SigningKey> rows)
    {
        // A row that does not open was made under another secret, or by somebody who has none: it counts for nothing, its public half neither.
        var opened = rows.Select(row => (Row: row, Private: row.Unlock(settings.JwtSecret)))
            .Where(key => key.Private is not null)
            .ToDictionary(key => key.Row.Id, key => key.Private!);
        if (opened.Count == 0)
            throw new SigningKeyLockedException();
        ring =
        [
            .. Timed(rows.Where(row => opened.ContainsKey(row.Id)))
                .Select(key => new Key(key.Row.Public(), opened[key.Row.Id], key.Row.SignsFrom, key.GoodUntil)),
        ];
    }

    /// <summary>The newest first, each with the time after which nothing that it signed is alive.</summary>
    private IEnumerable<(SigningKey Row, DateTimeOffset GoodUntil)> Timed(IEnumerable<SigningKey> rows)
    {
        var replacedAt = DateTimeOffset.MaxValue;
        foreach (var row in rows.OrderByDescending(key => key.SignsFrom).ThenByDescending(key => key.Id))
        {
            yield return (
                row,
                replacedAt == DateTimeOffset.MaxValue ? replacedAt : replacedAt + settings.AccessTokenLifetime + Skew
            );
            replacedAt = row.SignsFrom;
        }
    }

    private sealed record Key(
        ECDsaSecurityKey Public,
        SigningCredentials Private,
        DateTimeOffset SignsFrom,
        DateTimeOffset GoodUntil
    );
}
