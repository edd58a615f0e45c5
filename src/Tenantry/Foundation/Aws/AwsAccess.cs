namespace Tenantry.Foundation.Aws;

/// <summary>The region, endpoint and credentials of AWS.</summary>
/// <param name="Region">as AWS writes it: <c>eu-central-1</c></param>
/// <param name="AccessKey">with <paramref name="SecretKey"/>; null: the SDK's chain looks (environment, web identity,
/// profile, container, instance)</param>
/// <param name="SecretKey">with <paramref name="AccessKey"/></param>
/// <param name="Endpoint">null: AWS's own for the region, or AWS_ENDPOINT_URL and its relatives</param>
/// <param name="Timeout">for a whole call: finding credentials, and a second attempt after a correction of the clock,
/// included</param>
public sealed record AwsAccess(string Region, string? AccessKey, string? SecretKey, Uri? Endpoint, TimeSpan Timeout)
{
    /// <summary>The one that a compiler writes for a record would print the secret into any log.</summary>
    public override string ToString() =>
        $"AWS in {Region}{(Endpoint is null ? "" : $" at {Endpoint}")}, {(AccessKey is null ? "with credentials that the SDK finds" : "with a key of its own")}";
}

/// <summary>The properties of an AWS service that are needed to call it without its SDK package.</summary>
/// <param name="Id">the SDK's name of it, from which AWS_ENDPOINT_URL_&lt;ID&gt; is made</param>
/// <param name="EndpointPrefix">the first label of its host names</param>
/// <param name="SigningName">its name in the scope of a signature</param>
/// <param name="Version">of its API</param>
public sealed record AwsService(string Id, string EndpointPrefix, string SigningName, string Version)
{
    /// <summary>Uses the query protocol: form requests, XML responses.</summary>
    public static AwsService Sns { get; } = new("SNS", "sns", "sns", "2010-03-31");

    /// <summary>Uses JSON; a header names the operation.</summary>
    public static AwsService SecretsManager { get; } =
        new("Secrets Manager", "secretsmanager", "secretsmanager", "2017-10-17");

    /// <summary>The second version of the e-mail API. Uses JSON; the path names the operation.</summary>
    public static AwsService Ses { get; } = new("SESv2", "email", "ses", "2019-09-27");
}
