using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tenantry.Foundation.Http;

/// <summary>How bodies are written and how strictly they are read.</summary>
public static class Json
{
    public static void AddJson(this IServiceCollection services) => services.ConfigureHttpJsonOptions(options =>
    {
        var json = options.SerializerOptions;
        json.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
        json.DictionaryKeyPolicy = null;
        json.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        json.AllowDuplicateProperties = false; // two parsers that disagree on which one counts are an attack
        json.MaxDepth = 32;
        json.NumberHandling = JsonNumberHandling.Strict;
        json.PropertyNameCaseInsensitive = false;
        json.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false));
    });
}
