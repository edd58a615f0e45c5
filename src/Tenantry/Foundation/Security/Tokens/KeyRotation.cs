using System.Diagnostics.Metrics;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Hosting.Workers;

namespace Tenantry.Foundation.Security.Tokens;

/// <summary>
/// Keeps the ring in step: hears of keys that others added, and adds one when the newest has grown old. That one is
/// published for a while before it signs, so that applications which fetch the keys now and then know it in time.
/// </summary>
public sealed partial class KeyRotation : PeriodicWorker
{
    /// <summary>Longer than the five minutes for which applications may keep <c>jwks.json</c>.</summary>
    public static readonly TimeSpan PublishedAhead = TimeSpan.FromMinutes(10);

    private readonly KeyRing ring;
    private readonly ServiceSettings settings;
    private readonly TimeProvider clock;
    private readonly ILogger<KeyRotation> log;

    public KeyRotation(
        KeyRing ring,
        ChangeFeed feed,
        ServiceSettings settings,
        TimeProvider clock,
        IMeterFactory meters,
        ILogger<KeyRotation> log
    )
        : base("keep signing keys up to date", TimeSpan.FromMinutes(1), clock)
    {
        var meter = meters.Create("Tenantry.Tokens");
        meter.CreateObservableGauge(
            "tenantry.signing_key.age",
            () => ring.SigningSince is { } since ? (clock.GetUtcNow() - since).TotalSeconds : 0,
            "s",
            "Age of the key that signs access tokens"
        );
        meter.CreateObservableGauge(
            "tenantry.signing_key.lifetime",
            () => settings.SigningKeyAge?.TotalSeconds ?? double.PositiveInfinity,
            "s",
            "Age at which the key is replaced"
        );
        (this.ring, this.settings, this.clock, this.log) = (ring, settings, clock, log);
        feed.Listen("signing_keys", _ => Wake());
    }

    /// <summary>
    /// Called before the service listens: creates the first key where there is none, and loads the keys.
    /// </summary>
    /// <exception cref="SigningKeyLockedException">JWT_SECRET is not the one that protects the keys</exception>
    public async Task LoadAtStart(CancellationToken cancel)
    {
        await ring.Rotate(newest => newest is null, TimeSpan.Zero, dropOld: false, cancel);
        await ring.Load(cancel);
    }

    protected override async Task Run(CancellationToken cancel)
    {
        if (await ring.Rotate(IsOld, PublishedAhead, dropOld: false, cancel) is { } key)
            Rotated(log, key.KeyId, key.SignsFrom);
        await ring.Load(cancel);
    }

    // The keys that are in memory stay in use.
    protected override void Failed(Exception failure) => Failed(log, failure.Message);

    private bool IsOld(SigningKey? newest) =>
        settings.SigningKeyAge is { } age && (newest is null || newest.SignsFrom + age <= clock.GetUtcNow());

    [LoggerMessage(
        EventId = 1201,
        Level = LogLevel.Information,
        Message = "Made signing key {Key}, which signs from {Time:u}"
    )]
    private static partial void Rotated(ILogger log, string key, DateTimeOffset time);

    [LoggerMessage(
        EventId = 1202,
        Level = LogLevel.Error,
        Message = "The signing keys could not be brought in step: {Reason}"
    )]
    private static partial void Failed(ILogger log, string reason);
}
