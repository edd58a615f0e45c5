using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Tenantry.Features.Users;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Security.Access;

namespace Tenantry.Features.AuditEvents;

/// <summary>Reads the log of the own tenant or, for the platform, of another: which is then told in that one.</summary>
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
    private const int PageOfExport = 500;

    private static readonly byte[] EndOfLine = [(byte)'\n'];

    public static async Task<Results<Ok<Page<AuditEventDocument>>, Invalid, Denied, Missing>> List(
        PageRequest page,
        [FromQuery] string? action,
        [FromQuery] string? outcome,
        [FromQuery(Name = "actor_id")] Guid? actorId,
        [FromQuery(Name = "target_id")] Guid? targetId,
        [FromQuery] DateTimeOffset? from,
        [FromQuery] DateTimeOffset? to,
        [FromQuery(Name = "tenant_id")] Guid? tenantId,
        AuditLog log,
        HttpContext http,
        CancellationToken cancel
    )
    {
        if (from > to)
            return Problems.Invalid("to", "must not be before from");
        switch (await log.Opens(tenantId, "audit.read", cancel))
        {
            case Missing missing:
                return missing;
            case Denied denied:
                return denied;
        }
        var rows = await log.Found(action, outcome, actorId, targetId, from, to, page.After)
            .Take(page.Limit + 1)
            .ToListAsync(cancel);
        return TypedResults.Ok(
            page.Cut([.. rows.Select(row => AuditEventDocument.Of(row.Event, row.Email))], row => row.Id, http)
        );
    }

    public static async Task<Results<PushStreamHttpResult, Invalid, Denied, Missing>> Export(
        [FromQuery] string? action,
        [FromQuery] string? outcome,
        [FromQuery(Name = "actor_id")] Guid? actorId,
        [FromQuery(Name = "target_id")] Guid? targetId,
        [FromQuery] DateTimeOffset? from,
        [FromQuery] DateTimeOffset? to,
        [FromQuery(Name = "tenant_id")] Guid? tenantId,
        AuditLog log,
        AuditTrail audit,
        IOptions<Microsoft.AspNetCore.Http.Json.JsonOptions> json,
        HttpContext http,
        CancellationToken cancel
    )
    {
        if (from > to)
            return Problems.Invalid("to", "must not be before from");
        switch (await log.Opens(tenantId, action: null, cancel))
        {
            case Missing missing:
                return missing;
            case Denied denied:
                return denied;
        }
        // First, and by itself: whoever hangs up in between has read some of it.
        await log.Tell(own => audit.Add(own, own.Tenant), cancel);
        return TypedResults.Stream(
            async body =>
            {
                // Each page is a statement of its own: one that goes on for as long as its reader likes would hold up whatever the table needs.
                List<Row> rows;
                Guid? after = null;
                do
                {
                    rows = await log.Found(action, outcome, actorId, targetId, from, to, after)
                        .Take(PageOfExport)
                        .ToListAsync(http.RequestAborted);
                    foreach (var row in rows)
                    {
                        await JsonSerializer.SerializeAsync(
                            body,
                            AuditEventDocument.Of(row.Event, row.Email),
                            json.Value.SerializerOptions,
                            http.RequestAborted
                        );
                        await body.WriteAsync(EndOfLine, http.RequestAborted);
                        after = row.Event.Id;
                    }
                } while (rows.Count == PageOfExport);
            },
            JsonLines,
            "audit-events.jsonl"
        );
    }

    public static async Task<Results<Ok<Page<AuditHeadDocument>>, Invalid, Denied, Missing>> Heads(
        PageRequest page,
        [FromQuery(Name = "tenant_id")] Guid? tenantId,
        AuditLog log,
        TenantDb db,
        HttpContext http,
        CancellationToken cancel
    )
    {
        switch (await log.Opens(tenantId, "audit.read", cancel))
        {
            case Missing missing:
                return missing;
            case Denied denied:
                return denied;
        }
        var rows = await db.Set<AuditHead>()
            .AsNoTracking()
            .Where(head => page.After == null || head.Id < page.After)
            .OrderByDescending(head => head.Id)
            .Take(page.Limit + 1)
            .ToListAsync(cancel);
        return TypedResults.Ok(page.Cut([.. rows.Select(AuditHeadDocument.Of)], head => head.Id, http));
    }

    public static async Task<Results<Ok<AuditEventDocument>, Denied, Missing>> Read(
        Guid id,
        AuditLog log,
        CancellationToken cancel
    )
    {
        if (await log.Opens(null, "audit.read", cancel) is Denied denied)
            return denied;
        return await log.WithEmail(events => events.Where(one => one.Id == id)).SingleOrDefaultAsync(cancel) is { } row
            ? TypedResults.Ok(AuditEventDocument.Of(row.Event, row.Email))
            : Problems.Missing("There is no such event.");
    }

    /// <summary>Turns to the tenant that is asked for.</summary>
    /// <param name="tenant">null: the own</param>
    /// <param name="action">what another tenant's log gets to say; null: the handler writes it</param>
    /// <param name="cancel">of the request</param>
    private async Task<Refusal?> Opens(Guid? tenant, string? action, CancellationToken cancel)
    {
        var isOwn = tenant is null || tenant == context.TenantId;
        if (isOwn)
            return context.SignedIn.May(Permissions.AuditRead)
                ? null
                : Problems.Denied(Problems.PermissionDenied, $"Needs {Permissions.AuditRead}.");
        // Who may not look at another tenant does not learn that it is there.
        if (!context.SignedIn.May(Permissions.PlatformAuditRead) || await directory.ById(tenant!.Value, cancel) is null)
            return Problems.Missing("There is no such tenant.");
        // A door: platform administration reads as the tenant that it asks for.
        db.For(tenant.Value);
        if (action is not null)
            await Tell(own => own.Add(audit.Event(tenant.Value, tenant, AuditTrail.Success, action: action)), cancel);
        return null;
    }

    /// <summary>By a context of its own: what is read may come from a replica, which takes no rows.</summary>
    private async Task Tell(Action<TenantDb> add, CancellationToken cancel)
    {
        await using var own = (await contexts.CreateDbContextAsync(cancel)).For(db.Tenant!.Value);
        add(own);
        await own.SaveChangesAsync(cancel);
    }

    private IQueryable<Row> Found(
        string? action,
        string? outcome,
        Guid? actor,
        Guid? target,
        DateTimeOffset? from,
        DateTimeOffset? to,
        Guid? after
    ) =>
        WithEmail(events =>
        {
            if (after is { } last)
                events = events.Where(one => one.Id < last);
            if (action is [.., '.'])
                events = events.Where(one => one.Action.StartsWith(action));
            else if (action is not null)
                events = events.Where(one => one.Action == action);
            if (outcome == Refused)
                events = events.Where(one => one.Outcome != AuditTrail.Success);
            else if (outcome is not null)
                events = events.Where(one => one.Outcome == outcome);
            if (actor is not null)
                events = events.Where(one => one.ActorId == actor);
            if (target is not null)
                events = events.Where(one => one.TargetId == target);
            if (from is { } since)
            {
                // By the id too, which begins with the time: months before are not looked at.
                var (time, least) = (since.ToUniversalTime(), AuditEvent.LeastIdOf(since));
                events = events.Where(one => one.Id >= least && one.OccurredAt >= time);
            }
            if (to is { } until)
            {
                var (time, least) = (until.ToUniversalTime(), AuditEvent.LeastIdOf(until, later: 1));
                events = events.Where(one => one.Id < least && one.OccurredAt < time);
            }
            return events.OrderByDescending(one => one.Id);
        });

    private IQueryable<Row> WithEmail(Func<IQueryable<AuditEvent>, IQueryable<AuditEvent>> of) =>
        from one in of(db.Set<AuditEvent>().AsNoTracking())
        join user in db.Set<User>().AsNoTracking() on one.ActorId equals (Guid?)user.Id into users
        from user in users.DefaultIfEmpty()
        orderby one.Id descending
        select new Row(one, user.Email);

    private sealed record Row(AuditEvent Event, string? Email);
}
