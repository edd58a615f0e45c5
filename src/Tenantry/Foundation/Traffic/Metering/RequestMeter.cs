using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Npgsql;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Hosting.Workers;

namespace Tenantry.Foundation.Traffic.Metering;

/// <summary>The number of requests of a tenant on a day (UTC).</summary>
public sealed class RequestDay : ITenantOwned
{
    public Guid TenantId { get; init; }
    public required DateOnly Day { get; init; }
    public long Requests { get; init; }

    /// <summary>The requests that a limit or a quota refused.</summary>
    public long Refusals { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<RequestDay>
    {
        public void Configure(EntityTypeBuilder<RequestDay> day)
        {
            day.ToTable("request_days").GrantToServingRole("SELECT, INSERT, UPDATE");
            day.HasKey(d => new { d.TenantId, d.Day });
        }
    }
}

/// <summary>
/// Counts each tenant's requests in memory and adds them to the database every few seconds, so that no request waits.
/// An instance that is killed loses the counts since the last write (<see cref="Round"/> at most, longer only while the
/// database is unavailable). An instance that is stopped writes them first.
/// </summary>
public sealed partial class RequestMeter(NpgsqlDataSource dataSource, TimeProvider clock, ILogger<RequestMeter> log)
    : PeriodicWorker("write request counts", Round)
{
    public static readonly TimeSpan Round = TimeSpan.FromSeconds(5);

    /// <summary>Tenants of one round trip.</summary>
    private const int Bite = 500;

    // Never more entries than there are tenants: only those that were found are counted.
    private readonly ConcurrentDictionary<Guid, Count> counts = new();
    private readonly SemaphoreSlim writing = new(1);

    public void Add(Guid tenant, bool isRefused)
    {
        var count = counts.GetOrAdd(tenant, static _ => new Count());
        Interlocked.Increment(ref count.Requests);
        if (isRefused)
            Interlocked.Increment(ref count.Refusals);
    }

    protected override Task Run(CancellationToken cancel) => Write(cancel);

    protected override void Failed(Exception failure) => NotWritten(log, failure.Message);

    /// <summary>The server has stopped: no request is counted any more.</summary>
    protected override async Task End()
    {
        using var patience = new CancellationTokenSource(Round);
        try
        {
            await Write(patience.Token);
        }
        catch (Exception e) when (e is NpgsqlException or OperationCanceledException)
        {
            Failed(e);
        }
    }

    /// <summary>Adds what was counted to the database.</summary>
    public async Task Write(CancellationToken cancel)
    {
        await writing.WaitAsync(cancel);
        try
        {
            PostgresException? failure = null;
            // In one order on every instance, so that no two wait for each other in a circle.
            foreach (
                var bite in counts
                    .Where(entry => Volatile.Read(ref entry.Value.Requests) > 0)
                    .OrderBy(entry => entry.Key)
                    .Chunk(Bite)
            )
                failure = await Try(bite, cancel) ?? failure;
            if (failure is not null)
                ExceptionDispatchInfo.Throw(failure);
        }
        finally
        {
            writing.Release();
        }
    }

    /// <summary>Where the row of one tenant is refused, those of the others are written all the same.</summary>
    /// <returns>what refused it; that count stays, and comes with the next round</returns>
    private async Task<PostgresException?> Try(KeyValuePair<Guid, Count>[] bite, CancellationToken cancel)
    {
        try
        {
            await Write(bite, cancel);
            return null;
        }
        catch (PostgresException e) when (e.SqlState is ['2', '2' or '3', ..])
        {
            var failure = e;
            foreach (var half in bite.Length == 1 ? [] : bite.Chunk((bite.Length + 1) / 2))
                failure = await Try(half, cancel) ?? failure;
            return failure;
        }
    }

    public override void Dispose()
    {
        writing.Dispose();
        base.Dispose();
    }

    private async Task Write(KeyValuePair<Guid, Count>[] bite, CancellationToken cancel)
    {
        var day = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        var taken = bite.Select(entry =>
                (
                    Tenant: entry.Key,
                    entry.Value,
                    Refusals: Interlocked.Exchange(ref entry.Value.Refusals, 0),
                    Requests: Interlocked.Exchange(ref entry.Value.Requests, 0)
                )
            )
            .ToList();
        try
        {
            await using var batch = dataSource.CreateBatch();
            foreach (var (tenant, _, refusals, requests) in taken)
            {
                // Each as its own tenant. One that was deleted meanwhile gets nothing more.
                batch.BatchCommands.Add(TenantStatement.For(tenant));
                batch.BatchCommands.Add(
                    new NpgsqlBatchCommand(
                        """
                        INSERT INTO request_days AS d (tenant_id, day, requests, refusals) SELECT id, $2, $3, $4 FROM tenants WHERE id = $1 AND deleted_at IS NULL
                        ON CONFLICT (tenant_id, day) DO UPDATE SET requests = d.requests + EXCLUDED.requests, refusals = d.refusals + EXCLUDED.refusals
                        """
                    )
                    {
                        Parameters =
                        {
                            new NpgsqlParameter<Guid> { TypedValue = tenant },
                            new NpgsqlParameter<DateOnly> { TypedValue = day },
                            new NpgsqlParameter<long> { TypedValue = requests },
                            new NpgsqlParameter<long> { TypedValue = refusals },
                        },
                    }
                );
            }
            await batch.ExecuteNonQueryAsync(cancel);
        }
        catch
        {
            foreach (var (_, count, refusals, requests) in taken)
            {
                Interlocked.Add(ref count.Requests, requests);
                Interlocked.Add(ref count.Refusals, refusals);
            }
            throw;
        }
    }

    [LoggerMessage(
        EventId = 4001,
        Level = LogLevel.Warning,
        Message = "Requests were counted and could not be written down; the next round adds them: {Reason}"
    )]
    private static partial void NotWritten(ILogger log, string reason);

    private sealed class Count
    {
        public long Requests;
        public long Refusals;
    }
}

/// <summary>Counts each request that has a tenant, once its answer is known.</summary>
public sealed class RequestMetering(RequestDelegate next, RequestMeter counts)
{
    public async Task Invoke(HttpContext http, TenantContext context)
    {
        try
        {
            await next(http);
        }
        finally
        {
            if (context.IsSet)
                counts.Add(
                    context.TenantId,
                    http.Features.Get<ProblemKind>() is { } kind
                        && (kind.Code == Problems.RateLimitExceeded.Code || kind.Code == Problems.QuotaExceeded.Code)
                );
        }
    }
}
