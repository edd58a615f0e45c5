using Tenantry.Foundation.Database;
using Tenantry.Foundation.Settings;

namespace Tenantry.Commands;

/// <summary><c>tenantry database create</c> and <c>check</c>.</summary>
public static class DatabaseCommand
{
    public static async Task Create(CancellationToken cancel)
    {
        var variables = CommandLine.Variables();
        var settings = ServiceSettings.Read(variables);
        if (!PostgresUrl.TryParse(variables.GetValueOrDefault("ADMIN_DATABASE_URL") ?? "", out var admin, out var fault))
            throw new OperatorException($"ADMIN_DATABASE_URL {fault}. It names a role that may create roles and databases.");
        if (settings.MigrationDatabase.Database is null)
            throw new OperatorException("MIGRATION_DATABASE_URL is needed: it names the owner that is to be made, with its password.");
        if (settings.MigrationDatabase.Database != settings.Database.Database || settings.MigrationDatabase.Username == settings.Database.Username)
            throw new OperatorException("DATABASE_URL and MIGRATION_DATABASE_URL must name one database and two roles.");
        await DatabaseSetup.Create(admin, settings, cancel);
        Console.WriteLine($"Database {settings.Database.Database} is owned by {settings.MigrationDatabase.Username} and served by {settings.Database.Username}.");
    }

    public static async Task Check(Func<ServiceSettings, WebApplication> build, CancellationToken cancel)
    {
        await using var app = build(CommandLine.Settings());
        var faults = await app.Services.GetRequiredService<IsolationCheck>().Faults(cancel);
        if (faults.Count > 0)
            throw new IsolationBrokenException(faults);
        Console.WriteLine("The database keeps tenants apart.");
    }
}
