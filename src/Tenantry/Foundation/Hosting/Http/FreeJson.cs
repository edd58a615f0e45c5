using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tenantry.Foundation.Hosting.Http;

/// <summary>
/// Free JSON of callers, which is stored and returned unchanged: metadata, template variables, events. One rule limits
/// all of it by its stored form. PostgreSQL writes exponents out, so a few characters could become hundreds of
/// thousands in each response.
/// </summary>
public sealed class FreeJson : JsonConverter<JsonElement>
{
    /// <summary>
    /// It must fit into the lists and logs that contain it: together they nest at most
    /// <see cref="JsonSerializerOptions.MaxDepth"/> levels.
    /// </summary>
    public const int MaxLevels = 16;

    /// <summary>Members of objects and elements of lists, at all levels together.</summary>
    public const int MaxMembers = 5_000;

    /// <summary>The longest text or member name, in UTF-16 characters.</summary>
    public const int MaxTextLength = 10_000;

    /// <summary>The longest path in a response, in characters.</summary>
    private const int LongestPath = 200;

    /// <param name="Path">The path below the root, like <c>.a[3]</c>. Empty: the root.</param>
    /// <param name="Message">Completes a sentence that begins with the path.</param>
    public sealed record Wrong(string Path, string Message);

    /// <returns>The first fault. Null: it can be stored.</returns>
    public static Wrong? Fault(JsonElement json)
    {
        var members = 0;
        return Fault(json, MaxLevels, ref members);
    }

    /// <summary>
    /// The message of a fault within a member. The sentence begins with the member's name and names the full path.
    /// </summary>
    internal static string MessageAt(string member, string path, string message) =>
        path.Length == 0 ? message : $"is refused: {member}{path} {message}";

    /// <summary>Whether PostgreSQL can store the value. This check applies to the service's own JSON too.</summary>
    public static bool IsStorable(JsonElement json) =>
        json.ValueKind switch
        {
            JsonValueKind.Object => json.EnumerateObject()
                .All(static member => IsStorable(() => member.Name) && IsStorable(member.Value)),
            JsonValueKind.Array => json.EnumerateArray().All(IsStorable),
            JsonValueKind.String => IsStorable(json.GetString),
            JsonValueKind.Number => JsonNumber.IsShort(JsonMarshal.GetRawUtf8Value(json)),
            _ => true,
        };

