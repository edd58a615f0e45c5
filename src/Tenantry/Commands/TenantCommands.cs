using System.CommandLine;

namespace Tenantry.Commands;

/// <summary>Commands for a whole tenant: export, import and restore.</summary>
internal static class TenantCommands
{
    public static Command Define(OperatorSettings settings, Func<WebApplication> app) =>
        new("tenant", "Export, import and restore a tenant.")
        {
            ExportTenant(settings, app),
            ImportTenant(settings, app),
            ReadmitTenant(settings),
            RestoreTenant(settings, app),
            TenantObjects(settings, app),
        };

    private static Command ExportTenant(OperatorSettings settings, Func<WebApplication> app)
    {
        var slug = new Argument<string>("slug") { Description = "Slug or id of the tenant." };
        var to = new Option<string>("--to") { Description = "The file to write. It must not exist.", Required = true };
        var export = new Command("export", "Write all data of a tenant to one file, as of one moment.") { slug, to };
        export.SetAction(
            (result, cancel) =>
                CommandExit.Of(
                    settings,
                    () => TenantCommand.Export(app, result.GetValue(slug)!, result.GetValue(to)!, cancel)
                )
        );
        return export;
    }

    private static Command ImportTenant(OperatorSettings settings, Func<WebApplication> app)
    {
        var file = new Argument<string>("file") { Description = "A file that export wrote." };
        var trust = Trust("the tier, limits, verified domain and addresses, sessions and tokens, and the activation");
        var import = new Command(
            "import",
            "Import a tenant from an export into a database that does not have it. Imports all of it or nothing."
        )
        {
            file,
            trust,
        };
        import.SetAction(
            (result, cancel) =>
                CommandExit.Of(
                    settings,
                    () => TenantCommand.Import(app, result.GetValue(file)!, result.GetValue(trust), cancel)
                )
        );
        return import;
    }

    private static Command ReadmitTenant(OperatorSettings settings)
    {
        var id = new Argument<string>("id") { Description = "Id of the tenant." };
        var readmit = new Command(
            "readmit",
            "Allow the import of a tenant that was erased here, as the owner in MIGRATION_DATABASE_URL."
        )
        {
            id,
        };
        readmit.SetAction(
            (result, cancel) =>
                CommandExit.Of(settings, () => TenantCommand.Readmit(settings, result.GetValue(id)!, cancel))
        );
        return readmit;
    }

    private static Option<bool> Trust(string items) =>
        new("--trust")
        {
            Description =
                $"Trust the author of the archive: import {items} unchanged. Without this option they are reset.",
        };

    private static Command TenantObjects(OperatorSettings settings, Func<WebApplication> app)
    {
        var slug = new Argument<string>("slug")
        {
            Description = "Slug or id of the tenant. It must be the tenant of the file.",
        };
        var file = new Argument<string>("file") { Description = "The export that was imported or restored." };
        var objects = new Command(
            "objects",
            "Assign objects to their files that were copied to the store after 'import' or 'restore'. Can be run again."
        )
        {
            slug,
            file,
        };
        objects.SetAction(
            (result, cancel) =>
                CommandExit.Of(
                    settings,
                    () => TenantCommand.Objects(app, result.GetValue(slug)!, result.GetValue(file)!, cancel)
                )
        );
        return objects;
    }

    private static Command RestoreTenant(OperatorSettings settings, Func<WebApplication> app)
    {
        var slug = new Argument<string>("slug")
        {
            Description = "Slug or id of the tenant. It must be the tenant of the file.",
        };
        var file = new Argument<string>("file")
        {
            Description = "A file that export wrote, from this database or from one that was restored beside it.",
        };
        var rows = new Option<string[]>("--rows")
        {
            Description = "The tables whose rows are restored, such as users user_roles.",
            Required = true,
            AllowMultipleArgumentsPerToken = true,
        };
        var overwrite = new Option<bool>("--overwrite")
        {
            Description = "Replace existing rows by those of the file. Without this option they are not changed.",
        };
        var trust = Trust("verifications and scan results");
        var restore = new Command(
            "restore",
            "Restore missing rows of an existing tenant from an export. Newer rows are kept. Restores all of them or none."
        )
        {
            slug,
            file,
            rows,
            overwrite,
            trust,
        };
        restore.SetAction(
            (result, cancel) =>
                CommandExit.Of(
                    settings,
                    () =>
                        TenantCommand.Restore(
                            app,
                            result.GetValue(slug)!,
                            result.GetValue(file)!,
                            result.GetValue(rows)!,
                            result.GetValue(overwrite),
                            result.GetValue(trust),
                            cancel
                        )
                )
        );
        return restore;
    }
}
