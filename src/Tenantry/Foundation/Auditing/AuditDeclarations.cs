namespace Tenantry.Foundation.Auditing;

/// <summary>The action of an endpoint in the audit log.</summary>
public sealed record AuditedAs(string Action);

/// <summary>Marks an endpoint that changes data without an audit event, with the reason.</summary>
public sealed record NotAuditedBecause(string Reason);

/// <summary>Declares the audit event of an endpoint.</summary>
public static class AuditDeclarations
{
    public static void AddAudit(this IServiceCollection services)
    {
        services.AddScoped<AuditTrail>();
        services.AddSingleton<AuditCount>();
    }

    public static TBuilder Audited<TBuilder>(this TBuilder endpoint, string action)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new AuditedAs(action));

    public static TBuilder NotAudited<TBuilder>(this TBuilder endpoint, string reason)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new NotAuditedBecause(reason));
}
