using Npgsql;
using Tenantry.Features.AuditEvents;
using Tenantry.Features.Tenants.Archives;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Storage;

namespace Tenantry.Commands;

/// <summary>
/// <c>tenantry tenant export</c>, <c>tenant import</c>, <c>tenant readmit</c> and <c>tenant restore</c>.
/// </summary>
public static class TenantCommand
{
    public static async Task Export(Func<WebApplication> build, string slug, string file, CancellationToken cancel)
    {
        await using var app = build();
        await ServeCommand.DemandSafety(app, cancel);
        var tenant = await NamedTenant.Find(app.Services, slug, cancel);

        TenantArchive.Manifest manifest = null!;
        try
        {
            if (Path.Exists(file))
                throw new OperatorException($"The file '{file}' already exists.");
            await PrivateFile.Write(
                file,
                async stream =>
                    manifest = await app.Services.GetRequiredService<ExportTenant>().Run(tenant, stream, cancel)
            );
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new OperatorException($"'{file}' cannot be written: {e.Message}");
        }
        Console.WriteLine(
            $"{tenant.Slug}: {manifest.Entries.Sum(entry => entry.Rows)} rows of {manifest.Entries.Count} tables in {file}. It contains password hashes: keep it safe."
        );
    }

    public static async Task Import(Func<WebApplication> build, string file, bool isTrusted, CancellationToken cancel)
    {
        await using var app = build();
        await ServeCommand.DemandSafety(app, cancel);
        var began = app.Services.GetRequiredService<TimeProvider>().GetUtcNow();
        ImportTenant.Report report;
        await using var stream = Opened(file);
        try
        {
            report = await app.Services.GetRequiredService<ImportTenant>().Run(stream, isTrusted, cancel);
        }
        catch (Exception e) when (e is InvalidArchiveException or TenantExistsException)
        {
            throw new OperatorException(e.Message);
        }
        catch (StoreException e)
        {
            throw new OperatorException(
                $"The objects of the tenant's files could not be copied: {e.Message} Nothing was imported."
            );
        }
        var manifest = report.Manifest;
        Console.WriteLine($"{manifest.Slug}: {report.Rows} rows imported, as of {manifest.ExportedAt:u}.");
        Tell(report.Resets);
        foreach (var (table, rows) in report.LeftOut.OrderBy(table => table.Key, StringComparer.Ordinal))
            Console.WriteLine($"Left out: {rows} rows of {table}: {ArchiveTables.ByName[table].Reason}.");
        if (!isTrusted)
            Console.WriteLine(
                $"The tenant is inactive. Check what was reset, and activate the tenant with PUT tenants/{manifest.TenantId} and is_active. --trust imports everything from an archive that you trust."
            );
        Tell(manifest.Slug, file, report.Objects, report.MissingObjects);
        try
        {
            // The tenant may have been here before: the store contains the heads of its former log.
            await app.Services.GetRequiredService<RestoredLogs>().Anew(manifest.TenantId, began, cancel);
        }
        catch (StoreException e)
        {
            throw new OperatorException(
                $"The tenant was imported. The store could not record that its audit log starts again, so 'tenantry audit verify' will report the earlier log as missing, if there was one: {e.Message}"
            );
        }
    }

    /// <summary>
    /// Allows the import of an erased tenant. Only the owner of the database may: otherwise a compromised service could
    /// erase an audit log and continue with the tenant.
    /// </summary>
    public static async Task Readmit(OperatorSettings settings, string id, CancellationToken cancel)
    {
        if (!Guid.TryParse(id, out var tenant))
            throw new OperatorException(
                "The id of the tenant is required, as its export names it: another tenant may use its slug now."
            );
        await using var owner = DatabaseServices.DataSource(
            settings.Database("MIGRATION_DATABASE_URL", "only the owner of the database can readmit an erased tenant")
        );
        await using var command = owner.CreateCommand("UPDATE erased_tenants SET readmitted_at = now() WHERE id = $1");
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = tenant });
        if (await command.ExecuteNonQueryAsync(cancel) == 0)
            throw new OperatorException($"No tenant {tenant} was erased here.");
        Console.WriteLine($"{tenant} is readmitted: import it with 'tenantry tenant import'.");
    }

    public static async Task Restore(
        Func<WebApplication> build,
        string slug,
        string file,
        string[] tables,
        bool overwrite,
        bool isTrusted,
        CancellationToken cancel
    )
    {
        await using var app = build();
        await ServeCommand.DemandSafety(app, cancel);
        await using var stream = Opened(file);
        try
        {
            var report = await app
                .Services.GetRequiredService<RestoreTenantRows>()
                .Run(slug, stream, tables, overwrite, isTrusted, cancel);
            foreach (var table in report.Tables)
                Console.WriteLine(
                    $"{slug}: {table.Table}: {table.Rows} of {table.Of} rows {(overwrite ? "written" : "restored; the others exist")}."
                );
            Tell(report.Resets);
            Tell(slug, file, report.Objects, report.MissingObjects);
        }
        catch (Exception e) when (e is InvalidArchiveException or RestoreRefusedException)
        {
            throw new OperatorException(e.Message);
        }
        catch (StoreException e)
        {
            throw new OperatorException(
                $"The objects of the files could not be copied: {e.Message} Nothing was restored."
            );
        }
    }

    public static async Task Objects(Func<WebApplication> build, string slug, string file, CancellationToken cancel)
    {
        await using var app = build();
        await ServeCommand.DemandSafety(app, cancel);
        await using var stream = Opened(file);
        try
        {
            var (objects, missing) = await app
                .Services.GetRequiredService<RestoreTenantRows>()
                .Objects(slug, stream, cancel);
            Console.WriteLine(
                $"{objects} objects have their keys; {missing} are missing in the store, or have another size."
            );
        }
        catch (Exception e) when (e is InvalidArchiveException or RestoreRefusedException)
        {
            throw new OperatorException(e.Message);
        }
        catch (StoreException e)
        {
            throw new OperatorException($"{e.Message} Run the command again: copied objects are kept.");
        }
    }

    private static FileStream Opened(string file)
    {
        try
        {
            return File.Exists(file) ? File.OpenRead(file) : throw new OperatorException($"There is no file '{file}'.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new OperatorException($"'{file}' cannot be read: {e.Message}");
        }
    }

    private static void Tell(IReadOnlyDictionary<string, long> resets)
    {
        foreach (var (column, rows) in resets.OrderBy(column => column.Key, StringComparer.Ordinal))
            Console.WriteLine($"Reset: {column} of {rows} rows of the archive.");
    }

    private static void Tell(string slug, string file, long objects, long missing)
    {
        if (objects > 0)
            Console.WriteLine($"{objects} objects have new keys.");
        if (missing > 0)
            Console.WriteLine(
                $"{missing} files have no object in the store, or one with another size: copy the objects and run 'tenantry tenant objects {slug} {file}'."
            );
    }
}
