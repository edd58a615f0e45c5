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
/// Records in the object store that a restore put logs back to an earlier end. The store has signed heads of the lost
/// events, and without this record the verification would report for ever that the logs were cut off. The records are
/// signed: someone who can only write to the database cannot make one.
/// </summary>
public sealed class RestoredLogs(
    NpgsqlDataSource dataSource,
    IDbContextFactory<TenantDb> contexts,
    IObjectStore store,
    ServiceSettings settings,
    TimeProvider clock
)
{
    /// <summary>In bytes. The lines that the service writes have some hundreds.</summary>
    private const int MaxLineLength = 64 * 1024;

    private readonly byte[] key = settings.KeyFor("audit logs that were put back");

    /// <summary>Records that all logs continue from their present end.</summary>
    /// <exception cref="StoreException">the object store is not available</exception>
    public async Task RecordAll(CancellationToken cancel)
    {
        var (lines, recorded) = (new List<string>(), new HashSet<Guid>());
        await foreach (var tenant in AllTenants.ListIds(dataSource, cancel))
        {
            recorded.Add(tenant);
            await using var db = (await contexts.CreateDbContextAsync(cancel)).For(tenant);
            var end = await db.Set<AuditLink>().MaxAsync(link => (long?)link.Position, cancel) ?? 0;
            lines.Add(AuditRestore.Sign(key, settings.JwtIssuer, tenant, end, clock.GetUtcNow()));
        }
        // Tenants that were created after the restored moment do not exist any more.
        await foreach (var line in Lines(cancel))
        {
            if (AuditHead.Read(line) is { } head && head.Iss == settings.JwtIssuer && recorded.Add(head.TenantId))
                lines.Add(AuditRestore.Sign(key, settings.JwtIssuer, head.TenantId, 0, clock.GetUtcNow()));
        }
        await Write(lines, cancel);
    }

    /// <summary>
    /// Records that the log of a tenant starts again: the tenant was erased here and imported again. Without heads of
    /// it in the store, there is nothing to record.
    /// </summary>
    /// <param name="tenant">whose log</param>
    /// <param name="before">when the import began: heads that were signed later belong to the new log</param>
    /// <param name="cancel">writes nothing</param>
    /// <exception cref="StoreException">the object store is not available</exception>
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
        await Write([AuditRestore.Sign(key, settings.JwtIssuer, tenant, 0, before)], cancel);
    }

    /// <summary>All records of this installation.</summary>
    /// <exception cref="StoreException">the object store is not available</exception>
    public async Task<List<AuditRestore.Claims>> Read(CancellationToken cancel)
    {
        var records = new List<AuditRestore.Claims>();
        await foreach (var line in Lines(cancel))
        {
            if (AuditRestore.Read(line, key) is { } claims && claims.Iss == settings.JwtIssuer)
                records.Add(claims);
        }
        return records;
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

    /// <summary>The lines of an object that the service wrote for itself. Each line is signed.</summary>
    /// <exception cref="StoreException">a line is too long: the service did not write the object</exception>
    internal static async IAsyncEnumerable<string> LinesOf(
        Stream stream,
        string key,
        [EnumeratorCancellation] CancellationToken cancel
    )
    {
        await using var lines = BoundedLines.Of(stream, MaxLineLength, cancel).GetAsyncEnumerator(cancel);
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

    private async Task Write(List<string> lines, CancellationToken cancel)
    {
        using var content = new MemoryStream(Encoding.ASCII.GetBytes(string.Join('\n', lines)));
        // The time in the key of a copy states up to when heads have been copied. The epoch marks that this is not a
        // copy.
        await store.Put(
            $"{IObjectStore.OwnPrefix}{Guid.CreateVersion7(DateTimeOffset.UnixEpoch)}",
            content,
            AuditLog.JsonLines,
            cancel
        );
    }
}
