using System.Globalization;
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
        json.Converters.Add(new UtcTimes());
        json.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false));
    });
}

/// <summary>RFC 3339 in UTC, to the microsecond that PostgreSQL keeps: a time reads the same when it was made and when it is read back.</summary>
internal sealed class UtcTimes : JsonConverter<DateTimeOffset>
{
    private const string Format = "yyyy-MM-ddTHH:mm:ss.FFFFFFZ";

    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDateTimeOffset();

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.UtcDateTime.ToString(Format, CultureInfo.InvariantCulture));
}
