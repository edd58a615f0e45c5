using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Security.Access;

namespace Tenantry.Features.Tenants.Archives;

/// <summary>
/// Exports a tenant's data to one file, in one snapshot. It reads as the tenant under row-level security, so that the
/// file cannot contain rows of another tenant. Hashes of passwords and tokens are exported; texts of messages with a
/// one-time token are not.
/// </summary>
public sealed class ExportTenant(IDbContextFactory<TenantDb> contexts, TimeProvider clock)
{
    /// <param name="tenant">the tenant that is exported</param>
    /// <param name="file">the archive is written to it</param>
    /// <param name="cancel">leaves an unfinished file</param>
    public async Task<TenantArchive.Manifest> Run(ResolvedTenant tenant, Stream file, CancellationToken cancel)
    {
        await using var db = (await contexts.CreateDbContextAsync(cancel)).For(tenant.Id);
        var schema = (await db.Database.GetAppliedMigrationsAsync(cancel)).Last();
        var manifest = await Write(db, tenant, schema, file, cancel);

        db.Add(
            new AuditEvent
            {
                TenantId = tenant.Id,
                OccurredAt = clock.GetUtcNow(),
                Action = "tenant.exported",
                Outcome = AuditTrail.Success,
                TargetId = tenant.Id,
                Details = JsonSerializer.SerializeToElement(new { rows = manifest.Entries.Sum(entry => entry.Rows) }),
            }
        );
        await db.SaveChangesAsync(cancel);
        return manifest;
    }

    private async Task<TenantArchive.Manifest> Write(
        TenantDb db,
        ResolvedTenant tenant,
        string schema,
        Stream file,
        CancellationToken cancel
    )
    {
        // One snapshot for all tables.
        await using var transaction = await db.Database.BeginTransactionAsync(
            System.Data.IsolationLevel.RepeatableRead,
            cancel
        );
        var permissions = await db.Set<Permission>()
            .AsNoTracking()
            .ToDictionaryAsync(permission => permission.Id, permission => permission.Name, cancel);
        await using var archive = await ZipArchive.CreateAsync(
            file,
            ZipArchiveMode.Create,
            leaveOpen: true,
            Encoding.UTF8,
            cancel
        );
        var entries = new List<TenantArchive.Entry>();
        foreach (var table in TenantArchive.Tables(db.Model))
            entries.Add(await Write(archive, table, (NpgsqlConnection)db.Database.GetDbConnection(), cancel));

        var manifest = new TenantArchive.Manifest(
            TenantArchive.Format,
            schema,
            clock.GetUtcNow(),
            tenant.Id,
            tenant.Slug,
            permissions,
            entries
        );
        await using var stream = await archive.CreateEntry(TenantArchive.ManifestName).OpenAsync(cancel);
        await JsonSerializer.SerializeAsync(stream, manifest, TenantArchive.Json, cancel);
        return manifest;
    }

    private static async Task<TenantArchive.Entry> Write(
        ZipArchive archive,
        TenantArchive.Table table,
        NpgsqlConnection connection,
        CancellationToken cancel
    )
    {
        await using var stream = await archive.CreateEntry(table.Path).OpenAsync(cancel);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var (rows, bytes) = (0L, 0L);
        // The names in the statement come from the database model.
        await using var command = new NpgsqlCommand(
            $"SELECT to_jsonb(t)::text FROM (SELECT {string.Join(", ", table.Exported)} FROM {table.Name} ORDER BY {string.Join(", ", table.Key)}) t",
            connection
        );
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            var line = Encoding.UTF8.GetBytes(reader.GetString(0) + "\n");
            await stream.WriteAsync(line, cancel);
            hash.AppendData(line);
            (rows, bytes) = (rows + 1, bytes + line.Length);
        }
        return new TenantArchive.Entry(table.Path, rows, bytes, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }
}
