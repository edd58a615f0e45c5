using System.CommandLine;
using dotenv.net;
using Npgsql;
using Tenantry.Features.Files.Reconciliation;
using Tenantry.Foundation.Aws;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Hosting.Settings;

namespace Tenantry.Commands;

/// <summary>One binary: the service, and what its operators do with it.</summary>
public static class CommandLine
{
    private const string EnvFile = ".env";

    /// <param name="args">as typed</param>
    /// <param name="build">makes the service out of its settings</param>
    public static async Task<int> Run(string[] args, Func<ServiceSettings, WebApplication> build)
    {
        var root = new RootCommand("Tenantry: a multi-tenant backend. Without a command it serves.");
        root.SetAction((_, cancel) => Told(() => ServeCommand.Run(build, cancel)));

        var serve = new Command("serve", "Check the database and serve the API.");
        serve.SetAction((_, cancel) => Told(() => ServeCommand.Run(build, cancel)));
        root.Add(serve);

        root.Add(Migrate());

        var create = new Command(
            "create",
            "Make the database and its roles, named by DATABASE_URL and MIGRATION_DATABASE_URL, as the administrator in ADMIN_DATABASE_URL. Safe to run again."
        );
        create.SetAction((_, cancel) => Told(() => DatabaseCommand.Create(cancel)));
        root.Add(new Command("database", "Set up a database for Tenantry.") { create });

        var check = new Command("check", "Ask the database whether it keeps tenants apart.");
        check.SetAction((_, cancel) => Told(() => DatabaseCommand.Check(build, cancel)));
        root.Subcommands.Single(command => command.Name == "database").Add(check);

        var prove = new Command(
            "prove-isolation",
            "Try to get at one tenant with every role of another, on every route. Makes two tenants and erases them afterwards; exits with 1 on a leak."
        );
        var below = new Option<string?>("--below") { Description = "Only routes that begin so, like /api/v1/users." };
        prove.Add(below);
        prove.SetAction((given, cancel) => Told(() => ProveIsolationCommand.Run(build, given.GetValue(below), cancel)));
        root.Add(prove);
        root.Add(Health());
        root.Add(new Command("keys", "The keys that sign access tokens.") { Rotate(build) });
        root.Add(new Command("users", "Users of a tenant.") { ImportUsers(build) });
        root.Add(new Command("files", "Files of all tenants.") { ReconcileFiles(build) });
        root.Add(
            new Command("tenant", "A tenant as a whole.")
            {
                ExportTenant(build),
                ImportTenant(build),
                ReadmitTenant(),
                RestoreTenant(build),
                TenantObjects(build),
            }
        );
        root.Add(new Command("restore", "A database that was put back to an earlier moment.") { FinishRestore(build) });

        root.Add(new Command("audit", "The audit logs of tenants.") { VerifyAudit(build) });

        // The service ends in its own time when it is told to (Drain); left alone, the library cuts it off after two seconds.
        return await root.Parse(args)
            .InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromMinutes(10) });
    }

    private static Command Migrate()
    {
        var status = new Option<bool>("--status")
        {
            Description =
                "Tell which migrations are applied and which are pending, and change nothing. Exits with 2 where one is pending.",
        };
        var dry = new Option<bool>("--dry-run") { Description = "Print the SQL that would run, and change nothing." };
        var wait = new Option<int>("--lock-timeout")
        {
            Description =
                "Seconds that a migration waits for a lock, with others waiting behind it, before it lets them go first.",
            DefaultValueFactory = _ => (int)LockTerms.Usual.Wait.TotalSeconds,
        };
        wait.Validators.Add(given =>
        {
            if (given.GetValueOrDefault<int>() is < 1 or > 60)
                given.AddError("--lock-timeout takes 1 to 60 seconds.");
        });
        var migrate = new Command(
            "migrate",
            "Bring the schema up to this version, as the owner in MIGRATION_DATABASE_URL."
        )
        {
            status,
            dry,
            wait,
        };
        migrate.Validators.Add(given =>
        {
            if (given.GetValue(status) && given.GetValue(dry))
                given.AddError("--status and --dry-run are two questions: ask one at a time.");
        });
        migrate.SetAction(
            (given, cancel) =>
                Told(() =>
                    given.GetValue(status) ? MigrateCommand.Status(cancel)
                    : given.GetValue(dry) ? MigrateCommand.DryRun(Terms(given), cancel)
                    : MigrateCommand.Run(Terms(given), cancel)
                )
        );
        return migrate;

        LockTerms Terms(ParseResult given) =>
            LockTerms.Usual with
            {
                Wait = TimeSpan.FromSeconds(given.GetValue(wait)),
            };
    }

    private static Command Health()
    {
        var live = new Option<bool>("--live") { Description = "Only that the process answers: /health/live." };
        var health = new Command(
            "health",
            "Ask the instance of this machine whether it can take requests: /health/ready on API_PORT. Exits with 1 where it cannot."
        )
        {
            live,
        };
        health.SetAction(
            (given, cancel) =>
                Told(
                    () => HealthCommand.Run(new SettingsReader(Variables()), given.GetValue(live), cancel),
                    needsSecret: false
                )
        );
        return health;
    }

    private static Command Rotate(Func<ServiceSettings, WebApplication> build)
    {
        var dropOld = new Option<bool>("--drop-old")
        {
            Description =
                "Let every earlier key go at once, after a leak or with a lost JWT_SECRET. All access tokens end; clients go on with their refresh tokens.",
        };
        var publishFirst = new Option<int>("--publish-first")
        {
            Description =
                "Minutes for which the new key is only published, so that applications that keep jwks.json know it in time.",
        };
        publishFirst.Validators.Add(given =>
        {
            if (given.GetValueOrDefault<int>() is < 0 or > 1440)
                given.AddError("--publish-first takes 0 to 1440 minutes.");
        });
        var rotate = new Command("rotate", "Make a new key to sign access tokens with.") { dropOld, publishFirst };
        rotate.SetAction(
            (given, cancel) =>
                Told(() =>
                    KeysCommand.Rotate(
                        () => build(Settings()),
                        given.GetValue(dropOld),
                        given.GetValue(publishFirst),
                        cancel
                    )
                )
        );
        return rotate;
    }

    private static Command ImportUsers(Func<ServiceSettings, WebApplication> build)
    {
        var file = new Argument<string>("file")
        {
            Description = "JSON Lines, a user each; - reads standard input. docs/authentication.md lists the members.",
        };
        var tenant = new Option<string>("--tenant") { Description = "Slug or id of the tenant.", Required = true };
        var partial = new Option<bool>("--partial")
        {
            Description = "Import the good lines although there are bad ones.",
        };
        var roles = new Option<string[]>("--role")
        {
            Description = "A role that the file may give, besides User and Viewer. Can be given more than once.",
            AllowMultipleArgumentsPerToken = true,
        };
        var trust = new Option<bool>("--trust")
        {
            Description =
                "You vouch for the file: it may give any role of the tenant, call addresses verified, and have costly hashes.",
        };
        var import = new Command(
            "import",
            "Take users over, with the hashes of their passwords (Argon2id or bcrypt). Tells every bad line; all or nothing."
        )
        {
            file,
            tenant,
            partial,
            roles,
            trust,
        };
        import.SetAction(
            (given, cancel) =>
                Told(() =>
                    UsersCommand.Import(
                        () => build(Settings()),
                        given.GetValue(file)!,
                        given.GetValue(tenant)!,
                        new(given.GetValue(partial), given.GetValue(trust), given.GetValue(roles) ?? []),
                        cancel
                    )
                )
        );
        return import;
    }

    private static Command ReconcileFiles(Func<ServiceSettings, WebApplication> build)
    {
        var dry = new Option<bool>("--dry-run") { Description = "Tell, and change nothing." };
        var grace = new Option<int>("--grace-hours")
        {
            Description =
                "What is younger is left alone: it may be on its way. Less than 2 with --dry-run alone, while nothing is served.",
            DefaultValueFactory = _ => (int)FileReconciler.UsualGrace.TotalHours,
        };
        grace.Validators.Add(given =>
        {
            if (given.GetValueOrDefault<int>() is < 0 or > 8760)
                given.AddError("--grace-hours takes 0 to 8760.");
        });
        var sample = new Option<int>("--sample")
        {
            Description = "Of how many files the hash is computed anew.",
            DefaultValueFactory = _ => FileReconciler.UsualSample,
        };
        sample.Validators.Add(given =>
        {
            if (given.GetValueOrDefault<int>() is < 0 or > 10_000)
                given.AddError("--sample takes 0 to 10000.");
        });
        var many = new Option<bool>("--even-if-many")
        {
            Description = "Take objects away although more than a tenth have no file.",
        };
        var reconcile = new Command(
            "reconcile",
            "Hold the rows of files against the objects of the store: tells what is missing or not as it was, takes away what no file has. Exits with 1 where bytes are lost."
        )
        {
            dry,
            grace,
            sample,
            many,
        };
        reconcile.SetAction(
            (given, cancel) =>
                Told(() =>
                    FilesCommand.Reconcile(
                        () => build(Settings()),
                        new FileReconciler.Terms(
                            given.GetValue(dry),
                            TimeSpan.FromHours(given.GetValue(grace)),
                            given.GetValue(sample),
                            given.GetValue(many)
                        ),
                        cancel
                    )
                )
        );
        return reconcile;
    }

    private static Command VerifyAudit(Func<ServiceSettings, WebApplication> build)
    {
        var tenant = new Option<string?>("--tenant")
        {
            Description = "Slug or id of the tenant. Left out: all tenants.",
        };
        var verify = new Command(
            "verify",
            "Hold the audit log against its chain and the signed heads, of the database and of the store. Exits with 1 where an event was changed, removed, added or moved."
        )
        {
            tenant,
        };
        verify.SetAction(
            (given, cancel) => Told(() => AuditCommand.Verify(() => build(Settings()), given.GetValue(tenant), cancel))
        );
        return verify;
    }

    private static Command ExportTenant(Func<ServiceSettings, WebApplication> build)
    {
        var slug = new Argument<string>("slug") { Description = "Slug or id of the tenant." };
        var to = new Option<string>("--to")
        {
            Description = "The file to write. It must not be there yet.",
            Required = true,
        };
        var export = new Command("export", "Write all that is kept for a tenant into one file, as of one moment.")
        {
            slug,
            to,
        };
        export.SetAction(
            (given, cancel) =>
                Told(() =>
                    TenantCommand.Export(() => build(Settings()), given.GetValue(slug)!, given.GetValue(to)!, cancel)
                )
        );
        return export;
    }

    private static Command ImportTenant(Func<ServiceSettings, WebApplication> build)
    {
        var file = new Argument<string>("file") { Description = "What export wrote." };
        var trust = Trust(
            "tier, limits, verified domain and addresses, sessions and tokens, and whether it is switched on"
        );
        var import = new Command(
            "import",
            "Bring a tenant in from an export, into a database that does not have it. All or nothing."
        )
        {
            file,
            trust,
        };
        import.SetAction(
            (given, cancel) =>
                Told(() =>
                    TenantCommand.Import(() => build(Settings()), given.GetValue(file)!, given.GetValue(trust), cancel)
                )
        );
        return import;
    }

    private static Command ReadmitTenant()
    {
        var id = new Argument<string>("id") { Description = "Id of the tenant." };
        var readmit = new Command(
            "readmit",
            "Let a tenant come back that was erased here, as the owner in MIGRATION_DATABASE_URL. Then import it."
        )
        {
            id,
        };
        readmit.SetAction((given, cancel) => Told(() => TenantCommand.Readmit(given.GetValue(id)!, cancel)));
        return readmit;
    }

    private static Option<bool> Trust(string takes) =>
        new("--trust")
        {
            Description = $"You vouch for whoever wrote the archive: take from it {takes}. Without it these are reset.",
        };

    private static Command TenantObjects(Func<ServiceSettings, WebApplication> build)
    {
        var slug = new Argument<string>("slug") { Description = "The tenant, which has to be that of the file." };
        var file = new Argument<string>("file") { Description = "The export that was imported or restored." };
        var objects = new Command(
            "objects",
            "Take objects of files over that came into the store after 'import' or 'restore'. Can be run again."
        )
        {
            slug,
            file,
        };
        objects.SetAction(
            (given, cancel) =>
                Told(() =>
                    TenantCommand.Objects(() => build(Settings()), given.GetValue(slug)!, given.GetValue(file)!, cancel)
                )
        );
        return objects;
    }

    private static Command RestoreTenant(Func<ServiceSettings, WebApplication> build)
    {
        var slug = new Argument<string>("slug") { Description = "The tenant, which has to be that of the file." };
        var file = new Argument<string>("file")
        {
            Description = "What export wrote, here or from a database that was restored beside this one.",
        };
        var rows = new Option<string[]>("--rows")
        {
            Description = "The tables whose rows are brought back, such as users user_roles.",
            Required = true,
            AllowMultipleArgumentsPerToken = true,
        };
        var overwrite = new Option<bool>("--overwrite")
        {
            Description = "Rows that are there become what the file has. Without it they stay as they are.",
        };
        var trust = Trust("what was verified and scanned");
        var restore = new Command(
            "restore",
            "Bring rows of an export back into a tenant that lives, where they are gone. What has come since stays. All or nothing."
        )
        {
            slug,
            file,
            rows,
            overwrite,
            trust,
        };
        restore.SetAction(
            (given, cancel) =>
                Told(() =>
                    TenantCommand.Restore(
                        () => build(Settings()),
                        given.GetValue(slug)!,
                        given.GetValue(file)!,
                        given.GetValue(rows)!,
                        given.GetValue(overwrite),
                        given.GetValue(trust),
                        cancel
                    )
                )
        );
        return restore;
    }

    private static Command FinishRestore(Func<ServiceSettings, WebApplication> build)
    {
        var sessions = new Option<bool>("--keep-sessions")
        {
            Description = "Leave everybody signed in, also whose session had ended by then.",
        };
        var messages = new Option<bool>("--keep-messages")
        {
            Description = "Send what is due, also what was sent before.",
        };
        var finish = new Command(
            "finish",
            "After a restore and before anything serves the database: ends sessions, holds back messages that may have been sent, and tells the store where the audit logs end now."
        )
        {
            sessions,
            messages,
        };
        finish.SetAction(
            (given, cancel) =>
                Told(() =>
                    RestoreCommand.Finish(
                        () => build(Settings()),
                        new(given.GetValue(sessions), given.GetValue(messages)),
                        cancel
                    )
                )
        );
        return finish;
    }

    /// <summary>The environment, and in Development a <c>.env</c> file for what it leaves out.</summary>
    internal static ServiceSettings Settings()
    {
        var (environment, all) = (Variables(), secret ?? Variables());
        return ServiceSettings.Read(all) with
        {
            Secret = environment.ContainsKey(AwsSettings.SecretName)
                ? cancel => SecretSettings.Added(environment, cancel)
                : null,
        };
    }

    /// <summary>The environment and what a secret adds to it, read once, before anything else.</summary>
    private static IReadOnlyDictionary<string, string>? secret;

    private static Dictionary<string, string> Variables()
    {
        var variables = Environment
            .GetEnvironmentVariables()
            .Cast<System.Collections.DictionaryEntry>()
            .ToDictionary(entry => (string)entry.Key, entry => (string?)entry.Value ?? "", StringComparer.Ordinal);
        if (!File.Exists(EnvFile))
            return variables;
        var file = DotEnv.Fluent().WithExceptions().WithEnvFiles(EnvFile).Read();
        // The file may say itself that this is Development; where the environment says Production, it counts for nothing.
        if (
            !string.Equals(
                variables.GetValueOrDefault("APP_ENV") ?? (file.TryGetValue("APP_ENV", out var inFile) ? inFile : null),
                "Development",
                StringComparison.OrdinalIgnoreCase
            )
        )
            return variables;
        foreach (var (name, value) in file)
            variables.TryAdd(name, value);
        return variables;
    }

    /// <summary>One URL, for commands that need no other setting.</summary>
    internal static NpgsqlConnectionStringBuilder Database(string name, string meaning) =>
        OptionalDatabase(name) ?? throw new OperatorException($"{name} is needed: {meaning}.");

    /// <summary>The days of grace of deleted tenants, for commands that need no other setting. Null: they are not set.</summary>
    internal static int? GraceDays()
    {
        var read = new SettingsReader(secret ?? Variables());
        var days = read.Text(ServiceSettingsReading.GraceName) is null
            ? (int?)null
            : ServiceSettingsReading.GraceDays(read);
        return read.Faults.Count == 0 ? days : throw new SettingsException(read.Faults);
    }

    /// <returns>null: it is not set</returns>
    internal static NpgsqlConnectionStringBuilder? OptionalDatabase(string name)
    {
        var read = new SettingsReader(secret ?? Variables());
        var text = read.Text(name);
        if (read.Faults.Count > 0)
            throw new SettingsException(read.Faults);
        if (text is null)
            return null;
        return PostgresUrl.TryParse(text, out var connection, out var fault)
            ? connection
            : throw new OperatorException($"{name} {fault}");
    }

    /// <summary>What an operator can mend is told in words and ends with 1; a stack trace is for what nobody foresaw.</summary>
    private static Task<int> Told(Func<Task> work, bool needsSecret = true) =>
        Told(
            async () =>
            {
                await work();
                return 0;
            },
            needsSecret
        );

    private static async Task<int> Told(Func<Task<int>> work, bool needsSecret = true)
    {
        try
        {
            if (needsSecret)
                secret = await SecretSettings.Added(Variables(), CancellationToken.None);
            return await work();
        }
        catch (Exception e)
            when (e
                    is SettingsException
                        or IsolationBrokenException
                        or RoleTakenException
                        or LockedOutException
                        or OlderThanBaselineException
                        or Foundation.Security.Tokens.SigningKeyLockedException
                        or OperatorException
                        or AwsException
            )
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 1;
        }
        catch (NpgsqlException e)
        {
            await Console.Error.WriteLineAsync($"The database does not do what was asked: {e.Message}");
            return 1;
        }
    }
}

/// <summary>Something that whoever runs the command can mend; the message says how.</summary>
public sealed class OperatorException(string message) : Exception(message);
