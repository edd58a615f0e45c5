using System.Diagnostics.Metrics;
using Npgsql;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Hosting.Workers;

namespace Tenantry.Features.Tenants.Erasure;

/// <summary>
/// Measures how many tenants are due to be erased, and for how many of them it failed. The oldest instance reports it.
/// </summary>
public sealed partial class ErasureFigures : PeriodicWorker
{
    private const string MeterName = "Tenantry.Tenants";

    private readonly NpgsqlDataSource dataSource;
    private readonly Instances instances;
    private readonly ServiceSettings settings;
    private readonly TimeProvider clock;
    private readonly ILogger<ErasureFigures> log;
    private volatile Figures? figures;

    public ErasureFigures(
        NpgsqlDataSource dataSource,
        Instances instances,
        ServiceSettings settings,
        TimeProvider clock,
        IMeterFactory meters,
        ILogger<ErasureFigures> log
    )
        : base("measure erasures", TimeSpan.FromSeconds(15), isImmediate: true)
    {
        (this.dataSource, this.instances, this.settings) = (dataSource, instances, settings);
        (this.clock, this.log) = (clock, log);
        var meter = meters.Create(MeterName);
        meter.CreateObservableGauge(
            "tenantry.erasures.due",
            () => Of(now => now.Due),
            description: "Deleted tenants whose days of grace are over and that are not erased yet"
        );
        meter.CreateObservableGauge(
            "tenantry.erasures.failing",
            () => Of(now => now.Failing),
            description: "Those of them whose erasure was tried and failed"
        );
    }

    protected override async Task Run(CancellationToken cancel) =>
        figures = instances.IsFirst ? await Measure(cancel) : null;

    protected override void Failed(Exception failure)
    {
        figures = null; // no figure rather than an old one
        NotMeasured(log, failure.Message);
    }

    private async Task<Figures> Measure(CancellationToken cancel)
    {
        await using var command = dataSource.CreateCommand(
            $"SELECT due, failing FROM {DatabaseFunctions.MeasureErasures}(least($1, now() - {DatabaseFunctions.TenantGrace}()))"
        );
        var before = clock.GetUtcNow() - settings.TenantGrace;
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = before });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        await reader.ReadAsync(cancel);
        return new Figures(reader.GetInt64(0), reader.GetInt64(1));
    }

    private IEnumerable<Measurement<long>> Of(Func<Figures, long> figure) =>
        figures is { } now ? [new Measurement<long>(figure(now))] : [];

    private sealed record Figures(long Due, long Failing);

    [LoggerMessage(EventId = 2005, Level = LogLevel.Warning, Message = "Erasures could not be measured: {Reason}")]
    private static partial void NotMeasured(ILogger log, string reason);
}
