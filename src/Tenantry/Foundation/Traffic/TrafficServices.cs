using Microsoft.AspNetCore.Cors.Infrastructure;
using Tenantry.Foundation.Hosting.Concurrency;
using Tenantry.Foundation.Traffic.Cors;
using Tenantry.Foundation.Traffic.Limits;
using Tenantry.Foundation.Traffic.Metering;

namespace Tenantry.Foundation.Traffic;

public static class TrafficServices
{
    public static void AddTraffic(this IServiceCollection services)
    {
        services.AddSingleton<RedisBuckets>();
        services.AddSingleton<ProcessBuckets>();
        services.AddSingleton<RateLimits>();
        services.AddSingleton<RequestMeter>();
        services.AddHostedService(provider => provider.GetRequiredService<RequestMeter>());
        services.AddSingleton<SharedGates>();
        services.AddSingleton<ICorsPolicyProvider, CorsPolicies>();
    }
}
