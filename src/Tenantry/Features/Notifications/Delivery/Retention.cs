using Npgsql;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Hosting.Observability;
using Tenantry.Foundation.Hosting.Settings;
using static Tenantry.Foundation.Data.Database.QueryAsTenant;

namespace Tenantry.Features.Notifications.Delivery;

/// <summary>Once an hour, on one instance at a time: the history goes after its time, in small bites. What still waits to be sent stays.</summary>
public sealed partial class Retention(
    NpgsqlDataSource dataSource,
    ServiceSettings settings,
    TimeProvider clock,
    ILogger<Retention> log
) : BackgroundService
{
    private const int Bite = 5_000;

    private const string OldSecrets = """
        UPDATE notification_logs SET error_message = NULL
        WHERE tenant_id = $1 AND id = ANY (ARRAY(SELECT n.id FROM notification_logs n WHERE n.tenant_id = $1 AND n.is_secret AND n.status NOT IN ('queued', 'sending')
                                                 AND n.transport IS DISTINCT FROM 'mailbox' AND num_nonnulls(n.subject, n.body, n.html_body) > 0 LIMIT $2))
        RETURNING true
        """;

    private static readonly TimeSpan Round = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await ForgetOldSecrets(stoppingToken);
        using var rounds = new PeriodicTimer(Round, clock);
        while (await rounds.WaitForNextTickAsync(stoppingToken))
        {
            using var round = Spans.Round("sweep messages");
            await Guarded(Feedback, stoppingToken);
            await Guarded(Messages, stoppingToken);
        }

        async Task Messages(CancellationToken cancel)
        {
            while (await Once(cancel) >= Bite) { }
        }
    }

    /// <summary>One that fails does not keep the other from being done.</summary>
    private async Task Guarded(Func<CancellationToken, Task> part, CancellationToken cancel)
    {
        try
        {
            await part(cancel);
        }
        catch (Exception e) when (!cancel.IsCancellationRequested)
        {
            NotSwept(log, e.Message);
        }
    }

    private async Task Feedback(CancellationToken cancel)
    {
        await using var seen = dataSource.CreateCommand(
            "DELETE FROM seen_feedback WHERE seen_at < now() - interval '30 days'"
        );
        await seen.ExecuteNonQueryAsync(cancel);
    }

    /// <returns>how many rows went</returns>
    public async Task<int> Once(CancellationToken cancel)
    {
        await using var command = dataSource.CreateCommand($"SELECT {DatabaseFunctions.SweepMessages}($1, $2)");
        command.Parameters.Add(
            new NpgsqlParameter<DateTime> { TypedValue = (clock.GetUtcNow() - settings.Messages.Retention).UtcDateTime }
        );
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = Bite });
        return (int)(await command.ExecuteScalarAsync(cancel))!;
    }

    /// <summary>Once, when an instance begins, and what failed at the next start: a version that did not seal the texts of secret messages left some of them readable. The trigger of the table erases what is written here.</summary>
    internal async Task ForgetOldSecrets(CancellationToken cancel)
    {
        using var round = Spans.Round("forget secret messages");
        await Guarded(
            async stop =>
            {
                await foreach (var tenant in AllTenants.Of(dataSource, stop))
                {
                    using var part = Spans.OfTenant(tenant);
                    await Guarded(of => ForgetOldSecrets(tenant, of), stop); // what fails in one tenant keeps no other's readable
                }
            },
            cancel
        );
    }

    private async Task ForgetOldSecrets(Guid tenant, CancellationToken cancel)
    {
        while (
            (
                await dataSource.RowsAs(
                    tenant,
                    new(OldSecrets) { Parameters = { Parameter(tenant), Parameter(Bite) } },
                    static _ => true,
                    cancel
                )
            ).Count == Bite
        ) { }
    }

    [LoggerMessage(
        EventId = 4105,
        Level = LogLevel.Warning,
        Message = "Old messages could not be swept; the next round tries again: {Reason}"
    )]
    private static partial void NotSwept(ILogger log, string reason);
}
