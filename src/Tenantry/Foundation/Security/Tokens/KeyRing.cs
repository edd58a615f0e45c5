using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using Microsoft.IdentityModel.Tokens;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Hosting.Settings;

namespace Tenantry.Foundation.Security.Tokens;

/// <summary>
/// The signing keys of this installation. The newest key whose start time has passed signs; older keys verify until the
/// last token that they signed has expired. <see cref="KeyRotation"/> synchronises the ring with the table.
/// </summary>
public sealed class KeyRing(IDbContextFactory<TenantDb> contexts, ServiceSettings settings, TimeProvider clock)
{
    /// <summary>
    /// The shortest time between two queries for unknown key ids: anyone can send tokens with invented ones.
    /// </summary>
    private static readonly TimeSpan ReloadInterval = TimeSpan.FromSeconds(1);

    /// <summary>Tolerance for the clocks of the instances.</summary>
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(1);

    private readonly Lock reloading = new();
    private Task<bool> reload = Task.FromResult(false);
    private long reloadedAt;
    private volatile IReadOnlyList<Key> ring = [];

    public SigningCredentials Signing
    {
        get
        {
            var (now, keys) = (clock.GetUtcNow(), ring);
            if (keys.Count == 0)
                throw new InvalidOperationException("The key ring is not loaded.");
            // If the clock of another instance is ahead, the start time of the only key may be in the future here.
            return (keys.FirstOrDefault(key => key.SignsFrom <= now) ?? keys[^1]).Private;
        }
    }

    /// <summary>The time since which the present key signs.</summary>
    public DateTimeOffset? SigningSince =>
        ring is { Count: > 0 } keys
            ? (keys.FirstOrDefault(key => key.SignsFrom <= clock.GetUtcNow()) ?? keys[^1]).SignsFrom
            : null;

    /// <summary>
    /// The keys that <c>jwks.json</c> publishes, the newest first. The next key is published before it signs, so that
    /// clients
    /// which cache the set know it in time.
    /// </summary>
    public IEnumerable<ECDsaSecurityKey> Verifying
    {
        get
        {
            var now = clock.GetUtcNow();
            return ring.Where(key => key.VerifiesUntil > now).Select(key => key.Public);
        }
    }

    public SecurityKey? Find(string keyId)
    {
        foreach (var key in ring)
        {
            if (key.Public.KeyId == keyId)
                return key.VerifiesUntil > clock.GetUtcNow() ? key.Public : null;
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
    /// Reads the table again for a token whose key is unknown here: the key may be seconds old. At most once a second.
    /// </summary>
    /// <returns>whether the table was read</returns>
    public Task<bool> LookAgain(CancellationToken cancel)
    {
        lock (reloading)
        {
            if (!reload.IsCompleted)
                return reload.WaitAsync(cancel);
            if (reloadedAt != 0 && Stopwatch.GetElapsedTime(reloadedAt) < ReloadInterval)
                return Task.FromResult(false);
            reloadedAt = Stopwatch.GetTimestamp();
            return (reload = Reload()).WaitAsync(cancel);
        }

        async Task<bool> Reload()
        {
            await Load(CancellationToken.None);
            return true;
        }
    }

    /// <summary>
    /// Adds a key, serialised with other instances, and deletes keys that verify no valid token any more.
    /// </summary>
    /// <param name="isDue">decides, under the lock, by the key that was added last; null where there is none</param>
    /// <param name="ahead">how long the key is published before it signs</param>
    /// <param name="dropOld">whether older keys are deleted at once, which invalidates every token that they
    /// signed</param>
    /// <param name="cancel">leaves the ring unchanged</param>
    /// <returns>the new key; null: no rotation was due</returns>
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
            dropOld ? keys : Timed([.. keys, added]).Where(key => key.VerifiesUntil <= now).Select(key => key.Row)
        );
        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        return added;
    }

    private void Take(List<SigningKey> rows)
    {
        // A row that does not decrypt was created under another secret or forged: neither half of its key is used.
        var opened = rows.Select(row => (Row: row, Private: row.Unlock(settings.JwtSecret)))
            .Where(key => key.Private is not null)
            .ToDictionary(key => key.Row.Id, key => key.Private!);
        if (opened.Count == 0)
            throw new SigningKeyLockedException();
        ring =
        [
            .. Timed(rows.Where(row => opened.ContainsKey(row.Id)))
                .Select(key => new Key(key.Row.Public(), opened[key.Row.Id], key.Row.SignsFrom, key.VerifiesUntil)),
        ];
    }

    /// <summary>The newest first, each with the time after which no token that it signed is valid.</summary>
    private IEnumerable<(SigningKey Row, DateTimeOffset VerifiesUntil)> Timed(IEnumerable<SigningKey> rows)
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
        DateTimeOffset VerifiesUntil
    );
}
