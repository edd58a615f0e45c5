using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Foundation.Security.Access;

/// <summary>Marks an endpoint whose caller is checked again after its parameters have been read.</summary>
public sealed record RecheckedAccess;

public static class AccessRecheck
{
    public static void AddAccess(this IServiceCollection services)
    {
        services.AddSingleton<CallerRecheck>();
        services.AddSingleton<IExceptionMapper, CallerRefusedMapper>();
    }

    /// <summary>
    /// Adds the check to all endpoints of the group that change something. It runs just before the handler.
    /// </summary>
    public static RouteGroupBuilder RecheckAccess(this RouteGroupBuilder api)
    {
        ((IEndpointConventionBuilder)api).Add(static endpoint =>
        {
            var methods = endpoint.Metadata.OfType<HttpMethodMetadata>().SelectMany(all => all.HttpMethods);
            if (methods.All(method => HttpMethods.IsGet(method) || HttpMethods.IsHead(method)))
                return;
            endpoint.Metadata.Add(new RecheckedAccess());
            endpoint.FilterFactories.Add(static (_, next) => call => Decide(call, next));
        });
        return api;
    }

    private static ValueTask<object?> Decide(EndpointFilterInvocationContext call, EndpointFilterDelegate next)
    {
        var (http, services) = (call.HttpContext, call.HttpContext.RequestServices);
        var context = services.GetRequiredService<TenantContext>();
        var recheck = services.GetRequiredService<CallerRecheck>().Check(http, context);
        return !recheck.IsCompletedSuccessfully ? Await(recheck, call, next)
            : recheck.Result is { } refusal ? ValueTask.FromResult<object?>(refusal)
            : next(call);
    }

    private static async ValueTask<object?> Await(
        ValueTask<Refusal?> recheck,
        EndpointFilterInvocationContext call,
        EndpointFilterDelegate next
    ) => await recheck is { } refusal ? refusal : await next(call);
}
