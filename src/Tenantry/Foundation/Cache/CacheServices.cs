using Microsoft.Extensions.Caching.Distributed;
using Tenantry.Foundation.Settings;

namespace Tenantry.Foundation.Cache;

public static class CacheServices
{
    public static void AddCache(this IServiceCollection services, ServiceSettings settings)
    {
        services.AddHybridCache();
        if (settings.RedisUrl is not null)
            services.AddSingleton<IDistributedCache, SecondLevel>();
        services.AddSingleton<VersionedCache>();
    }
}
