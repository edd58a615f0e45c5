using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Mvc;

namespace Tenantry.Foundation.Hosting.Http;

/// <summary>
/// All faults of a request, so that its author can correct them in one step. Whichever layer finds the first fault,
/// the query, the headers and the body are then read again as a whole. A valid request never gets here.
/// </summary>
public sealed class RequestFaults
{
    /// <summary>An attacker's body could have a hundred thousand faults.</summary>
    private const int Most = 50;

    private const int LongestName = 200;

    private readonly Dictionary<string, string[]> errors = new(StringComparer.Ordinal);

    public bool IsEmpty => errors.Count == 0;

    internal bool IsFull => errors.Count >= Most;

    /// <summary>Adds a fault. Of several faults of one field, the first counts.</summary>
    public void Add(string field, params string[] messages)
    {
        if (!IsFull)
            errors.TryAdd(field.Length <= LongestName ? field : StorableText.Truncate(field, LongestName), messages);
    }

    internal Dictionary<string, string[]> Copy() => new(errors, StringComparer.Ordinal);

    public Invalid ToInvalid() => new(errors);

    /// <returns>The faults that are found without the database. Empty: another layer found the reason.</returns>
    internal static async Task<RequestFaults> Of(HttpContext http)
    {
        var faults = new RequestFaults();
        if (http.GetEndpoint() is not { } endpoint)
            return faults;
        endpoint.Metadata.GetMetadata<AcceptedQuery>()?.AddFaults(http.Request, faults);
        if (
            endpoint.Metadata.GetMetadata<PageRequest.Paged>() is not null
            && PageRequest.CursorFault(http) is { } fault
        )
            faults.Add("cursor", fault);
        foreach (var parameter in endpoint.Metadata.GetOrderedMetadata<IParameterBindingMetadata>())
            AddHeaderFaults(parameter.ParameterInfo.GetCustomAttributes(inherit: false), http.Request, faults);
        if (
            endpoint.Metadata.GetMetadata<IAcceptsMetadata>()?.RequestType is { } body
            && http.Request.HasJsonContentType()
        )
            await BodyFaults.Add(http, endpoint, body, faults);
        return faults;
    }

    private static void AddHeaderFaults(object[] attributes, HttpRequest request, RequestFaults faults)
    {
        if (
            attributes.OfType<FromHeaderAttribute>().FirstOrDefault()?.Name is not { } name
            || !request.Headers.TryGetValue(name, out var value)
        )
            return;
        foreach (var rule in attributes.OfType<IParameterRule>())
        {
            if (rule.Fault(value.ToString(), request) is { } fault)
                faults.Add(name, fault);
        }
    }
}

/// <summary>
/// The checks of an operation that concern several members of its body and need no database. The handler makes them
/// too; here they complete the response to a request with other faults.
/// </summary>
/// <param name="Check">
/// Adds errors by member. A member that is at fault already has its error there, and is absent from the body.
/// </param>
internal sealed record BodyCheck(Action<object, HttpContext, Dictionary<string, string[]>> Check);

public static class BodyChecks
{
    /// <summary>Declares the checks of several members that the operation makes; see <see cref="BodyCheck"/>.</summary>
    public static RouteHandlerBuilder ChecksBody<T>(
        this RouteHandlerBuilder endpoint,
        Action<T, HttpContext, Dictionary<string, string[]>> check
    ) => endpoint.WithMetadata(new BodyCheck((body, http, errors) => check((T)body, http, errors)));
}
