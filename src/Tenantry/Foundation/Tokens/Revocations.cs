using Microsoft.Extensions.Caching.Memory;
using Npgsql;
using Tenantry.Foundation.Database;
using Tenantry.Foundation.Settings;
using Tenantry.Foundation.Tenancy;

namespace Tenantry.Foundation.Tokens;

/// <summary>
/// The sessions that ended while access tokens of theirs may still be about. Kept in memory for one token lifetime: after it
/// the tokens have expired by themselves. The row in <c>sessions</c> is the truth; a token seen for the first time is held
/// against it.
/// </summary>
public sealed class Revocations(NpgsqlDataSource dataSource, ServiceSettings settings) : IDisposable
{
    private readonly MemoryCache ended = new(new MemoryCacheOptions());

    public bool IsRevoked(Guid session) => ended.TryGetValue(session, out _);

    public void Add(Guid session) => ended.Set(session, true, settings.AccessTokenLifetime + TimeSpan.FromMinutes(1));

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
