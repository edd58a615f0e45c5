using Microsoft.EntityFrameworkCore;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Replicas;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Foundation.Data.Tenancy;

public static class TenancyServices
{
    public static void AddTenancy(this IServiceCollection services)
    {
        services.AddSingleton<TenantDirectory>();
        services.AddSingleton<IExceptionMapper, TenantMissingMapper>();
        services.AddScoped<TenantContext>();
        // The database context of a request acts as its tenant. A handler can get no other one.
        services.AddScoped(provider =>
        {
            var context = provider.GetRequiredService<TenantContext>();
            var source = provider.GetRequiredService<ReadSource>();
            return (
                source.Replica is null
                    ? provider.GetRequiredService<IDbContextFactory<TenantDb>>().CreateDbContext()
                    : source.Context(provider.GetRequiredService<DbContextOptions<TenantDb>>())
            )
                .For(context.TenantId)
                .WithCaller(context.Acting);
        });
    }
}
