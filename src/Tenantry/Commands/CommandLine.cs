using System.CommandLine;
using Tenantry.Foundation.Hosting.Settings;

namespace Tenantry.Commands;

/// <summary>The command line of the binary: the service, and the commands of its operators.</summary>
public static class CommandLine
{
    /// <param name="args">The arguments as typed.</param>
    /// <param name="settings">The settings of the command.</param>
    /// <param name="build">Builds the service from its settings.</param>
    public static async Task<int> Run(
        string[] args,
        OperatorSettings settings,
        Func<ServiceSettings, WebApplication> build
    )
    {
        WebApplication App() => build(settings.Read());
        var root = new RootCommand("Tenantry: a multi-tenant backend. Without a command it serves.");
        root.SetAction((_, cancel) => CommandExit.Of(settings, () => ServeCommand.Run(App, cancel)));

        var serve = new Command("serve", "Check the database and serve the API.");
        serve.SetAction((_, cancel) => CommandExit.Of(settings, () => ServeCommand.Run(App, cancel)));
        root.Add(serve);
        root.Add(InstallationCommands.Migrate(settings));
        root.Add(InstallationCommands.Database(settings, App));
        root.Add(InstallationCommands.ProveIsolation(settings, build));
        root.Add(InstallationCommands.Health(settings));
        root.Add(InstallationCommands.Settings(settings));
        root.Add(
            new Command("keys", "Manage the keys that sign access tokens.")
            {
                InstallationCommands.Rotate(settings, App),
            }
        );
        root.Add(
            new Command("users", "Manage the users of a tenant.")
            {
                ImportUsersCommand.Define(settings, App),
                InviteUsersCommand.Define(settings, App),
            }
        );
        root.Add(
            new Command("files", "Manage the files of all tenants.") { RecordCommands.ReconcileFiles(settings, App) }
        );
        root.Add(TenantCommands.Define(settings, App));
        root.Add(
            new Command("restore", "Prepare a database that was restored to an earlier moment.")
            {
                InstallationCommands.FinishRestore(settings, App),
            }
        );
        root.Add(
            new Command("audit", "Manage the audit logs of tenants.") { RecordCommands.VerifyAudit(settings, App) }
        );

        // The service limits its own shutdown (Drain). By default the library would end the process after two seconds.
        return await root.Parse(args)
            .InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromMinutes(10) });
    }
}
