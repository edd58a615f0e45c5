using System.Globalization;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Mvc;

namespace Tenantry.Foundation.Hosting.Http;

/// <summary>
/// Names query parameters with a value of the wrong type. The generated request delegates throw for a required
/// parameter, and return a 400 without a body for an optional one.
/// </summary>
internal static class UnreadableQuery
{
    private static readonly Dictionary<Type, (Func<string, bool> Reads, string Rule)> Types = new()
    {
        [typeof(Guid)] = (static text => Guid.TryParse(text, CultureInfo.InvariantCulture, out _), "must be a UUID"),
        [typeof(int)] = (
            static text => int.TryParse(text, CultureInfo.InvariantCulture, out _),
            "must be a whole number"
        ),
        [typeof(long)] = (
            static text => long.TryParse(text, CultureInfo.InvariantCulture, out _),
            "must be a whole number"
        ),
        [typeof(bool)] = (static text => bool.TryParse(text, out _), "must be true or false"),
        [typeof(DateTimeOffset)] = (
            static text =>
                DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out _),
            "must be a time with its offset, such as 2026-03-14T09:26:53Z"
        ),
    };

    /// <returns>The faults by the parameter's name. Null: the query is valid.</returns>
    public static Dictionary<string, string[]>? Faults(HttpContext http)
    {
        Dictionary<string, string[]>? faults = null;
        foreach (var parameter in http.GetEndpoint()?.Metadata.GetOrderedMetadata<IParameterBindingMetadata>() ?? [])
        {
            var type =
                Nullable.GetUnderlyingType(parameter.ParameterInfo.ParameterType)
                ?? parameter.ParameterInfo.ParameterType;
            var query = parameter
                .ParameterInfo.GetCustomAttributes(false)
                .OfType<FromQueryAttribute>()
                .FirstOrDefault();
            var name = query?.Name ?? parameter.Name;
            if (
                query is null
                || !Types.TryGetValue(type, out var known)
                || !http.Request.Query.TryGetValue(name, out var given)
            )
                continue;
            if (given.ToString() is { Length: > 0 } text && !known.Reads(text))
                (faults ??= new(StringComparer.Ordinal))[name] = [known.Rule];
        }
        return faults;
    }
}
