using System.Buffers;
using System.Text.Json;
using System.Text.Unicode;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Features.Users.Importing;

/// <summary>A record of the imported file: a JSON object, or a row of a CSV file as an object of texts.</summary>
/// <param name="Line">The number of the line where the record begins, from 1.</param>
/// <param name="Value">The object. It is undefined if the record cannot be read.</param>
/// <param name="Fault">Why the record cannot be read; null: it can.</param>
internal readonly record struct SourceRecord(int Line, JsonElement Value, string? Fault = null)
{
    /// <summary>A record may not be longer, so that a hostile file cannot exhaust the memory.</summary>
    public const int MaxBytes = 64 * 1024;

    /// <summary>Exports of users nest a few levels. Deeper ones are refused.</summary>
    public const int MaxLevels = 32;

    /// <summary>The members and elements of a record, at all levels together.</summary>
    public const int MaxMembers = 5_000;

    public const string NotUtf8 = "is not UTF-8: convert the file first, for example with iconv";

    private const string UnstorableName = "has a member whose name " + Problems.Unstorable;

    // Attack: two parsers that disagree on which of two equal members counts.
    private static readonly JsonDocumentOptions Strict = new()
    {
        MaxDepth = MaxLevels,
        AllowDuplicateProperties = false,
    };

    /// <summary>Parses a JSON object. The bytes are copied.</summary>
    public static SourceRecord Of(int line, ReadOnlySpan<byte> json)
    {
        // JSON parsers accept other bytes within texts, and would replace them by U+FFFD.
        if (!Utf8.IsValid(json))
            return new SourceRecord(line, default, NotUtf8);
        try
        {
            var value = JsonElement.Parse(json, Strict);
            var members = 0;
            return value.ValueKind != JsonValueKind.Object ? new(line, default, "must be a JSON object")
                : IsTooLarge(value, ref members)
                    ? new(line, default, $"has more than {MaxMembers} members and elements in total")
                : json.IndexOf("\\u"u8) < 0 || HasStorableNames(value) ? new(line, value)
                : new(line, default, UnstorableName);
        }
        catch (JsonException e)
        {
            return new SourceRecord(line, default, FaultOf(e));
        }
        catch (InvalidOperationException) // half of a surrogate pair in a name, which the parser compares with others
        {
            return new SourceRecord(line, default, UnstorableName);
        }
    }

    /// <summary>A row of a CSV file. An empty field is absent.</summary>
    public static SourceRecord Of(int line, IEnumerable<KeyValuePair<string, string>> fields)
    {
        var json = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartObject();
            foreach (var (name, text) in fields)
                writer.WriteString(name, text);
            writer.WriteEndObject();
        }
        return new SourceRecord(line, JsonElement.Parse(json.WrittenSpan, Strict));
    }

    private static string FaultOf(JsonException e) =>
        e.Message.Contains("uplicate", StringComparison.Ordinal) ? "has the same member twice"
        : e.Message.Contains("depth", StringComparison.Ordinal) ? $"is nested deeper than {MaxLevels} levels"
        : $"body is not well-formed JSON (byte {e.BytePositionInLine + 1})";

    /// <summary>An escaped name can contain U+0000.</summary>
    private static bool HasStorableNames(JsonElement json) =>
        json.ValueKind switch
        {
            JsonValueKind.Object => json.EnumerateObject()
                .All(static member => StorableText.IsStorable(member.Name) && HasStorableNames(member.Value)),
            JsonValueKind.Array => json.EnumerateArray().All(HasStorableNames),
            _ => true,
        };

    private static bool IsTooLarge(JsonElement json, ref int members)
    {
        if (json.ValueKind == JsonValueKind.Object)
        {
            foreach (var member in json.EnumerateObject())
            {
                if (++members > MaxMembers || IsTooLarge(member.Value, ref members))
                    return true;
            }
        }
        else if (json.ValueKind == JsonValueKind.Array)
        {
            foreach (var element in json.EnumerateArray())
            {
                if (++members > MaxMembers || IsTooLarge(element, ref members))
                    return true;
            }
        }
        return false;
    }
}

/// <summary>The file as a whole cannot be read. Nothing more of it was imported.</summary>
public sealed class UnreadableFileException(string message) : Exception(message);
