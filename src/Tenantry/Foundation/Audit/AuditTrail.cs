using System.Text.Json;
using Tenantry.Foundation.Database;
using Tenantry.Foundation.Http;
using Tenantry.Foundation.Tenancy;

namespace Tenantry.Foundation.Audit;

/// <summary>What an endpoint leaves in the audit log.</summary>
public sealed record AuditedAs(string Action);

/// <summary>An endpoint that changes something and leaves nothing in the audit log, with the reason.</summary>
public sealed record NotAuditedBecause(string Reason);

/// <summary>The words in which an endpoint says what it leaves in the audit log.</summary>
public static class AuditDeclarations
{
    public static TBuilder Audited<TBuilder>(this TBuilder endpoint, string action) where TBuilder : IEndpointConventionBuilder =>
        endpoint.WithMetadata(new AuditedAs(action));

    public static TBuilder NotAudited<TBuilder>(this TBuilder endpoint, string reason) where TBuilder : IEndpointConventionBuilder =>
        endpoint.WithMetadata(new NotAuditedBecause(reason));
}

/// <summary>
/// Adds the audit row to the change that a handler is about to save, so that the two stand or fall together. The action is the
/// one that the endpoint declares.
/// </summary>
public sealed class AuditTrail(IHttpContextAccessor accessor, TenantContext context, TimeProvider clock)
{
    public const string Success = "success";

    public void Add(TenantDb db, Guid? target, string outcome = Success, Guid? actor = null, JsonElement? details = null)
    {
        var http = accessor.HttpContext ?? throw new InvalidOperationException("There is no request to take the action from.");
        var action = http.GetEndpoint()?.Metadata.GetMetadata<AuditedAs>()?.Action
            ?? throw new InvalidOperationException("The endpoint writes an audit row and does not declare it: say Audited(\"...\").");
        db.Add(new AuditEvent
        {
            TenantId = db.Tenant ?? context.TenantId,
            OccurredAt = clock.GetUtcNow(),
            Action = action,
            Outcome = outcome,
            ActorId = actor ?? context.Caller?.UserId,
            ActorTenantId = context.Caller?.TenantId,
            TargetId = target,
            Details = details,
            Address = ClientAddress.Of(http),
            UserAgent = Shortened(http.Request.Headers.UserAgent.ToString()),
            TraceId = ProblemDocument.TraceIdOf(http),
        });
    }

    private static string? Shortened(string text) => text.Length == 0 ? null : text[..Math.Min(text.Length, 256)];
}
