using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Tenantry.Foundation.Hosting.Http;

/// <summary>
/// Compares a JSON document with the type that it is read as: unknown and repeated members, and values of the wrong
/// type, each with the field that the serializer would name.
/// </summary>
internal sealed class MemberFaults(RequestFaults faults)
{
    /// <summary>The characters for which the serializer writes a name in brackets.</summary>
    private static readonly SearchValues<char> Special = SearchValues.Create(
        ". '/\"[]()\t\n\r\f\b\\\u0085\u2028\u2029"
    );

    private readonly HashSet<string> omitted = new(StringComparer.Ordinal);

    /// <summary>Whether the value of a field, or a value around it, has the wrong type.</summary>
    public bool IsOmitted(string field) =>
        omitted.Contains(field)
        || omitted.Any(path => field.StartsWith(path, StringComparison.Ordinal) && field[path.Length] is '.' or '[');

    /// <returns>Whether the value can be read as the type, apart from members within it.</returns>
    public bool Find(JsonElement value, JsonTypeInfo type, string path)
    {
        if (faults.IsFull)
            return true;
        return type.Kind switch
        {
            JsonTypeInfoKind.Object => FindInObject(value, type, path),
            JsonTypeInfoKind.Enumerable => FindInList(value, type, path),
            JsonTypeInfoKind.Dictionary => FindInMap(value, type, path),
            _ => IsReadable(value, type, path),
        };
    }

    /// <returns>The body without the members that cannot be read. Null: it still cannot be read.</returns>
    public object? Rest(JsonElement body, JsonTypeInfo type)
    {
        var rest = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(rest))
            Write(body, type, "", writer);
        try
        {
            return JsonSerializer.Deserialize(rest.WrittenSpan, type);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private bool FindInObject(JsonElement value, JsonTypeInfo type, string path)
    {
        if (value.ValueKind != JsonValueKind.Object)
            return Refuse(path, "must be a JSON object");
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var member in value.EnumerateObject())
        {
            if (NameOf(member) is not { } name)
                return Refuse(path, "has a member whose name is not well-formed");
            var field = Below(path, name);
            if (Member(type, name) is not { } known)
                faults.Add(field, "is not a member of this object");
            else if (!seen.Add(name))
                faults.Add(field, "is given twice");
            else if (!IsNull(member.Value, known.Type) && !Find(member.Value, known, field))
                omitted.Add(field);
        }
        return true;
    }

    private bool FindInList(JsonElement value, JsonTypeInfo type, string path)
    {
        if (value.ValueKind != JsonValueKind.Array)
            return Refuse(path, "must be a list");
        var element = type.Options.GetTypeInfo(type.ElementType!);
        var (index, isReadable) = (0, true);
        foreach (var item in value.EnumerateArray())
        {
            if (item.ValueKind == JsonValueKind.Null && !element.Type.IsValueType)
                return Refuse(path, "contains null where a value is required");
            if (!IsNull(item, element.Type))
                isReadable &= Find(item, element, $"{path}[{index}]");
            index++;
        }
        return isReadable;
    }

    private bool FindInMap(JsonElement value, JsonTypeInfo type, string path)
    {
        if (value.ValueKind != JsonValueKind.Object)
            return Refuse(path, "must be a JSON object");
        var element = type.Options.GetTypeInfo(type.ElementType!);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var isReadable = true;
        foreach (var member in value.EnumerateObject())
        {
            if (NameOf(member) is not { } name || !StorableText.IsStorable(name))
                return Refuse(path, Problems.Unstorable);
            if (member.Value.ValueKind == JsonValueKind.Null && !element.Type.IsValueType)
                return Refuse(path, "contains null where a value is required");
            if (!seen.Add(name))
                isReadable = Refuse(Below(path, name), "is given twice");
            else if (!IsNull(member.Value, element.Type))
                isReadable &= Find(member.Value, element, Below(path, name));
        }
        return isReadable;
    }

    private bool IsReadable(JsonElement value, JsonTypeInfo type, string path)
    {
        try
        {
            return value.Deserialize(type) is not string text
                || StorableText.IsStorable(text)
                || Refuse(path, Problems.Unstorable);
        }
        catch (JsonRefusal refusal)
        {
            return Refuse(path, FreeJson.MessageAt(path, refusal.Below, refusal.Message));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            return Refuse(path, ValueTypes.RuleOf(type.Type, value.ValueKind));
        }
    }

    private bool Refuse(string path, string message)
    {
        faults.Add(path.Length == 0 ? "body" : path, message);
        return false;
    }

    /// <summary>Copies what can be read. The document itself was found to be an object.</summary>
    private void Write(JsonElement value, JsonTypeInfo type, string path, Utf8JsonWriter writer)
    {
        if (type.Kind == JsonTypeInfoKind.Object && value.ValueKind == JsonValueKind.Object)
        {
            writer.WriteStartObject();
            var seen = new HashSet<string>(StringComparer.Ordinal);
            foreach (var member in value.EnumerateObject())
            {
                if (
                    NameOf(member) is not { } name
                    || Member(type, name) is not { } known
                    || omitted.Contains(Below(path, name))
                    || !seen.Add(name)
                )
                    continue;
                writer.WritePropertyName(name);
                Write(member.Value, known, Below(path, name), writer);
            }
            writer.WriteEndObject();
        }
        else if (type.Kind == JsonTypeInfoKind.Enumerable && value.ValueKind == JsonValueKind.Array)
        {
            writer.WriteStartArray();
            var (element, index) = (type.Options.GetTypeInfo(type.ElementType!), 0);
            foreach (var item in value.EnumerateArray())
                Write(item, element, $"{path}[{index++}]", writer);
            writer.WriteEndArray();
        }
        else if (type.Kind == JsonTypeInfoKind.Dictionary && value.ValueKind == JsonValueKind.Object)
        {
            writer.WriteStartObject();
            var element = type.Options.GetTypeInfo(type.ElementType!);
            foreach (var member in value.EnumerateObject())
            {
                writer.WritePropertyName(member.Name);
                Write(member.Value, element, Below(path, member.Name), writer);
            }
            writer.WriteEndObject();
        }
        else
        {
            value.WriteTo(writer);
        }
    }

    /// <returns>The type of a member that a request may set. Null: there is none of this name.</returns>
    private static JsonTypeInfo? Member(JsonTypeInfo type, string name)
    {
        foreach (var property in type.Properties)
        {
            if (property.Name == name)
                return type.Options.GetTypeInfo(property.PropertyType);
        }
        return null;
    }

    private static bool IsNull(JsonElement value, Type type) =>
        value.ValueKind == JsonValueKind.Null && (!type.IsValueType || Nullable.GetUnderlyingType(type) is not null);

    private static string Below(string path, string name) =>
        name.AsSpan().ContainsAny(Special) ? $"{(path.Length == 0 ? "$" : path)}['{name}']"
        : path.Length == 0 ? name
        : $"{path}.{name}";

    /// <returns>Null: the name contains half of a surrogate pair.</returns>
    private static string? NameOf(JsonProperty member)
    {
        try
        {
            return member.Name;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
