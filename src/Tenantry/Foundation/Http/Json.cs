using System.Collections;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
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
        json.TypeInfoResolver = (json.TypeInfoResolver ?? new DefaultJsonTypeInfoResolver()).WithAddedModifier(RefuseHoles);
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

    /// <summary>A list of texts may be there or not; a null among its texts is what no handler thinks of, and the compiler does not see.</summary>
    private static void RefuseHoles(JsonTypeInfo type)
    {
        if (type.ElementType is { IsValueType: false })
            type.OnDeserialized = many =>
            {
                if ((many is IDictionary named ? named.Values : (IEnumerable)many).Cast<object?>().Contains(null))
                    throw new JsonRefusal("holds null where a value must be");
            };
    }
}

/// <summary>Well-formed JSON that is not taken. The message completes a sentence that begins with the member's name.</summary>
internal sealed class JsonRefusal(string message) : JsonException(message);

/// <summary>JSON of a caller's own, which is kept as it is.</summary>
internal sealed class FreeJson : JsonConverter<JsonElement>
{
    /// <summary>It has to fit into the lists and logs that show it, which nest no deeper than <see cref="JsonSerializerOptions.MaxDepth"/> with it.</summary>
    private const int MostLevels = 16;

    /// <summary>PostgreSQL has no room for U+0000 and half of a surrogate pair, in a text or in the name of a member.</summary>
    /// <returns>null: it can be kept</returns>
    public static string? Fault(JsonElement json, int levels = MostLevels)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.Object or JsonValueKind.Array when levels == 0:
                return $"is nested deeper than {MostLevels} levels";
            case JsonValueKind.Object:
                return json.EnumerateObject().Select(member => TextFault(() => member.Name) ?? Fault(member.Value, levels - 1)).FirstOrDefault(fault => fault is not null);
            case JsonValueKind.Array:
                return json.EnumerateArray().Select(part => Fault(part, levels - 1)).FirstOrDefault(fault => fault is not null);
            case JsonValueKind.String:
                return TextFault(json.GetString);
            default:
                return null;
        }
    }

    private static string? TextFault(Func<string?> read)
    {
        try
        {
            return read()!.Contains('\0', StringComparison.Ordinal) ? Problems.Unstorable : null;
        }
        catch (InvalidOperationException) // half of a pair
        {
            return Problems.Unstorable;
        }
    }

    public override JsonElement Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var json = JsonElement.ParseValue(ref reader);
        return Fault(json) is { } fault ? throw new JsonRefusal(fault) : json;
    }

    public override void Write(Utf8JsonWriter writer, JsonElement value, JsonSerializerOptions options) => value.WriteTo(writer);
}

/// <summary>RFC 3339 in UTC, to the microsecond that PostgreSQL keeps: a time reads the same when it was made and when it is read back.</summary>
internal sealed class UtcTimes : JsonConverter<DateTimeOffset>
{
    // As "O" writes it: seven digits of a second, and room for them.
    private const int Longest = 33;
    private const int ToTheSecond = 19;
    private const int ToTheMicrosecond = 26;

    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDateTimeOffset();

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options)
    {
        Span<byte> text = stackalloc byte[Longest];
        value.UtcDateTime.TryFormat(text, out _, "O", CultureInfo.InvariantCulture);
        var end = ToTheMicrosecond;
        while (text[end - 1] == '0' && end > ToTheSecond)
            end--;
        if (end == ToTheSecond + 1)
            end--; // no digit is left behind the point
        text[end] = (byte)'Z';
        writer.WriteStringValue(text[..(end + 1)]);
    }
}
