using System.Collections.Frozen;
using System.Reflection;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Primitives;
using Microsoft.OpenApi;

namespace Tenantry.Foundation.Hosting.Http;

/// <summary>
/// The query parameters of an operation, collected from its handler when the service starts. Other names are refused
/// like unknown members of a body: a misspelled filter would otherwise return everything.
/// </summary>
internal sealed class AcceptedQuery
{
    private readonly FrozenDictionary<string, Parameter> parameters;
    private readonly bool isOpen;
    private readonly string unknown;

    private AcceptedQuery(IEnumerable<Parameter> all, bool isOpen)
    {
        (parameters, this.isOpen) = (all.ToFrozenDictionary(one => one.Name, StringComparer.Ordinal), isOpen);
        var names = string.Join(", ", parameters.Keys.Order(StringComparer.Ordinal));
        unknown = "is not a parameter of this operation" + (names.Length == 0 ? "" : $", which has: {names}");
    }

    /// <summary>
    /// Declares that the address of an operation is followed by people, and that others add parameters to it
    /// (<c>utm_source</c>, <c>fbclid</c>). Unknown ones are ignored.
    /// </summary>
    internal sealed record Decorated;

    /// <summary>The parameters with rules, for the OpenAPI document.</summary>
    public IEnumerable<Parameter> All => parameters.Values;

    public static AcceptedQuery Of(EndpointBuilder endpoint)
    {
        var declared = endpoint.Metadata.OfType<MethodInfo>().LastOrDefault()?.GetParameters() ?? [];
        var all = declared
            .SelectMany(parameter =>
                parameter.GetCustomAttribute<AsParametersAttribute>() is null
                    ? Parameter.Of(parameter, parameter.Name!, parameter.ParameterType)
                    : parameter
                        .ParameterType.GetProperties()
                        .SelectMany(property => Parameter.Of(property, property.Name, property.PropertyType))
            )
            .Concat(endpoint.Metadata.OfType<PageRequest.Paged>().SelectMany(_ => PageRequest.Parameters))
            .Concat(
                endpoint
                    .Metadata.OfType<TakesFile>()
                    .SelectMany(_ => TakesFile.Parameters())
                    .Where(parameter => parameter.In == ParameterLocation.Query)
                    .Select(parameter => new Parameter(parameter.Name!, typeof(string), []))
            );
        return new AcceptedQuery(all, isOpen: endpoint.Metadata.OfType<Decorated>().Any());
    }

    /// <summary>Whether the query is valid. Allocates nothing for the check itself.</summary>
    public bool IsValid(HttpRequest request)
    {
        foreach (var (name, values) in request.Query)
        {
            if (
                parameters.TryGetValue(name, out var parameter) ? parameter.Fault(values, request) is not null : !isOpen
            )
                return false;
        }
        return true;
    }

    /// <summary>Adds all faults of the query by parameter.</summary>
    public void AddFaults(HttpRequest request, RequestFaults faults)
    {
        foreach (var (name, values) in request.Query)
        {
            if (parameters.TryGetValue(name, out var parameter))
            {
                if (parameter.Fault(values, request) is { } fault)
                    faults.Add(name, fault);
            }
            else if (!isOpen)
                faults.Add(name, unknown);
        }
    }

    /// <summary>A query parameter and what is checked of its value.</summary>
    internal sealed record Parameter(string Name, Type Type, IReadOnlyList<IParameterRule> Rules)
    {
        public static IEnumerable<Parameter> Of(ICustomAttributeProvider member, string name, Type type) =>
            member
                .GetCustomAttributes(inherit: false)
                .OfType<FromQueryAttribute>()
                .Select(query => new Parameter(
                    query.Name ?? name,
                    Nullable.GetUnderlyingType(type) ?? type,
                    [.. member.GetCustomAttributes(inherit: false).OfType<IParameterRule>()]
                ));

        public string? Fault(StringValues values, HttpRequest request)
        {
            if (values.Count > 1)
                return "is given twice";
            var text = values.ToString();
            if (text.Length == 0 && Type != typeof(string))
                return null; // binding reads an empty value as none
            if (text.Contains('\0', StringComparison.Ordinal))
                return Problems.Unstorable;
            if (ValueTypes.Fault(Type, text) is { } fault)
                return fault;
            foreach (var rule in Rules)
            {
                if (rule.Fault(text, request) is { } broken)
                    return broken;
            }
            return null;
        }
    }
}

/// <summary>Checks the query of each operation before its handler is called.</summary>
public static class QueryChecking
{
    /// <summary>Makes all endpoints of the group refuse unknown parameters and invalid values.</summary>
    public static RouteGroupBuilder CheckQuery(this RouteGroupBuilder group)
    {
        ((IEndpointConventionBuilder)group).Finally(static endpoint =>
            endpoint.Metadata.Add(AcceptedQuery.Of(endpoint))
        );
        return group;
    }

    /// <inheritdoc cref="AcceptedQuery.Decorated"/>
    public static RouteHandlerBuilder AllowsDecoratedAddress(this RouteHandlerBuilder endpoint) =>
        endpoint.WithMetadata(new AcceptedQuery.Decorated());

    public static void UseQueryChecking(this IApplicationBuilder app) =>
        app.Use(
            static (HttpContext http, RequestDelegate next) =>
                !http.Request.QueryString.HasValue || IsValid(http) ? next(http) : Refuse(http)
        );

    private static bool IsValid(HttpContext http) =>
        http.GetEndpoint()?.Metadata.GetMetadata<AcceptedQuery>() is { } accepted
            ? accepted.IsValid(http.Request) && !HasUnstorable(http.Request)
            : !HasUnstorable(http.Request);

    /// <summary>
    /// Attack: a statement with U+0000 fails and can leave its connection unusable for the next user; see <see
    /// cref="StorableText"/>. Also where other parameters are ignored.
    /// </summary>
    private static bool HasUnstorable(HttpRequest request) =>
        request.QueryString.Value!.Contains("%00", StringComparison.Ordinal)
        && request.Query.Any(static pair => IsUnstorable(pair.Value));

    private static bool IsUnstorable(StringValues values) =>
        values.Any(static value => value?.Contains('\0', StringComparison.Ordinal) == true);

    private static async Task Refuse(HttpContext http)
    {
        var faults = await RequestFaults.Of(http);
        foreach (var (name, values) in http.Request.Query)
        {
            if (IsUnstorable(values))
                faults.Add(name, Problems.Unstorable);
        }
        await faults.ToInvalid().ExecuteAsync(http);
    }
}
