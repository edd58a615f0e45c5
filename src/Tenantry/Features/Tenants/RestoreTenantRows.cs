using System.Collections.Frozen;
using System.IO.Compression;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Tenantry.Foundation.Audit;
using Tenantry.Foundation.Database;
using Tenantry.Foundation.Tenancy;

namespace Tenantry.Features.Tenants;

/// <summary>
/// Brings rows of an archive back into a tenant that lives: those that are gone or, where that is said, those that were changed too. It writes as that tenant, all of it in one transaction or
/// nothing, and what has come since stays.
/// </summary>
public sealed class RestoreTenantRows(IDbContextFactory<TenantDb> contexts, TenantDirectory directory, TimeProvider clock)
{
    /// <summary>
    /// What can be brought back. The rest would let somebody in again (sessions, tokens), do something again (messages, uploads under way), or is a record of what was
    /// (the audit log, counts); a tenant's own row is changed by the API.
    /// </summary>
    public static readonly FrozenSet<string> Lasting = FrozenSet.ToFrozenSet(
    [
        "devices", "file_links", "file_settings", "files", "notification_settings", "notification_suppressions", "notification_template_versions", "notification_templates",
        "role_permissions", "roles", "user_roles", "users",
    ], StringComparer.Ordinal);

    /// <param name="Table">which</param>
    /// <param name="Rows">that came back, or were written over</param>
    /// <param name="Of">that the archive has</param>
    public sealed record Brought(string Table, long Rows, long Of);

    /// <param name="slug">into which tenant; a file says of itself what it likes</param>
    /// <param name="file">the archive; seekable</param>
    /// <param name="tables">whose rows are brought back</param>
    /// <param name="overwrite">rows that are there become what the archive has</param>
    /// <param name="cancel">leaves the database as it was</param>
    /// <exception cref="BrokenArchiveException">the archive is damaged, altered, or of another version</exception>
    /// <exception cref="RowsRefusedException">they are not to be had, or do not fit to what is there</exception>
    public async Task<IReadOnlyList<Brought>> Run(string slug, Stream file, IReadOnlyCollection<string> tables, bool overwrite, CancellationToken cancel)
    {
        if (tables.FirstOrDefault(table => !Lasting.Contains(table)) is { } other)
            throw new RowsRefusedException($"Rows of {other} are not brought back. It can be: {string.Join(", ", Lasting.Order(StringComparer.Ordinal))}.");
        try
        {
            return await ImportTenant.Opened(file, (archive, manifest) => manifest.Slug == slug ? Run(archive, manifest, tables, overwrite, cancel)
                : throw new RowsRefusedException($"The file is of the tenant '{manifest.Slug}', and not of '{slug}'."), cancel);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.ForeignKeyViolation)
        {
            throw new RowsRefusedException($"A row of {e.TableName} refers to one that is not there ({e.ConstraintName}): name that table too.");
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            throw new RowsRefusedException($"A row of {e.TableName} has what another has by now ({e.ConstraintName}).");
        }
    }

    private async Task<IReadOnlyList<Brought>> Run(ZipArchive archive, TenantArchive.Manifest manifest, IReadOnlyCollection<string> names, bool overwrite, CancellationToken cancel)
    {
        await using var db = (await contexts.CreateDbContextAsync(cancel)).For(manifest.TenantId);
        await ImportTenant.DemandSameVersion(db, manifest, cancel);
        if (await directory.ById(manifest.TenantId, cancel) is not { } tenant || tenant.Slug != manifest.Slug)
            throw new RowsRefusedException($"There is no tenant '{manifest.Slug}' ({manifest.TenantId}): 'tenantry tenant import' brings it in as a whole.");

        await using var transaction = await db.Begin(cancel);
        var permissions = JsonSerializer.Serialize(manifest.Permissions);
        var brought = new List<Brought>();
        foreach (var table in TenantArchive.Tables(db.Model).Where(table => names.Contains(table.Name)))
        {
            var conflict = overwrite && Changes(db, table) ? $"ON CONFLICT ({string.Join(", ", table.Key)}) DO UPDATE SET {string.Join(", ", table.Columns.Except(table.Key, StringComparer.Ordinal).Select(column => $"{column} = excluded.{column}"))}" : "ON CONFLICT DO NOTHING";
            var rows = await ImportTenant.Take(archive, table, permissions, conflict, (NpgsqlConnection)db.Database.GetDbConnection(), cancel);
            brought.Add(new Brought(table.Name, rows, manifest.Entries.Single(entry => entry.Path == table.Path).Rows));
        }
        // The database noted their objects when the rows went. What is not gone yet stays.
        await db.Database.ExecuteSqlAsync($"DELETE FROM object_removals r USING files f WHERE r.object_key = f.file_key", cancel);
        await ImportTenant.DemandHarmless(db, manifest, cancel);
        await Audit(manifest.TenantId);
        if (await directory.BySlug(Tenant.PlatformSlug, cancel) is { } platform)
        {
            await db.ActAs(platform.Id, cancel);
            await Audit(platform.Id);
        }
        await transaction.CommitAsync(cancel);
        return brought;

        async Task Audit(Guid log)
        {
            db.Add(new AuditEvent
            {
                TenantId = log,
                OccurredAt = clock.GetUtcNow(),
                Action = "tenant.rows_restored",
                Outcome = AuditTrail.Success,
                TargetId = manifest.TenantId,
                Details = JsonSerializer.SerializeToElement(new { slug = manifest.Slug, exported_at = manifest.ExportedAt, overwrite, rows = brought.ToDictionary(table => table.Table, table => table.Rows) }),
            });
            await db.SaveChangesAsync(cancel);
        }
    }

    /// <summary>Whether the rows of a table are ever changed: of a user's role there is nothing but that it is there.</summary>
    private static bool Changes(TenantDb db, TenantArchive.Table table) =>
        ((string)db.Model.GetEntityTypes().Single(entity => entity.GetTableName() == table.Name)[OwnershipConvention.Grants]!).Contains("UPDATE", StringComparison.Ordinal);
}

/// <summary>The rows cannot be brought back; the message says why.</summary>
public sealed class RowsRefusedException(string message) : Exception(message + " Nothing was brought back.");
