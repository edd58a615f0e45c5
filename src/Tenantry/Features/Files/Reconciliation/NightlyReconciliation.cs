using Npgsql;
using NpgsqlTypes;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Hosting.Observability;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Hosting.Workers;

namespace Tenantry.Features.Files.Reconciliation;

/// <summary>Reconciles files once a night, on one instance: the first that inserts the row of the night.</summary>
public sealed partial class NightlyReconciliation(
    NpgsqlDataSource dataSource,
    FileReconciler reconciliation,
    ServiceSettings settings,
    TimeProvider clock,
    ILogger<NightlyReconciliation> log
) : PeriodicWorker("look whether to reconcile files", Interval, clock)
{
    /// <summary>Of one night; the rest is counted.</summary>
    private const int MostLines = 100;

    internal static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);

    private readonly TimeProvider clock = clock;

    protected override async Task Run(CancellationToken cancel)
    {
        if (clock.GetUtcNow().Hour != settings.Store.ReconcileHour)
            return;
        using var span = Spans.Begin("reconcile files");
        await RunOnce(cancel);
    }

    protected override void Failed(Exception failure) => Failed(log, failure.Message);

    /// <returns>null: another instance does it, or did</returns>
    public async Task<FileReconciler.Report?> RunOnce(CancellationToken cancel)
    {
        var night = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        await using (var claim = dataSource.CreateBatch())
        {
            claim.BatchCommands.Add(
                new NpgsqlBatchCommand("DELETE FROM file_reconciliations WHERE night < $1 - 90")
                {
                    Parameters = { Night(night) },
                }
            );
            claim.BatchCommands.Add(
                new NpgsqlBatchCommand(
                    "INSERT INTO file_reconciliations (night, started_at) VALUES ($1, now()) ON CONFLICT DO NOTHING RETURNING 1"
                )
                {
                    Parameters = { Night(night) },
                }
            );
            if (await claim.ExecuteScalarAsync(cancel) is null)
                return null;
        }
        FileReconciler.Report report;
        try
        {
            report = await Reconcile(cancel);
        }
        catch
        {
            // The next instance in this hour tries again.
            await using var release = dataSource.CreateCommand(
                "DELETE FROM file_reconciliations WHERE night = $1 AND ended_at IS NULL"
            );
            release.Parameters.Add(Night(night));
            await release.ExecuteNonQueryAsync(CancellationToken.None);
            throw;
        }
        var told = report.ToString();
        await dataSource.Execute(
            [
                new("UPDATE file_reconciliations SET ended_at = now(), report = $2 WHERE night = $1")
                {
                    Parameters = { Night(night), TenantQueries.Parameter(told) },
                },
            ],
            cancel
        );
        Reconciled(
            log,
            report.HasLosses || report.IsHeldBack || report.Unread.Count > 0 ? LogLevel.Error : LogLevel.Information,
            told,
            report.Removed,
            report.IsHeldBack
                ? "; too many objects have no file, so none was deleted: see 'tenantry files reconcile'"
                : ""
        );
        return report;
    }

    private Task<FileReconciler.Report> Reconcile(CancellationToken cancel)
    {
        var lines = 0;
        return reconciliation.Run(
            new FileReconciler.Terms(
                IsDry: false,
                FileReconciler.DefaultGrace,
                FileReconciler.DefaultSample,
                EvenIfMany: false
            ),
            finding =>
            {
                if (lines++ >= MostLines)
                    return;
                using var part = Spans.ForTenant(
                    Guid.TryParse(finding.Key.Split('/')[0], out var tenant) ? tenant : null
                );
                Found(log, EnumText.ToText(finding.Kind), finding.Key, finding.File);
            },
            cancel
        );
    }

    private static NpgsqlParameter<DateOnly> Night(DateOnly night) =>
        new NpgsqlParameter<DateOnly> { TypedValue = night, NpgsqlDbType = NpgsqlDbType.Date };

    [LoggerMessage(EventId = 5007, Message = "Files reconciled: {Report} {Removed} objects will be deleted{Hint}")]
    private static partial void Reconciled(ILogger log, LogLevel level, string report, int removed, string hint);

    [LoggerMessage(EventId = 5008, Level = LogLevel.Warning, Message = "Reconciliation found: {Kind} {Key} {File}")]
    private static partial void Found(ILogger log, string kind, string key, Guid? file);

    [LoggerMessage(EventId = 5009, Level = LogLevel.Error, Message = "Files could not be reconciled tonight: {Reason}")]
    private static partial void Failed(ILogger log, string reason);
}
