using System.CommandLine;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Hosting.Settings;

namespace Tenantry.Commands;

/// <summary>Commands for the installation as a whole: its schema, database, keys and health.</summary>
internal static class InstallationCommands
{
    public static Command Migrate(OperatorSettings settings)
    {
        var status = new Option<bool>("--status")
        {
            Description =
                "List applied and pending migrations without changing anything. Exits with 2 if a migration is pending.",
        };
        var dry = new Option<bool>("--dry-run")
        {
            Description = "Print the SQL that would run, without changing anything.",
        };
        var wait = new Option<int>("--lock-timeout")
        {
            Description =
                "Seconds that a migration waits for a lock. Other sessions wait behind it; after this time it lets them go first and tries again.",
            DefaultValueFactory = _ => (int)LockTerms.Default.Wait.TotalSeconds,
        };
        wait.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 60)
                result.AddError("--lock-timeout must be from 1 to 60 seconds.");
        });
        var migrate = new Command(
            "migrate",
            "Migrate the schema to this version, as the owner in MIGRATION_DATABASE_URL."
        )
        {
            status,
            dry,
            wait,
        };
        migrate.Validators.Add(result =>
        {
            if (result.GetValue(status) && result.GetValue(dry))
                result.AddError("--status and --dry-run cannot be used together.");
        });
        migrate.SetAction(
            (result, cancel) =>
                CommandExit.Of(
                    settings,
                    () =>
                        result.GetValue(status) ? MigrateCommand.Status(settings, cancel)
                        : result.GetValue(dry) ? MigrateCommand.DryRun(settings, Terms(result), cancel)
                        : MigrateCommand.Run(settings, Terms(result), cancel)
                )
        );
        return migrate;

        LockTerms Terms(ParseResult result) =>
            LockTerms.Default with
            {
                Wait = TimeSpan.FromSeconds(result.GetValue(wait)),
            };
    }

    public static Command Database(OperatorSettings settings, Func<WebApplication> app)
    {
        var create = new Command(
            "create",
            "Create the database and its roles, named by DATABASE_URL and MIGRATION_DATABASE_URL, as the administrator in ADMIN_DATABASE_URL. Safe to run again."
        );
        create.SetAction((_, cancel) => CommandExit.Of(settings, () => DatabaseCommand.Create(settings, cancel)));
        var check = new Command("check", "Check that the database isolates tenants.");
        check.SetAction((_, cancel) => CommandExit.Of(settings, () => DatabaseCommand.Check(app, cancel)));
        return new Command("database", "Set up a database for Tenantry.") { create, check };
    }

    public static Command ProveIsolation(OperatorSettings settings, Func<ServiceSettings, WebApplication> build)
    {
        var below = new Option<string?>("--below")
        {
            Description = "Try only routes that start with this path, like /api/v1/users.",
        };
        var prove = new Command(
            "prove-isolation",
            "Try to access one tenant with every role of another, on every route. Creates two tenants and erases them afterwards. Exits with 1 on a leak."
        )
        {
            below,
        };
        prove.SetAction(
            (result, cancel) =>
                CommandExit.Of(
                    settings,
                    () => ProveIsolationCommand.Run(settings, build, result.GetValue(below), cancel)
                )
        );
        return prove;
    }

    public static Command Health(OperatorSettings settings)
    {
        var live = new Option<bool>("--live") { Description = "Check only that the process answers: /health/live." };
        var health = new Command(
            "health",
            "Check whether the instance on this machine is ready: /health/ready on API_PORT. Exits with 1 if it is not."
        )
        {
            live,
        };
        health.SetAction(
            (result, cancel) =>
                CommandExit.Of(
                    null,
                    () => HealthCommand.Run(new SettingsReader(settings.Variables()), result.GetValue(live), cancel)
                )
        );
        return health;
    }

    public static Command Settings(OperatorSettings settings)
    {
        var check = new Command(
            "check",
            "Read all settings of the service, and report every fault at once. Starts nothing."
        );
        check.SetAction((_, _) => CommandExit.Of(settings, () => SettingsCommand.Check(settings)));
        return new Command("settings", "Check the settings before a start.") { check };
    }

    public static Command Rotate(OperatorSettings settings, Func<WebApplication> app)
    {
        var dropOld = new Option<bool>("--drop-old")
        {
            Description =
                "Delete all earlier keys at once, after a leak or when JWT_SECRET is lost. All access tokens become invalid; clients continue with their refresh tokens.",
        };
        var publishFirst = new Option<int>("--publish-first")
        {
            Description =
                "Minutes for which the new key is published before it signs, so that applications that cache jwks.json know it in time.",
        };
        publishFirst.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 0 or > 1440)
                result.AddError("--publish-first must be from 0 to 1440 minutes.");
        });
        var rotate = new Command("rotate", "Create a new key that signs access tokens.") { dropOld, publishFirst };
        rotate.SetAction(
            (result, cancel) =>
                CommandExit.Of(
                    settings,
                    () => KeysCommand.Rotate(app, result.GetValue(dropOld), result.GetValue(publishFirst), cancel)
                )
        );
        return rotate;
    }

    public static Command FinishRestore(OperatorSettings settings, Func<WebApplication> app)
    {
        var sessions = new Option<bool>("--keep-sessions")
        {
            Description = "Keep all sessions, including those that had ended in the meantime.",
        };
        var messages = new Option<bool>("--keep-messages")
        {
            Description = "Send due messages, including those that may have been sent before.",
        };
        var finish = new Command(
            "finish",
            "Run after a restore and before an instance serves the database: ends sessions, holds back messages that may have been sent, and records the new ends of the audit logs in the store."
        )
        {
            sessions,
            messages,
        };
        finish.SetAction(
            (result, cancel) =>
                CommandExit.Of(
                    settings,
                    () => RestoreCommand.Finish(app, new(result.GetValue(sessions), result.GetValue(messages)), cancel)
                )
        );
        return finish;
    }
}
