using Microsoft.EntityFrameworkCore;
using Npgsql;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Security.Tokens;
using Tenantry.Foundation.Storage;

namespace Tenantry.Features.AuditEvents;

/// <summary>
/// Verifies audit logs against their chains, and chains against their signed heads. All hashes are computed here: an
/// attacker who can write to the database can also change its functions. A chain that was rewritten as a whole is
/// consistent; only the signed heads show that.
/// </summary>
public sealed class AuditVerification(
    NpgsqlDataSource dataSource,
    IDbContextFactory<TenantDb> contexts,
    KeyRing ring,
    StoredHeadVerification storedHeads,
    TenantDirectory directory,
    ServiceSettings settings,
    TimeProvider clock
)
{
    /// <param name="Tenant">whose log</param>
    /// <param name="Position">the position in the chain; null: in no chain</param>
    /// <param name="Event">the event's id</param>
    /// <param name="Message">what is wrong</param>
    public sealed record Finding(Guid Tenant, long? Position, Guid? Event, string Message)
    {
        public override string ToString() =>
            $"{Tenant} {(Position is { } position ? $"#{position} " : "")}{(Event is { } id ? $"{id} " : "")}{Message}";
    }

    /// <param name="Tenants">the number of tenants that were verified</param>
    /// <param name="Events">the number of events that were verified</param>
    /// <param name="Heads">the number of heads in the database</param>
    /// <param name="HeadsOfStore">the number of heads of these tenants in the object store</param>
    /// <param name="HeadsLost">how many of those belong to events that a restore has lost</param>
    /// <param name="Findings">the number of findings</param>
    public sealed record Report(int Tenants, long Events, long Heads, long HeadsOfStore, long HeadsLost, int Findings);

    /// <param name="only">null: all tenants</param>
    /// <param name="report">is called with each finding at once</param>
    /// <param name="cancel">stops the verification</param>
    /// <exception cref="StoreException">the object store is not available</exception>
    public async Task<Report> Run(Guid? only, Action<Finding> report, CancellationToken cancel)
    {
        var run = new VerificationRun(report, settings, clock);
        run.Lifecycles = await Lifecycles(run, cancel);
        foreach (var (tenant, at) in only is null ? run.Lifecycles.Uncertified : [])
            run.Report(
                tenant,
                null,
                null,
                $"the tenant was erased at {at:u}, and the platform's log has no certificate of the erasure"
            );
        await foreach (
            var tenant in only is { } one ? new[] { one }.ToAsyncEnumerable() : AllTenants.ListIds(dataSource, cancel)
        )
        {
            run.Tenants++;
            try
            {
                await Verify(run, tenant, cancel);
            }
            catch (Exception e)
                when (only is null
                    && e
                        is PostgresException
                            or FormatException
                            or ArgumentException
                            or InvalidCastException
                            or InvalidOperationException
                )
            {
                // A log that cannot be read must not hide findings in the logs of other tenants.
                run.Report(tenant, null, null, $"the log cannot be read: {e.Message}");
            }
        }
        await storedHeads.Verify(run, only, cancel);
        return run.ToReport();
    }

    private async Task<TenantLifecycles> Lifecycles(VerificationRun run, CancellationToken cancel)
    {
        if (await directory.BySlug(Tenant.PlatformSlug, cancel) is not { } platform)
            return TenantLifecycles.None;
        await using var db = (await contexts.CreateDbContextAsync(cancel)).For(platform.Id);
        return await TenantLifecycles.Read(db, run.FirstRetained, cancel);
    }

    private async Task Verify(VerificationRun run, Guid tenant, CancellationToken cancel)
    {
        await using var db = (await contexts.CreateDbContextAsync(cancel)).For(tenant);
        var heads = await HeadVerification.Verify(run, db, ring, tenant, cancel);
        await ChainVerification.Verify(run, db, tenant, heads, cancel);
        await ChainVerification.VerifySigned(run, db, tenant, cancel);
        await ChainVerification.VerifyLinked(run, db, tenant, cancel);
    }
}
