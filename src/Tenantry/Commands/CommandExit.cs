using Npgsql;
using Tenantry.Foundation.Aws;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Database.Setup;
using Tenantry.Foundation.Hosting.Settings;

namespace Tenantry.Commands;

/// <summary>Runs a command and converts its outcome to an exit code.</summary>
internal static class CommandExit
{
    /// <summary>
    /// A failure that the operator can resolve prints its message and exits with 1. Only an unexpected failure prints a
    /// stack trace.
    /// </summary>
    /// <param name="settings">Their secret is read first; null: the command needs none.</param>
    /// <param name="work">The command.</param>
    public static Task<int> Of(OperatorSettings? settings, Func<Task> work) =>
        Of(
            settings,
            async () =>
            {
                await work();
                return 0;
            }
        );

    public static async Task<int> Of(OperatorSettings? settings, Func<Task<int>> work)
    {
        try
        {
            if (settings is not null)
                await settings.LoadSecret();
            return await work();
        }
        catch (Exception e)
            when (e
                    is SettingsException
                        or TenantIsolationException
                        or RoleTakenException
                        or MissingRightsException
                        or MigrationLockException
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
            await Console.Error.WriteLineAsync($"The database refused the operation: {e.Message}");
            return 1;
        }
    }
}

/// <summary>A failure that the operator can resolve. The message states how.</summary>
public sealed class OperatorException(string message) : Exception(message);
