using Npgsql;

namespace Tenantry.Foundation.Data.Database;

/// <summary>Queries of the PostgreSQL catalogue whose rows become lines of text.</summary>
internal static class CatalogueQuery
{
    public static async Task<List<string>> ReadLines(
        this NpgsqlConnection connection,
        string sql,
        Func<NpgsqlDataReader, string> format,
        CancellationToken cancel,
        params NpgsqlParameter[] parameters
    )
    {
        var lines = new List<string>();
        await using var command = new NpgsqlCommand(sql, connection);
        command.Parameters.AddRange(parameters);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
            lines.Add(format(reader));
        return lines;
    }
}
