using System.Collections.Concurrent;
using System.Diagnostics;
using Tenantry.Foundation.Data.Database;

namespace Tenantry.Tests.Harness;

/// <summary>
/// Listens to what Npgsql says of its commands, so that a test can count round trips. What the service does by itself is
/// not among them.
/// </summary>
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
                if (
                    database.Equals(activity.GetTagItem("db.namespace"))
                    && activity.GetTagItem("db.query.text") is string sql
                    && !IsOfTheService(sql)
                )
                    heard.Enqueue(sql);
            },
        };
        ActivitySource.AddActivityListener(listener);
    }

    public IReadOnlyCollection<string> Heard => heard;

    /// <summary>The feed and the workers run during the test.</summary>
    private static bool IsOfTheService(string sql) =>
        sql == "SELECT 1" || OfTheService.Any(part => sql.Contains(part, StringComparison.Ordinal));

    private static readonly string[] OfTheService =
    [
        DatabaseFunctions.MeasureQueue,
        DatabaseFunctions.MeasureWorkQueues,
        DatabaseFunctions.MeasureErasures,
        "pg_database_size",
        "object_removals",
        "object_scans",
        "claim_object_work",
        DatabaseFunctions.ClaimErasure,
        DatabaseFunctions.Sweep,
        DatabaseFunctions.SweepFailedWork,
        DatabaseFunctions.ClaimMailRequests,
        DatabaseFunctions.ClaimMessages,
        "UPDATE notification_logs SET status = CASE",
        "coalesce(n.send_at, n.created_at)",
        "UPDATE notification_logs SET error_message = NULL",
        "INSERT INTO request_days",
        "FROM instances",
    ];

    public void Dispose() => listener.Dispose();
}
