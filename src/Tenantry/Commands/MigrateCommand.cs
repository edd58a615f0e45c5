using Tenantry.Foundation.Access;
using Tenantry.Foundation.Database;

namespace Tenantry.Commands;

/// <summary><c>tenantry migrate</c>: the schema and the catalogue of permissions, as the owner.</summary>
public static class MigrateCommand
{
    public static async Task Run(CancellationToken cancel)
    {
        var settings = CommandLine.Settings();
        if (settings.MigrationDatabase.Database is null)
            throw new OperatorException("MIGRATION_DATABASE_URL is needed: the URL of the role that owns the schema. 'tenantry database create' makes one.");
        var applied = await DatabaseSetup.Migrate(settings.MigrationDatabase, Permission.Sync, cancel);
        Console.WriteLine(applied.Count == 0 ? "The schema is up to date." : "Applied: " + string.Join(", ", applied));
    }
}
