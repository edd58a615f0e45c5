using System.Security.Cryptography;
using System.Text;
using Tenantry.Foundation.Hosting.Settings;

namespace Tenantry.Foundation.Storage;

/// <summary>Signs and verifies the addresses of the disk store, which contain the terms of the request.</summary>
public sealed class DiskSignatures(ServiceSettings settings, TimeProvider clock)
{
    /// <summary>
    /// Specific to this installation: another one with the same secret does not accept its addresses.
    /// </summary>
    private readonly byte[] key = settings.KeyFor($"objects of {settings.JwtIssuer} at {settings.AppBaseUrl}");

    public Uri Get(string objectKey, SignedGet terms) =>
        Address(
            objectKey,
            Seal("GET", objectKey, terms.Expires, terms.ContentType, terms.ContentDisposition),
            terms.Expires,
            ("type", terms.ContentType),
            ("disposition", terms.ContentDisposition)
        );

    public SignedRequest Part(string objectKey, string upload, int number, long size, DateTimeOffset expires)
    {
        var (part, length) = (Number(number), Number(size));
        var url = Address(
            objectKey,
            Seal("PART", objectKey, expires, upload, part, length),
            expires,
            ("upload", upload),
            ("part", part),
            ("size", length)
        );
        return new SignedRequest(
            "PUT",
            url,
            new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) { ["Content-Length"] = length },
            expires
        );
    }

    /// <summary>Whether the signature is ours and has not expired.</summary>
    public bool IsValid(
        string what,
        string objectKey,
        long expires,
        string? signature,
        params ReadOnlySpan<string?> terms
    )
    {
        if (expires < clock.GetUtcNow().ToUnixTimeSeconds())
            return false;
        // Compared as texts: a signature has only one valid spelling.
        var expected = Convert.ToHexStringLower(Seal(what, objectKey, expires, terms));
        return signature?.Length == expected.Length
            && CryptographicOperations.FixedTimeEquals(
                Encoding.UTF8.GetBytes(signature),
                Encoding.UTF8.GetBytes(expected)
            );
    }

    private byte[] Seal(string what, string objectKey, DateTimeOffset expires, params ReadOnlySpan<string?> terms) =>
        Seal(what, objectKey, expires.ToUnixTimeSeconds(), terms);

    private byte[] Seal(string what, string objectKey, long expires, params ReadOnlySpan<string?> terms)
    {
        // Each term with its length: two different requests never have the same text.
        var text = new StringBuilder();
        foreach (var term in (ReadOnlySpan<string?>)[what, objectKey, Number(expires), .. terms])
            text.Append(term?.Length ?? 0).Append(':').Append(term);
        return HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text.ToString()));
    }

    private Uri Address(
        string objectKey,
        byte[] signature,
        DateTimeOffset expires,
        params ReadOnlySpan<(string Name, string Value)> terms
    )
    {
        var query = new StringBuilder($"?expires={Number(expires.ToUnixTimeSeconds())}");
        foreach (var (name, value) in terms)
            query.Append('&').Append(name).Append('=').Append(Uri.EscapeDataString(value));
        query.Append("&signature=").Append(Convert.ToHexStringLower(signature));
        return new Uri(settings.AppBaseUrl, $"{DiskAddress.Path}/{objectKey}{query}");
    }

    private static string Number(long value) => value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
