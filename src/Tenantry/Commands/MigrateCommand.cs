using Npgsql;
using Tenantry.Foundation.Access;
using Tenantry.Foundation.Database;

namespace Tenantry.Commands;

/// <summary><c>tenantry migrate</c>: the schema and the catalogue of permissions, as the owner. It needs no other setting.</summary>
public static class MigrateCommand
{
    public static async Task Run(CancellationToken cancel)
    {
        var owner = CommandLine.Database("MIGRATION_DATABASE_URL", "the URL of the role that owns the schema; 'tenantry database create' makes one");
        try
        {
            var applied = await DatabaseSetup.Migrate(owner, Permission.Sync, cancel);
            Console.WriteLine(applied.Count == 0 ? "The schema is up to date." : "Applied: " + string.Join(", ", applied));
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UndefinedObject && e.MessageText.Contains("tenantry_", StringComparison.Ordinal))
        {
            throw new OperatorException($"{e.MessageText}: the roles that hold the grants are missing. Run 'tenantry database create' first.");
        }
    }
}
