using Npgsql;
using Tenantry.Foundation.Aws;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Hosting.Settings;

namespace Tenantry.Commands;

/// <summary>Runs a command and converts its outcome to an exit code.</summary>
internal static class CommandExit
{
    /// <summary>
    /// A failure that the operator can resolve prints its message and exits with 1. Only an unexpected failure prints a
    /// stack trace.
    /// </summary>
    public static Task<int> Of(Func<Task> work, bool needsSecret = true) =>
        Of(
            async () =>
            {
                await work();
                return 0;
            },
            needsSecret
        );

    public static async Task<int> Of(Func<Task<int>> work, bool needsSecret = true)
    {
        try
        {
            if (needsSecret)
                await OperatorSettings.LoadSecret();
            return await work();
        }
        catch (Exception e)
            when (e
                    is SettingsException
                        or TenantIsolationException
                        or RoleTakenException
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
