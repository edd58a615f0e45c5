using System.Collections;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Net.Http.Headers;

namespace Tenantry.Foundation.Hosting.Http;

/// <summary>How JSON bodies are written, and how strictly they are read.</summary>
public static class Json
{
    public static void AddJson(this IServiceCollection services) =>
        services.ConfigureHttpJsonOptions(options =>
        {
            var json = options.SerializerOptions;
            json.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
            json.DictionaryKeyPolicy = null;
            json.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
            json.AllowDuplicateProperties = false; // attack: two parsers that disagree on which duplicate counts
            json.MaxDepth = 32;
            json.NumberHandling = JsonNumberHandling.Strict;
            json.PropertyNameCaseInsensitive = false;
            json.Converters.Add(new UtcTimes());
            json.Converters.Add(new FreeJson());
            json.TypeInfoResolver = (json.TypeInfoResolver ?? new DefaultJsonTypeInfoResolver())
                .WithAddedModifier(RefuseNullElements)
                .WithAddedModifier(RefuseUnstorable)
                .WithAddedModifier(TrimAddresses);
            json.Converters.Add(
                new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false)
            );
        });

    /// <summary>
    /// JSON is UTF-8 (RFC 8259, section 8.1). The framework would read other encodings that a request names, and fails
    /// on unknown ones.
    /// </summary>
    public static void UseJsonInUtf8(this IApplicationBuilder app) =>
        app.Use(
            (http, next) =>
                http.GetEndpoint()?.Metadata.GetMetadata<IAcceptsMetadata>() is not null
                && MediaTypeHeaderValue.TryParse(http.Request.ContentType, out var type)
                && type.Charset.HasValue
                && type.MediaType.EndsWith("json", StringComparison.OrdinalIgnoreCase)
                && !HeaderUtilities.RemoveQuotes(type.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase)
                    ? ProblemDocument.Write(http, Problems.UnsupportedMediaType, "JSON must be encoded in UTF-8.")
                    : next(http)
        );

    /// <summary>
    /// Refuses null within a list or map of texts: handlers do not expect it, and the compiler cannot see it.
    /// </summary>
    private static void RefuseNullElements(JsonTypeInfo type)
    {
        if (type.ElementType is { IsValueType: false })
            type.OnDeserialized = many =>
            {
                if ((many is IDictionary named ? named.Values : (IEnumerable)many).Cast<object?>().Contains(null))
                    throw new JsonRefusal("contains null where a value is required");
            };
    }

    /// <summary>
    /// Addresses that people paste have spaces around them. They are removed in one place, before the address is
    /// validated: after the object was read, because a converter would hide from the API's document that it is a text.
    /// </summary>
    private static void TrimAddresses(JsonTypeInfo type)
    {
        if (type.Kind != JsonTypeInfoKind.Object)
            return;
        var before = type.OnDeserialized;
        // Found once: reflection for each request would cost more than the rest of it.
        var addresses = new Lazy<JsonPropertyInfo[]>(() => [.. type.Properties.Where(IsAddress)]);
        type.OnDeserialized = value =>
        {
            before?.Invoke(value);
            foreach (var property in addresses.Value)
            {
                if (property.Get?.Invoke(value) is string text)
                    property.Set!(value, EmailAddress.Stored(text));
            }
        };

        static bool IsAddress(JsonPropertyInfo property) =>
            property.PropertyType == typeof(string)
            && (
                property.AttributeProvider?.IsDefined(typeof(EmailAttribute), inherit: true) == true
                || property.AssociatedParameter?.AttributeProvider?.IsDefined(typeof(EmailAttribute), inherit: true)
                    == true
            );
    }

    /// <summary>
    /// Texts of requests, and names of members of the caller's own, with U+0000; half of a pair is refused by the
    /// serializer. After the object was read: a converter of all texts would hide from the API's document that they are
    /// texts, and cost each answer something.
    /// </summary>
    private static void RefuseUnstorable(JsonTypeInfo type)
    {
        var before = type.OnDeserialized;
        if (type.Kind == JsonTypeInfoKind.Object)
        {
            // The getters of the properties exist only when the type is complete.
            type.OnDeserialized = value =>
            {
                before?.Invoke(value);
                foreach (var property in type.Properties)
                {
                    if (
                        property.PropertyType == typeof(string)
                        && property.Get?.Invoke(value) is string text
                        && !StorableText.IsStorable(text)
                    )
                        throw new JsonRefusal(Problems.Unstorable, member: property.Name);
                }
            };
        }
        else if (
            type.Kind == JsonTypeInfoKind.Dictionary
            || (type.Kind == JsonTypeInfoKind.Enumerable && type.ElementType == typeof(string))
        )
        {
            type.OnDeserialized = value =>
            {
                before?.Invoke(value);
                var texts = value switch
                {
                    IEnumerable<string?> all => all,
                    IDictionary named => named.Keys.OfType<string>().Concat(named.Values.OfType<string>()),
                    _ => [],
                };
                if (!texts.All(static text => StorableText.IsStorable(text)))
                    throw new JsonRefusal(Problems.Unstorable);
            };
        }
    }
}

/// <summary>
/// Well-formed JSON that is refused. The message completes a sentence that begins with the member's name.
/// </summary>
/// <param name="message">The rule that is violated.</param>
/// <param name="below">The path of the fault below the member that the serializer names, like <c>.a[3]</c>.</param>
/// <param name="member">The faulty member of the object that the serializer names.</param>
internal sealed class JsonRefusal(string message, string below = "", string? member = null) : JsonException(message)
{
    public string Below => below;

    public string? Member => member;
}

/// <summary>
/// Times in RFC 3339, in UTC, with the microseconds that PostgreSQL stores, so that a stored time does not change.
/// </summary>
internal sealed class UtcTimes : JsonConverter<DateTimeOffset>
{
    // As "O" writes it: seven digits of a second, and room for them.
    private const int Longest = 33;
    private const int ToTheSecond = 19;
    private const int ToTheMicrosecond = 26;

    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.GetDateTimeOffset();

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
