using Microsoft.Extensions.Caching.Memory;
using Npgsql;
using Tenantry.Foundation.Database;

namespace Tenantry.Foundation.Tenancy;

/// <summary>
/// Finds a tenant by what a request says of it. This is the door that stands before any tenant is known, so it goes through a
/// function that may read just these columns. Answers, the negative ones too, are kept for a few seconds.
/// </summary>
public sealed class TenantDirectory(NpgsqlDataSource dataSource) : IDisposable
{
    private static readonly TimeSpan Kept = TimeSpan.FromSeconds(5);

    // Bounded: names come from strangers.
    private readonly MemoryCache cache = new(new MemoryCacheOptions { SizeLimit = 50_000 });

    public Task<ResolvedTenant?> ById(Guid id, CancellationToken cancel) => Find(new Key(Id: id), cancel);

    public Task<ResolvedTenant?> BySlug(string slug, CancellationToken cancel) => Find(new Key(Slug: slug), cancel);

    public Task<ResolvedTenant?> ByDomain(string domain, CancellationToken cancel) => Find(new Key(Domain: domain), cancel);

    /// <summary>As <c>X-Tenant</c> writes it: a slug or an id.</summary>
    public Task<ResolvedTenant?> ByName(string name, CancellationToken cancel) =>
        Guid.TryParse(name, out var id) ? ById(id, cancel) : BySlug(name.ToLowerInvariant(), cancel);

    /// <summary>Drops what is remembered of a tenant, after it was made or changed here.</summary>
    public void Forget(Guid id, string slug)
    {
        cache.Remove(new Key(Id: id));
        cache.Remove(new Key(Slug: slug));
    }

    public void Dispose() => cache.Dispose();

    private async Task<ResolvedTenant?> Find(Key key, CancellationToken cancel)
    {
        if (cache.TryGetValue(key, out ResolvedTenant? known))
            return known;
        var tenant = await Ask(key, cancel);
        cache.Set(key, tenant, new MemoryCacheEntryOptions { Size = 1, AbsoluteExpirationRelativeToNow = Kept });
        return tenant;
    }

    private async Task<ResolvedTenant?> Ask(Key key, CancellationToken cancel)
    {
        await using var command = dataSource.CreateCommand(
            $"SELECT id, slug, name, is_active, subscription_tier, registration, verification_required FROM {Doors.ResolveTenant}($1, $2, $3)");
        command.Parameters.Add(new NpgsqlParameter { Value = (object?)key.Slug ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text });
        command.Parameters.Add(new NpgsqlParameter { Value = (object?)key.Domain ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text });
        command.Parameters.Add(new NpgsqlParameter { Value = (object?)key.Id ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Uuid });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return await reader.ReadAsync(cancel)
            ? new ResolvedTenant(reader.GetGuid(0), reader.GetString(1), reader.GetString(2), reader.GetBoolean(3),
                Word.To<SubscriptionTier>(reader.GetString(4)), Word.To<Registration>(reader.GetString(5)), reader.GetBoolean(6))
            : null;
    }

    private sealed record Key(string? Slug = null, string? Domain = null, Guid? Id = null);
}
