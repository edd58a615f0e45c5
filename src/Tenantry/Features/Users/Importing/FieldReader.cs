using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Features.Users.Importing;

/// <summary>
/// Reads the fields of a user from a record, and collects all faults. A field has one or more paths: the first that has
/// a value counts. An empty text is no value, because a CSV file has no other.
/// </summary>
internal sealed class FieldReader(JsonElement record, FieldMap map, DateTimeOffset now, List<string> faults)
{
    public JsonElement Record => record;

    /// <summary>The time of the import.</summary>
    public DateTimeOffset Now => now;

    /// <summary>Whether members that no field takes are a fault. Who maps fields has chosen what is taken.</summary>
    public bool IsStrict => map.IsEmpty;

    public string? Text(string field, params ReadOnlySpan<string> paths) =>
        Mapped(field, paths) is { } value ? TextOf(field, value) : null;

    public bool? Flag(string field, params ReadOnlySpan<string> paths)
    {
        if (Mapped(field, paths) is not { } value)
            return null;
        switch (value.ValueKind == JsonValueKind.String ? TextOf(field, value)?.ToLowerInvariant() : value.GetRawText())
        {
            case "true" or "t" or "yes" or "1":
                return true;
            case "false" or "f" or "no" or "0":
                return false;
            default:
                faults.Add($"{field} must be true or false");
                return null;
        }
    }

    /// <param name="field">The field, for the fault.</param>
    /// <param name="paths">A time that MongoDB exports is the member <c>$date</c> of an object.</param>
    public DateTimeOffset? Time(string field, params ReadOnlySpan<string> paths)
    {
        if (Mapped(field, paths) is not { } value)
            return null;
        if (value.ValueKind == JsonValueKind.Object && value.TryGetProperty("$date", out var date))
            value = date;
        if (
            value.ValueKind is JsonValueKind.String or JsonValueKind.Number
            && TextOf(field, value) is { } text
            && ImportedTime.TryParse(text, out var time)
        )
            return time.ToUniversalTime();
        faults.Add($"{field} {ImportedTime.Form}");
        return null;
    }

    /// <summary>A list of texts, or one text with commas between them.</summary>
    public IReadOnlyList<string> Texts(string field, params ReadOnlySpan<string> paths)
    {
        if (Mapped(field, paths) is not { } value)
            return [];
        if (value.ValueKind == JsonValueKind.Array)
            return [.. value.EnumerateArray().Select(one => TextOf(field, one)).OfType<string>()];
        return TextOf(field, value)?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            ?? [];
    }

    /// <summary>
    /// The metadata: the members that the format takes, and those of <c>--map metadata.NAME=COLUMN</c>.
    /// </summary>
    /// <param name="whole">The path of an object that is the metadata; null: there is none.</param>
    /// <param name="members">Further members.</param>
    public JsonElement? Metadata(string? whole, IEnumerable<(string Name, JsonElement Value)>? members = null)
    {
        var all = new List<(string Name, JsonElement Value)>();
        if (Mapped("metadata", whole is null ? [] : [whole]) is { } value)
        {
            if (ObjectOf(value) is { } json)
                all.AddRange(json.EnumerateObject().Select(member => (member.Name, member.Value)));
            else
                faults.Add("metadata must be a JSON object");
        }
        if (map["metadata"] is null && members is not null)
            all.AddRange(members);
        all.AddRange(
            map.Metadata.Select(one => (one.Member, Value: Find(one.Path)))
                .Where(one => one.Value is not null)
                .Select(one => (one.Member, one.Value!.Value))
        );
        if (all.Count == 0)
            return null;
        var written = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(written))
        {
            writer.WriteStartObject();
            foreach (var (name, member) in all.DistinctBy(one => one.Name, StringComparer.Ordinal))
            {
                if (FreeJson.Fault(member) is { } wrong)
                {
                    faults.Add($"metadata {FreeJson.MessageAt("metadata", $".{name}{wrong.Path}", wrong.Message)}");
                    continue;
                }
                writer.WritePropertyName(name);
                member.WriteTo(writer);
            }
            writer.WriteEndObject();
        }
        return JsonElement.Parse(written.WrittenSpan);
    }

    /// <returns>The value at a path; null: it is absent, null or empty.</returns>
    public JsonElement? Find(string path)
    {
        if (record.TryGetProperty(path, out var value))
            return Present(value);
        if (!path.Contains('.'))
            return null;
        value = record;
        foreach (var step in path.Split('.'))
        {
            if (value.ValueKind == JsonValueKind.Array)
            {
                if (
                    !int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out var index)
                    || index >= value.GetArrayLength()
                )
                    return null;
                value = value[index];
            }
            else if (value.ValueKind != JsonValueKind.Object || !value.TryGetProperty(step, out value))
                return null;
        }
        return Present(value);
    }

    /// <returns>A text outside the fields; null: it is absent or no text.</returns>
    public string? Plain(string path) =>
        Find(path) is { ValueKind: JsonValueKind.String } value ? TextOf(path, value) : null;

    /// <returns>A JSON object, or the one that a text contains; null: it is neither.</returns>
    public static JsonElement? ObjectOf(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Object)
            return value;
        if (value.ValueKind != JsonValueKind.String)
            return null;
        try
        {
            var parsed = SourceRecord.Of(0, System.Text.Encoding.UTF8.GetBytes(value.GetString()!));
            return parsed.Fault is null ? parsed.Value : null;
        }
        catch (InvalidOperationException) // half of a surrogate pair
        {
            return null;
        }
    }

    /// <returns>A value that the format derives for a field; null: the operator has mapped the field.</returns>
    public string? Unless(string field, string? derived) => map[field] is null ? derived : null;

    /// <summary>The mapped value, or the one that the format derives.</summary>
    public string? Derived(string field, string? derived) => map[field] is null ? derived : Text(field);

    /// <summary>The mapped value, or the one that the format derives.</summary>
    public bool? Derived(string field, bool? derived) => map[field] is null ? derived : Flag(field);

    public void Fault(string fault) => faults.Add(fault);

    private JsonElement? Mapped(string field, ReadOnlySpan<string> paths)
    {
        if (map[field] is { } mapped)
            return mapped.Length == 0 ? null : Find(mapped);
        foreach (var path in paths)
        {
            if (Find(path) is { } value)
                return value;
        }
        return null;
    }

    private string? TextOf(string field, JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Number)
            return value.GetRawText();
        if (value.ValueKind != JsonValueKind.String)
        {
            faults.Add($"{field} has a value of the wrong type");
            return null;
        }
        try
        {
            if (value.GetString() is { } text && StorableText.IsStorable(text))
                return text;
        }
        catch (InvalidOperationException) { } // half of a surrogate pair
        faults.Add($"{field} {Problems.Unstorable}");
        return null;
    }

    private static JsonElement? Present(JsonElement value) =>
        value.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined
        || (value.ValueKind == JsonValueKind.String && value.ValueEquals(""u8))
            ? null
            : value;
}
