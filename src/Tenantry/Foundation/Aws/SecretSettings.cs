using System.Text.Json;
using Tenantry.Foundation.Hosting.Settings;

namespace Tenantry.Foundation.Aws;

/// <summary>
/// Settings from AWS Secrets Manager: one secret, a JSON object of names and values. Variables of the environment take
/// precedence.
/// </summary>
public static class SecretSettings
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <param name="environment">that names the secret, or none</param>
    /// <param name="cancel">of the start</param>
    /// <returns>the environment, and what the secret adds to it</returns>
    /// <exception cref="SettingsException">there is no such secret, or it is none of settings</exception>
    /// <exception cref="AwsException">it could not be read</exception>
    public static async Task<IReadOnlyDictionary<string, string>> Added(
        IReadOnlyDictionary<string, string> environment,
        CancellationToken cancel
    )
    {
        var read = new SettingsReader(environment);
        if (read.Text(AwsSettings.SecretName) is not { } id)
            return environment;
        var aws = AwsSettings.Read(read);
        if (read.Faults.Count > 0)
            throw new SettingsException(read.Faults);
        using var client = new AwsClient(
            AwsService.SecretsManager,
            new AwsAccess(aws.Region!, aws.AccessKeyId, aws.SecretAccessKey, aws.SecretsEndpoint, Patience)
        );
        var answer = await client.Target("GetSecretValue", new { SecretId = id }, cancel);
        var values = new Dictionary<string, string>(environment, StringComparer.Ordinal);
        foreach (var (name, value) in Values(answer))
            values.TryAdd(name, value);
        return values;
    }

    private static IEnumerable<(string Name, string Value)> Values(JsonElement answer)
    {
        JsonElement settings;
        try
        {
            settings = JsonElement.Parse(answer.GetProperty("SecretString").GetString() ?? "");
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException)
        {
            settings = default;
        }
        // The values are secrets: a fault names none.
        if (
            settings.ValueKind != JsonValueKind.Object
            || settings.EnumerateObject().Any(member => member.Value.ValueKind != JsonValueKind.String)
        )
            throw new SettingsException([
                $"{AwsSettings.SecretName} must name a secret that is a JSON object of names and texts",
            ]);
        return settings.EnumerateObject().Select(member => (member.Name, member.Value.GetString()!));
    }
}
