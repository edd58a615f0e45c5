using System.CommandLine;
using Tenantry.Foundation.Hosting.Settings;

namespace Tenantry.Commands;

/// <summary>The command line of the binary: the service, and the commands of its operators.</summary>
public static class CommandLine
{
    /// <param name="args">The arguments as typed.</param>
    /// <param name="build">Builds the service from its settings.</param>
    public static async Task<int> Run(string[] args, Func<ServiceSettings, WebApplication> build)
    {
        var root = new RootCommand("Tenantry: a multi-tenant backend. Without a command it serves.");
        root.SetAction((_, cancel) => CommandExit.Of(() => ServeCommand.Run(build, cancel)));

        var serve = new Command("serve", "Check the database and serve the API.");
        serve.SetAction((_, cancel) => CommandExit.Of(() => ServeCommand.Run(build, cancel)));
        root.Add(serve);
        root.Add(InstallationCommands.Migrate());
        root.Add(InstallationCommands.Database(build));
        root.Add(InstallationCommands.ProveIsolation(build));
        root.Add(InstallationCommands.Health());
        root.Add(
            new Command("keys", "Manage the keys that sign access tokens.") { InstallationCommands.Rotate(build) }
        );
        root.Add(new Command("users", "Manage the users of a tenant.") { RecordCommands.ImportUsers(build) });
        root.Add(new Command("files", "Manage the files of all tenants.") { RecordCommands.ReconcileFiles(build) });
        root.Add(TenantCommands.Define(build));
        root.Add(
            new Command("restore", "Prepare a database that was restored to an earlier moment.")
            {
                InstallationCommands.FinishRestore(build),
            }
        );
        root.Add(new Command("audit", "Manage the audit logs of tenants.") { RecordCommands.VerifyAudit(build) });

        // The service limits its own shutdown (Drain). By default the library would end the process after two seconds.
        return await root.Parse(args)
            .InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromMinutes(10) });
    }
}
