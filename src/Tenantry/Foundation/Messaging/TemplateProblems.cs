using System.Collections.Concurrent;
using System.Threading.Channels;
using Npgsql;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Hosting.Observability;
using Tenantry.Foundation.Messaging.Templates;
using static Tenantry.Foundation.Data.Database.TenantQueries;

namespace Tenantry.Foundation.Messaging;

/// <summary>
/// Records why a system e-mail was sent with the service's own text. It is written separately from the change of the
/// e-mail, which therefore does not wait for it.
/// </summary>
public sealed partial class TemplateProblems(NpgsqlDataSource database, ILogger<TemplateProblems> log)
    : BackgroundService
{
    private const int MostWaiting = 1_000;
    private const int LongestReason = 500;

    /// <summary>
    /// The same problem is written once an hour at most: each write invalidates the tenant's message cache.
    /// </summary>
    private const string Statement = """
        UPDATE notification_templates SET problem = $3, problem_at = now()
        WHERE tenant_id = $1 AND name = $2 AND (problem IS DISTINCT FROM $3 OR problem_at < now() - interval '1 hour')
        """;

    private readonly Channel<(Guid Tenant, string Name)> waiting = System.Threading.Channels.Channel.CreateBounded<(
        Guid Tenant,
        string Name
    )>(new BoundedChannelOptions(MostWaiting) { SingleReader = true });

    /// <summary>Each problem once. A tenant has at most one entry per system template.</summary>
    private readonly ConcurrentDictionary<(Guid Tenant, string Name), string> reasons = new();

    /// <param name="tenant">the tenant of the template</param>
    /// <param name="name">the name of the template</param>
    /// <param name="reason">why it was not used</param>
    public void Report(Guid tenant, string name, string reason)
    {
        if (
            reasons.TryAdd((tenant, name), OneLine.Of(reason, LongestReason))
            && !waiting.Writer.TryWrite((tenant, name))
        )
            reasons.TryRemove((tenant, name), out _);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var (tenant, name) in waiting.Reader.ReadAllAsync(stoppingToken))
        {
            if (!reasons.TryRemove((tenant, name), out var reason))
                continue;
            using var round = Spans.BeginUnrecorded("tell of a template that is not used", tenant);
            try
            {
                await database.QueryAs(
                    tenant,
                    new(Statement) { Parameters = { Parameter(tenant), Parameter(name), Parameter(reason) } },
                    static _ => true,
                    stoppingToken
                );
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                NotRecorded(log, name, tenant, e.Message); // the next e-mail reports it again
            }
        }
    }

    [LoggerMessage(
        EventId = 4111,
        Level = LogLevel.Warning,
        Message = "The problem of template {Name} of tenant {Tenant} could not be recorded: {Reason}"
    )]
    private static partial void NotRecorded(ILogger log, string name, Guid tenant, string reason);
}
