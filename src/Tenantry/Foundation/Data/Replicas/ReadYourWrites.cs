using System.Globalization;
using Npgsql;
using StackExchange.Redis;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Redis;
using Tenantry.Foundation.Hosting.Settings;

namespace Tenantry.Foundation.Data.Replicas;

/// <summary>
/// Records the position of each tenant's last change in Redis, where all instances read it. A replica serves a tenant
/// only after it has replayed that position. It is recorded before the change is answered
/// (docs/decisions/0023-reads-that-may-be-stale-go-to-a-replica.md).
/// </summary>
public sealed class ReadYourWrites
{
    private const string Topic = "replicas";
    private const long UnknownPosition = long.MaxValue; // no replica has replayed it

    // KEYS: of the tenant. ARGV: the position, with twenty digits so that texts can be compared; its lifetime in
    // milliseconds. Of two concurrent positions the later one is kept.
    private const string SetLater = """
        local known = redis.call('GET', KEYS[1])
        if not known or known < ARGV[1] then redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2]) else redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
        return 1
        """;

    private static readonly TimeSpan MinimumBetweenNotifications = TimeSpan.FromSeconds(1);

    /// <summary>How long this instance waits for its own notification.</summary>
    private static readonly TimeSpan EchoTimeout = TimeSpan.FromMilliseconds(500);

    private readonly RedisStore redis;
    private readonly NpgsqlDataSource primary;
    private readonly ChangeFeed feed;
    private readonly TimeSpan lifetime;
    private long bypassUntil;
    private readonly Lock gate = new();
    private Task notification = Task.CompletedTask;
    private long notifiedAt;
    private TaskCompletionSource echo = NewEcho();

    public ReadYourWrites(RedisStore redis, NpgsqlDataSource primary, ChangeFeed feed, ServiceSettings settings)
    {
        (this.redis, this.primary, this.feed) = (redis, primary, feed);
        // A usable replica has every change older than REPLICA_MAX_LAG_SECONDS plus the time of the probes.
        lifetime = settings.ReplicaMaxLag + TimeSpan.FromSeconds(5);
        feed.Listen(
            Topic,
            _ =>
            {
                BypassReplicas();
                Interlocked.Exchange(ref echo, NewEcho()).SetResult();
            }
        );
    }

    /// <summary>Records a change before it is answered, even if the client disconnects meanwhile.</summary>
    public async Task RecordChange(Guid tenant)
    {
        long position;
        try
        {
            position = await Replica.PositionOf(primary, CancellationToken.None);
        }
        catch (NpgsqlException)
        {
            position = UnknownPosition;
        }
        if (
            await redis.Evaluate(
                SetLater,
                [KeyOf(tenant)],
                [position.ToString("D20", CultureInfo.InvariantCulture), (long)lifetime.TotalMilliseconds]
            )
            is null
        )
            await NotifyInstances();
    }

    /// <summary>Returns the position that a replica must have replayed.</summary>
    /// <returns>The position of the last change; 0: any replica will do; null: unknown, so use the primary.</returns>
    public async ValueTask<long?> Of(Guid tenant)
    {
        if (feed.Period is null || Environment.TickCount64 < Volatile.Read(ref bypassUntil))
            return null;
        if (
            await redis.Ask(
                KeyOf(tenant),
                static async (database, key) => RedisResult.Create(await database.StringGetAsync(key))
            )
            is not { } answer
        )
            return null;
        return answer.IsNull ? 0 : long.Parse((string)answer!, CultureInfo.InvariantCulture);
    }

    private static RedisKey KeyOf(Guid tenant) => $"tenantry:changed:{tenant}";

    /// <summary>
    /// Redis did not store the position, and other instances may reach Redis. A change notification makes all instances
    /// read from the primary for the lifetime of the change. One notification a second is enough.
    /// </summary>
    private Task NotifyInstances()
    {
        BypassReplicas();
        lock (gate)
        {
            if (Environment.TickCount64 - notifiedAt < MinimumBetweenNotifications.TotalMilliseconds)
                return notification;
            notifiedAt = Environment.TickCount64;
            return notification = Notify();
        }
    }

    /// <summary>Waits until the notification arrives here: the other instances get it at about the same time.</summary>
    private async Task Notify()
    {
        var arrival = Volatile.Read(ref echo).Task;
        try
        {
            await feed.Notify(Topic, "doubted", CancellationToken.None);
        }
        catch (NpgsqlException)
        {
            return; // the primary is unavailable too: no instance receives notifications, so none reads from a replica
        }
        if (feed.Period is not null)
            await arrival.WaitAsync(EchoTimeout).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static TaskCompletionSource NewEcho() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void BypassReplicas() =>
        Volatile.Write(ref bypassUntil, Environment.TickCount64 + (long)lifetime.TotalMilliseconds);
}
