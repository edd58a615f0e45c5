using dotenv.net;
using Npgsql;
using Tenantry.Foundation.Aws;
using Tenantry.Foundation.Hosting.Settings;

namespace Tenantry.Commands;

/// <summary>
/// The settings of a command: the environment, a <c>.env</c> file, and a secret of AWS Secrets Manager.
/// </summary>
/// <param name="environment">The environment variables.</param>
/// <param name="folder">The folder of the <c>.env</c> file.</param>
public sealed class OperatorSettings(IReadOnlyDictionary<string, string> environment, string folder)
{
    private readonly string envFile = Path.Combine(folder, ".env");

    /// <summary>The environment and the settings of a secret. It is read once, before the command runs.</summary>
    private IReadOnlyDictionary<string, string>? secret;

    /// <summary>The settings in the environment of this process.</summary>
    public static OperatorSettings OfProcess() =>
        new(
            Environment
                .GetEnvironmentVariables()
                .Cast<System.Collections.DictionaryEntry>()
                .ToDictionary(entry => (string)entry.Key, entry => (string?)entry.Value ?? "", StringComparer.Ordinal),
            Environment.CurrentDirectory
        );

    /// <summary>Reads the environment and, in Development, a <c>.env</c> file for variables that are not set.</summary>
    public ServiceSettings Read()
    {
        var (variables, all) = (Variables(), secret ?? Variables());
        return ServiceSettings.Read(all) with
        {
            Secret = variables.ContainsKey(AwsSettings.SecretName)
                ? cancel => SecretSettings.Added(variables, cancel)
                : null,
        };
    }

    /// <summary>Reads the settings of AWS Secrets Manager, if a secret is configured.</summary>
    public async Task LoadSecret() => secret = await SecretSettings.Added(Variables(), CancellationToken.None);

    public Dictionary<string, string> Variables()
    {
        var variables = new Dictionary<string, string>(environment, StringComparer.Ordinal);
        if (!File.Exists(envFile))
            return variables;
        var file = DotEnv.Fluent().WithExceptions().WithEnvFiles(envFile).Read();
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
    public NpgsqlConnectionStringBuilder Database(string name, string meaning) =>
        OptionalDatabase(name) ?? throw new OperatorException($"{name} is required: {meaning}.");

    /// <summary>Reads the grace period of deleted tenants in days. Null: it is not set.</summary>
    public int? GraceDays()
    {
        var read = new SettingsReader(secret ?? Variables());
        var days = read.Text(ServiceSettingsReading.GraceName) is null
            ? (int?)null
            : ServiceSettingsReading.GraceDays(read);
        return read.Faults.Count == 0 ? days : throw new SettingsException(read.Faults);
    }

    /// <returns>Null: it is not set.</returns>
    public NpgsqlConnectionStringBuilder? OptionalDatabase(string name)
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
