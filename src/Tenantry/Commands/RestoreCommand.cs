using Tenantry.Features.AuditEvents;
using Tenantry.Features.Tenants;
using Tenantry.Foundation.Storage;

namespace Tenantry.Commands;

/// <summary><c>tenantry restore finish</c>: prepares a database that was restored to an earlier moment.</summary>
public static class RestoreCommand
{
    public static async Task Finish(Func<WebApplication> build, FinishRestore.Options terms, CancellationToken cancel)
    {
        await using var app = build();
        await ServeCommand.DemandSafety(app, cancel);
        try
        {
            // First, because the ends of the logs must be recorded before new events follow. A second run changes
            // nothing.
            await app.Services.GetRequiredService<RestoredLogs>().RecordAll(cancel);
        }
        catch (StoreException e)
        {
            throw new OperatorException(
                $"{e.Message} The store must record where the audit logs end, so nothing was changed."
            );
        }
        var report = await app.Services.GetRequiredService<FinishRestore>().Run(terms, cancel);
        Console.WriteLine(
            $"{report.Tenants} tenants: {report.Sessions} sessions ended, {report.Messages} messages held back. Empty Redis, if you use it. Then the database can be served."
        );
    }
}
