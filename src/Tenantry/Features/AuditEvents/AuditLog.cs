using Microsoft.EntityFrameworkCore;
using Tenantry.Features.Users;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Security.Access;

namespace Tenantry.Features.AuditEvents;

/// <summary>
/// Read access to the audit log of the caller's tenant or, for platform administrators, of another tenant. Access to
/// another tenant's log adds an audit event to that log.
/// </summary>
public sealed class AuditLog(
    TenantContext context,
    TenantDb db,
    IDbContextFactory<TenantDb> contexts,
    TenantDirectory directory,
    AuditTrail audit
)
{
    public const string JsonLines = "application/x-ndjson";

    private const string Refused = "refused";

    /// <summary>Checks the caller's permission and acts as the tenant whose log is read.</summary>
    /// <param name="tenant">null: the caller's own</param>
    /// <param name="action">
    /// the audit action that is added to another tenant's log; null: the caller adds the event
    /// </param>
    /// <param name="cancel">of the request</param>
    internal async Task<Refusal?> Open(Guid? tenant, string? action, CancellationToken cancel)
    {
        var isOwn = tenant is null || tenant == context.TenantId;
        if (isOwn)
            return context.SignedIn.Has(Permissions.AuditRead)
                ? null
                : Problems.Denied(Problems.PermissionDenied, $"You need the permission {Permissions.AuditRead}.");
        // A caller without the permission gets 404, and does not learn whether another tenant exists.
        if (!context.SignedIn.Has(Permissions.PlatformAuditRead) || await directory.ById(tenant!.Value, cancel) is null)
            return Problems.Missing("There is no such tenant.");
        // Cross-tenant access: a platform administrator reads as the tenant that the request names.
        db.For(tenant.Value);
        if (action is not null)
            await Add(own => own.Add(audit.Event(tenant.Value, tenant, AuditTrail.Success, action: action)), cancel);
        return null;
    }

    /// <summary>Adds the event of an export to the log that is exported.</summary>
    internal Task AddExport(CancellationToken cancel) => Add(own => audit.Add(own, own.Tenant), cancel);

    internal IQueryable<Entry> Find(AuditEventFilter filter, Guid? after) =>
        WithEmail(events =>
        {
            if (after is { } last)
                events = events.Where(one => one.Id < last);
            if (filter.Action is [.., '.'])
                events = events.Where(one => one.Action.StartsWith(filter.Action));
            else if (filter.Action is not null)
                events = events.Where(one => one.Action == filter.Action);
            if (filter.Outcome == Refused)
                events = events.Where(one => one.Outcome != AuditTrail.Success);
            else if (filter.Outcome is not null)
                events = events.Where(one => one.Outcome == filter.Outcome);
            if (filter.ActorId is not null)
                events = events.Where(one => one.ActorId == filter.ActorId);
            if (filter.TargetId is not null)
                events = events.Where(one => one.TargetId == filter.TargetId);
            if (filter.From is { } since)
            {
                // The id begins with the time. With the id in the condition, partitions of earlier months are skipped.
                var (time, least) = (since.ToUniversalTime(), AuditEvent.LeastIdOf(since));
                events = events.Where(one => one.Id >= least && one.OccurredAt >= time);
            }
            if (filter.To is { } until)
            {
                var (time, least) = (until.ToUniversalTime(), AuditEvent.LeastIdOf(until, later: 1));
                events = events.Where(one => one.Id < least && one.OccurredAt < time);
            }
            return events.OrderByDescending(one => one.Id);
        });

    internal IQueryable<Entry> Find(Guid id) => WithEmail(events => events.Where(one => one.Id == id));

    /// <summary>On a connection of its own: the events may be read from a replica, which is read-only.</summary>
    private async Task Add(Action<TenantDb> add, CancellationToken cancel)
    {
        await using var own = (await contexts.CreateDbContextAsync(cancel)).For(db.Tenant!.Value);
        add(own);
        await own.SaveChangesAsync(cancel);
    }

    private IQueryable<Entry> WithEmail(Func<IQueryable<AuditEvent>, IQueryable<AuditEvent>> filter) =>
        from one in filter(db.Set<AuditEvent>().AsNoTracking())
        join user in db.Set<User>().AsNoTracking() on one.ActorId equals (Guid?)user.Id into users
        from user in users.DefaultIfEmpty()
        orderby one.Id descending
        select new Entry(one, user.Email);

    /// <param name="Event">the event</param>
    /// <param name="Email">the actor's present e-mail address; null: the actor is not a user of the tenant</param>
    internal sealed record Entry(AuditEvent Event, string? Email)
    {
        public AuditEventDocument ToDocument() => AuditEventDocument.Of(Event, Email);
    }
}
