namespace Tenantry.Foundation.Data.Redis;

public static class RedisServices
{
    public static void AddRedis(this IServiceCollection services)
    {
        services.AddSingleton<RedisStore>();
        services.AddHostedService(provider => provider.GetRequiredService<RedisStore>());
    }
}
