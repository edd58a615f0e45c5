using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Foundation.Messaging.Templates;

/// <summary>The type of a template variable.</summary>
#pragma warning disable CA1720 // the words of the API, and of JSON
public enum VariableType
{
    Any,
    String,
    Number,
    Boolean,
    Date,
    Url,
    List,
    Object,
}
#pragma warning restore CA1720

/// <summary>A variable of a template.</summary>
/// <param name="Name">The name that the texts use: lower-case letters, digits and underscores.</param>
/// <param name="Type">A `date` is RFC 3339, a date or a moment; a `url` is http or https, so that no link runs a
/// script.</param>
/// <param name="Required">Whether a message without a value is refused.</param>
/// <param name="Default">The value that is used if none is given.</param>
/// <param name="Description">A description for the sender of a message.</param>
public sealed partial record TemplateVariable(
    string Name,
    VariableType Type = VariableType.Any,
    bool Required = true,
    JsonElement? Default = null,
    string? Description = null
)
{
    public const int MaxCount = 50;

    private const int LongestString = 10_000;
    private const int MostBytes = 64 * 1024;

    public static bool IsName(string text) => NameForm().IsMatch(text);

    /// <returns>what is wrong, by <c>template_vars.NAME</c></returns>
    public static IReadOnlyDictionary<string, string[]> Check(
        IReadOnlyList<TemplateVariable> declared,
        JsonElement? given
    )
    {
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        if (given is { ValueKind: not (JsonValueKind.Object or JsonValueKind.Null or JsonValueKind.Undefined) })
            return new Dictionary<string, string[]> { ["template_vars"] = ["must be an object"] };
        if (given is { ValueKind: JsonValueKind.Object } values)
        {
            if (values.GetRawText().Length > MostBytes)
                return new Dictionary<string, string[]>
                {
                    ["template_vars"] = [$"must have {MostBytes} bytes at most"],
                };
            foreach (var value in values.EnumerateObject())
            {
                if (declared.FirstOrDefault(variable => variable.Name == value.Name) is not { } variable)
                    errors[Member(value.Name)] =
                    [
                        declared.Count == 0
                            ? "is not a variable of this template, which has none"
                            : $"is not a variable of this template, which has {string.Join(", ", declared.Select(one => one.Name))}",
                    ];
                else if (variable.Fault(value.Value) is { } fault)
                    errors[Member(value.Name)] = [fault];
            }
        }
        foreach (
            var variable in declared.Where(variable =>
                variable is { Required: true, Default: null } && !Has(given, variable.Name)
            )
        )
            errors[Member(variable.Name)] = ["is needed"];
        return errors;
    }

    /// <summary>The values, and the defaults of those that are not given.</summary>
    public static IReadOnlyDictionary<string, JsonElement> Filled(
        IReadOnlyList<TemplateVariable> declared,
        JsonElement? given
    )
    {
        var values = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var variable in declared)
        {
            if (Has(given, variable.Name))
                values[variable.Name] = given!.Value.GetProperty(variable.Name);
            else if (variable.Default is { } otherwise)
                values[variable.Name] = otherwise;
        }
        return values;
    }

    /// <returns>what it should be; null: it is</returns>
    public string? Fault(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Null)
            return Required ? "is needed" : null;
        var isRight = Type switch
        {
            VariableType.String => value.ValueKind == JsonValueKind.String,
            VariableType.Number => value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out _),
            VariableType.Boolean => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
            VariableType.Date => value.ValueKind == JsonValueKind.String && IsDate(value.GetString()!),
            VariableType.Url => value.ValueKind == JsonValueKind.String && IsUrl(value.GetString()!),
            VariableType.List => value.ValueKind == JsonValueKind.Array,
            VariableType.Object => value.ValueKind == JsonValueKind.Object,
            _ => true,
        };
        if (!isRight)
            return Type switch
            {
                VariableType.Url => "must be a link that begins with http:// or https://",
                VariableType.Date => "must be a date or a time, like 2026-01-31 or 2026-01-31T08:00:00Z",
                VariableType.Object => "must be an object",
                _ => $"must be a {EnumText.ToText(Type)}",
            };
        return value.ValueKind == JsonValueKind.String && value.GetString()!.Length > LongestString
            ? $"must have {LongestString} characters at most"
            : Characters(value);
    }

    private static string? Characters(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.String => value
                .GetString()!
                .Any(character => char.IsControl(character) && character is not ('\n' or '\r' or '\t'))
                ? "must not contain control characters"
                : null,
            JsonValueKind.Array => value.EnumerateArray().Select(Characters).FirstOrDefault(fault => fault is not null),
            JsonValueKind.Object => value
                .EnumerateObject()
                .Select(member => Characters(member.Value))
                .FirstOrDefault(fault => fault is not null),
            _ => null,
        };

    private static bool IsUrl(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url)
        && url.Scheme is "http" or "https"
        && !text.Any(char.IsWhiteSpace);

    private static bool IsDate(string text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _)
        || (
            Moment().IsMatch(text)
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out _)
        );

    private static bool Has(JsonElement? given, string name) =>
        given is { ValueKind: JsonValueKind.Object } values
        && values.TryGetProperty(name, out var value)
        && value.ValueKind != JsonValueKind.Null;

    private static string Member(string name) => "template_vars." + StorableText.Truncate(name, 100);

    [GeneratedRegex(@"\A[a-z][a-z0-9_]{0,63}\z")]
    private static partial Regex NameForm();

    [GeneratedRegex(@"\A\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2})\z")]
    private static partial Regex Moment();
}
