using Microsoft.EntityFrameworkCore;
using Microsoft.IdentityModel.Tokens;
using Tenantry.Foundation.Database;
using Tenantry.Foundation.Settings;

namespace Tenantry.Foundation.Tokens;

/// <summary>The keys of this installation, loaded at start: the newest signs, all of them verify.</summary>
public sealed class KeyRing(IDbContextFactory<TenantDb> contexts, ServiceSettings settings, TimeProvider clock)
{
    private IReadOnlyList<ECDsaSecurityKey> verifying = [];
    private SigningCredentials? signing;

    public SigningCredentials Signing => signing ?? throw new InvalidOperationException("The key ring is not loaded.");

    /// <summary>What <c>jwks.json</c> publishes.</summary>
    public IReadOnlyList<ECDsaSecurityKey> Verifying => verifying;

    public SecurityKey? Find(string keyId)
    {
        foreach (var key in verifying)
        {
            if (key.KeyId == keyId)
                return key;
        }
        return null;
    }

    /// <exception cref="SigningKeyLockedException">JWT_SECRET is not the one that protects the keys</exception>
    public async Task Load(CancellationToken cancel)
    {
        await using var db = (await contexts.CreateDbContextAsync(cancel)).WithoutTenant();
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        // Instances that start together agree on the first key.
        await db.Database.ExecuteSqlRawAsync("SELECT pg_advisory_xact_lock(hashtext('tenantry.signing_keys'))", cancel);
        var keys = await db.Set<SigningKey>().OrderByDescending(key => key.Id).ToListAsync(cancel);
        if (keys.Count == 0)
        {
            keys.Add(SigningKey.Create(settings.JwtSecret, clock.GetUtcNow()));
            db.Add(keys[0]);
            await db.SaveChangesAsync(cancel);
        }
        await transaction.CommitAsync(cancel);

        signing = keys[0].Unlock(settings.JwtSecret);
        verifying = [.. keys.Select(key => key.Public())];
    }
}
