using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Security.Access;
using Tenantry.Foundation.Storage;

namespace Tenantry.Features.Tenants.Archives;

/// <summary>
/// Imports a tenant from an archive, in one transaction. It writes as that tenant, so that the database refuses rows of
/// another tenant. An existing tenant is not changed. Values that only the platform can set are imported only from an
/// archive that the operator trusts.
/// </summary>
public sealed class ImportTenant(
    IDbContextFactory<TenantDb> contexts,
    TenantDirectory directory,
    IObjectStore store,
    ServiceSettings settings,
    TimeProvider clock
)
{
    /// <param name="Manifest">of the archive</param>
    /// <param name="Rows">the number of imported rows</param>
    /// <param name="Resets">the number of rows in which a value was reset, by <c>table.column</c></param>
    /// <param name="LeftOut">the number of rows that were not imported, by table</param>
    /// <param name="Objects">the number of objects that were copied to their new keys</param>
    /// <param name="MissingObjects">the number of files without an object in the store</param>
    public sealed record Report(
        TenantArchive.Manifest Manifest,
        long Rows,
        IReadOnlyDictionary<string, long> Resets,
        IReadOnlyDictionary<string, long> LeftOut,
        long Objects,
        long MissingObjects
    );

    /// <param name="file">the archive; seekable</param>
    /// <param name="isTrusted">whether the operator trusts the author of the archive</param>
    /// <param name="cancel">leaves the database as it was</param>
    /// <exception cref="InvalidArchiveException">
    /// the archive is damaged, changed, of another version, or contains a value that is not allowed
    /// </exception>
    /// <exception cref="TenantExistsException">the tenant exists</exception>
    /// <exception cref="StoreException">the object store is not available</exception>
    public async Task<Report> Run(Stream file, bool isTrusted, CancellationToken cancel)
    {
        await using var archive = await ArchiveFile.Open(file, cancel);
        try
        {
            return await Run(archive, isTrusted, cancel);
        }
        catch (PostgresException e)
            when (e is { SqlState: PostgresErrorCodes.UniqueViolation, ConstraintName: ErasedTenant.Constraint })
        {
            throw new TenantExistsException(
                "The tenant was erased here. To allow its import, run 'tenantry tenant readmit ID' as the owner in MIGRATION_DATABASE_URL."
            );
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            throw new TenantExistsException(
                $"The tenant's slug, its domain or one of its rows exists already ({e.ConstraintName})."
            );
        }
        catch (PostgresException e) when (AsBrokenArchive(e) is { } broken)
        {
            throw broken;
        }
    }

    /// <summary>The fault of the archive that the database reports; null: the error has another cause.</summary>
    internal static InvalidArchiveException? AsBrokenArchive(PostgresException e) =>
        e.SqlState switch
        {
            PostgresErrorCodes.InsufficientPrivilege => new InvalidArchiveException(
                "it contains rows of another tenant than the manifest's"
            ),
            PostgresErrorCodes.ForeignKeyViolation => new InvalidArchiveException(
                $"a row of {e.TableName} refers to a row that it does not contain ({e.ConstraintName})"
            ),
            _ => null,
        };

    /// <summary>Checks what applies to every archive, also if single tables are restored from it.</summary>
    internal async Task<ImportContext> Context(
        TenantDb db,
        TenantArchive.Manifest manifest,
        bool isTrusted,
        CancellationToken cancel
    )
    {
        var schema = (await db.Database.GetAppliedMigrationsAsync(cancel)).Last();
        if (manifest.Schema != schema)
            throw new InvalidArchiveException(
                $"it was exported at schema {manifest.Schema}, and this database is at {schema}: upgrade both installations to the same version first"
            );
        if (manifest.TenantId == Guid.Empty)
            throw new InvalidArchiveException("tenant_id is not the id of a tenant"); // the store has the service's own objects under this id
        var isPlatform = manifest.Slug == TenantSlug.Platform;
        if (!isPlatform && !TenantSlug.IsFree(manifest.Slug))
            throw new InvalidArchiveException("slug is reserved, or is not a valid host name label");
        if (isPlatform && !isTrusted)
            throw new InvalidArchiveException("it contains the tenant 'platform': use --trust if you trust its author");
        var existing = await db.Set<Permission>()
            .AsNoTracking()
            .ToDictionaryAsync(
                permission => permission.Name,
                permission => permission.Id,
                StringComparer.Ordinal,
                cancel
            );
        if (manifest.Permissions.Values.Except(existing.Keys, StringComparer.Ordinal).FirstOrDefault() is { } unknown)
            throw new InvalidArchiveException($"the permission {unknown} does not exist in this version");
        // Attack: the author of the archive gives its users permissions over other tenants. Permissions of the platform
        // are left out. A role that refers to one is refused; an unused one is harmless.
        var permissions = manifest.Permissions.Where(permission =>
            isPlatform || !permission.Value.StartsWith("platform:", StringComparison.Ordinal)
        );
        return new ImportContext(
            manifest,
            isTrusted,
            permissions.ToDictionary(permission => permission.Key, permission => existing[permission.Value]),
            settings.Clamd is null ? "not_scanned" : "pending",
            clock.GetUtcNow()
        );
    }

    /// <summary>
    /// Checks the rules of requests for roles: their names, their number, and the length of their chains.
    /// </summary>
    internal async Task CheckRoles(TenantDb db, string slug, CancellationToken cancel)
    {
        if (
            RoleRules.FaultOf(
                await RoleHierarchy.Load(db, cancel),
                slug == Tenant.PlatformSlug,
                settings.RolesPerTenant
            ) is
            { } fault
        )
            throw new InvalidArchiveException("its tenant " + fault);
    }

    /// <summary>Counts the tenant's storage again from its files.</summary>
    internal static Task CountStorage(TenantDb db, Guid tenant, CancellationToken cancel) =>
        db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO storage_counts (tenant_id, files, bytes) SELECT {tenant}, count(*), coalesce(sum(file_size), 0) FROM files WHERE tenant_id = {tenant}
            ON CONFLICT (tenant_id) DO UPDATE SET files = excluded.files, bytes = excluded.bytes
            """,
            cancel
        );

    private async Task<Report> Run(ArchiveFile archive, bool isTrusted, CancellationToken cancel)
    {
        var manifest = archive.Manifest;
        await using var db = (await contexts.CreateDbContextAsync(cancel)).For(manifest.TenantId);
        var context = await Context(db, manifest, isTrusted, cancel);
        if (
            await directory.ById(manifest.TenantId, cancel) is not null
            || await directory.BySlug(manifest.Slug, cancel) is not null
        )
            throw new TenantExistsException($"The tenant '{manifest.Slug}' ({manifest.TenantId}) exists already.");
        var tables = TenantArchive
            .Tables(db.Model)
            .Where(table =>
                ArchiveTables.ByName[table.Name].Policy is var policy
                && (policy == ImportPolicy.Always || (policy == ImportPolicy.TrustedOnly && isTrusted))
            )
            .ToDictionary(
                table => table,
                table => new ArchivedRows(table, TenantArchive.EntityOf(db.Model, table.Name), context)
            );
        if (tables.Keys.FirstOrDefault(table => manifest.Entries.All(entry => entry.Path != table.Path)) is { } missing)
            throw new InvalidArchiveException($"it has no {missing.Path}");

        var objects = new ArchivedObjects(store, context);
        var committed = false;
        try
        {
            await objects.Copy(db, archive, tables.Single(table => table.Key.Name == "files").Value, cancel);
            await using var transaction = await db.Begin(cancel);
            var imported = 0L;
            foreach (var (table, rows) in tables)
                imported += await rows.Import(archive, "", (NpgsqlConnection)db.Database.GetDbConnection(), cancel);
            await CheckRoles(db, manifest.Slug, cancel);
            await CountStorage(db, manifest.TenantId, cancel);
            var report = new Report(
                manifest,
                imported,
                Sum(tables.Values.Select(rows => rows.Resets)),
                manifest
                    .Entries.Where(entry => entry.Rows > 0 && tables.Keys.All(table => table.Path != entry.Path))
                    .ToDictionary(
                        entry => TenantArchive.TableOf(entry.Path),
                        entry => entry.Rows,
                        StringComparer.Ordinal
                    ),
                objects.Copied,
                objects.Missing
            );
            await Audit(db, report, isTrusted, manifest.TenantId, cancel);
            if (await directory.BySlug(Tenant.PlatformSlug, cancel) is { } platform)
            {
                await db.ActAs(platform.Id, cancel);
                await Audit(db, report, isTrusted, platform.Id, cancel);
            }
            await transaction.CommitAsync(cancel);
            committed = true;
            directory.Invalidate(manifest.TenantId);
            return report;
        }
        finally
        {
            await (committed ? objects.DeleteOld() : objects.Undo());
        }
    }

    internal static Dictionary<string, long> Sum(IEnumerable<IReadOnlyDictionary<string, long>> parts) =>
        parts
            .SelectMany(part => part)
            .GroupBy(pair => pair.Key, StringComparer.Ordinal)
            .ToDictionary(pairs => pairs.Key, pairs => pairs.Sum(pair => pair.Value), StringComparer.Ordinal);

    private async Task Audit(TenantDb db, Report report, bool isTrusted, Guid log, CancellationToken cancel)
    {
        db.Add(
            new AuditEvent
            {
                TenantId = log,
                OccurredAt = clock.GetUtcNow(),
                Action = "tenant.imported",
                Outcome = AuditTrail.Success,
                TargetId = report.Manifest.TenantId,
                Details = JsonSerializer.SerializeToElement(
                    new
                    {
                        slug = report.Manifest.Slug,
                        exported_at = report.Manifest.ExportedAt,
                        rows = report.Rows,
                        trusted = isTrusted,
                        reset = report.Resets,
                        left_out = report.LeftOut,
                    }
                ),
            }
        );
        await db.SaveChangesAsync(cancel);
    }
}

/// <summary>The tenant that the archive contains exists, or something that must be unique does.</summary>
public sealed class TenantExistsException(string detail) : Exception(detail + " Nothing was imported.");
