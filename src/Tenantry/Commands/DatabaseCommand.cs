using Tenantry.Foundation.Data.Database;

namespace Tenantry.Commands;

/// <summary><c>tenantry database create</c> and <c>check</c>.</summary>
public static class DatabaseCommand
{
    public static async Task Create(OperatorSettings settings, CancellationToken cancel)
    {
        var admin = settings.Database("ADMIN_DATABASE_URL", "the URL of a role that may create roles and databases");
        var owner = settings.Database("MIGRATION_DATABASE_URL", "it names the owner to create, with its password");
        var serving = settings.Database(
            "DATABASE_URL",
            "it names the database and the serving role to create, with its password"
        );
        if (owner.Database != serving.Database || owner.Username == serving.Username)
            throw new OperatorException(
                "DATABASE_URL and MIGRATION_DATABASE_URL must name one database and two roles."
            );
        var backup = settings.OptionalDatabase("BACKUP_DATABASE_URL");
        if (backup is not null && (backup.Username != TenantPolicy.BackupRole || backup.Database != serving.Database))
            throw new OperatorException(
                $"BACKUP_DATABASE_URL must name the same database, and the role {TenantPolicy.BackupRole}: the start recognises the role by that name, and refuses to serve with it."
            );
        await DatabaseSetup.Create(admin, owner, serving, backup, cancel);
        Console.WriteLine(
            $"Database {serving.Database} is owned by {owner.Username} and served by {serving.Username}{(backup is null ? "" : $"; {backup.Username} creates its backups")}."
        );
    }

    public static async Task Check(Func<WebApplication> build, CancellationToken cancel)
    {
        await using var app = build();
        var faults = await app.Services.GetRequiredService<IsolationCheck>().Findings(cancel);
        if (faults.Count > 0)
            throw new TenantIsolationException(faults);
        foreach (var warning in await app.Services.GetRequiredService<IsolationCheck>().Warnings(cancel))
            Console.WriteLine(warning);
        Console.WriteLine("The database isolates tenants.");
    }
}
