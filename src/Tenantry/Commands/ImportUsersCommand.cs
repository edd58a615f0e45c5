using System.CommandLine;
using Tenantry.Features.Users.Importing;

namespace Tenantry.Commands;

/// <summary>The options of <c>tenantry users import</c>.</summary>
internal static class ImportUsersCommand
{
    public static Command Define(OperatorSettings settings, Func<WebApplication> app)
    {
        var file = new Argument<string>("file")
        {
            Description =
                "The export of another system, or a file in the format of docs/import.md; - reads standard input.",
        };
        var tenant = new Option<string>("--tenant") { Description = "Slug or id of the tenant.", Required = true };
        var format = new Option<string?>("--format")
        {
            Description = "The system that wrote the file. Default: recognised by the members of the first record.",
        };
        format.AcceptOnlyFromAmong([.. ImportSource.All.Select(source => source.Name)]);
        var map = new Option<string[]>("--map")
        {
            Description =
                "FIELD=COLUMN: take a field from this column, or from this path of members. FIELD= leaves the field out. Can be repeated.",
        };
        map.Validators.Add(result =>
        {
            FieldMap.Parse(result.GetValueOrDefault<string[]>() ?? [], out var fault);
            if (fault is not null)
                result.AddError(fault);
        });
        var dry = new Option<bool>("--dry-run") { Description = "Report only, without writing anything." };
        var partial = new Option<bool>("--partial")
        {
            Description =
                "Import the valid records even if others are invalid, and keep what was imported if the import is interrupted.",
        };
        var keepIds = new Option<bool>("--keep-ids")
        {
            Description = "Keep the ids of the file. They must be UUIDs that no user of this installation has.",
        };
        var withoutHashes = new Option<bool>("--without-unknown-hashes")
        {
            Description =
                "Import users whose password hash cannot be verified here without it. They request a new password.",
        };
        var roles = new Option<string[]>("--role")
        {
            Description = "A role that the file may assign, in addition to User and Viewer. Can be repeated.",
            AllowMultipleArgumentsPerToken = true,
        };
        var trust = new Option<bool>("--trust")
        {
            Description =
                "Trust the file: it may assign any role of the tenant, mark addresses as verified, and contain expensive hashes.",
        };
        var hashes = new HashOptions();
        var import = new Command(
            "import",
            "Import users with their password hashes. Reports every invalid record; imports all users or none."
        )
        {
            file,
            tenant,
            format,
            map,
            dry,
            partial,
            keepIds,
            withoutHashes,
            roles,
            trust,
            hashes.AllowWeak,
            hashes.Pepper,
            hashes.FirebaseConfig,
        };
        import.SetAction(
            (result, cancel) =>
                CommandExit.Of(
                    settings,
                    () =>
                        UsersCommand.Import(
                            app,
                            result.GetValue(file)!,
                            result.GetValue(tenant)!,
                            new(result.GetValue(partial), result.GetValue(trust), result.GetValue(roles) ?? [])
                            {
                                Format = result.GetValue(format),
                                Map = FieldMap.Parse(result.GetValue(map) ?? [], out _),
                                IsDryRun = result.GetValue(dry),
                                KeepsIds = result.GetValue(keepIds),
                                SkipsUnknownHashes = result.GetValue(withoutHashes),
                                Hashes = hashes.Read(result, result.GetValue(trust)),
                            },
                            cancel
                        )
                )
        );
        return import;
    }
}
