using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;
using Tenantry.Foundation.Access;
using Tenantry.Foundation.Audit;
using Tenantry.Foundation.Database;
using Tenantry.Foundation.Tenancy;

namespace Tenantry.Features.Tenants;

/// <summary>
/// Brings a tenant in from an archive: all of it, in one transaction, or nothing. It writes as that tenant, so that the database itself refuses a row that is
/// somebody else's. A tenant that is there already stays as it is.
/// </summary>
public sealed class ImportTenant(IDbContextFactory<TenantDb> contexts, TenantDirectory directory, TimeProvider clock)
{
    private const int Bite = 500;

    /// <param name="file">the archive; seekable</param>
    /// <param name="cancel">leaves the database as it was</param>
    /// <exception cref="BrokenArchiveException">the archive is damaged, altered, or of another version</exception>
    /// <exception cref="TenantTakenException">there is such a tenant</exception>
    public async Task<TenantArchive.Manifest> Run(Stream file, CancellationToken cancel)
    {
        try
        {
            return await Opened(file, async (archive, manifest) =>
            {
                await Run(archive, manifest, cancel);
                return manifest;
            }, cancel);
        }
        catch (PostgresException e) when (e is { SqlState: PostgresErrorCodes.UniqueViolation, ConstraintName: ErasedTenant.Constraint })
        {
            throw new TenantTakenException("The tenant was erased here. 'tenantry tenant readmit ID', as the owner in MIGRATION_DATABASE_URL, lets it come back.");
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            throw new TenantTakenException($"Its slug, its domain or one of its rows is there already ({e.ConstraintName}).");
        }
    }

    /// <summary>Verifies an archive before anything is done with it.</summary>
    internal static async Task<T> Opened<T>(Stream file, Func<ZipArchive, TenantArchive.Manifest, Task<T>> work, CancellationToken cancel)
    {
        try
        {
            await using var archive = await ZipArchive.CreateAsync(file, ZipArchiveMode.Read, leaveOpen: true, Encoding.UTF8, cancel);
            return await work(archive, await TenantArchive.Verify(archive, cancel));
        }
        catch (InvalidDataException)
        {
            throw new BrokenArchiveException("it is not a whole ZIP file");
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            throw new BrokenArchiveException("it holds rows of another tenant than it says");
        }
    }

    internal static async Task DemandSameVersion(TenantDb db, TenantArchive.Manifest manifest, CancellationToken cancel)
    {
        var schema = (await db.Database.GetAppliedMigrationsAsync(cancel)).Last();
        if (manifest.Schema != schema)
            throw new BrokenArchiveException($"it was made at schema {manifest.Schema}, and this database is at {schema}: bring both to one version first");
        var known = await db.Set<Permission>().Select(permission => permission.Name).ToListAsync(cancel);
        if (manifest.Permissions.Values.Except(known, StringComparer.Ordinal).FirstOrDefault() is { } unknown)
            throw new BrokenArchiveException($"this version has no permission {unknown}");
    }

    private async Task Run(ZipArchive archive, TenantArchive.Manifest manifest, CancellationToken cancel)
    {
        await using var db = (await contexts.CreateDbContextAsync(cancel)).For(manifest.TenantId);
        await DemandSameVersion(db, manifest, cancel);
        if (await directory.ById(manifest.TenantId, cancel) is not null || await directory.BySlug(manifest.Slug, cancel) is not null)
            throw new TenantTakenException($"There is a tenant '{manifest.Slug}' ({manifest.TenantId}) already.");

        await using var transaction = await db.Begin(cancel);
        var permissions = JsonSerializer.Serialize(manifest.Permissions);
        foreach (var table in TenantArchive.Tables(db.Model))
        {
            var rows = await Take(archive, table, permissions, "", (NpgsqlConnection)db.Database.GetDbConnection(), cancel);
            if (rows != manifest.Entries.Single(entry => entry.Path == table.Path).Rows)
                throw new BrokenArchiveException($"{table.Path} has another number of rows than its manifest says");
        }
        await DemandHarmless(db, manifest, cancel);
        // The house that it comes from sends what waited there: nobody gets a message from both.
        await db.Database.ExecuteSqlAsync($"""
            UPDATE notification_logs SET status = 'cancelled', is_ready = false, error_message = 'It waited in the queue of the installation that the tenant was taken from.' WHERE status IN ('queued', 'sending')
            """, cancel);
        await Audit(db, manifest, manifest.TenantId, cancel);
        if (await directory.BySlug(Tenant.PlatformSlug, cancel) is { } platform)
        {
            await db.ActAs(platform.Id, cancel);
            await Audit(db, manifest, platform.Id, cancel);
        }
        await transaction.CommitAsync(cancel);
        directory.Forget(manifest.TenantId);
    }

