namespace Tenantry.Foundation.Auditing;

/// <summary>What an endpoint leaves in the audit log.</summary>
public sealed record AuditedAs(string Action);

/// <summary>An endpoint that changes something and leaves nothing in the audit log, with the reason.</summary>
public sealed record NotAuditedBecause(string Reason);

/// <summary>The words in which an endpoint says what it leaves in the audit log.</summary>
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
