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
/// Brings a tenant in from an archive: all of it, in one transaction, or nothing. It writes as that tenant, so that the database itself refuses a row that is
/// somebody else's. A tenant that is there already stays as it is. What the platform alone gives is taken only from an archive that the operator trusts.
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
    /// <param name="Rows">that came in</param>
    /// <param name="Resets">rows that came in with another value than the archive has, by <c>table.column</c></param>
    /// <param name="LeftOut">rows that did not come in, by table</param>
    /// <param name="Objects">that have their new keys</param>
    /// <param name="MissingObjects">files without an object in the store</param>
    public sealed record Report(
        TenantArchive.Manifest Manifest,
        long Rows,
        IReadOnlyDictionary<string, long> Resets,
        IReadOnlyDictionary<string, long> LeftOut,
        long Objects,
        long MissingObjects
    );

    /// <param name="file">the archive; seekable</param>
    /// <param name="isTrusted">the operator vouches for whoever wrote it</param>
    /// <param name="cancel">leaves the database as it was</param>
    /// <exception cref="BrokenArchiveException">the archive is damaged, altered, of another version, or holds what it must not</exception>
    /// <exception cref="TenantTakenException">there is such a tenant</exception>
    /// <exception cref="StoreException">the store is away</exception>
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
            throw new TenantTakenException(
                "The tenant was erased here. 'tenantry tenant readmit ID', as the owner in MIGRATION_DATABASE_URL, lets it come back."
            );
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            throw new TenantTakenException(
                $"Its slug, its domain or one of its rows is there already ({e.ConstraintName})."
            );
        }
        catch (PostgresException e) when (Broken(e) is { } broken)
        {
            throw broken;
        }
    }

    /// <summary>What the database refuses of an archive, in words.</summary>
    internal static BrokenArchiveException? Broken(PostgresException e) =>
        e.SqlState switch
        {
            PostgresErrorCodes.InsufficientPrivilege => new BrokenArchiveException(
                "it holds rows of another tenant than it says"
            ),
            PostgresErrorCodes.ForeignKeyViolation => new BrokenArchiveException(
                $"a row of {e.TableName} refers to one that it does not have ({e.ConstraintName})"
            ),
            _ => null,
        };

    /// <summary>What holds for every archive, whatever is taken of it.</summary>
    internal async Task<ArchiveTerms> Terms(
        TenantDb db,
        TenantArchive.Manifest manifest,
        bool isTrusted,
        CancellationToken cancel
    )
    {
        var schema = (await db.Database.GetAppliedMigrationsAsync(cancel)).Last();
        if (manifest.Schema != schema)
            throw new BrokenArchiveException(
                $"it was made at schema {manifest.Schema}, and this database is at {schema}: bring both to one version first"
            );
        if (manifest.TenantId == Guid.Empty)
            throw new BrokenArchiveException("tenant_id is nobody's"); // under it the store has what the service keeps for itself
        var isPlatform = manifest.Slug == TenantSlug.Platform;
        if (!isPlatform && !TenantSlug.IsFree(manifest.Slug))
            throw new BrokenArchiveException("slug is reserved, or no label of a host name");
        if (isPlatform && !isTrusted)
            throw new BrokenArchiveException(
                "it is of the tenant from which the platform is run: say --trust if you vouch for it"
            );
        var known = await db.Set<Permission>()
            .AsNoTracking()
            .ToDictionaryAsync(
                permission => permission.Name,
                permission => permission.Id,
                StringComparer.Ordinal,
                cancel
            );
        if (manifest.Permissions.Values.Except(known.Keys, StringComparer.Ordinal).FirstOrDefault() is { } unknown)
            throw new BrokenArchiveException($"this version has no permission {unknown}");
        // Whoever wrote the file may not be whoever runs the platform: no tenant brings rights over the others along. One that no role refers to harms nobody.
        var permissions = manifest.Permissions.Where(permission =>
            isPlatform || !permission.Value.StartsWith("platform:", StringComparison.Ordinal)
        );
        return new ArchiveTerms(
            manifest,
            isTrusted,
            permissions.ToDictionary(permission => permission.Key, permission => known[permission.Value]),
            settings.Clamd is null ? "not_scanned" : "pending",
            clock.GetUtcNow()
        );
    }

    /// <summary>Whether the roles are such as requests could have made: names, number, and how deep they hold each other.</summary>
    internal async Task DemandRoles(TenantDb db, string slug, CancellationToken cancel)
    {
        if (
            RoleRules.FaultOf(
                await RoleHierarchy.Of(db, cancel),
                slug == Tenant.PlatformSlug,
                settings.RolesPerTenant
            ) is
            { } fault
        )
            throw new BrokenArchiveException("its tenant " + fault);
    }

    /// <summary>How much a tenant keeps follows from its files.</summary>
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
        var terms = await Terms(db, manifest, isTrusted, cancel);
        if (
            await directory.ById(manifest.TenantId, cancel) is not null
            || await directory.BySlug(manifest.Slug, cancel) is not null
        )
            throw new TenantTakenException($"There is a tenant '{manifest.Slug}' ({manifest.TenantId}) already.");
        var tables = TenantArchive
            .Tables(db.Model)
            .Where(table =>
                ArchiveTables.ByName[table.Name].Arrival is var arrival
                && (arrival == Arrival.Always || (arrival == Arrival.Trusted && isTrusted))
            )
            .ToDictionary(
                table => table,
                table => new ArchivedRows(table, TenantArchive.EntityOf(db.Model, table.Name), terms)
            );
        if (tables.Keys.FirstOrDefault(table => manifest.Entries.All(entry => entry.Path != table.Path)) is { } lacking)
            throw new BrokenArchiveException($"it has no {lacking.Path}");

        var objects = new ArchivedObjects(store, terms);
        var committed = false;
        try
        {
            await objects.Copy(db, archive, tables.Single(table => table.Key.Name == "files").Value, cancel);
            await using var transaction = await db.Begin(cancel);
            var taken = 0L;
            foreach (var (table, rows) in tables)
                taken += await rows.Take(archive, "", (NpgsqlConnection)db.Database.GetDbConnection(), cancel);
            await DemandRoles(db, manifest.Slug, cancel);
            await CountStorage(db, manifest.TenantId, cancel);
            var report = new Report(
                manifest,
                taken,
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
            directory.Forget(manifest.TenantId);
            return report;
        }
        finally
        {
            await (committed ? objects.Settle() : objects.Undo());
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

/// <summary>What the archive would bring in is there.</summary>
public sealed class TenantTakenException(string detail) : Exception(detail + " Nothing was imported.");
