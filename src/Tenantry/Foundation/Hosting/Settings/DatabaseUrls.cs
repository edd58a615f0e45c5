using Npgsql;

namespace Tenantry.Foundation.Hosting.Settings;

/// <summary>Settings that are the URL of a PostgreSQL server, or of several.</summary>
internal static class DatabaseUrls
{
    public static NpgsqlConnectionStringBuilder Server(SettingsReader read, string name, bool needed)
    {
        var text = read.Text(name);
        if (text is null)
        {
            read.Need(name, !needed, "is required: postgresql://user:password@host:5432/database");
            return new NpgsqlConnectionStringBuilder();
        }
        if (PostgresUrl.TryParse(text, out var connection, out var fault))
            return connection;
        read.Fault(name, fault);
        return new NpgsqlConnectionStringBuilder();
    }

    public static IReadOnlyList<NpgsqlConnectionStringBuilder> Servers(SettingsReader read, string name)
    {
        if (read.Text(name) is not { } text)
            return [];
        if (PostgresUrl.TryParseEach(text, out var servers, out var fault))
            return servers;
        read.Fault(name, fault);
        return [];
    }
}
