using Microsoft.EntityFrameworkCore;
using Tenantry.Features.Tenants.Erasure;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Traffic.Metering;

namespace Tenantry.Commands;

/// <summary>
/// A tenant of the isolation proof, with users of every role, a role of its own and a record of each kind. It attacks
/// or is attacked, and is erased afterwards.
/// </summary>
public sealed class ProofTenant
{
    public const string Password = "a proof needs a password too";

    public required Guid Id { get; init; }
    public required string Slug { get; init; }

    /// <summary>The id of a record of each kind, by the path segment before the id.</summary>
    public required IReadOnlyDictionary<string, Guid> Ids { get; init; }

    /// <summary>The e-mail address of a user with each role.</summary>
    public required IReadOnlyDictionary<string, string> Emails { get; init; }

    /// <summary>Values for filters, by the filter's name.</summary>
    public required IReadOnlyDictionary<string, string> FilterValues { get; init; }

    /// <summary>Texts and ids that no other tenant has. Where one of them appears, data has leaked.</summary>
    public required IReadOnlyList<string> Marks { get; init; }

    /// <summary>A digest of all rows of the tenant. Another digest means that a row was changed.</summary>
    public async Task<string> Fingerprint(IServiceProvider services, CancellationToken cancel)
    {
        await using var db = (
            await services.GetRequiredService<IDbContextFactory<TenantDb>>().CreateDbContextAsync(cancel)
        ).For(Id);
        var digests = new List<string>();
        // Request counts are excluded: a request that names the tenant without a token is counted too.
        var counts = db.Model.FindEntityType(typeof(RequestDay))!.GetTableName()!;
        foreach (var table in TenantErasure.Tables(db.Model).Append("tenants").Where(table => table != counts))
#pragma warning disable EF1002 // the name of the table comes from the model
            digests.Add(
                await db
                    .Database.SqlQueryRaw<string>(
                        $"SELECT '{table} ' || count(*) || ' ' || coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '') AS \"Value\" FROM {table} t"
                    )
                    .SingleAsync(cancel)
            );
#pragma warning restore EF1002
        return string.Join('\n', digests);
    }

    /// <summary>
    /// Deletes the tenant. With the owner's connection it is erased at once, as if it had been deleted long ago.
    /// Otherwise it is deactivated, and the worker erases it after the grace period, which the serving role cannot
    /// shorten.
    /// </summary>
    public async Task Erase(IServiceProvider services, CancellationToken cancel)
    {
        var settings = services.GetRequiredService<ServiceSettings>();
        await using (
            var db = (
                await services.GetRequiredService<IDbContextFactory<TenantDb>>().CreateDbContextAsync(cancel)
            ).For(Id)
        )
        {
            var now = services.GetRequiredService<TimeProvider>().GetUtcNow();
            await db.Set<Tenant>()
                .ExecuteUpdateAsync(
                    set =>
                        set.SetProperty(tenant => tenant.IsActive, false).SetProperty(tenant => tenant.DeletedAt, now),
                    cancel
                );
        }
        services.GetRequiredService<TenantDirectory>().Invalidate(Id);
        if (settings.MigrationDatabase.Host is null)
            return;
        await using (var owner = DatabaseServices.DataSource(settings.MigrationDatabase))
        {
            await owner.QueryAs(
                Id,
                new(
                    $"UPDATE tenants SET deleted_at = now() - greatest({DatabaseFunctions.TenantGrace}(), $2) - interval '1 day' WHERE id = $1 RETURNING id"
                )
                {
                    Parameters = { TenantQueries.Parameter(Id), TenantQueries.Parameter(settings.TenantGrace) },
                },
                static row => row.GetGuid(0),
                cancel
            );
        }
        while (await services.GetRequiredService<TenantErasure>().EraseNext(cancel)) { }
    }
}
