using System.Collections.Concurrent;
using System.Diagnostics;

namespace Tenantry.Tests.Harness;

/// <summary>Listens to what Npgsql says of its commands, so that a test can count round trips. The feed's heartbeat is not among them.</summary>
public sealed class Statements : IDisposable
{
    private readonly ConcurrentQueue<string> heard = new();
    private readonly ActivityListener listener;

    public Statements(string database)
    {
        listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Npgsql",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity =>
            {
                if (database.Equals(activity.GetTagItem("db.namespace")) && activity.GetTagItem("db.query.text") is string sql && sql != "SELECT 1")
                    heard.Enqueue(sql);
            },
        };
        ActivitySource.AddActivityListener(listener);
    }

    public IReadOnlyCollection<string> Heard => heard;

    public void Dispose() => listener.Dispose();
}
