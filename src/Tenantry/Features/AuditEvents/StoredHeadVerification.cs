using Npgsql;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Security.Tokens;
using Tenantry.Foundation.Storage;

namespace Tenantry.Features.AuditEvents;

/// <summary>
/// Verifies chains against the copies of signed heads in the object store. Attack: someone who can write to the
/// database deletes the heads there along with the events. The copies in the store are out of reach.
/// </summary>
public sealed class StoredHeadVerification(
    NpgsqlDataSource dataSource,
    KeyRing ring,
    IObjectStore store,
    RestoredLogs restoredLogs,
    ServiceSettings settings
)
{
    private const int BatchSize = 500;

    /// <param name="run">gets the findings</param>
    /// <param name="only">null: all tenants</param>
    /// <param name="cancel">stops the verification</param>
    /// <exception cref="StoreException">the object store is not available</exception>
    internal async Task Verify(VerificationRun run, Guid? only, CancellationToken cancel)
    {
        await foreach (var copy in store.List(IObjectStore.OwnPrefix, cancel))
            await Verify(run, copy.Key, only, cancel);
    }

    private async Task Verify(VerificationRun run, string key, Guid? only, CancellationToken cancel)
    {
        if (await store.Open(key, 0, null, cancel) is not { } stream)
            return;
        await using var copies = stream;
        var batch = new List<(string Jws, AuditHead.Claims Claims)>(BatchSize);
        await foreach (var line in RestoredLogs.LinesOf(stream, key, cancel))
        {
            // Another installation can store its heads in the same bucket.
            if (
                AuditHead.Read(line) is not { } claims
                || claims.Iss != settings.JwtIssuer
                || (only is not null && only != claims.TenantId)
            )
                continue;
            batch.Add((line, claims));
            if (batch.Count < BatchSize)
                continue;
            await Verify(run, key, batch, cancel);
            batch.Clear();
        }
        if (batch.Count > 0)
            await Verify(run, key, batch, cancel);
    }

    /// <summary>Reads the link of each head as the head's tenant, in one round trip.</summary>
    private async Task Verify(
        VerificationRun run,
        string key,
        List<(string Jws, AuditHead.Claims Claims)> heads,
        CancellationToken cancel
    )
    {
        await using var batch = dataSource.CreateBatch();
        foreach (var (_, claims) in heads)
        {
            batch.BatchCommands.Add(TenantStatement.For(claims.TenantId));
            batch.BatchCommands.Add(
                new NpgsqlBatchCommand(
                    "SELECT EXISTS (SELECT FROM tenants), (SELECT min(position) FROM audit_links), (SELECT hash FROM audit_links WHERE position = $1)"
                )
                {
                    Parameters = { new NpgsqlParameter<long> { TypedValue = claims.Position } },
                }
            );
        }
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        foreach (var (jws, claims) in heads)
        {
            await reader.NextResultAsync(cancel); // skips the result of the tenant statement
            await reader.ReadAsync(cancel);
            var (exists, first, hash) = (
                reader.GetBoolean(0),
                reader.IsDBNull(1) ? (long?)null : reader.GetInt64(1),
                reader.IsDBNull(2) ? null : reader.GetFieldValue<byte[]>(2)
            );
            await reader.NextResultAsync(cancel);
            if (exists)
                await VerifyHash(run, key, jws, claims, first, hash, cancel);
            else
                await VerifyErased(run, key, jws, claims, cancel);
        }
    }

    /// <param name="run">gets the findings</param>
    /// <param name="key">of the object that contains the head</param>
    /// <param name="jws">the head</param>
    /// <param name="claims">of the head</param>
    /// <param name="first">the first position of the chain; null: it has no links</param>
    /// <param name="hash">of the link at the head's position; null: there is no such link</param>
    /// <param name="cancel">stops the verification</param>
    private async Task VerifyHash(
        VerificationRun run,
        string key,
        string jws,
        AuditHead.Claims claims,
        long? first,
        byte[]? hash,
        CancellationToken cancel
    )
    {
        if (claims.Position < first && claims.Iat < run.FirstRetained.ToUnixTimeSeconds())
            return; // older than the retention period
        run.HeadsOfStore++;
        var matches = hash is not null && claims.HashBytes.AsSpan().SequenceEqual(hash);
        if (AuditHead.SignatureOf(jws, ring) == AuditHead.Signature.Wrong)
            run.Report(claims.TenantId, claims.Position, null, $"a head in the store ({key}) has an invalid signature");
        else if (!matches && await IsLostByRestore(run, claims, cancel))
            run.HeadsLost++;
        else if (!matches)
            run.Report(
                claims.TenantId,
                claims.Position,
                null,
                $"the chain was rewritten: the store has a head ({key}) with another hash"
            );
    }

    /// <summary>A tenant that does not exist must have been erased by the service.</summary>
    private async Task VerifyErased(
        VerificationRun run,
        string key,
        string jws,
        AuditHead.Claims claims,
        CancellationToken cancel
    )
    {
        if (
            !run.Lifecycles.Erased.ContainsKey(claims.TenantId)
            && claims.Iat >= run.FirstRetained.ToUnixTimeSeconds()
            && AuditHead.SignatureOf(jws, ring) == AuditHead.Signature.Good
            && !await IsLostByRestore(run, claims, cancel)
            && run.MissingTenants.Add(claims.TenantId)
        )
            run.Report(
                claims.TenantId,
                claims.Position,
                null,
                $"the tenant does not exist and was not erased: the store has a signed head ({key}) of its log"
            );
    }

    private async Task<bool> IsLostByRestore(VerificationRun run, AuditHead.Claims claims, CancellationToken cancel) =>
        (run.Restores ??= await restoredLogs.Read(cancel)).Exists(restore => restore.Explains(claims));
}
