using Npgsql;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Hosting.Observability;

namespace Tenantry.Features.Auth;

/// <summary>Once an hour, on one instance at a time: expired tokens, sessions long over and guesses of yesterday go, in small bites.</summary>
public sealed partial class SignInCleanup(NpgsqlDataSource dataSource, TimeProvider clock, ILogger<SignInCleanup> log)
    : BackgroundService
{
    private const int Bite = 5_000;

    private static readonly TimeSpan Round = TimeSpan.FromHours(1);
    private static readonly TimeSpan FailedFor = TimeSpan.FromDays(7);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var rounds = new PeriodicTimer(Round, clock);
        while (await rounds.WaitForNextTickAsync(stoppingToken))
        {
            using var round = Spans.Round("sweep");
            await Guarded(Once, stoppingToken);
            await Guarded(FailedWork, stoppingToken);
        }
    }

    /// <summary>One that fails does not keep the other from being done.</summary>
    private async Task Guarded(Func<CancellationToken, Task<int>> bite, CancellationToken cancel)
    {
        try
        {
            while (await bite(cancel) >= Bite) { }
        }
        catch (Exception e) when (!cancel.IsCancellationRequested)
        {
            Failed(log, e.Message);
        }
    }

    /// <returns>how many rows went</returns>
    public async Task<int> Once(CancellationToken cancel)
    {
        await using var command = dataSource.CreateCommand($"SELECT {DatabaseFunctions.Sweep}($1, $2)");
        command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = clock.GetUtcNow().UtcDateTime });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = Bite });
        return (int)(await command.ExecuteScalarAsync(cancel))!;
    }

    /// <summary>Entries of queues that failed for good have been there to be seen for a week.</summary>
    /// <returns>how many went</returns>
    public async Task<int> FailedWork(CancellationToken cancel)
    {
        await using var command = dataSource.CreateCommand($"SELECT {DatabaseFunctions.SweepFailedWork}($1, $2)");
        command.Parameters.Add(
            new NpgsqlParameter<DateTime> { TypedValue = (clock.GetUtcNow() - FailedFor).UtcDateTime }
        );
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = Bite });
        return (int)(await command.ExecuteScalarAsync(cancel))!;
    }

    [LoggerMessage(
        EventId = 3002,
        Level = LogLevel.Warning,
        Message = "Old rows could not be swept; the next round tries again: {Reason}"
    )]
    private static partial void Failed(ILogger log, string reason);
}
