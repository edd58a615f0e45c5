using System.Runtime.CompilerServices;
using Npgsql;

namespace Tenantry.Foundation.Data.Database;

/// <summary>Enumerates the tenants, for work that is done for every tenant in turn.</summary>
public static class AllTenants
{
    private const int PageSize = 1_000;

    /// <summary>The ids of all tenants in order, read page by page.</summary>
    public static async IAsyncEnumerable<Guid> ListIds(
        NpgsqlDataSource dataSource,
        [EnumeratorCancellation] CancellationToken cancel
    )
    {
        var page = new List<Guid>();
        do
        {
            await using var command = dataSource.CreateCommand(
                $"SELECT id FROM {DatabaseFunctions.NextTenants}($1, $2)"
            );
            command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = page.Count > 0 ? page[^1] : Guid.Empty });
            command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = PageSize });
            page.Clear();
            await using (var reader = await command.ExecuteReaderAsync(cancel))
            {
                while (await reader.ReadAsync(cancel))
                    page.Add(reader.GetGuid(0));
            }
            foreach (var tenant in page)
                yield return tenant;
        } while (page.Count == PageSize);
    }
}
