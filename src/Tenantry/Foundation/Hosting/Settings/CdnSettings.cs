using System.Security.Cryptography;

namespace Tenantry.Foundation.Hosting.Settings;

/// <summary>A CloudFront distribution in front of the bucket. Downloads are redirected to it.</summary>
/// <param name="Url">The address of the distribution.</param>
/// <param name="KeyPairId">The id of the public key in the trusted key group.</param>
/// <param name="PrivateKey">The private key in PEM.</param>
public sealed record CdnSettings(Uri Url, string KeyPairId, string PrivateKey)
{
    /// <summary>The generated text of a record would print the secret into a log.</summary>
    public override string ToString() => $"{Url} with {KeyPairId}";

    internal static CdnSettings? Read(SettingsReader read, bool hasBucket)
    {
        var url = read.HttpUrl("CDN_BASE_URL");
        var id = read.Text("CDN_KEY_PAIR_ID");
        var file = read.Text("CDN_PRIVATE_KEY_FILE");
        if (url is null)
            return null;
        read.Need("CDN_BASE_URL", hasBucket, "needs S3_BUCKET_NAME: the distribution is in front of that bucket");
        read.Need(
            "CDN_BASE_URL",
            url.Query.Length == 0 && url.Fragment.Length == 0,
            "must have neither a query nor a fragment"
        );
        read.Need(
            "CDN_KEY_PAIR_ID",
            id is not null,
            "is required when CDN_BASE_URL is set: the id of the public key in CloudFront"
        );
        var key = file is not null && File.Exists(file) ? File.ReadAllText(file) : null;
        var isKey = key is not null && IsRsa(key);
        read.Need(
            "CDN_PRIVATE_KEY_FILE",
            isKey,
            "is required when CDN_BASE_URL is set: a file with an RSA private key in PEM"
        );
        return id is not null && isKey ? new CdnSettings(url, id, key!) : null;
    }

    private static bool IsRsa(string pem)
    {
        try
        {
            using var rsa = RSA.Create();
            rsa.ImportFromPem(pem);
            return rsa.ExportParameters(includePrivateParameters: true).D is not null;
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException)
        {
            return false;
        }
    }
}
