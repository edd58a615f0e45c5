using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Tenantry.Tests.Harness;

/// <summary>
/// AWS Signature Version 4, from its specification ("Create a signed AWS API request") and with nothing of the SDK:
/// what the SDK signs is held against it.
/// </summary>
public sealed record SigV4(
    string AccessKey,
    string Date,
    string Region,
    string Service,
    IReadOnlyList<string> SignedHeaders,
    string Signature
)
{
    public const string Algorithm = "AWS4-HMAC-SHA256";
    public const string TimeFormat = "yyyyMMdd'T'HHmmss'Z'";

    private const string Terminator = "aws4_request";

    /// <summary>Reads an Authorization header. null: it is none of this kind.</summary>
    public static SigV4? Read(string authorization)
    {
        if (!authorization.StartsWith(Algorithm + " ", StringComparison.Ordinal))
            return null;
        var parts = authorization[(Algorithm.Length + 1)..]
            .Split(',', StringSplitOptions.TrimEntries)
            .Select(part => part.Split('=', 2))
            .ToDictionary(part => part[0], part => part[^1]);
        var scope = parts.GetValueOrDefault("Credential", "").Split('/');
        return
            scope.Length == 5
            && scope[4] == Terminator
            && parts.TryGetValue("SignedHeaders", out var headers)
            && parts.TryGetValue("Signature", out var signature)
            ? new SigV4(scope[0], scope[1], scope[2], scope[3], headers.Split(';'), signature)
            : null;
    }

    /// <summary>Whether this is the signature that the secret gives for the request.</summary>
    public bool IsBy(string secret, string time, string canonicalRequest) =>
        CryptographicOperations.FixedTimeEquals(
            Encoding.ASCII.GetBytes(Signature),
            Encoding.ASCII.GetBytes(Of(secret, time, Date, Region, Service, canonicalRequest))
        );

    public static string Of(
        string secret,
        string time,
        string date,
        string region,
        string service,
        string canonicalRequest
    ) =>
        Convert.ToHexStringLower(
            Hmac(Key(secret, date, region, service), StringToSign(time, date, region, service, canonicalRequest))
        );

    public static string StringToSign(
        string time,
        string date,
        string region,
        string service,
        string canonicalRequest
    ) =>
        string.Join(
            '\n',
            Algorithm,
            time,
            $"{date}/{region}/{service}/{Terminator}",
            Hash(Encoding.UTF8.GetBytes(canonicalRequest))
        );

    /// <param name="method">the verb</param>
    /// <param name="target">path and query as they were sent: escaped once</param>
    /// <param name="headers">those that are signed, in any order</param>
    /// <param name="payloadHash">of the body</param>
    public static string CanonicalRequest(
        string method,
        string target,
        IEnumerable<(string Name, string Value)> headers,
        string payloadHash
    )
    {
        var (path, query) = target.IndexOf('?', StringComparison.Ordinal) is var mark and >= 0
            ? (target[..mark], target[(mark + 1)..])
            : (target, "");
        var lines = headers
            .Select(header => (Name: header.Name.ToLowerInvariant(), Value: OneSpace(header.Value)))
            .OrderBy(header => header.Name, StringComparer.Ordinal)
            .ToList();
        return string.Join(
            '\n',
            [
                method,
                // Every service but S3 escapes a second time what was escaped already.
                string.Join('/', path.Split('/').Select(Uri.EscapeDataString)),
                CanonicalQuery(query),
                .. lines.Select(line => $"{line.Name}:{line.Value}"),
                "",
                string.Join(';', lines.Select(line => line.Name)),
                payloadHash,
            ]
        );
    }

    public static string Hash(byte[] body) => Convert.ToHexStringLower(SHA256.HashData(body));

    public static DateTimeOffset? Time(string text) =>
        DateTimeOffset.TryParseExact(
            text,
            TimeFormat,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal,
            out var time
        )
            ? time
            : null;

    public static string Time(DateTimeOffset time) =>
        time.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture);

    private static string CanonicalQuery(string query) =>
        string.Join(
            '&',
            query
                .Split('&', StringSplitOptions.RemoveEmptyEntries)
                .Select(pair => pair.Split('=', 2))
                .Select(pair => (Name: EscapedAnew(pair[0]), Value: EscapedAnew(pair.Length > 1 ? pair[1] : "")))
                .OrderBy(pair => pair.Name, StringComparer.Ordinal)
                .ThenBy(pair => pair.Value, StringComparer.Ordinal)
                .Select(pair => $"{pair.Name}={pair.Value}")
        );

    private static string EscapedAnew(string text) => Uri.EscapeDataString(Uri.UnescapeDataString(text));

    private static string OneSpace(string value) =>
        string.Join(' ', value.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    private static byte[] Key(string secret, string date, string region, string service) =>
        Hmac(Hmac(Hmac(Hmac(Encoding.UTF8.GetBytes("AWS4" + secret), date), region), service), Terminator);

    private static byte[] Hmac(byte[] key, string text) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text));
}
