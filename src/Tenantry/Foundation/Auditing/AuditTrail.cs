using System.Text.Json;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Foundation.Auditing;

/// <summary>
/// Adds the audit event to the change that a handler is about to save, so that both are committed or neither is. The
/// action
/// is declared by the endpoint; the values before and after are read from the change itself.
/// </summary>
public sealed class AuditTrail(
    IHttpContextAccessor accessor,
    TenantContext context,
    TimeProvider clock,
    IOptions<JsonOptions> json,
    AuditCount count
)
{
    public const string Success = "success";

    /// <summary>The last target and its changes, for a second event about it in another tenant.</summary>
    private (Guid? Target, JsonElement? Changes) last;

    /// <summary>The events of the request, counted if it succeeds.</summary>
    private readonly List<AuditEvent> added = [];

    /// <summary>Whether a refusal was already written.</summary>
    public bool HasRefusal { get; private set; }

    /// <param name="db">the tenant of this context gets the event</param>
    /// <param name="target">the changed record</param>
    /// <param name="outcome">success, or the code of the refusal</param>
    /// <param name="actor">the actor, if no caller is signed in yet</param>
    /// <param name="onBehalfOf">the user who permitted the action, if not the actor</param>
    /// <param name="details">further details</param>
    /// <param name="changes">changed fields that are no columns of the saved rows</param>
    public void Add(
        TenantDb db,
        Guid? target,
        string outcome = Success,
        Guid? actor = null,
        Guid? onBehalfOf = null,
        JsonElement? details = null,
        IReadOnlyDictionary<string, FieldChange>? changes = null
    )
    {
        HasRefusal |= outcome != Success;
        var changed = outcome == Success ? ChangesOf(db, changes) : null;
        if (changed is null && last.Target == target)
            changed = last.Changes;
        last = (target, changed);
        added.Add(
            db.Add(Event(db.Tenant ?? context.TenantId, target, outcome, actor, onBehalfOf, details, changed)).Entity
        );
    }

    /// <summary>Records an event that a statement of the handler has written, instead of <see cref="Add"/>.</summary>
    internal void Written(AuditEvent one) => added.Add(one);

    /// <summary>Counts the events. Not called after an exception, which rolls them back.</summary>
    internal void Count()
    {
        foreach (var one in added)
            count.Add(one);
        added.Clear();
    }

    /// <summary>The event of the request: the action of its endpoint, its caller and its address.</summary>
    internal AuditEvent Event(
        Guid tenant,
        Guid? target,
        string outcome,
        Guid? actor = null,
        Guid? onBehalfOf = null,
        JsonElement? details = null,
        JsonElement? changes = null,
        string? action = null
    )
    {
        var http =
            accessor.HttpContext ?? throw new InvalidOperationException("There is no request to take the action from.");
        action ??=
            http.GetEndpoint()?.Metadata.GetMetadata<AuditedAs>()?.Action
            ?? throw new InvalidOperationException(
                "The endpoint writes an audit row and does not declare it: say Audited(\"...\")."
            );
        return new AuditEvent
        {
            TenantId = tenant,
            OccurredAt = clock.GetUtcNow(),
            Action = action,
            Outcome = outcome,
            ActorId = actor ?? context.Caller?.UserId,
            ActorTenantId = context.Caller?.TenantId,
            OnBehalfOf = onBehalfOf,
            TargetId = target,
            Changes = changes,
            Details = details,
            Address = ClientAddress.Of(http),
            UserAgent = ClientAddress.UserAgentOf(http),
            TraceId = ProblemDocument.TraceIdOf(http),
        };
    }

    /// <summary>
    /// Of all rows that the context is about to save. A kind of row that comes more than once has a list for each
    /// field.
    /// </summary>
    private JsonElement? ChangesOf(TenantDb db, IReadOnlyDictionary<string, FieldChange>? more)
    {
        var fields = new Dictionary<string, FieldChange>(
            more ?? new Dictionary<string, FieldChange>(),
            StringComparer.Ordinal
        );
        var changed = db
            .ChangeTracker.Entries()
            .Where(entry => entry.State is EntityState.Added or EntityState.Modified or EntityState.Deleted);
        foreach (var rows in changed.GroupBy(entry => entry.Metadata).Select(rows => rows.ToList()))
        {
            foreach (
                var property in rows[0]
                    .Metadata.GetProperties()
                    .Where(property => property.PropertyInfo?.IsDefined(typeof(AuditedAttribute), false) == true)
            )
            {
                var before = rows.Where(row => row.State != EntityState.Added)
                    .Select(row => row.Property(property).OriginalValue)
                    .ToList();
                var after = rows.Where(row => row.State != EntityState.Deleted)
                    .Select(row => row.Property(property).CurrentValue)
                    .ToList();
                var change =
                    rows.Count == 1
                        ? new FieldChange(before.SingleOrDefault(), after.SingleOrDefault())
                        : new FieldChange(before, after);
                if (rows.Count > 1 || !property.GetValueComparer().Equals(change.Before, change.After))
                    fields.TryAdd(property.GetColumnName(), change);
            }
        }
        return fields.Count == 0 ? null : JsonSerializer.SerializeToElement(fields, json.Value.SerializerOptions);
    }
}

/// <param name="Before">null: there was none</param>
/// <param name="After">null: there is none any more</param>
public sealed record FieldChange(object? Before, object? After);
