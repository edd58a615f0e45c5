using System.Diagnostics.CodeAnalysis;
using System.Diagnostics.Metrics;
using Polly;
using Polly.CircuitBreaker;
using StackExchange.Redis;
using Tenantry.Foundation.Hosting.Observability;
using Tenantry.Foundation.Hosting.Settings;

namespace Tenantry.Foundation.Data.Redis;

/// <summary>
/// Redis as an optional accelerator. A command is answered within REDIS_DEADLINE_MS or counts as failed. After a few
/// failures a circuit breaker opens and commands fail at once, until a regular probe succeeds. Every caller has a
/// fallback.
/// </summary>
public sealed partial class RedisStore : IHostedService, IAsyncDisposable
{
    public const string MeterName = "Tenantry.Redis";

    // A script that writes, as the service uses Redis: a server that is full, read-only or slow with scripts still
    // answers PING.
    private const string ProbeScript = "redis.call('SET', KEYS[1], 1, 'PX', 1000) return 1";
    private static readonly RedisKey ProbeKey = "tenantry:alive";

    // Detects an outage within a second, without any request.
    private static readonly TimeSpan ProbeInterval = TimeSpan.FromMilliseconds(250);

    /// <summary>How long Redis may stay away after a start before it is reported.</summary>
    internal static readonly TimeSpan StartGrace = TimeSpan.FromSeconds(5);

    private readonly ILogger<RedisStore> log;
    private readonly TimeSpan deadline;
    private readonly CancellationTokenSource stopping = new();
    private readonly CircuitBreakerStateProvider circuit = new();
    private readonly ResiliencePipeline pipeline;
    private readonly ConfigurationOptions? options;
    private ConnectionMultiplexer? connection;
    private Task probing = Task.CompletedTask;
    private readonly TimeProvider clock;
    private readonly long started;
    private string reason = "";
    private bool hasAnswered;
    private int isAway;
    private int isReported;

    public RedisStore(ServiceSettings settings, ILogger<RedisStore> log, IMeterFactory meters, TimeProvider clock)
    {
        (this.log, this.clock, started) = (log, clock, clock.GetTimestamp());
        deadline = settings.RedisDeadline;
        options = settings.RedisUrl is { } url ? Options(url) : null;
        pipeline = new ResiliencePipelineBuilder()
            .AddCircuitBreaker(
                new CircuitBreakerStrategyOptions
                {
                    FailureRatio = 0.5,
                    MinimumThroughput = 2,
                    SamplingDuration = TimeSpan.FromSeconds(1),
                    BreakDuration = TimeSpan.FromMilliseconds(500),
                    StateProvider = circuit,
                    OnOpened = opened =>
                    {
                        if (Interlocked.Exchange(ref isAway, 1) == 0)
                        {
                            // The rest are internals of the library.
                            reason = opened.Outcome.Exception?.Message.Split(['.', ';'])[0] ?? "no answer";
                            ReportUnavailable();
                        }
                        return default;
                    },
                    OnClosed = _ =>
                    {
                        Interlocked.Exchange(ref isAway, 0);
                        if (Interlocked.Exchange(ref isReported, 0) == 1)
                            LogAvailable(log);
                        return default;
                    },
                }
            )
            .Build();
        if (IsConfigured)
            meters
                .Create(MeterName)
                .CreateObservableGauge(
                    "tenantry.redis.available",
                    () => IsUnavailable ? 0 : 1,
                    description: "1 while Redis answers in time"
                );
    }

    /// <summary>Whether REDIS_URL is set.</summary>
    [MemberNotNullWhen(true, nameof(options))]
    public bool IsConfigured => options is not null;

    /// <summary>Whether the circuit is open: no command is sent until a probe succeeds.</summary>
    public bool IsUnavailable => Volatile.Read(ref isAway) == 1;

    /// <summary>Sends a command.</summary>
    /// <returns>
    /// The answer; null: Redis is unavailable or too slow. It may have executed the command nevertheless.
    /// </returns>
    public async ValueTask<RedisResult?> Ask<T>(T state, Func<IDatabase, T, Task<RedisResult>> ask)
    {
        if (connection is null || circuit.CircuitState is CircuitState.Open or CircuitState.Isolated)
            return null;
        return (
            await Execute(
                (Database: connection.GetDatabase(), state, ask),
                static call => call.ask(call.Database, call.state)
            )
        ).Result;
    }

