using Npgsql;

namespace Tenantry.Foundation.Data.Database.Setup;

/// <summary>Names and passwords in statements: they cannot be parameters of DDL.</summary>
internal static class SetupText
{
    public static string Quote(string identifier) => new NpgsqlCommandBuilder().QuoteIdentifier(identifier);

    public static string Literal(string text) =>
        text.Contains('\0', StringComparison.Ordinal)
            ? throw new ArgumentException("A password cannot contain the NUL character.", nameof(text))
            : " E'"
                + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "''", StringComparison.Ordinal)
                + "'";
}
