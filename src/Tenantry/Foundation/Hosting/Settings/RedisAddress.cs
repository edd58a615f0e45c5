using System.Globalization;

namespace Tenantry.Foundation.Hosting.Settings;

/// <summary>The setting <c>REDIS_URL</c>.</summary>
internal static class RedisAddress
{
    public static Uri? Read(SettingsReader read)
    {
        // The text may contain a password, so no fault repeats it.
        if (read.Text("REDIS_URL") is not { } text)
            return null;
        if (
            Uri.TryCreate(text, UriKind.Absolute, out var url)
            && url.Scheme is "redis" or "rediss"
            && url.Host.Length > 0
            && (
                url.AbsolutePath.Length <= 1 || int.TryParse(url.AbsolutePath.AsSpan(1), NumberStyles.None, null, out _)
            )
            && (
                url.Query.Length == 0
                || (
                    url.Scheme == "rediss"
                    && url.Query.StartsWith("?sslrootcert=", StringComparison.Ordinal)
                    && !url.Query.Contains('&')
                )
            )
        )
            return url;
        read.Fault(
            "REDIS_URL",
            "must be a URL like redis://:password@host:6379/0, or rediss:// for TLS, there also with ?sslrootcert=/path/of/ca.pem"
        );
        return null;
    }
}
