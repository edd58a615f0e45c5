using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Tenantry.Foundation.Hosting.Settings;

namespace Tenantry.Foundation.Storage;

/// <summary>
/// Addresses of a CloudFront distribution before the bucket, signed with a canned policy: the address and the time until which it is good, under an RSA key of a trusted key group
/// (Amazon CloudFront Developer Guide, "Create a signed URL using a canned policy").
/// </summary>
public sealed class CloudFront(CdnSettings settings) : IDisposable
{
    private readonly RSA key = KeyOf(settings.PrivateKey);
    private readonly Lock turn = new();

    /// <summary>What the object is answered with stands in the address, as with S3 itself, and so under the signature.</summary>
    public Uri SignedGet(string objectKey, SignedGet terms)
    {
        var resource =
            $"{settings.Url.AbsoluteUri.TrimEnd('/')}/{objectKey}?response-cache-control=private"
            + $"&response-content-disposition={Uri.EscapeDataString(terms.ContentDisposition)}&response-content-type={Uri.EscapeDataString(terms.ContentType)}";
        var expires = terms.Expires.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var policy =
            "{\"Statement\":[{\"Resource\":\""
            + resource
            + "\",\"Condition\":{\"DateLessThan\":{\"AWS:EpochTime\":"
            + expires
            + "}}}]}";
        return new Uri(
            $"{resource}&Expires={expires}&Signature={Sign(policy)}&Key-Pair-Id={Uri.EscapeDataString(settings.KeyPairId)}"
        );
    }

    public void Dispose() => key.Dispose();

    private string Sign(string policy)
    {
        byte[] signature;
        lock (turn)
        {
#pragma warning disable CA5350 // the one that CloudFront takes
            signature = key.SignData(Encoding.UTF8.GetBytes(policy), HashAlgorithmName.SHA1, RSASignaturePadding.Pkcs1);
#pragma warning restore CA5350
        }
        return Convert.ToBase64String(signature).Replace('+', '-').Replace('=', '_').Replace('/', '~');
    }

    private static RSA KeyOf(string pem)
    {
        var key = RSA.Create();
        key.ImportFromPem(pem);
        return key;
    }
}
