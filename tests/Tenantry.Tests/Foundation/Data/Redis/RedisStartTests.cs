using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Tenantry.Foundation.Data.Redis;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Foundation.Data.Redis;

/// <summary>A start without Redis: a warning is for an operator who has something to do.</summary>
public sealed class RedisStartTests
{
    [Fact]
    public async Task A_start_warns_of_Redis_only_if_it_stays_away()
    {
        await using var redis = await RedisServer.Begin();
        await redis.Kill();
        var (clock, log) = (new FakeTimeProvider(), new Lines());
        await using var services = SettingsWithoutServers.Services();
        await using var store = new RedisStore(
            SettingsWithoutServers.Read(("REDIS_URL", redis.Url), ("REDIS_DEADLINE_MS", "1000")),
            log,
            services.GetRequiredService<IMeterFactory>(),
            clock
        );
        await store.StartAsync(TestContext.Current.CancellationToken);
        await Eventually.Is(() => Task.FromResult(store.IsUnavailable));

        // It comes a moment later: nobody had to know.
        await redis.Start();
        await Eventually.Is(() => Task.FromResult(!store.IsUnavailable));
        log.Events.ShouldBeEmpty();

        // It goes away while the service runs.
        await redis.Kill();
        await Eventually.Is(() => Task.FromResult(log.Events.Contains(1401)));
        await redis.Start();
        await Eventually.Is(() => Task.FromResult(log.Events.Contains(1402)));
        log.Events.Count.ShouldBe(2);
        await store.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_Redis_that_stays_away_after_a_start_is_reported_once()
    {
        var (clock, log) = (new FakeTimeProvider(), new Lines());
        await using var services = SettingsWithoutServers.Services();
        await using var store = new RedisStore(
            SettingsWithoutServers.Read(("REDIS_URL", $"redis://127.0.0.1:{FreePort.Find()}/0")),
            log,
            services.GetRequiredService<IMeterFactory>(),
            clock
        );
        await store.StartAsync(TestContext.Current.CancellationToken);
        await Eventually.Is(() => Task.FromResult(store.IsUnavailable));
        log.Events.ShouldBeEmpty();

        clock.Advance(RedisStore.StartGrace);

        await Eventually.Is(() => Task.FromResult(!log.Events.IsEmpty));
        log.Events.ShouldBe([1401]);
        await store.StopAsync(TestContext.Current.CancellationToken);
    }

    private sealed class Lines : ILogger<RedisStore>
    {
        public ConcurrentQueue<int> Events { get; } = [];

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        ) => Events.Enqueue(eventId.Id);

        public bool IsEnabled(LogLevel logLevel) => true;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;
    }
}
