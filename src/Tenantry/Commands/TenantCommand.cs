using Npgsql;
using Tenantry.Features.AuditEvents;
using Tenantry.Features.Tenants;
using Tenantry.Foundation.Database;
using Tenantry.Foundation.Stores;
using Tenantry.Foundation.Tenancy;

namespace Tenantry.Commands;

/// <summary><c>tenantry tenant export</c>, <c>tenant import</c>, <c>tenant readmit</c> and <c>tenant restore</c>.</summary>
public static class TenantCommand
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public static async Task Export(Func<WebApplication> build, string slug, string file, CancellationToken cancel)
    {
        await using var app = build();
        await ServeCommand.DemandSafety(app, cancel);
        if (await app.Services.GetRequiredService<TenantDirectory>().ByName(slug, cancel) is not { } tenant)
            throw new OperatorException($"There is no tenant '{slug}'.");

        // Under another name until it is whole: what has the name can be relied on.
        var unfinished = file + ".unfinished";
        TenantArchive.Manifest manifest;
        try
        {
            if (File.Exists(file))
                throw new OperatorException($"There is a file '{file}' already.");
            var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.ReadWrite, Options = FileOptions.Asynchronous };
            if (!OperatingSystem.IsWindows())
                options.UnixCreateMode = OwnerOnly;
            await using (var stream = new FileStream(unfinished, options))
            {
                manifest = await app.Services.GetRequiredService<ExportTenant>().Run(tenant, stream, cancel);
                stream.Flush(flushToDisk: true);
            }
            File.Move(unfinished, file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new OperatorException($"'{file}' cannot be written: {e.Message}");
        }
        finally
        {
            File.Delete(unfinished);
        }
        Console.WriteLine($"{tenant.Slug}: {manifest.Entries.Sum(entry => entry.Rows)} rows of {manifest.Entries.Count} tables in {file}. It holds hashes of passwords: keep it safe.");
    }

    public static async Task Import(Func<WebApplication> build, string file, CancellationToken cancel)
    {
        await using var app = build();
        await ServeCommand.DemandSafety(app, cancel);
        if (!File.Exists(file))
            throw new OperatorException($"There is no file '{file}'.");
        var began = app.Services.GetRequiredService<TimeProvider>().GetUtcNow();
        try
        {
            await using var stream = File.OpenRead(file);
            var manifest = await app.Services.GetRequiredService<ImportTenant>().Run(stream, cancel);
            Console.WriteLine($"{manifest.Slug}: {manifest.Entries.Sum(entry => entry.Rows)} rows of {manifest.Entries.Count} tables imported, as of {manifest.ExportedAt:u}.");
            // It may have been here before: the store has heads of the log that it had then.
            await app.Services.GetRequiredService<RestoredLogs>().Anew(manifest.TenantId, began, cancel);
        }
        catch (Exception e) when (e is BrokenArchiveException or TenantTakenException or UnauthorizedAccessException)
        {
            throw new OperatorException(e.Message);
        }
        catch (StoreException e)
        {
            throw new OperatorException($"The tenant is here. That its audit log begins anew could not be told to the store, so that 'tenantry audit verify' will ask after the one it had here before, if it had one: {e.Message}");
        }
    }

    /// <summary>Lets an id that was erased here come back. Only the owner of the database may: a service that was taken over could otherwise erase a log and go on with the tenant.</summary>
    public static async Task Readmit(string id, CancellationToken cancel)
    {
        if (!Guid.TryParse(id, out var tenant))
            throw new OperatorException("The id of the tenant is needed, as its export names it: its slug may be another tenant's by now.");
        await using var owner = DatabaseServices.DataSource(CommandLine.Database("MIGRATION_DATABASE_URL", "the owner of the database lets a tenant come back that was erased"));
        await using var command = owner.CreateCommand("UPDATE erased_tenants SET readmitted_at = now() WHERE id = $1");
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = tenant });
        if (await command.ExecuteNonQueryAsync(cancel) == 0)
            throw new OperatorException($"No tenant {tenant} was erased here.");
        Console.WriteLine($"{tenant} may come back: bring it in with 'tenantry tenant import'.");
    }

    public static async Task Restore(Func<WebApplication> build, string slug, string file, string[] tables, bool overwrite, CancellationToken cancel)
    {
        await using var app = build();
        await ServeCommand.DemandSafety(app, cancel);
        if (!File.Exists(file))
            throw new OperatorException($"There is no file '{file}'.");
        try
        {
            await using var stream = File.OpenRead(file);
            var brought = await app.Services.GetRequiredService<RestoreTenantRows>().Run(slug, stream, tables, overwrite, cancel);
            foreach (var table in brought)
                Console.WriteLine($"{slug}: {table.Table}: {table.Rows} of {table.Of} rows {(overwrite ? "written" : "brought back; the others are there")}.");
            if (tables.Contains("files", StringComparer.Ordinal))
                Console.WriteLine("Bring the objects back too, and run 'tenantry files reconcile': it tells which are missing, and counts anew.");
        }
        catch (Exception e) when (e is BrokenArchiveException or RowsRefusedException or UnauthorizedAccessException)
        {
            throw new OperatorException(e.Message);
        }
    }
}