    /// <summary>
    /// The exact length of the value's text in PostgreSQL (<c>octet_length(value::text)</c>), if
    /// <see cref="Fault(JsonElement)"/> finds no fault and no member is repeated.
    /// </summary>
    public static long StoredBytes(JsonElement json)
    {
        long bytes = 2;
        var count = 0;
        switch (json.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var member in json.EnumerateObject())
                    bytes += (count++ > 0 ? 2 : 0) + StoredBytes(member.Name) + 2 + StoredBytes(member.Value); // ", " and ": "
                return bytes;
            case JsonValueKind.Array:
                foreach (var element in json.EnumerateArray())
                    bytes += (count++ > 0 ? 2 : 0) + StoredBytes(element);
                return bytes;
            case JsonValueKind.String:
                return StoredBytes(json.GetString()!);
            case JsonValueKind.Number:
                return JsonNumber.StoredLength(JsonMarshal.GetRawUtf8Value(json));
            default:
                return json.ValueKind == JsonValueKind.False ? 5 : 4;
        }
    }

    public override JsonElement Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var json = JsonElement.ParseValue(ref reader);
        return Fault(json) is { } fault ? throw new JsonRefusal(fault.Message, fault.Path) : json;
    }

    public override void Write(Utf8JsonWriter writer, JsonElement value, JsonSerializerOptions options) =>
        value.WriteTo(writer);

    private static Wrong? Fault(JsonElement json, int levels, ref int members)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.Object or JsonValueKind.Array when levels == 0:
                return new Wrong("", $"is nested deeper than {MaxLevels} levels");
            case JsonValueKind.Object:
                foreach (var member in json.EnumerateObject())
                {
                    if (++members > MaxMembers)
                        return TooMany();
                    if (TextFault(() => member.Name) is { } nameFault)
                        return new Wrong(
                            "",
                            nameFault == Problems.Unstorable ? nameFault : "has a member whose name " + nameFault
                        );
                    if (Fault(member.Value, levels - 1, ref members) is { } fault)
                        return At(Step(member.Name), fault);
                }
                return null;
            case JsonValueKind.Array:
                var index = 0;
                foreach (var element in json.EnumerateArray())
                {
                    if (++members > MaxMembers)
                        return TooMany();
                    if (Fault(element, levels - 1, ref members) is { } fault)
                        return At($"[{index}]", fault);
                    index++;
                }
                return null;
            case JsonValueKind.String:
                return TextFault(json.GetString) is { } textFault ? new Wrong("", textFault) : null;
            case JsonValueKind.Number:
                return JsonNumber.IsShort(JsonMarshal.GetRawUtf8Value(json))
                    ? null
                    : new Wrong("", $"must be a number of at most {JsonNumber.Longest} characters without an exponent");
            default:
                return null;
        }
    }

    private static Wrong TooMany() => new("", $"has more than {MaxMembers} members and elements in total");

    private static Wrong At(string step, Wrong fault) =>
        fault.Path.Length > LongestPath ? fault : fault with { Path = step + fault.Path };

    private static string Step(string name) =>
        name.Length is > 0 and <= 64
        && name.All(static character => char.IsAsciiLetterOrDigit(character) || character == '_')
            ? "." + name
            : $"['{new string([.. name.Take(32).Where(static character => character is >= ' ' and <= '~')])}']";

    private static string? TextFault(Func<string?> read)
    {
        try
        {
            var text = read()!;
            return text.Length > MaxTextLength ? $"must have at most {MaxTextLength} characters"
                : StorableText.IsStorable(text) ? null
                : Problems.Unstorable;
        }
        catch (InvalidOperationException) // half of a surrogate pair
        {
            return Problems.Unstorable;
        }
    }

    private static bool IsStorable(Func<string?> read)
    {
        try
        {
            return StorableText.IsStorable(read());
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private static long StoredBytes(string text)
    {
        long bytes = 2 + Encoding.UTF8.GetByteCount(text);
        foreach (var character in text)
        {
            bytes += character switch
            {
                '"' or '\\' or '\b' or '\f' or '\n' or '\r' or '\t' => 1,
                < ' ' => 5,
                _ => 0,
            };
        }
        return bytes;
    }
}

/// <summary>
/// The text of a JSON number as PostgreSQL's <c>numeric</c> writes it: without an exponent, with all zeros.
/// </summary>
public static class JsonNumber
{
    /// <summary>In characters, without an exponent. No identifier, amount or measurement is longer.</summary>
    public const int Longest = 40;

    public static bool IsShort(ReadOnlySpan<byte> number) => StoredLength(number) <= Longest;

    /// <param name="number">A well-formed number (RFC 8259, section 6).</param>
    /// <returns>The length of its text in PostgreSQL. <see cref="int.MaxValue"/>: too long to count.</returns>
    public static int StoredLength(ReadOnlySpan<byte> number)
    {
        var isNegative = number[0] == '-';
        if (isNegative)
            number = number[1..];
        var exponentAt = number.IndexOfAny((byte)'e', (byte)'E');
        long exponent = 0;
        if (exponentAt >= 0)
        {
            if (!TryExponent(number[(exponentAt + 1)..], out exponent))
                return int.MaxValue;
            number = number[..exponentAt];
        }
        var point = number.IndexOf((byte)'.');
        var whole = point < 0 ? number : number[..point];
        var fraction = point < 0 ? [] : number[(point + 1)..];

        var scale = Math.Max(0, fraction.Length - exponent);
        var leading = LeadingZeros(whole);
        var isZero = false;
        if (leading == whole.Length)
        {
            var more = LeadingZeros(fraction);
            isZero = more == fraction.Length;
            leading += more;
        }
        var digits = isZero ? 1 : Math.Max(1, whole.Length + exponent - leading);
        var length = digits + (scale > 0 ? scale + 1 : 0) + (isNegative && !isZero ? 1 : 0);
        return (int)Math.Min(length, int.MaxValue);
    }

    private static int LeadingZeros(ReadOnlySpan<byte> digits) =>
        digits.IndexOfAnyExcept((byte)'0') is var first and >= 0 ? first : digits.Length;

    private static bool TryExponent(ReadOnlySpan<byte> text, out long exponent)
    {
        exponent = 0;
        var isNegative = text[0] == '-';
        foreach (var digit in text[0] is (byte)'-' or (byte)'+' ? text[1..] : text)
        {
            exponent = (exponent * 10) + (digit - '0');
            if (exponent > int.MaxValue)
                return false;
        }
        if (isNegative)
            exponent = -exponent;
        return true;
    }
}
