using Tenantry.Foundation.Http;
using Tenantry.Foundation.Tenancy;

namespace Tenantry.Foundation.Access;

/// <summary>On an endpoint whose caller is looked at once more when its parameters have been read.</summary>
public sealed record DecidedTwice;

public static class SecondDecision
{
    public static void AddAccess(this IServiceCollection services)
    {
        services.AddSingleton<CallerStanding>();
        services.AddSingleton<IExceptionMeaning, CallerRefusedMeaning>();
    }

    /// <summary>
    /// All of them that change something, wherever below they are mapped: just before their handler runs.
    /// </summary>
    public static RouteGroupBuilder DecideTwice(this RouteGroupBuilder api)
    {
        ((IEndpointConventionBuilder)api).Add(static endpoint =>
        {
            var methods = endpoint.Metadata.OfType<HttpMethodMetadata>().SelectMany(all => all.HttpMethods);
            if (methods.All(method => HttpMethods.IsGet(method) || HttpMethods.IsHead(method)))
                return;
            endpoint.Metadata.Add(new DecidedTwice());
            endpoint.FilterFactories.Add(static (_, next) => call => Decide(call, next));
        });
        return api;
    }

    private static ValueTask<object?> Decide(EndpointFilterInvocationContext call, EndpointFilterDelegate next)
    {
        var (http, services) = (call.HttpContext, call.HttpContext.RequestServices);
        var context = services.GetRequiredService<TenantContext>();
        var again = services.GetRequiredService<CallerStanding>().Again(http, context);
        return !again.IsCompletedSuccessfully ? Waited(again, call, next)
            : again.Result is { } refusal ? ValueTask.FromResult<object?>(refusal)
            : next(call);
    }

    private static async ValueTask<object?> Waited(
        ValueTask<Refusal?> again, EndpointFilterInvocationContext call, EndpointFilterDelegate next) =>
        await again is { } refusal ? refusal : await next(call);
}
