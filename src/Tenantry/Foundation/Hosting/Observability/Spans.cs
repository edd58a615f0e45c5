using System.Diagnostics;

namespace Tenantry.Foundation.Hosting.Observability;

/// <summary>
/// What the service does by itself, or asks of others, as spans. A span costs nothing worth saying where nobody records
/// it; it is there all the same, so that every line of the log has a trace and a tenant.
/// </summary>
public static class Spans
{
    public const string SourceName = "Tenantry";

    /// <summary>On a span: the id of the tenant.</summary>
    public const string Tenant = "tenant.id";

    /// <summary>On a span: the id of the user.</summary>
    public const string User = "enduser.id";

    private static readonly ActivitySource Source = new(SourceName);

    static Spans() =>
        ActivitySource.AddActivityListener(
            new ActivityListener
            {
                ShouldListenTo = source => source.Name == SourceName,
                // Made, and not recorded: whoever exports traces decides on that.
                Sample = (ref _) => ActivitySamplingResult.PropagationData,
            }
        );

    /// <summary>A piece of work that no request waits for: a trace of its own.</summary>
    /// <param name="name">what is done: <c>deliver message</c></param>
    /// <param name="tenant">for whom; null: for nobody in particular</param>
    /// <param name="cause">the <c>traceparent</c> of what asked for it, to which the span is linked</param>
    public static IDisposable Begin(string name, Guid? tenant = null, string? cause = null)
    {
        var around = Activity.Current;
        Activity.Current = null;
        var links = ActivityContext.TryParse(cause, null, isRemote: true, out var asked)
            ? new[] { new ActivityLink(asked) }
            : null;
        var span = Source.StartActivity(name, ActivityKind.Consumer, default(ActivityContext), links: links);
        if (tenant is { } id)
            span?.SetTag(Tenant, id);
        return new Span(span, around);
    }

    /// <summary>
    /// A worker's look for what there is to do. It is nothing for a collector: most find nothing, and what they find is
    /// work of its own. But what goes wrong in it is told, and that line has a trace too. So a worker begins its round
    /// before the <c>try</c> that guards it, and tells of a failure within.
    /// </summary>
    /// <param name="name">what is looked at: <c>sweep</c></param>
    /// <param name="tenant">for whom; null: for nobody in particular</param>
    public static IDisposable BeginUnrecorded(string name, Guid? tenant = null)
    {
        var around = Activity.Current;
        Activity.Current = null;
        return new Span(Unrecorded(name, tenant), around);
    }

    /// <summary>Of what goes on, the part that is a single tenant's: its lines say whose.</summary>
    public static IDisposable ForTenant(Guid? tenant)
    {
        var around = Activity.Current;
        return new Span(Unrecorded("of a tenant", tenant), around);
    }

    private static Activity Unrecorded(string name, Guid? tenant)
    {
        var span = new Activity(name) { IsAllDataRequested = false };
        if (tenant is { } id)
            span.SetTag(Tenant, id);
        return span.Start();
    }

    /// <summary>A question to another service, within whatever goes on.</summary>
    /// <param name="name">of the question: <c>redis evalsha</c></param>
    /// <param name="system">what is asked: <c>redis</c></param>
    public static Activity? BeginCall(string name, string system)
    {
        // Nothing is listening: not even the line that tells of a failure needs a span of its own.
        if (Activity.Current is not { IsAllDataRequested: true })
            return null;
        return Source.StartActivity(name, ActivityKind.Client)?.SetTag("rpc.system", system);
    }

    /// <summary>What is to be remembered of the present span, where it is recorded, for work that it causes.</summary>
    public static string? Cause => Activity.Current is { Recorded: true, Id: { } id } ? id : null;

    /// <summary>Ends, and leaves what was there before: a worker's round goes on.</summary>
    private sealed class Span(Activity? own, Activity? around) : IDisposable
    {
        public void Dispose()
        {
            own?.Dispose();
            Activity.Current = around;
        }
    }

    /// <summary>The nearest span that says whose work this is.</summary>
    internal static object? Tagged(string name)
    {
        for (var span = Activity.Current; span is not null; span = span.Parent)
        {
            if (span.GetTagItem(name) is { } value)
                return value;
        }
        return null;
    }
}
