namespace Tenantry.Foundation.Hosting.Settings;

/// <summary>
/// An origin (RFC 6454) as a browser sends it: scheme, host and port, in lower case, a Unicode host as Punycode (RFC
/// 3492), and without the default port. It is compared with the header <c>Origin</c> letter by letter.
/// </summary>
public static class BrowserOrigin
{
    /// <summary>The longest origin that is compared, in characters.</summary>
    public const int MaxLength = 300;

    /// <returns>The origin as a browser sends it.</returns>
    /// <exception cref="ArgumentException"><see cref="Fault"/> finds a fault.</exception>
    public static string Normalized(string text) =>
        Fault(text) is { } fault
            ? throw new ArgumentException($"The origin {fault}.", nameof(text))
            : Of(new Uri(text, UriKind.Absolute));

    /// <returns>What is wrong, as a sentence that begins with the origin. Null: it is an origin.</returns>
    public static string? Fault(string text)
    {
        if (text == "*")
            return "must be one origin: list each of them";
        var at = text.IndexOf("://", StringComparison.Ordinal);
        if (at < 0 || text[..at].ToLowerInvariant() is not ("http" or "https"))
            return "must begin with https:// or http://";
        var authority = text.AsSpan(at + 3);
        if (authority.Contains('@'))
            return "must not contain a user name";
        if (authority.ContainsAny("/\\?#"))
            return "must end after the host and port, without a path or a final /";
        if (
            text.Any(static character => char.IsWhiteSpace(character) || char.IsControl(character))
            || authority.Contains('%')
            || !Uri.TryCreate(text, UriKind.Absolute, out var url)
            || !TryHost(url, out _)
        )
            return "must have a valid host";
        if (Of(url).Length > MaxLength)
            return $"must have at most {MaxLength} characters";
        return url.IsDefaultPort && authority.EndsWith($":{url.Port}")
            ? $"must not contain the default port {url.Port}, which browsers omit"
            : null;
    }

    private static string Of(Uri url)
    {
        _ = TryHost(url, out var host);
        return $"{url.Scheme}://{host}{(url.IsDefaultPort ? "" : $":{url.Port}")}";
    }

    private static bool TryHost(Uri url, out string host)
    {
        host = url.Host;
        if (url.HostNameType is UriHostNameType.IPv4 or UriHostNameType.IPv6)
            return true;
        host = AsciiHost.Of(url.Host) ?? "";
        return host.Length is > 0 and <= 253;
    }
}
