namespace Tenantry.Foundation.Limits;

public static class LimitServices
{
    public static void AddLimits(this IServiceCollection services)
    {
        services.AddSingleton<RedisBuckets>();
        services.AddSingleton<ProcessBuckets>();
        services.AddSingleton<RateLimits>();
        services.AddSingleton<RequestCounts>();
        services.AddHostedService(provider => provider.GetRequiredService<RequestCounts>());
    }
}
