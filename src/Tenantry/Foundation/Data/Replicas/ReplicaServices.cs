namespace Tenantry.Foundation.Data.Replicas;

/// <summary>Metadata of an endpoint that only reads and may answer with data that is slightly old.</summary>
public sealed record AllowsStaleReads;

public static class ReplicaServices
{
    public static void AddReplicas(this IServiceCollection services)
    {
        services.AddSingleton<ReadReplicas>();
        services.AddHostedService(provider => provider.GetRequiredService<ReadReplicas>());
        services.AddSingleton<ReadYourWrites>();
        services.AddScoped<ReadSource>();
    }

    /// <summary>
    /// Lets a replica serve the endpoint, at most REPLICA_MAX_LAG_SECONDS behind. Changes of the caller's own tenant
    /// are always visible. Never use it where the data decides something: identity, permissions or quotas.
    /// </summary>
    public static TBuilder AllowStaleReads<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new AllowsStaleReads());
}
