using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Npgsql;

namespace Tenantry.Foundation.Hosting.Settings;

/// <summary>
/// Converts a URL like <c>postgresql://user:password@host:port/database?sslmode=require</c>, the form of libpq and most
/// platforms, to a connection string of Npgsql.
/// </summary>
public static class PostgresUrl
{
    /// <summary>
    /// Statements that each connection keeps prepared. Under row-level security PostgreSQL plans a read by its key for
    /// longer than it executes it. A prepared statement is planned once (docs/performance.md).
    /// </summary>
    private const int PreparedStatements = 100;

    public static bool TryParse(
        string text,
        [NotNullWhen(true)] out NpgsqlConnectionStringBuilder? connection,
        [NotNullWhen(false)] out string? fault
    )
    {
        connection = null;
        // The text contains a password, so no fault repeats it.
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("postgresql" or "postgres"))
        {
            fault = "must be a URL like postgresql://user:password@host:5432/database";
            return false;
        }
        var database = Uri.UnescapeDataString(url.AbsolutePath.TrimStart('/'));
        var user = url.UserInfo.Split(':', 2);
        if (database.Length == 0 || user[0].Length == 0)
        {
            fault = "must name a user and a database: postgresql://user:password@host:5432/database";
            return false;
        }

        var built = new NpgsqlConnectionStringBuilder
        {
            Host = url.Host.Length == 0 ? "localhost" : url.Host.Trim('[', ']'),
            Port = url.Port > 0 ? url.Port : 5432,
            Database = database,
            Username = Uri.UnescapeDataString(user[0]),
            Password = user.Length > 1 ? Uri.UnescapeDataString(user[1]) : null,
            MaxAutoPrepare = PreparedStatements,
            AutoPrepareMinUsages = 2,
        };
        foreach (var pair in url.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = pair.Split('=', 2);
            var value = parts.Length > 1 ? Uri.UnescapeDataString(parts[1]) : "";
            if (!TryApply(built, parts[0], value))
            {
                fault = $"has an unknown parameter: {parts[0]}";
                return false;
            }
        }
        connection = built;
        fault = null;
        return true;
    }

    /// <summary>
    /// Converts a URL of several servers, in the form of libpq:
    /// <c>postgresql://user:password@one:5432,two:5432/database</c>. The result is one connection string per server.
    /// </summary>
    public static bool TryParseEach(
        string text,
        [NotNullWhen(true)] out IReadOnlyList<NpgsqlConnectionStringBuilder>? connections,
        [NotNullWhen(false)] out string? fault
    )
    {
        connections = null;
        fault = null;
        var start = text.IndexOf("://", StringComparison.Ordinal) is var scheme and >= 0 ? scheme + 3 : 0;
        var end = text.AsSpan(start).IndexOfAny('/', '?') is var length and >= 0 ? start + length : text.Length;
        start = text.LastIndexOf('@', end - 1, end - start) is var at and >= 0 ? at + 1 : start;
        var all = new List<NpgsqlConnectionStringBuilder>();
        foreach (var server in text[start..end].Split(','))
        {
            if (server.Length == 0)
                fault = "must name each of its servers: postgresql://user:password@one:5432,two:5432/database";
            if (fault is not null || !TryParse(text[..start] + server + text[end..], out var connection, out fault))
                return false;
            all.Add(connection);
        }
        connections = all;
        return true;
    }

    private static bool TryApply(NpgsqlConnectionStringBuilder built, string name, string value)
    {
        switch (name)
        {
            case "sslmode":
                if (
                    !Enum.TryParse<SslMode>(
                        value.Replace("-", "", StringComparison.Ordinal),
                        ignoreCase: true,
                        out var mode
                    )
                )
                    return false;
                built.SslMode = mode;
                return true;
            case "sslrootcert":
                built.RootCertificate = value;
                return true;
            case "sslcert":
                built.SslCertificate = value;
                return true;
            case "sslkey":
                built.SslKey = value;
                return true;
            case "host":
                built.Host = value;
                return true; // the folder of a socket cannot be the URL's own host
            case "application_name":
                built.ApplicationName = value;
                return true;
            case "connect_timeout":
                return TrySeconds(value, seconds => built.Timeout = seconds);
            case "max_auto_prepare":
                return TryNumber(value, 0, statements => built.MaxAutoPrepare = statements);
            case "pool_max":
                return TrySeconds(value, size => built.MaxPoolSize = size);
            default:
                return false;
        }
    }

    private static bool TrySeconds(string value, Action<int> apply) => TryNumber(value, 1, apply);

    private static bool TryNumber(string value, int least, Action<int> apply)
    {
        if (
            !int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            || number < least
            || number > 1000
        )
            return false;
        apply(number);
        return true;
    }
}
