using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Tenantry.Foundation.Hosting.Settings;

namespace Tenantry.Foundation.Storage;

/// <summary>
/// Signs addresses of a CloudFront distribution in front of the bucket with a canned policy: the address and its
/// expiry, under an RSA key of a trusted key group (Amazon CloudFront Developer Guide, "Create a signed URL using a
/// canned policy").
/// </summary>
public sealed class CloudFront(CdnSettings settings) : IDisposable
{
    private readonly RSA key = KeyOf(settings.PrivateKey);
    private readonly Lock signing = new();

    /// <summary>
    /// The headers of the response are part of the address, as with S3 itself, and so covered by the signature.
    /// </summary>
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
        lock (signing)
        {
#pragma warning disable CA5350 // CloudFront requires SHA-1
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
