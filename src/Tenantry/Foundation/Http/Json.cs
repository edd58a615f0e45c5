using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Net.Http.Headers;

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
        json.Converters.Add(new FreeJson());
        json.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false));
    });

    /// <summary>
    /// JSON is UTF-8 (RFC 8259, section 8.1). The framework would read other encodings for whoever names them, and fails on those that it does
    /// not know.
    /// </summary>
    public static void UseJsonInUtf8(this IApplicationBuilder app) => app.Use((http, next) =>
        http.GetEndpoint()?.Metadata.GetMetadata<IAcceptsMetadata>() is not null
        && MediaTypeHeaderValue.TryParse(http.Request.ContentType, out var type) && type.Charset.HasValue && type.MediaType.EndsWith("json", StringComparison.OrdinalIgnoreCase)
        && !HeaderUtilities.RemoveQuotes(type.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase)
            ? ProblemDocument.Write(http, Problems.UnsupportedMediaType, "JSON is sent in UTF-8.")
            : next(http));

    /// <summary>Whether PostgreSQL has room for it: no text in it, nor the name of a member, holds U+0000 or half of a surrogate pair.</summary>
    public static bool IsStorable(JsonElement json)
    {
        // Neither can come but by its escape.
        return !json.GetRawText().Contains("\\u", StringComparison.Ordinal) || Each(json);

        static bool Each(JsonElement part) => part.ValueKind switch
        {
            JsonValueKind.String => Text(part.GetString),
            JsonValueKind.Array => part.EnumerateArray().All(Each),
            JsonValueKind.Object => part.EnumerateObject().All(member => Text(() => member.Name) && Each(member.Value)),
            _ => true,
        };

        static bool Text(Func<string?> read)
        {
            try
            {
                return read()?.Contains('\0', StringComparison.Ordinal) == false;
            }
            catch (InvalidOperationException) // half of a pair
            {
                return false;
            }
        }
    }
}

/// <summary>JSON of a caller's own, which is kept as it is.</summary>
internal sealed class FreeJson : JsonConverter<JsonElement>
{
    /// <summary>In the message of the exception: what went wrong.</summary>
    public const string Unstorable = "holds a character that cannot be stored";

    public override JsonElement Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var json = JsonElement.ParseValue(ref reader);
        return Json.IsStorable(json) ? json : throw new JsonException(Unstorable);
    }

    public override void Write(Utf8JsonWriter writer, JsonElement value, JsonSerializerOptions options) => value.WriteTo(writer);
}

/// <summary>RFC 3339 in UTC, to the microsecond that PostgreSQL keeps: a time reads the same when it was made and when it is read back.</summary>
internal sealed class UtcTimes : JsonConverter<DateTimeOffset>
{
    private const string Format = "yyyy-MM-ddTHH:mm:ss.FFFFFFZ";

    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDateTimeOffset();

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.UtcDateTime.ToString(Format, CultureInfo.InvariantCulture));
}
