using Npgsql;
using Tenantry.Foundation.Database;
using Tenantry.Foundation.Observability;
using Tenantry.Foundation.Settings;

namespace Tenantry.Features.Notifications;

/// <summary>Once an hour, on one instance at a time: the history goes after its time, in small bites. What still waits to be sent stays.</summary>
public sealed partial class Retention(NpgsqlDataSource dataSource, ServiceSettings settings, TimeProvider clock, ILogger<Retention> log) : BackgroundService
{
    private const int Bite = 5_000;

    private static readonly TimeSpan Round = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var rounds = new PeriodicTimer(Round, clock);
        while (await rounds.WaitForNextTickAsync(stoppingToken))
        {
            using var round = Work.Round("sweep messages");
            await Guarded(Feedback, stoppingToken);
            await Guarded(Messages, stoppingToken);
        }

        async Task Messages(CancellationToken cancel)
        {
            while (await Once(cancel) >= Bite)
            {
            }
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
        await using var seen = dataSource.CreateCommand("DELETE FROM seen_feedback WHERE seen_at < now() - interval '30 days'");
        await seen.ExecuteNonQueryAsync(cancel);
    }

    /// <returns>how many rows went</returns>
    public async Task<int> Once(CancellationToken cancel)
    {
        await using var command = dataSource.CreateCommand($"SELECT {Doors.SweepMessages}($1, $2)");
        command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = (clock.GetUtcNow() - settings.Messages.Retention).UtcDateTime });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = Bite });
        return (int)(await command.ExecuteScalarAsync(cancel))!;
    }

    [LoggerMessage(EventId = 4105, Level = LogLevel.Warning, Message = "Old messages could not be swept; the next round tries again: {Reason}")]
    private static partial void NotSwept(ILogger log, string reason);
}
