using Tenantry.Foundation.Data.Tenancy;

namespace Tenantry.Commands;

/// <summary>The tenant that an operator names by slug or id.</summary>
internal static class NamedTenant
{
    /// <exception cref="OperatorException">There is no such tenant.</exception>
    public static async Task<ResolvedTenant> Find(IServiceProvider services, string name, CancellationToken cancel) =>
        await services.GetRequiredService<TenantDirectory>().ByName(name, cancel)
        ?? throw new OperatorException($"There is no tenant '{name}'.");
}
