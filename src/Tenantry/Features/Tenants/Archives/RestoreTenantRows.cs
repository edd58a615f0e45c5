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
/// Restores rows of an archive in an existing tenant: deleted rows and, with <c>overwrite</c>, changed rows too. It
/// writes as that tenant, in one transaction. Rows that were added since the export stay.
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
    /// The tables that can be restored. Other tables would authenticate users again (sessions, tokens), repeat an
    /// action (messages, unfinished uploads), or are records of the past (audit events, counts). The tenant's own row
    /// is changed by the API.
    /// </summary>
    public static readonly FrozenSet<string> Restorable = ArchiveTables
        .All.Where(table => table.IsRestorable)
        .Select(table => table.Name)
        .ToFrozenSet(StringComparer.Ordinal);

    /// <param name="Tables">in the order of their import</param>
    /// <param name="Resets">the number of rows in which a value was reset, by <c>table.column</c></param>
    /// <param name="Objects">the number of objects that were copied to their new keys</param>
    /// <param name="MissingObjects">the number of files without an object in the store</param>
    public sealed record Report(
        IReadOnlyList<RestoredTable> Tables,
        IReadOnlyDictionary<string, long> Resets,
        long Objects,
        long MissingObjects
    );

    /// <param name="Table">the table's name</param>
    /// <param name="Rows">the number of rows that were restored or overwritten</param>
    /// <param name="Of">the number of rows in the archive</param>
    public sealed record RestoredTable(string Table, long Rows, long Of);

    /// <param name="slug">
    /// the tenant; the archive must contain the same slug, so that no other tenant is changed by mistake
    /// </param>
    /// <param name="file">the archive; seekable</param>
    /// <param name="tables">the tables that are restored</param>
    /// <param name="overwrite">whether existing rows are replaced by those of the archive</param>
    /// <param name="isTrusted">whether the operator trusts the author of the archive</param>
    /// <param name="cancel">leaves the database as it was</param>
    /// <exception cref="InvalidArchiveException">the archive is damaged, changed, or of another version</exception>
    /// <exception cref="RestoreRefusedException">
    /// the tables cannot be restored, or their rows conflict with existing rows
    /// </exception>
    public async Task<Report> Run(
        string slug,
        Stream file,
        IReadOnlyCollection<string> tables,
        bool overwrite,
        bool isTrusted,
        CancellationToken cancel
    )
    {
        if (tables.FirstOrDefault(table => !Restorable.Contains(table)) is { } other)
            throw new RestoreRefusedException(
                $"The table {other} cannot be restored. These tables can be restored: {string.Join(", ", Restorable.Order(StringComparer.Ordinal))}."
            );
        await using var archive = await ArchiveFile.Open(file, cancel);
        if (archive.Manifest.Slug != slug)
            throw new RestoreRefusedException(
                $"The archive contains the tenant '{archive.Manifest.Slug}', not '{slug}'."
            );
        try
        {
            return await Run(archive, tables, overwrite, isTrusted, cancel);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.ForeignKeyViolation)
        {
            throw new RestoreRefusedException(
                $"A row of {e.TableName} refers to a row that does not exist ({e.ConstraintName}). Restore that table too."
            );
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            throw new RestoreRefusedException(
                $"A row of {e.TableName} conflicts with an existing row ({e.ConstraintName})."
            );
        }
        catch (PostgresException e) when (ImportTenant.AsBrokenArchive(e) is { } broken)
        {
            throw broken;
        }
    }

    /// <summary>
    /// Copies objects that were put into the store after the rows of their files were imported from the same archive.
    /// </summary>
    /// <returns>the number of copied objects, and the number of files that still have no object</returns>
    /// <exception cref="InvalidArchiveException">the archive is damaged, changed, or of another version</exception>
    /// <exception cref="StoreException">the object store is not available; a second run continues</exception>
    public async Task<(long Objects, long Missing)> Objects(string slug, Stream file, CancellationToken cancel)
    {
        await using var archive = await ArchiveFile.Open(file, cancel);
        if (archive.Manifest.Slug != slug)
            throw new RestoreRefusedException(
                $"The archive contains the tenant '{archive.Manifest.Slug}', not '{slug}'."
            );
        await using var db = (await contexts.CreateDbContextAsync(cancel)).For(archive.Manifest.TenantId);
        var context = await import.Context(db, archive.Manifest, isTrusted: true, cancel);
        await CheckExists(archive.Manifest, cancel);
        var objects = new ArchivedObjects(store, context);
        await objects.CopyLater(
            db,
            archive,
            Rows(db, TenantArchive.Tables(db.Model).Single(table => table.Name == "files"), context),
            cancel
        );
        await objects.DeleteOld();
        return (objects.Copied, objects.Missing);
    }

    private async Task CheckExists(TenantArchive.Manifest manifest, CancellationToken cancel)
    {
        if (await directory.ById(manifest.TenantId, cancel) is not { } tenant || tenant.Slug != manifest.Slug)
            throw new RestoreRefusedException(
                $"There is no tenant '{manifest.Slug}' ({manifest.TenantId}). Use 'tenantry tenant import' to import it as a whole."
            );
    }

    private static ArchivedRows Rows(TenantDb db, TenantArchive.Table table, ImportContext context) =>
        new(table, TenantArchive.EntityOf(db.Model, table.Name), context);

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
        var context = await import.Context(db, manifest, isTrusted, cancel);
        await CheckExists(manifest, cancel);
        var tables = TenantArchive
            .Tables(db.Model)
            .Where(table => names.Contains(table.Name))
            .ToDictionary(table => table, table => Rows(db, table, context));
        if (tables.Keys.FirstOrDefault(table => manifest.Entries.All(entry => entry.Path != table.Path)) is { } missing)
            throw new InvalidArchiveException($"it has no {missing.Path}");

        var objects = new ArchivedObjects(store, context);
        var committed = false;
        try
        {
            if (tables.FirstOrDefault(table => table.Key.Name == "files").Value is { } files)
                await objects.Copy(db, archive, files, cancel);
            await using var transaction = await db.Begin(cancel);
            var restored = new List<RestoredTable>();
            foreach (var (table, rows) in tables)
            {
                var conflict =
                    overwrite && IsUpdatable(db, table) ? Overwrite(table, isTrusted) : "ON CONFLICT DO NOTHING";
                var count = await rows.Import(
                    archive,
                    conflict,
                    (NpgsqlConnection)db.Database.GetDbConnection(),
                    cancel
                );
                restored.Add(
                    new RestoredTable(
                        table.Name,
                        count,
                        manifest.Entries.Single(entry => entry.Path == table.Path).Rows
                    )
                );
            }
            if (
                names.Contains("roles", StringComparer.Ordinal)
                || names.Contains("role_permissions", StringComparer.Ordinal)
            )
                await import.CheckRoles(db, manifest.Slug, cancel);
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
                restored,
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
                                rows = restored.ToDictionary(table => table.Table, table => table.Rows),
                            }
                        ),
                    }
                );
                await db.SaveChangesAsync(cancel);
            }
        }
        finally
        {
            await (committed ? objects.DeleteOld() : objects.Undo());
        }
    }

    /// <summary>
    /// The update of an existing row. The row keeps fixed values, and values that only a trusted archive can set.
    /// </summary>
    private static string Overwrite(TenantArchive.Table table, bool isTrusted)
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

    /// <summary>
    /// Whether rows of a table can change. The assignment of a role to a user, for example, only exists or does not.
    /// </summary>
    private static bool IsUpdatable(TenantDb db, TenantArchive.Table table) =>
        ((string)TenantArchive.EntityOf(db.Model, table.Name)[OwnershipConvention.Grants]!).Contains(
            "UPDATE",
            StringComparison.Ordinal
        );
}

/// <summary>The rows cannot be restored; the message contains the reason.</summary>
public sealed class RestoreRefusedException(string message) : Exception(message + " Nothing was restored.");
