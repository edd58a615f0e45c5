using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;
using Tenantry.Foundation.Hosting.Settings;

namespace Tenantry.Features.Notifications.Feedback;

/// <summary>
/// Verifies that a message was signed by SNS for a trusted topic. An attacker can have SNS sign messages of an own
/// topic. Therefore only the topics of the settings are trusted, and only certificates from Amazon's host in the region
/// of the topic (in Development, also from SNS_ENDPOINT_URL).
/// </summary>
public sealed partial class SnsSignature(ServiceSettings settings, IHttpClientFactory clients, TimeProvider clock)
{
    public const string HttpClient = "sns certificates";

    private const int MaxCertificates = 16;

    private readonly ConcurrentDictionary<string, X509Certificate2> certificates = new(StringComparer.Ordinal);

    /// <exception cref="HttpRequestException">
    /// The certificate could not be fetched. The message may be valid.
    /// </exception>
    public async Task<bool> IsValid(SnsMessage message, CancellationToken cancel)
    {
        if (
            message.TopicArn is null
            || !settings.Messages.FeedbackTopics.Contains(message.TopicArn, StringComparer.Ordinal)
            || message.Signature is null
        )
            return false;
        HashAlgorithmName? algorithm = message.SignatureVersion switch
        {
            "1" => HashAlgorithmName.SHA1, // the default of SNS topics, so SHA-1 has to be accepted
            "2" => HashAlgorithmName.SHA256,
            _ => null,
        };
        if (
            algorithm is null
            || !Uri.TryCreate(message.SigningCertURL, UriKind.Absolute, out var url)
            || !IsTrustedHost(url, message.TopicArn)
        )
            return false;

        var signature = new byte[1024];
        if (!Convert.TryFromBase64String(message.Signature, signature, out var length))
            return false;
        using var key = (await Certificate(url, cancel))?.GetRSAPublicKey();
        return key is not null
            && key.VerifyData(
                message.SignedBytes(),
                signature.AsSpan(0, length),
                algorithm.Value,
                RSASignaturePadding.Pkcs1
            );
    }

    // The settings name the topics, and so the regions whose hosts are trusted.
    private bool IsTrustedHost(Uri url, string topic) =>
        (
            url.GetLeftPart(UriPartial.Authority) == $"https://{HostOf(topic)}"
            && Certificates().IsMatch(url.PathAndQuery)
            && url.Fragment.Length == 0
        )
        || (
            url.AbsolutePath.EndsWith(".pem", StringComparison.Ordinal)
            && url.UserInfo.Length == 0
            && settings.IsDevelopment
            && settings.Aws.SnsEndpoint is { } own
            && url.GetLeftPart(UriPartial.Authority) == own.GetLeftPart(UriPartial.Authority)
        );

    /// <param name="topic">A topic of the settings, which accept only regions of the form <c>xx-name-1</c>.</param>
    private static string HostOf(string topic)
    {
        var parts = topic.Split(':');
        return $"sns.{parts[3]}.amazonaws.com{(parts[1] == "aws-cn" ? ".cn" : "")}";
    }

    private async Task<X509Certificate2?> Certificate(Uri url, CancellationToken cancel)
    {
        if (!certificates.TryGetValue(url.AbsoluteUri, out var certificate))
        {
            using var client = clients.CreateClient(HttpClient);
            try
            {
                certificate = X509Certificate2.CreateFromPem(await client.GetStringAsync(url, cancel));
            }
            catch (CryptographicException)
            {
                return null;
            }
            if (certificates.Count >= MaxCertificates)
                certificates.Clear();
            certificates[url.AbsoluteUri] = certificate;
        }
        var now = clock.GetUtcNow();
        return now >= certificate.NotBefore && now <= certificate.NotAfter ? certificate : null;
    }

    [GeneratedRegex(@"\A/SimpleNotificationService-[A-Za-z0-9]+\.pem\z")]
    private static partial Regex Certificates();
}
