using Microsoft.Extensions.Caching.Distributed;
using Tenantry.Foundation.Hosting.Settings;

namespace Tenantry.Foundation.Data.Cache;

public static class CacheServices
{
    public static void AddCache(this IServiceCollection services, ServiceSettings settings)
    {
        services.AddHybridCache();
        if (settings.RedisUrl is not null)
            services.AddSingleton<IDistributedCache, SecondLevelCache>();
        services.AddSingleton<VersionedCache>();
    }
}
