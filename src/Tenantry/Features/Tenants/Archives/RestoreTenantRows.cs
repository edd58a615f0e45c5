using System.Collections.Frozen;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Storage;

namespace Tenantry.Features.Tenants.Archives;

/// <summary>
/// Brings rows of an archive back into a tenant that lives: those that are gone or, where that is said, those that were changed too. It writes as that tenant, all of it in one transaction or
/// nothing, and what has come since stays.
/// </summary>
public sealed class RestoreTenantRows(
    IDbContextFactory<TenantDb> contexts,
    TenantDirectory directory,
    ImportTenant import,
    IObjectStore store,
    TimeProvider clock
)
{
    /// <summary>
    /// What can be brought back. The rest would let somebody in again (sessions, tokens), do something again (messages, uploads under way), or is a record of what was
    /// (the audit log, counts); a tenant's own row is changed by the API.
    /// </summary>
    public static readonly FrozenSet<string> Lasting = ArchiveTables
        .All.Where(table => table.IsRestorable)
        .Select(table => table.Name)
        .ToFrozenSet(StringComparer.Ordinal);

    /// <param name="Tables">in the order in which they came</param>
    /// <param name="Resets">rows of the archive that have another value than they may bring along, by <c>table.column</c></param>
    /// <param name="Objects">that have their new keys</param>
    /// <param name="MissingObjects">files without an object in the store</param>
    public sealed record Report(
        IReadOnlyList<Brought> Tables,
        IReadOnlyDictionary<string, long> Resets,
        long Objects,
        long MissingObjects
    );

    /// <param name="Table">which</param>
    /// <param name="Rows">that came back, or were written over</param>
    /// <param name="Of">that the archive has</param>
    public sealed record Brought(string Table, long Rows, long Of);

    /// <param name="slug">into which tenant; a file says of itself what it likes</param>
    /// <param name="file">the archive; seekable</param>
    /// <param name="tables">whose rows are brought back</param>
    /// <param name="overwrite">rows that are there become what the archive has</param>
    /// <param name="isTrusted">the operator vouches for whoever wrote it</param>
    /// <param name="cancel">leaves the database as it was</param>
    /// <exception cref="BrokenArchiveException">the archive is damaged, altered, or of another version</exception>
    /// <exception cref="RowsRefusedException">they are not to be had, or do not fit to what is there</exception>
    public async Task<Report> Run(
        string slug,
        Stream file,
        IReadOnlyCollection<string> tables,
        bool overwrite,
        bool isTrusted,
        CancellationToken cancel
    )
    {
        if (tables.FirstOrDefault(table => !Lasting.Contains(table)) is { } other)
            throw new RowsRefusedException(
                $"Rows of {other} are not brought back. It can be: {string.Join(", ", Lasting.Order(StringComparer.Ordinal))}."
            );
        await using var archive = await ArchiveFile.Open(file, cancel);
        if (archive.Manifest.Slug != slug)
            throw new RowsRefusedException(
                $"The file is of the tenant '{archive.Manifest.Slug}', and not of '{slug}'."
            );
        try
        {
            return await Run(archive, tables, overwrite, isTrusted, cancel);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.ForeignKeyViolation)
        {
            throw new RowsRefusedException(
                $"A row of {e.TableName} refers to one that is not there ({e.ConstraintName}): name that table too."
            );
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            throw new RowsRefusedException($"A row of {e.TableName} has what another has by now ({e.ConstraintName}).");
        }
        catch (PostgresException e) when (ImportTenant.Broken(e) is { } broken)
        {
            throw broken;
        }
    }

    /// <summary>Brings in objects that came into the store after the rows of their files, by the same archive.</summary>
    /// <returns>how many have their keys now, and how many files still lack one</returns>
    /// <exception cref="BrokenArchiveException">the archive is damaged, altered, or of another version</exception>
    /// <exception cref="StoreException">the store is away; run it again</exception>
    public async Task<(long Objects, long Missing)> Objects(string slug, Stream file, CancellationToken cancel)
    {
        await using var archive = await ArchiveFile.Open(file, cancel);
        if (archive.Manifest.Slug != slug)
            throw new RowsRefusedException(
                $"The file is of the tenant '{archive.Manifest.Slug}', and not of '{slug}'."
            );
        await using var db = (await contexts.CreateDbContextAsync(cancel)).For(archive.Manifest.TenantId);
        var terms = await import.Terms(db, archive.Manifest, isTrusted: true, cancel);
        await DemandThere(archive.Manifest, cancel);
        var objects = new ArchivedObjects(store, terms);
        await objects.CopyLater(
            db,
            archive,
            Rows(db, TenantArchive.Tables(db.Model).Single(table => table.Name == "files"), terms),
            cancel
        );
        await objects.Settle();
        return (objects.Copied, objects.Missing);
    }

    private async Task DemandThere(TenantArchive.Manifest manifest, CancellationToken cancel)
    {
        if (await directory.ById(manifest.TenantId, cancel) is not { } tenant || tenant.Slug != manifest.Slug)
            throw new RowsRefusedException(
                $"There is no tenant '{manifest.Slug}' ({manifest.TenantId}): 'tenantry tenant import' brings it in as a whole."
            );
    }

    private static ArchivedRows Rows(TenantDb db, TenantArchive.Table table, ArchiveTerms terms) =>
        new(table, TenantArchive.EntityOf(db.Model, table.Name), terms);

    private async Task<Report> Run(
        ArchiveFile archive,
        IReadOnlyCollection<string> names,
        bool overwrite,
        bool isTrusted,
        CancellationToken cancel
    )
    {
        var manifest = archive.Manifest;
        await using var db = (await contexts.CreateDbContextAsync(cancel)).For(manifest.TenantId);
        var terms = await import.Terms(db, manifest, isTrusted, cancel);
        await DemandThere(manifest, cancel);
        var tables = TenantArchive
            .Tables(db.Model)
            .Where(table => names.Contains(table.Name))
            .ToDictionary(table => table, table => Rows(db, table, terms));
        if (tables.Keys.FirstOrDefault(table => manifest.Entries.All(entry => entry.Path != table.Path)) is { } lacking)
            throw new BrokenArchiveException($"it has no {lacking.Path}");

        var objects = new ArchivedObjects(store, terms);
        var committed = false;
        try
        {
            if (tables.FirstOrDefault(table => table.Key.Name == "files").Value is { } files)
                await objects.Copy(db, archive, files, cancel);
            await using var transaction = await db.Begin(cancel);
            var brought = new List<Brought>();
            foreach (var (table, rows) in tables)
            {
                var conflict =
                    overwrite && Changes(db, table) ? Overwriting(table, isTrusted) : "ON CONFLICT DO NOTHING";
                var came = await rows.Take(archive, conflict, (NpgsqlConnection)db.Database.GetDbConnection(), cancel);
                brought.Add(
                    new Brought(table.Name, came, manifest.Entries.Single(entry => entry.Path == table.Path).Rows)
                );
            }
            if (
                names.Contains("roles", StringComparer.Ordinal)
                || names.Contains("role_permissions", StringComparer.Ordinal)
            )
                await import.DemandRoles(db, manifest.Slug, cancel);
            if (names.Contains("files", StringComparer.Ordinal))
                await ImportTenant.CountStorage(db, manifest.TenantId, cancel);
            await Audit(manifest.TenantId);
            if (await directory.BySlug(Tenant.PlatformSlug, cancel) is { } platform)
            {
                await db.ActAs(platform.Id, cancel);
                await Audit(platform.Id);
            }
            await transaction.CommitAsync(cancel);
            committed = true;
            return new Report(
                brought,
                ImportTenant.Sum(tables.Values.Select(rows => rows.Resets)),
                objects.Copied,
                objects.Missing
            );

            async Task Audit(Guid log)
            {
                db.Add(
                    new AuditEvent
                    {
                        TenantId = log,
                        OccurredAt = clock.GetUtcNow(),
                        Action = "tenant.rows_restored",
                        Outcome = AuditTrail.Success,
                        TargetId = manifest.TenantId,
                        Details = JsonSerializer.SerializeToElement(
                            new
                            {
                                slug = manifest.Slug,
                                exported_at = manifest.ExportedAt,
                                overwrite,
                                trusted = isTrusted,
                                rows = brought.ToDictionary(table => table.Table, table => table.Rows),
                            }
                        ),
                    }
                );
                await db.SaveChangesAsync(cancel);
            }
        }
        finally
        {
            await (committed ? objects.Settle() : objects.Undo());
        }
    }

    /// <summary>What a row that is there becomes: it keeps what never changes, and what an archive that is not trusted may not give.</summary>
    private static string Overwriting(TenantArchive.Table table, bool isTrusted)
    {
        var sets = ArchiveTables
            .ByName[table.Name]
            .Columns.Where(column => !column.IsFixed && !table.Key.Contains(column.Name, StringComparer.Ordinal))
            .Select(column =>
                (column.Name, Value: column.Reset is null || isTrusted ? $"excluded.{column.Name}" : column.Overwritten)
            )
            .Where(set => set.Value is not null)
            .Select(set => $"{set.Name} = {set.Value}");
        return $"ON CONFLICT ({string.Join(", ", table.Key)}) DO UPDATE SET {string.Join(", ", sets)}";
    }

    /// <summary>Whether the rows of a table are ever changed: of a user's role there is nothing but that it is there.</summary>
    private static bool Changes(TenantDb db, TenantArchive.Table table) =>
        ((string)TenantArchive.EntityOf(db.Model, table.Name)[OwnershipConvention.Grants]!).Contains(
            "UPDATE",
            StringComparison.Ordinal
        );
}

/// <summary>The rows cannot be brought back; the message says why.</summary>
public sealed class RowsRefusedException(string message) : Exception(message + " Nothing was brought back.");
