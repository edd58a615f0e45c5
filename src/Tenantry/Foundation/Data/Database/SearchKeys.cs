using Npgsql;
using Tenantry.Foundation.Hosting.Workers;

namespace Tenantry.Foundation.Data.Database;

/// <summary>
/// Fills the search keys of rows that are older than the column, in small batches, tenant by tenant. Triggers fill those
/// of all later rows, so after one run without a failure nothing is left, and further runs do nothing. A row without its key is
/// found too: the statements then compute it.
/// </summary>
public sealed partial class SearchKeys(NpgsqlDataSource dataSource, ILogger<SearchKeys> log)
    : PeriodicWorker("fill search keys", TimeSpan.FromMinutes(5))
{
    private const int BatchSize = 500;

    /// <summary>The search key of a row of <c>users AS u</c>, in SQL.</summary>
    public const string OfUser = $"coalesce(u.search_key, {DatabaseFunctions.SearchKey}(u.search))";

    /// <summary>Uses ix_users_without_search_key or ix_files_without_search_key. A trigger computes the key.</summary>
    private static readonly IReadOnlyList<string> Batches =
    [
        .. new[] { "users", "files" }.Select(table =>
            $"""
                UPDATE {table} SET search_key = NULL
                WHERE tenant_id = $1 AND id = ANY (ARRAY(
                    SELECT id FROM {table} WHERE tenant_id = $1 AND search_key IS NULL ORDER BY id LIMIT $2
                    FOR UPDATE SKIP LOCKED))
                RETURNING id
                """
        ),
    ];

    private bool isDone;

    protected override async Task Run(CancellationToken cancel)
    {
        if (!isDone)
            await FillAll(cancel);
    }

    protected override void Failed(Exception failure) => NotFilled(log, failure.Message);

    /// <summary>Fills the rows of all tenants. A tenant whose rows cannot be filled delays no other.</summary>
    /// <returns>The number of rows whose key was filled.</returns>
    public async Task<long> FillAll(CancellationToken cancel)
    {
        var (filled, failures) = (0L, 0);
        await foreach (var tenant in AllTenants.ListIds(dataSource, cancel))
        {
            try
            {
                filled += await FillTenant(tenant, cancel);
            }
            catch (Exception e) when (!cancel.IsCancellationRequested)
            {
                failures++;
                NotFilled(log, e.Message);
            }
        }
        isDone = failures == 0;
        if (filled > 0)
            Filled(log, filled);
        return filled;
    }

    private async Task<long> FillTenant(Guid tenant, CancellationToken cancel)
    {
        var filled = 0L;
        foreach (var batch in Batches)
        {
            int rows;
            do
            {
                rows = await Fill(tenant, batch, cancel);
                filled += rows;
            } while (rows == BatchSize);
        }
        return filled;
    }

    private async Task<int> Fill(Guid tenant, string batch, CancellationToken cancel)
    {
        var statement = new NpgsqlBatchCommand(batch)
        {
            Parameters = { TenantQueries.Parameter(tenant), TenantQueries.Parameter(BatchSize) },
        };
        return (await dataSource.QueryAs(tenant, statement, static row => row.GetGuid(0), cancel)).Count;
    }

    [LoggerMessage(
        EventId = 3003,
        Level = LogLevel.Information,
        Message = "The search keys of {Rows} rows that are older than the column were stored"
    )]
    private static partial void Filled(ILogger log, long rows);

    [LoggerMessage(
        EventId = 3004,
        Level = LogLevel.Warning,
        Message = "Search keys could not be stored; the next run continues: {Reason}"
    )]
    private static partial void NotFilled(ILogger log, string reason);
}
