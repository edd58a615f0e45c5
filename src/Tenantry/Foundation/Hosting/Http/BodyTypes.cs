using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.Options;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace Tenantry.Foundation.Hosting.Http;

/// <summary>
/// The types that are read from requests, with the types of their members. An optional member of a request may be
/// absent and an unknown one is refused; a response has all of its members, and may get more later.
/// </summary>
internal sealed class BodyTypes(EndpointDataSource endpoints, IOptions<JsonOptions> json)
{
    private readonly Lazy<HashSet<Type>> requests = new(() => Find(endpoints, json.Value.SerializerOptions));

    public bool IsRead(Type type) => requests.Value.Contains(type);

    private static HashSet<Type> Find(EndpointDataSource endpoints, JsonSerializerOptions json)
    {
        var found = new HashSet<Type>();
        var waiting = new Stack<Type>(
            endpoints
                .Endpoints.SelectMany(endpoint => endpoint.Metadata.OfType<IAcceptsMetadata>())
                .Select(accepted => accepted.RequestType)
                .OfType<Type>()
        );
        while (waiting.TryPop(out var next))
        {
            var type = Nullable.GetUnderlyingType(next) ?? next;
            if (!found.Add(type))
                continue;
            var info = json.GetTypeInfo(type);
            if (info.ElementType is { } element)
                waiting.Push(element);
            foreach (var property in info.Kind == JsonTypeInfoKind.Object ? info.Properties : [])
                waiting.Push(property.PropertyType);
        }
        return found;
    }
}
