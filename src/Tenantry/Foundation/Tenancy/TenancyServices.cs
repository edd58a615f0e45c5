using Microsoft.EntityFrameworkCore;
using Tenantry.Foundation.Database;
using Tenantry.Foundation.Http;
using Tenantry.Foundation.Replicas;

namespace Tenantry.Foundation.Tenancy;

public static class TenancyServices
{
    public static void AddTenancy(this IServiceCollection services)
    {
        services.AddSingleton<TenantDirectory>();
        services.AddSingleton<IExceptionMeaning, TenantMissingMeaning>();
        services.AddScoped<TenantContext>();
        services.AddSingleton<Microsoft.AspNetCore.Cors.Infrastructure.ICorsPolicyProvider, Origins>();
        // The database that a request gets is its tenant's. There is no other way to come by one in a handler.
        services.AddScoped(provider =>
        {
            var context = provider.GetRequiredService<TenantContext>();
            var source = provider.GetRequiredService<ReadSource>();
            return (source.Replica is null ? provider.GetRequiredService<IDbContextFactory<TenantDb>>().CreateDbContext() : source.Context(provider.GetRequiredService<DbContextOptions<TenantDb>>())).For(context.TenantId).By(context.Acting);
        });
    }
}
