using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace Tenantry.Foundation.Hosting.Http;

// Rules for parameters of operations. They are checked before the handler runs, and the OpenAPI document has them.

/// <summary>A rule for the value of a query parameter or header.</summary>
public interface IParameterRule
{
    /// <returns>The message, which completes a sentence that begins with the parameter's name. Null: valid.</returns>
    string? Fault(string text, HttpRequest request);

    /// <summary>Adds the rule to the parameter's schema.</summary>
    void Describe(OpenApiSchema schema);
}

/// <summary>The parameter takes one of a few texts.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
public sealed class OneOfAttribute(params string[] values) : Attribute, IParameterRule
{
    /// <param name="enumeration">An enumeration, whose values have the texts of <see cref="EnumText"/>.</param>
    public OneOfAttribute(Type enumeration)
        : this(EnumText.AllOf(enumeration)) { }

    public IReadOnlyList<string> Values { get; } = values;

    public string? Fault(string text, HttpRequest request) =>
        Values.Contains(text) ? null : $"must be one of {string.Join(", ", Values)}";

    public void Describe(OpenApiSchema schema) => schema.Enum = [.. Values.Select(value => JsonValue.Create(value))];
}

/// <summary>The parameter takes a whole number within limits.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
public sealed class WholeNumberAttribute(long least, long most) : Attribute, IParameterRule
{
    public string? Fault(string text, HttpRequest request) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
        && number >= least
        && number <= most
            ? null
            : string.Create(
                CultureInfo.InvariantCulture,
                $"must be a whole number {(most == long.MaxValue ? $"of at least {least}" : $"from {least} to {most}")}"
            );

    public void Describe(OpenApiSchema schema)
    {
        schema.Minimum = least.ToString(CultureInfo.InvariantCulture);
        if (most != long.MaxValue)
            schema.Maximum = most.ToString(CultureInfo.InvariantCulture);
    }
}

/// <summary>The parameter is the end of a period, and another one its start.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
public sealed class NotBeforeAttribute(string start) : Attribute, IParameterRule
{
    public string? Fault(string text, HttpRequest request) =>
        ValueTypes.TryReadTime(request.Query[start].ToString(), out var from)
        && ValueTypes.TryReadTime(text, out var to)
        && from > to
            ? $"must not be before {start}"
            : null;

    public void Describe(OpenApiSchema schema) { } // JSON Schema cannot compare two parameters
}

/// <summary>The types of values in requests, and what a message says about a value of another type.</summary>
internal static class ValueTypes
{
    private const string Time = "must be a time with its offset, such as 2026-03-14T09:26:53Z";

    private static readonly Dictionary<Type, (Func<string, bool> Reads, string Rule)> Types = new()
    {
        [typeof(Guid)] = (static text => Guid.TryParse(text, CultureInfo.InvariantCulture, out _), "must be a UUID"),
        [typeof(int)] = (
            static text => int.TryParse(text, CultureInfo.InvariantCulture, out _),
            "must be a whole number"
        ),
        [typeof(long)] = (
            static text => long.TryParse(text, CultureInfo.InvariantCulture, out _),
            "must be a whole number"
        ),
        [typeof(bool)] = (static text => bool.TryParse(text, out _), "must be true or false"),
        [typeof(DateTimeOffset)] = (static text => TryReadTime(text, out _), Time),
        [typeof(string)] = (static _ => true, "must be a text"),
        [typeof(Uri)] = (static _ => true, "must be an address"),
    };

    /// <summary>
    /// Reads a time of the query. A <c>+</c> in a query means a space, so that an offset arrives without its sign.
    /// </summary>
    public static bool TryReadTime(string text, out DateTimeOffset time)
    {
        time = default;
        return !HasLostPlus(text)
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time);
    }

    /// <returns>The message about the value of a parameter. Null: it has the type.</returns>
    public static string? Fault(Type type, string text) =>
        !Types.TryGetValue(type, out var known) || known.Reads(text) ? null
        : known.Rule == Time && HasLostPlus(text)
            ? Time + "; write the plus sign as %2B, because it means a space in a query"
        : known.Rule;

    /// <summary>The rule for the type of a JSON value.</summary>
    public static string RuleOf(Type type, JsonValueKind given)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type.IsEnum)
            return $"must be one of {string.Join(", ", EnumText.AllOf(type))}";
        return given == JsonValueKind.Null ? "must not be null"
            : Types.TryGetValue(type, out var known) ? known.Rule
            : "has a value of the wrong type";
    }

    /// <summary>Whether a time ends like <c>T09:26:53 02:00</c>.</summary>
    private static bool HasLostPlus(string text) =>
        text.Length > 6 && text[^6] == ' ' && text[^3] == ':' && text.Contains('T', StringComparison.Ordinal);
}
