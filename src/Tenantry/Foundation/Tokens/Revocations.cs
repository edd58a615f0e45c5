using System.Globalization;
using Microsoft.Extensions.Caching.Memory;
using Npgsql;
using Tenantry.Foundation.Database;
using Tenantry.Foundation.Settings;
using Tenantry.Foundation.Tenancy;

namespace Tenantry.Foundation.Tokens;

/// <summary>
/// The sessions that ended while access tokens of theirs may still be about. Kept in memory for one token lifetime: after it
/// the tokens have expired by themselves. The row in <c>sessions</c> is the truth; the feed brings its changes, and while the feed
/// cannot be trusted each request asks the row.
/// </summary>
public sealed class Revocations : IDisposable
{
    private readonly MemoryCache ended = new(new MemoryCacheOptions());
    private readonly NpgsqlDataSource dataSource;
    private readonly ChangeFeed feed;
    private readonly TimeSpan kept;

    public Revocations(NpgsqlDataSource dataSource, ChangeFeed feed, ServiceSettings settings)
    {
        this.dataSource = dataSource;
        this.feed = feed;
        kept = settings.AccessTokenLifetime + TimeSpan.FromMinutes(1);
        feed.Listen("sessions", text =>
        {
            if (Guid.TryParse(text, CultureInfo.InvariantCulture, out var id)) // any role of the database may NOTIFY
                Add(id);
        });
    }

    /// <summary>See <see cref="ChangeFeed.Period"/>.</summary>
    public int? Period => feed.Period;

    public bool IsRevoked(Guid session) => ended.TryGetValue(session, out _);

    /// <summary>Here at once; the other instances hear of it from the database.</summary>
    public void Add(Guid session) => ended.Set(session, true, kept);

    public async Task<bool> IsSessionAlive(Caller caller, CancellationToken cancel)
    {
        await using var batch = dataSource.CreateBatch();
        batch.BatchCommands.Add(TenantStatement.For(caller.TenantId));
        batch.BatchCommands.Add(new NpgsqlBatchCommand("SELECT FROM sessions WHERE id = $1 AND revoked_at IS NULL")
        {
            Parameters = { new NpgsqlParameter<Guid> { TypedValue = caller.SessionId } },
        });
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        await reader.NextResultAsync(cancel);
        return await reader.ReadAsync(cancel);
    }

    public void Dispose() => ended.Dispose();
}
