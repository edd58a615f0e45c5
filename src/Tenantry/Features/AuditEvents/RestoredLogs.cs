using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Storage;

namespace Tenantry.Features.AuditEvents;

/// <summary>
/// Keeps in the store that logs were put back by a restore: the store has signed heads of what is gone, and would otherwise say for ever that the logs were cut off.
/// Whoever writes the database alone cannot say so.
/// </summary>
public sealed class RestoredLogs(
    NpgsqlDataSource dataSource,
    IDbContextFactory<TenantDb> contexts,
    IObjectStore store,
    ServiceSettings settings,
    TimeProvider clock
)
{
    /// <summary>Bytes of a signed line; those that are written have some hundreds.</summary>
    private const int LongestLine = 64 * 1024;

    private readonly byte[] key = settings.KeyFor("audit logs that were put back");

    /// <summary>All logs go on from where they end now.</summary>
    /// <exception cref="StoreException">the store is away</exception>
    public async Task All(CancellationToken cancel)
    {
        var (lines, there) = (new List<string>(), new HashSet<Guid>());
        await foreach (var tenant in AllTenants.Of(dataSource, cancel))
        {
            there.Add(tenant);
            await using var db = (await contexts.CreateDbContextAsync(cancel)).For(tenant);
            var end = await db.Set<AuditLink>().MaxAsync(link => (long?)link.Position, cancel) ?? 0;
            lines.Add(AuditRestore.Sign(key, settings.JwtIssuer, tenant, end, clock.GetUtcNow()));
        }
        // Those that were made after the moment to which the database was put back are not there any more.
        await foreach (var line in Lines(cancel))
        {
            if (AuditHead.Read(line) is { } head && head.Iss == settings.JwtIssuer && there.Add(head.TenantId))
                lines.Add(AuditRestore.Sign(key, settings.JwtIssuer, head.TenantId, 0, clock.GetUtcNow()));
        }
        await Keep(lines, cancel);
    }

    /// <summary>The log of a tenant that was erased here, and came in again, begins anew. Where the store has no heads of it, there is nothing to tell.</summary>
    /// <param name="tenant">whose</param>
    /// <param name="before">when it began to come in: heads that were signed later are of the new one</param>
    /// <param name="cancel">writes nothing</param>
    /// <exception cref="StoreException">the store is away</exception>
    public async Task Anew(Guid tenant, DateTimeOffset before, CancellationToken cancel)
    {
        if (
            !await Lines(cancel)
                .AnyAsync(
                    line =>
                        AuditHead.Read(line) is { } head && head.TenantId == tenant && head.Iss == settings.JwtIssuer,
                    cancel
                )
        )
            return;
        await Keep([AuditRestore.Sign(key, settings.JwtIssuer, tenant, 0, before)], cancel);
    }

    /// <summary>What was told by now.</summary>
    /// <exception cref="StoreException">the store is away</exception>
    public async Task<List<AuditRestore.Claims>> Known(CancellationToken cancel)
    {
        var known = new List<AuditRestore.Claims>();
        await foreach (var line in Lines(cancel))
        {
            if (AuditRestore.Read(line, key) is { } claims && claims.Iss == settings.JwtIssuer)
                known.Add(claims);
        }
        return known;
    }

    private async IAsyncEnumerable<string> Lines([EnumeratorCancellation] CancellationToken cancel)
    {
        await foreach (var copy in store.List(IObjectStore.OwnPrefix, cancel))
        {
            if (await store.Open(copy.Key, 0, null, cancel) is not { } stream)
                continue;
            await using (stream)
            {
                await foreach (var line in LinesOf(stream, copy.Key, cancel))
                    yield return line;
            }
        }
    }

    /// <summary>What the service keeps in the store for itself, a signed line each.</summary>
    /// <exception cref="StoreException">a line is longer than any that was signed: something else wrote it</exception>
    internal static async IAsyncEnumerable<string> LinesOf(
        Stream stream,
        string key,
        [EnumeratorCancellation] CancellationToken cancel
    )
    {
        await using var lines = BoundedLines.Of(stream, LongestLine, cancel).GetAsyncEnumerator(cancel);
        while (await Next())
            yield return Encoding.ASCII.GetString(lines.Current.Span);

        async ValueTask<bool> Next()
        {
            try
            {
                return await lines.MoveNextAsync();
            }
            catch (LineTooLongException e)
            {
                throw new StoreException($"The object {key} was not written by the service: {e.Message}.", e);
            }
        }
    }

    private async Task Keep(List<string> lines, CancellationToken cancel)
    {
        using var content = new MemoryStream(Encoding.ASCII.GetBytes(string.Join('\n', lines)));
        // A time in the key says up to when heads have been copied: this is no such copy.
        await store.Put(
            $"{IObjectStore.OwnPrefix}{Guid.CreateVersion7(DateTimeOffset.UnixEpoch)}",
            content,
            AuditLog.JsonLines,
            cancel
        );
    }
}
