using System.Diagnostics.Metrics;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Hosting.Observability;
using Tenantry.Foundation.Hosting.Settings;

namespace Tenantry.Foundation.Security.Tokens;

/// <summary>
/// Keeps the ring in step: hears of keys that others added, and adds one when the newest has grown old. That one is published for a
/// while before it signs, so that applications which fetch the keys now and then know it in time.
/// </summary>
public sealed partial class KeyRotation : BackgroundService
{
    /// <summary>Longer than the five minutes for which applications may keep <c>jwks.json</c>.</summary>
    public static readonly TimeSpan PublishedAhead = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan Round = TimeSpan.FromMinutes(1);

    private readonly SemaphoreSlim news = new(0, 1);
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
    {
        var meter = meters.Create("Tenantry.Tokens");
        meter.CreateObservableGauge(
            "tenantry.signing_key.age",
            () => ring.SigningSince is { } since ? (clock.GetUtcNow() - since).TotalSeconds : 0,
            "s",
            "Since when the present key signs access tokens"
        );
        meter.CreateObservableGauge(
            "tenantry.signing_key.lifetime",
            () => settings.SigningKeyAge?.TotalSeconds ?? double.PositiveInfinity,
            "s",
            "How old it is to grow"
        );
        (this.ring, this.settings, this.clock, this.log) = (ring, settings, clock, log);
        feed.Listen("signing_keys", _ => Wake());
    }

    /// <summary>At start: there is a key, and this instance has it.</summary>
    /// <exception cref="SigningKeyLockedException">JWT_SECRET is not the one that protects the keys</exception>
    public async Task Begin(CancellationToken cancel)
    {
        await ring.Rotate(newest => newest is null, TimeSpan.Zero, dropOld: false, cancel);
        await ring.Load(cancel);
    }

    public override void Dispose()
    {
        news.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var rounds = new PeriodicTimer(Round, clock);
        var round = rounds.WaitForNextTickAsync(stoppingToken).AsTask();
        var heard = news.WaitAsync(stoppingToken);
        while (!stoppingToken.IsCancellationRequested)
        {
            var first = await Task.WhenAny(round, heard);
            using var span = Spans.Round("keep signing keys in step");
            try
            {
                if (first == round)
                {
                    round = rounds.WaitForNextTickAsync(stoppingToken).AsTask();
                    if (await ring.Rotate(IsOld, PublishedAhead, dropOld: false, stoppingToken) is { } key)
                        Rotated(log, key.KeyId, key.SignsFrom);
                }
                else
                {
                    heard = news.WaitAsync(stoppingToken);
                }
                await ring.Load(stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                Failed(log, e.Message); // the keys that are known go on
            }
        }
    }

    private bool IsOld(SigningKey? newest) =>
        settings.SigningKeyAge is { } age && (newest is null || newest.SignsFrom + age <= clock.GetUtcNow());

    private void Wake()
    {
        // The feed tells one thing at a time, so nobody else can fill it in between.
        if (news.CurrentCount == 0)
            news.Release();
    }

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
