using System.Collections.Concurrent;
using System.Diagnostics;
using Tenantry.Foundation.Database;

namespace Tenantry.Tests.Harness;

/// <summary>Listens to what Npgsql says of its commands, so that a test can count round trips. What the house does by itself is not among them.</summary>
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
                if (database.Equals(activity.GetTagItem("db.namespace")) && activity.GetTagItem("db.query.text") is string sql && !IsOfTheHouse(sql))
                    heard.Enqueue(sql);
            },
        };
        ActivitySource.AddActivityListener(listener);
    }

    public IReadOnlyCollection<string> Heard => heard;

    /// <summary>The feed and the workers go on while a test looks.</summary>
    private static bool IsOfTheHouse(string sql) =>
        sql == "SELECT 1" || sql.Contains(Doors.MeasureQueue, StringComparison.Ordinal) || sql.Contains(Doors.MeasureErasures, StringComparison.Ordinal) || sql.Contains("pg_database_size", StringComparison.Ordinal) || sql.Contains("object_removals", StringComparison.Ordinal) || sql.Contains("object_scans", StringComparison.Ordinal) || sql.Contains(Doors.ClaimErasure, StringComparison.Ordinal) || sql.Contains(Doors.Sweep, StringComparison.Ordinal) || sql.Contains(Doors.TakeMailRequest, StringComparison.Ordinal)
        || sql.Contains(Doors.ClaimMessages, StringComparison.Ordinal) || sql.Contains("UPDATE notification_logs SET status = CASE", StringComparison.Ordinal) || sql.Contains("coalesce(n.send_at, n.created_at)", StringComparison.Ordinal)
        || sql.Contains("INSERT INTO request_days", StringComparison.Ordinal) || sql.Contains("FROM instances", StringComparison.Ordinal);

    public void Dispose() => listener.Dispose();
}
