using Tenantry.Features.AuditEvents;
using Tenantry.Foundation.Security.Tokens;
using Tenantry.Foundation.Storage;

namespace Tenantry.Commands;

/// <summary><c>tenantry audit verify</c>.</summary>
public static class AuditCommand
{
    public static async Task Verify(Func<WebApplication> build, string? name, CancellationToken cancel)
    {
        await using var app = build();
        await ServeCommand.DemandSafety(app, cancel);
        await app.Services.GetRequiredService<KeyRing>().Load(cancel);
        var tenant = name is null ? null : await NamedTenant.Find(app.Services, name, cancel);
        AuditVerification.Report report;
        try
        {
            report = await app
                .Services.GetRequiredService<AuditVerification>()
                .Run(tenant?.Id, static finding => Console.WriteLine(finding), cancel);
        }
        catch (StoreException e)
        {
            throw new OperatorException(e.Message);
        }
        Console.WriteLine(
            $"{report.Tenants} tenants, {report.Events} events, {report.Heads} signed heads, {report.HeadsOfStore} of the store{(report.HeadsLost > 0 ? $", {report.HeadsLost} of them lost by a restore" : "")}: {(report.Findings == 0 ? "all unaltered." : $"{report.Findings} findings.")}"
        );
        if (report.Findings > 0)
            throw new OperatorException("The audit log does not match what was written.");
    }
}
