using System.Diagnostics;

namespace Tenantry.Foundation.Hosting.Observability;

/// <summary>
/// Spans of background work and of calls to other services. An unrecorded span costs little; it exists so that every
/// log line has a trace and a tenant.
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
                // Created but not recorded: the exporter of traces decides whether to record it.
                Sample = (ref _) => ActivitySamplingResult.PropagationData,
            }
        );

    /// <summary>Background work that no request waits for: a separate trace.</summary>
    /// <param name="name">the work: <c>deliver message</c></param>
    /// <param name="tenant">the tenant that it is done for; null: no single one</param>
    /// <param name="cause">the <c>traceparent</c> of the request that caused it; the span links to it</param>
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
    /// A worker's search for work. It is not exported: most searches find nothing, and found work has its own span. A
    /// failure in it is logged, and that line needs a trace. So a worker begins this span before its <c>try</c>, and
    /// logs a failure inside.
    /// </summary>
    /// <param name="name">the search: <c>find expired uploads</c></param>
    /// <param name="tenant">the tenant that it is done for; null: no single one</param>
    public static IDisposable BeginUnrecorded(string name, Guid? tenant = null)
    {
        var around = Activity.Current;
        Activity.Current = null;
        return new Span(Unrecorded(name, tenant), around);
    }

    /// <summary>The part of the present work that belongs to one tenant: its log lines name the tenant.</summary>
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

    /// <summary>A call to another service, as a part of the present work.</summary>
    /// <param name="name">the call: <c>redis evalsha</c></param>
    /// <param name="system">the service: <c>redis</c></param>
    public static Activity? BeginCall(string name, string system)
    {
        // Not recorded: not even the log line of a failure needs a separate span.
        if (Activity.Current is not { IsAllDataRequested: true })
            return null;
        return Source.StartActivity(name, ActivityKind.Client)?.SetTag("rpc.system", system);
    }

    /// <summary>The id of the present span if it is recorded: stored with the work that it causes.</summary>
    public static string? Cause => Activity.Current is { Recorded: true, Id: { } id } ? id : null;

    /// <summary>Ends, and restores the span that was current before.</summary>
    private sealed class Span(Activity? own, Activity? around) : IDisposable
    {
        public void Dispose()
        {
            own?.Dispose();
            Activity.Current = around;
        }
    }

    /// <summary>The value of a tag on the nearest span that has it.</summary>
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