    /// <summary>Whoever wrote the file may not be whoever runs the platform: no tenant brings rights over the others along, or the way to their objects.</summary>
    internal static async Task DemandHarmless(TenantDb db, TenantArchive.Manifest manifest, CancellationToken cancel)
    {
        if (await db.Set<Tenant>().Where(tenant => tenant.Id == manifest.TenantId).Select(tenant => tenant.Slug).SingleOrDefaultAsync(cancel) != manifest.Slug)
            throw new BrokenArchiveException("its tenant is another than its manifest says");
        if (manifest.Slug != Tenant.PlatformSlug
            && await db.Set<RolePermission>().AnyAsync(granted => db.Set<Permission>().Any(permission => permission.Id == granted.PermissionId && permission.Name.StartsWith("platform:")), cancel))
            throw new BrokenArchiveException("a role of it holds a permission of the platform");
        var own = $"{manifest.TenantId}/";
        if (await db.Database.SqlQuery<bool>($"""SELECT EXISTS (SELECT FROM files WHERE NOT starts_with(file_key, {own})) AS "Value" """).SingleAsync(cancel))
            throw new BrokenArchiveException("a file of it leads to an object of another tenant");
    }

    internal static async Task<long> Take(ZipArchive archive, TenantArchive.Table table, string permissions, string conflict, NpgsqlConnection connection, CancellationToken cancel)
    {
        var columns = string.Join(", ", table.Columns);
        var values = string.Join(", ", table.Columns.Select(column => column == table.PermissionColumn ? $"(SELECT p.id FROM permissions p WHERE p.name = $2 ->> r.{column}::text)" : "r." + column));
        await using var command = new NpgsqlCommand($"INSERT INTO {table.Name} ({columns}) SELECT {values} FROM jsonb_populate_recordset(NULL::{table.Name}, $1) r {conflict}", connection);
        var lines = command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Jsonb });
        if (table.PermissionColumn is not null)
            command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Jsonb, Value = permissions });

        var taken = 0L;
        using var reader = new StreamReader(await archive.GetEntry(table.Path)!.OpenAsync(cancel), Encoding.UTF8);
        await foreach (var bite in Bites(reader, table.IsSelfReferring ? int.MaxValue : Bite, cancel))
        {
            lines.Value = bite;
            taken += await command.ExecuteNonQueryAsync(cancel);
        }
        return taken;
    }

    private static async IAsyncEnumerable<string> Bites(StreamReader lines, int most, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        var bite = new List<string>();
        while (await lines.ReadLineAsync(cancel) is { } line)
        {
            bite.Add(line);
            if (bite.Count == most)
            {
                yield return $"[{string.Join(',', bite)}]";
                bite.Clear();
            }
        }
        if (bite.Count > 0)
            yield return $"[{string.Join(',', bite)}]";
    }

    private async Task Audit(TenantDb db, TenantArchive.Manifest manifest, Guid log, CancellationToken cancel)
    {
        db.Add(new AuditEvent
        {
            TenantId = log,
            OccurredAt = clock.GetUtcNow(),
            Action = "tenant.imported",
            Outcome = AuditTrail.Success,
            TargetId = manifest.TenantId,
            Details = JsonSerializer.SerializeToElement(new { slug = manifest.Slug, exported_at = manifest.ExportedAt, rows = manifest.Entries.Sum(entry => entry.Rows) }),
        });
        await db.SaveChangesAsync(cancel);
    }
}

/// <summary>What the archive would bring in is there.</summary>
public sealed class TenantTakenException(string detail) : Exception(detail + " Nothing was imported.");
