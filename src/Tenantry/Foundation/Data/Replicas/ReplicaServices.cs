namespace Tenantry.Foundation.Data.Replicas;

/// <summary>On an endpoint that only reads, and may show what was so a moment ago.</summary>
public sealed record MayBeStale;

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
    /// Where there is a replica, it answers, REPLICA_MAX_LAG_SECONDS behind at most; what the caller's own tenant has changed is always there. Never for what decides over anything: who somebody is, what they may do, how much is left.
    /// </summary>
    public static TBuilder MayBeStale<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new MayBeStale());
}
