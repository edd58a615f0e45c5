namespace Tenantry.Foundation.Hosting.Settings;

/// <summary>The region, addresses and credentials of Amazon's services.</summary>
/// <param name="Region">Null: no service of Amazon is used.</param>
/// <param name="AccessKeyId">Null: the machine's role, or another credential that the SDK finds.</param>
/// <param name="SecretAccessKey">The secret of the access key.</param>
/// <param name="SnsRegion">The region of SNS, where it differs.</param>
/// <param name="SnsEndpoint">An address that replaces Amazon's own.</param>
/// <param name="SesEndpoint">An address that replaces Amazon's own.</param>
/// <param name="SecretsEndpoint">An address of Secrets Manager that replaces Amazon's own.</param>
public sealed record AwsSettings(
    string? Region,
    string? AccessKeyId,
    string? SecretAccessKey,
    string? SnsRegion,
    Uri? SnsEndpoint,
    Uri? SesEndpoint,
    Uri? SecretsEndpoint
)
{
    /// <summary>Names the secret of Secrets Manager that contains further settings.</summary>
    public const string SecretName = "AWS_SECRETS_MANAGER_SECRET_ID";

    internal static AwsSettings Read(SettingsReader read)
    {
        var region = read.Text("AWS_REGION");
        var settings = new AwsSettings(
            region,
            read.Text("AWS_ACCESS_KEY_ID"),
            read.Text("AWS_SECRET_ACCESS_KEY"),
            read.Text("SNS_REGION") ?? region,
            read.HttpUrl("SNS_ENDPOINT_URL"),
            read.HttpUrl("SES_ENDPOINT_URL"),
            read.HttpUrl("AWS_SECRETS_MANAGER_ENDPOINT_URL")
        );
        read.Need(
            "AWS_REGION",
            read.Text(SecretName) is null || region is not null,
            $"is required when {SecretName} is set"
        );
        read.Need(
            "AWS_SECRET_ACCESS_KEY",
            (settings.AccessKeyId is null) == (settings.SecretAccessKey is null),
            "and AWS_ACCESS_KEY_ID must be set together"
        );
        return settings;
    }

    // The generated text of a record would print its secret.
    public override string ToString() => $"AWS in {Region}";
}