    /// <inheritdoc cref="Ask"/>
    public ValueTask<RedisResult?> Evaluate(string script, RedisKey[] keys, RedisValue[] values) =>
        Ask(
            (script, keys, values),
            static (database, call) => database.ScriptEvaluateAsync(call.script, call.keys, call.values)
        );

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (!IsConfigured)
            return;
        // Does not throw while Redis is unavailable: the client keeps trying.
        connection = await ConnectionMultiplexer.ConnectAsync(options);
        probing = Probe();
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await stopping.CancelAsync();
        await probing;
    }

    public async ValueTask DisposeAsync()
    {
        if (connection is not null)
            await connection.DisposeAsync();
        stopping.Dispose();
    }

    private async Task Probe()
    {
        using var timer = new PeriodicTimer(ProbeInterval);
        try
        {
            while (await timer.WaitForNextTickAsync(stopping.Token))
            {
                using var round = Spans.BeginUnrecorded("pulse");
                await Execute(
                    connection!.GetDatabase(),
                    static database => database.ScriptEvaluateAsync(ProbeScript, [ProbeKey])
                );
                if (IsUnavailable)
                    ReportUnavailable();
            }
        }
        catch (OperationCanceledException) { }
    }

    /// <summary>
    /// Warns once. At a start the first connection takes a moment: a warning that is taken back a second later would
    /// teach an operator to ignore it.
    /// </summary>
    private void ReportUnavailable()
    {
        if (!hasAnswered && clock.GetElapsedTime(started) < StartGrace)
            return;
        if (Interlocked.Exchange(ref isReported, 1) == 0)
            LogUnavailable(log, reason);
    }

    private async ValueTask<Outcome<RedisResult?>> Execute<T>(T state, Func<T, Task<RedisResult>> ask)
    {
        using var span = Spans.BeginCall("redis", "redis");
        var context = ResilienceContextPool.Shared.Get();
        try
        {
            return await pipeline.ExecuteOutcomeAsync(
                static async (running, call) =>
                {
                    try
                    {
                        var answer = call.ask(call.state);
                        // A late answer is ignored; a late failure must not become an unobserved exception.
                        _ = answer.ContinueWith(
                            static late => late.Exception,
                            CancellationToken.None,
                            TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
                            TaskScheduler.Default
                        );
                        var result = await answer.WaitAsync(call.deadline);
                        call.store.hasAnswered = true;
                        return Outcome.FromResult<RedisResult?>(result);
                    }
                    catch (Exception e) // any exception: the caller has a fallback, and no request fails for it
                    {
                        return Outcome.FromException<RedisResult?>(e);
                    }
                },
                context,
                (state, ask, deadline, store: this)
            );
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private static ConfigurationOptions Options(Uri url)
    {
        var user = url.UserInfo.Split(':', 2);
        var options = new ConfigurationOptions
        {
            EndPoints = { { url.Host, url.Port > 0 ? url.Port : 6379 } },
            User = user[0].Length > 0 ? Uri.UnescapeDataString(user[0]) : null,
            Password = user.Length > 1 ? Uri.UnescapeDataString(user[1]) : null,
            DefaultDatabase =
                url.AbsolutePath.Length > 1
                    ? int.Parse(url.AbsolutePath.AsSpan(1), System.Globalization.CultureInfo.InvariantCulture)
                    : null,
            Ssl = url.Scheme == "rediss",
            SslHost = url.Scheme == "rediss" ? url.Host : null,
            ClientName = "tenantry",
            AbortOnConnectFail = false,
            ConnectTimeout = 1_000,
            AsyncTimeout = 1_000,
            ConnectRetry = 1,
            // No command waits for a reconnect.
            BacklogPolicy = BacklogPolicy.FailFast,
            ReconnectRetryPolicy = new LinearRetry(250),
        };
        // The host name is verified too, also with a private certificate authority.
        if (url.Query.Length > 0)
            options.TrustIssuer(Uri.UnescapeDataString(url.Query.Split('=', 2)[1]));
        return options;
    }

    [LoggerMessage(
        EventId = 1401,
        Level = LogLevel.Warning,
        Message = "Redis does not answer in time; each instance counts its share of the limits and caches by itself: {Reason}"
    )]
    private static partial void LogUnavailable(ILogger log, string reason);

    [LoggerMessage(EventId = 1402, Level = LogLevel.Information, Message = "Redis answers again")]
    private static partial void LogAvailable(ILogger log);
}
