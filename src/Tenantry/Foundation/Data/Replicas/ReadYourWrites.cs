using System.Globalization;
using Npgsql;
using StackExchange.Redis;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Redis;
using Tenantry.Foundation.Hosting.Settings;

namespace Tenantry.Foundation.Data.Replicas;

/// <summary>
/// How far a replica must be before a tenant's callers read from it: to the position of the tenant's last change, which all instances find in Redis. It is there before the one who made the change has
/// an answer (docs/decisions/0023-reads-that-may-be-stale-go-to-a-replica.md).
/// </summary>
public sealed class ReadYourWrites
{
    private const string Topic = "replicas";
    private const long Nowhere = long.MaxValue; // no replica has it

    // KEYS: the tenant's. ARGV: the position, in twenty digits so that it can be compared as text; how long it is needed, in milliseconds. Of two at once the later one stays.
    private const string Later = """
        local known = redis.call('GET', KEYS[1])
        if not known or known < ARGV[1] then redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2]) else redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
        return 1
        """;

    private static readonly TimeSpan Often = TimeSpan.FromSeconds(1);

    /// <summary>How long the news may take to come back to the one who sent them.</summary>
    private static readonly TimeSpan NewsTake = TimeSpan.FromMilliseconds(500);

    private readonly RedisStore redis;
    private readonly NpgsqlDataSource primary;
    private readonly ChangeFeed feed;
    private readonly TimeSpan kept;
    private long doubtedUntil;
    private readonly Lock turn = new();
    private Task telling = Task.CompletedTask;
    private long toldAt;
    private TaskCompletionSource heard = News();

    public ReadYourWrites(RedisStore redis, NpgsqlDataSource primary, ChangeFeed feed, ServiceSettings settings)
    {
        (this.redis, this.primary, this.feed) = (redis, primary, feed);
        // What a replica that is read from has for sure: all that is older than REPLICA_MAX_LAG_SECONDS, and than the looks at it take.
        kept = settings.ReadLag + TimeSpan.FromSeconds(5);
        feed.Listen(
            Topic,
            _ =>
            {
                DoubtAll();
                Interlocked.Exchange(ref heard, News()).SetResult();
            }
        );
    }

    /// <summary>After a change, before its answer. Whoever hangs up meanwhile changes nothing.</summary>
    public async Task Note(Guid tenant)
    {
        long position;
        try
        {
            position = await Replica.PositionOf(primary, CancellationToken.None);
        }
        catch (NpgsqlException)
        {
            position = Nowhere;
        }
        if (
            await redis.Evaluate(
                Later,
                [KeyOf(tenant)],
                [position.ToString("D20", CultureInfo.InvariantCulture), (long)kept.TotalMilliseconds]
            )
            is null
        )
            await TellAll();
    }

    /// <returns>the position of the last change; 0: none that a replica might not have; null: that cannot be told now</returns>
    public async ValueTask<long?> Of(Guid tenant)
    {
        if (feed.Period is null || Environment.TickCount64 < Volatile.Read(ref doubtedUntil))
            return null;
        if (
            await redis.Ask(
                KeyOf(tenant),
                static async (database, key) => RedisResult.Create(await database.StringGetAsync(key))
            )
            is not { } said
        )
            return null;
        return said.IsNull ? 0 : long.Parse((string)said!, CultureInfo.InvariantCulture);
    }

    private static RedisKey KeyOf(Guid tenant) => $"tenantry:changed:{tenant}";

    /// <summary>Redis did not take it. Others may get there all the same: by the database's news all do without replicas for as long as the change is needed. Once a second is enough of them.</summary>
    private Task TellAll()
    {
        DoubtAll();
        lock (turn)
        {
            if (Environment.TickCount64 - toldAt < Often.TotalMilliseconds)
                return telling;
            toldAt = Environment.TickCount64;
            return telling = Tell();
        }
    }

    /// <summary>Until they are back here: the others have heard them at about the same time.</summary>
    private async Task Tell()
    {
        var back = Volatile.Read(ref heard).Task;
        try
        {
            await feed.Tell(Topic, "doubted", CancellationToken.None);
        }
        catch (NpgsqlException)
        {
            return; // the primary is away too: nothing is heard of it on any instance, and so nobody reads from a replica
        }
        if (feed.Period is not null)
            await back.WaitAsync(NewsTake).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static TaskCompletionSource News() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void DoubtAll() => Volatile.Write(ref doubtedUntil, Environment.TickCount64 + (long)kept.TotalMilliseconds);
}
