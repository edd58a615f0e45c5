using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Tenantry.Foundation.Hosting.Settings;

namespace Tenantry.Features.Notifications.Feedback;

/// <summary>A message as SNS posts it to a subscriber. The names are SNS's.</summary>
public sealed record SnsMessage(
    string? Type,
    string? MessageId,
    string? TopicArn,
    string? Subject,
    string? Message,
    string? Timestamp,
    string? SignatureVersion,
    string? Signature,
    string? SigningCertURL,
    string? SubscribeURL,
    string? Token
)
{
    public static SnsMessage? Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize<SnsMessage>(json);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>What the signature covers: names and values in this order, a line each.</summary>
    public byte[] Covered()
    {
        var text = new StringBuilder();
        Add(nameof(Message), Message);
        Add(nameof(MessageId), MessageId);
        if (Type == "Notification")
            Add(nameof(Subject), Subject);
        else
            Add(nameof(SubscribeURL), SubscribeURL);
        Add(nameof(Timestamp), Timestamp);
        if (Type != "Notification")
            Add(nameof(Token), Token);
        Add(nameof(TopicArn), TopicArn);
        Add(nameof(Type), Type);
        return Encoding.UTF8.GetBytes(text.ToString());

        void Add(string name, string? value)
        {
            if (value is not null)
                text.Append(name).Append('\n').Append(value).Append('\n');
        }
    }
}

/// <summary>
/// Whether a message is SNS's. Anybody can have SNS sign a message of a topic of their own: only the topics of the settings are believed, and the certificate only from Amazon's own
/// host of the topic's region (in Development, from SNS_ENDPOINT_URL too).
/// </summary>
public sealed partial class SnsSignature(ServiceSettings settings, IHttpClientFactory clients, TimeProvider clock)
{
    public const string HttpClient = "sns certificates";

    private const int MostCertificates = 16;

    private readonly ConcurrentDictionary<string, X509Certificate2> certificates = new(StringComparer.Ordinal);

    /// <exception cref="HttpRequestException">the certificate could not be fetched; the message may be good</exception>
    public async Task<bool> Holds(SnsMessage message, CancellationToken cancel)
    {
        if (
            message.TopicArn is null
            || !settings.Messages.FeedbackTopics.Contains(message.TopicArn, StringComparer.Ordinal)
            || message.Signature is null
        )
            return false;
        HashAlgorithmName? algorithm = message.SignatureVersion switch
        {
            "1" => HashAlgorithmName.SHA1, // Amazon's, and older than we
            "2" => HashAlgorithmName.SHA256,
            _ => null,
        };
        if (
            algorithm is null
            || !Uri.TryCreate(message.SigningCertURL, UriKind.Absolute, out var url)
            || !IsAmazons(url, message.TopicArn)
        )
            return false;

        var signature = new byte[1024];
        if (!Convert.TryFromBase64String(message.Signature, signature, out var length))
            return false;
        using var key = (await Certificate(url, cancel))?.GetRSAPublicKey();
        return key is not null
            && key.VerifyData(
                message.Covered(),
                signature.AsSpan(0, length),
                algorithm.Value,
                RSASignaturePadding.Pkcs1
            );
    }

    // The host is that of the topic's region: the settings name the topics, and so the only regions that are believed.
    private bool IsAmazons(Uri url, string topic) =>
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

    /// <param name="topic">of the settings, which take no other region than <c>xx-name-1</c></param>
    private static string HostOf(string topic)
    {
        var parts = topic.Split(':');
        return $"sns.{parts[3]}.amazonaws.com{(parts[1] == "aws-cn" ? ".cn" : "")}";
    }

    private async Task<X509Certificate2?> Certificate(Uri url, CancellationToken cancel)
    {
        if (!certificates.TryGetValue(url.AbsoluteUri, out var known))
        {
            using var client = clients.CreateClient(HttpClient);
            try
            {
                known = X509Certificate2.CreateFromPem(await client.GetStringAsync(url, cancel));
            }
            catch (CryptographicException)
            {
                return null;
            }
            if (certificates.Count >= MostCertificates)
                certificates.Clear();
            certificates[url.AbsoluteUri] = known;
        }
        var now = clock.GetUtcNow();
        return now >= known.NotBefore && now <= known.NotAfter ? known : null;
    }

    [GeneratedRegex(@"\A/SimpleNotificationService-[A-Za-z0-9]+\.pem\z")]
    private static partial Regex Certificates();
}
