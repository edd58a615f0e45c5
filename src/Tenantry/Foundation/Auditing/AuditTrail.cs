using System.Text.Json;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Foundation.Auditing;

/// <summary>
/// Adds the audit row to the change that a handler is about to save, so that the two stand or fall together. The action is the
/// one that the endpoint declares; what named fields were and become is taken from the change itself.
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

    /// <summary>Of the same thing, where a second tenant gets to know of it.</summary>
    private (Guid? Target, JsonElement? Changes) last;

    /// <summary>What the request leaves, if it ends well.</summary>
    private readonly List<AuditEvent> added = [];

    /// <summary>Whether a refusal was written already.</summary>
    public bool HasRefusal { get; private set; }

    /// <param name="db">whose tenant gets the row</param>
    /// <param name="target">to what it was done</param>
    /// <param name="outcome">the code of the refusal, where it is one</param>
    /// <param name="actor">who did it, where nobody is signed in yet</param>
    /// <param name="onBehalfOf">who let it be done, where it is another</param>
    /// <param name="details">what else there is to say of it</param>
    /// <param name="changes">fields that are no columns of what is saved</param>
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
        var told = outcome == Success ? ChangesOf(db, changes) : null;
        if (told is null && last.Target == target)
            told = last.Changes;
        last = (target, told);
        added.Add(
            db.Add(Event(db.Tenant ?? context.TenantId, target, outcome, actor, onBehalfOf, details, told)).Entity
        );
    }

    /// <summary>An event that a statement of the handler's own has written, in place of <see cref="Add"/>.</summary>
    internal void Written(AuditEvent one) => added.Add(one);

    /// <summary>After a request that no exception has ended: what one ends is rolled back.</summary>
    internal void Count()
    {
        foreach (var one in added)
            count.Add(one);
        added.Clear();
    }

    /// <summary>What became of the request: of its endpoint, by its caller, from where it comes.</summary>
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

    /// <summary>Of all rows that the context is about to save. A kind of row that comes more than once has a list for each field.</summary>
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
