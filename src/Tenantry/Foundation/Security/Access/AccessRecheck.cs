using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Foundation.Security.Access;

/// <summary>On an endpoint whose caller is looked at once more when its parameters have been read.</summary>
public sealed record RecheckedAccess;

public static class AccessRecheck
{
    public static void AddAccess(this IServiceCollection services)
    {
        services.AddSingleton<CallerRecheck>();
        services.AddSingleton<IExceptionMapper, CallerRefusedMapper>();
    }

    /// <summary>
    /// All of them that change something, wherever below they are mapped: just before their handler runs.
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
        var again = services.GetRequiredService<CallerRecheck>().Again(http, context);
        return !again.IsCompletedSuccessfully ? Waited(again, call, next)
            : again.Result is { } refusal ? ValueTask.FromResult<object?>(refusal)
            : next(call);
    }

    private static async ValueTask<object?> Waited(
        ValueTask<Refusal?> again,
        EndpointFilterInvocationContext call,
        EndpointFilterDelegate next
    ) => await again is { } refusal ? refusal : await next(call);
}
