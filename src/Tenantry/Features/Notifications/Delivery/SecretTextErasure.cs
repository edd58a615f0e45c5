using Npgsql;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Hosting.Observability;
using static Tenantry.Foundation.Data.Database.TenantQueries;

namespace Tenantry.Features.Notifications.Delivery;

/// <summary>
/// Erases the readable texts of secret messages when an instance starts: a version that did not seal them left some in
/// the history. What fails is tried again at the next start.
/// </summary>
public sealed partial class SecretTextErasure(NpgsqlDataSource dataSource, ILogger<SecretTextErasure> log)
    : BackgroundService
{
    private const int BatchSize = 5_000;

    // The trigger of the table erases the texts of the rows that are written here.
    private const string Erase = """
        UPDATE notification_logs SET error_message = NULL
        WHERE tenant_id = $1 AND id = ANY (ARRAY(SELECT n.id FROM notification_logs n WHERE n.tenant_id = $1 AND n.is_secret AND n.status NOT IN ('queued', 'sending')
                                                 AND n.transport IS DISTINCT FROM 'mailbox' AND num_nonnulls(n.subject, n.body, n.html_body) > 0 LIMIT $2))
        RETURNING true
        """;

    public async Task RunOnce(CancellationToken cancel)
    {
        using var span = Spans.BeginUnrecorded("erase secret texts");
        await Guarded(
            async stop =>
            {
                await foreach (var tenant in AllTenants.ListIds(dataSource, stop))
                {
                    using var part = Spans.ForTenant(tenant);
                    await Guarded(of => EraseOf(tenant, of), stop); // a failure in one tenant leaves no other's readable
                }
            },
            cancel
        );
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => RunOnce(stoppingToken);

    private async Task Guarded(Func<CancellationToken, Task> part, CancellationToken cancel)
    {
        try
        {
            await part(cancel);
        }
        catch (Exception e) when (!cancel.IsCancellationRequested)
        {
            NotErased(log, e.Message);
        }
    }

    private async Task EraseOf(Guid tenant, CancellationToken cancel)
    {
        while (
            (
                await dataSource.QueryAs(
                    tenant,
                    new(Erase) { Parameters = { Parameter(tenant), Parameter(BatchSize) } },
                    static _ => true,
                    cancel
                )
            ).Count == BatchSize
        ) { }
    }

    [LoggerMessage(
        EventId = 4105,
        Level = LogLevel.Warning,
        Message = "Texts of old secret messages could not be erased; the next start tries again: {Reason}"
    )]
    private static partial void NotErased(ILogger log, string reason);
}
