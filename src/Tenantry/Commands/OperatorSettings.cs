using dotenv.net;
using Npgsql;
using Tenantry.Foundation.Aws;
using Tenantry.Foundation.Hosting.Settings;

namespace Tenantry.Commands;

/// <summary>
/// The settings of the process: its environment, a <c>.env</c> file, and a secret of AWS Secrets Manager.
/// </summary>
internal static class OperatorSettings
{
    private const string EnvFile = ".env";

    /// <summary>Reads the environment and, in Development, a <c>.env</c> file for variables that are not set.</summary>
    public static ServiceSettings Read()
    {
        var (environment, all) = (Variables(), secret ?? Variables());
        return ServiceSettings.Read(all) with
        {
            Secret = environment.ContainsKey(AwsSettings.SecretName)
                ? cancel => SecretSettings.Added(environment, cancel)
                : null,
        };
    }

    /// <summary>The environment and the settings of a secret. It is read once, before the command runs.</summary>
    private static IReadOnlyDictionary<string, string>? secret;

    /// <summary>Reads the settings of AWS Secrets Manager, if a secret is configured.</summary>
    public static async Task LoadSecret() => secret = await SecretSettings.Added(Variables(), CancellationToken.None);

    public static Dictionary<string, string> Variables()
    {
        var variables = Environment
            .GetEnvironmentVariables()
            .Cast<System.Collections.DictionaryEntry>()
            .ToDictionary(entry => (string)entry.Key, entry => (string?)entry.Value ?? "", StringComparer.Ordinal);
        if (!File.Exists(EnvFile))
            return variables;
        var file = DotEnv.Fluent().WithExceptions().WithEnvFiles(EnvFile).Read();
        // The file itself may select Development. It is ignored where the environment selects Production.
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

    /// <summary>Reads one URL, for commands that need no other setting.</summary>
    public static NpgsqlConnectionStringBuilder Database(string name, string meaning) =>
        OptionalDatabase(name) ?? throw new OperatorException($"{name} is required: {meaning}.");

    /// <summary>Reads the grace period of deleted tenants in days. Null: it is not set.</summary>
    public static int? GraceDays()
    {
        var read = new SettingsReader(secret ?? Variables());
        var days = read.Text(ServiceSettingsReading.GraceName) is null
            ? (int?)null
            : ServiceSettingsReading.GraceDays(read);
        return read.Faults.Count == 0 ? days : throw new SettingsException(read.Faults);
    }

    /// <returns>Null: it is not set.</returns>
    public static NpgsqlConnectionStringBuilder? OptionalDatabase(string name)
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
}
