using System.Globalization;
using System.Text.Json;

namespace Tenantry.Foundation.Templates;

/// <summary>What a template is made of, as it is kept.</summary>
/// <param name="Name">by which it is asked for</param>
/// <param name="Type">by what its messages go</param>
/// <param name="Locale">of the three texts</param>
/// <param name="Subject">Liquid</param>
/// <param name="Body">Liquid</param>
/// <param name="HtmlBody">Liquid, escaped</param>
/// <param name="Translations">by language tag, an object with the same three</param>
/// <param name="Variables">a list of <see cref="TemplateVariable"/></param>
public sealed record TemplateRow(string Name, Channel Type, string Locale, string? Subject, string? Body, string? HtmlBody, JsonElement Translations, JsonElement Variables);

/// <summary>The three texts in one language.</summary>
/// <param name="Subject">of a mail, or the title of a push message</param>
/// <param name="Body">as text</param>
/// <param name="HtmlBody">as HTML</param>
public sealed record TemplateTexts(string? Subject, string? Body, string? HtmlBody);

/// <summary>A template that is ready to be filled: parsed, in all its languages.</summary>
public sealed class CompiledTemplate
{
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new System.Text.Json.Serialization.JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false) },
    };

    private readonly Dictionary<string, MessageText> byLocale;
    private readonly string locale;
    private readonly IReadOnlyList<TemplateVariable> variables;

    private CompiledTemplate(TemplateRow row, Dictionary<string, MessageText> byLocale, IReadOnlyList<TemplateVariable> variables, string? unusable = null) =>
        (Name, Type, locale, this.byLocale, this.variables, Unusable) = (row.Name, row.Type, row.Locale, byLocale, variables, unusable);

    public string Name { get; }

    public Channel Type { get; }

    /// <summary>Why it cannot be rendered, by member, line and column; null: it can.</summary>
    public string? Unusable { get; }

    /// <summary>One of the service's own.</summary>
    public static CompiledTemplate Of(TemplateRow row) => OfStored(row) is { Unusable: null } template ? template : throw new InvalidOperationException($"The template {row.Name} has faults.");

    /// <summary>
    /// One that a tenant stored. It was accepted then, perhaps by a version that was less strict: where this one does not take it, it is there and says why in <see cref="Unusable"/>, and
    /// <see cref="Render"/> throws, so that whoever can send without it does.
    /// </summary>
    public static CompiledTemplate OfStored(TemplateRow row)
    {
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        return TryCompile(row, errors) ?? new CompiledTemplate(row, [], [], string.Join("; ", errors.Select(error => $"{error.Key} {error.Value[0]}")));
    }

    /// <returns>null: <paramref name="errors"/> says what is wrong, by the members of the request</returns>
    public static CompiledTemplate? TryCompile(TemplateRow row, Dictionary<string, string[]> errors)
    {
        var variables = row.Variables.Deserialize<List<TemplateVariable>>(Json) ?? [];
        var declared = variables.Select(variable => variable.Name).ToHashSet(StringComparer.Ordinal);
        var byLocale = new Dictionary<string, MessageText>(StringComparer.OrdinalIgnoreCase);
        if (Parse(new TemplateTexts(row.Subject, row.Body, row.HtmlBody), "", declared, errors) is { } own)
            byLocale[row.Locale] = own;
        foreach (var translation in row.Translations.ValueKind == JsonValueKind.Object ? row.Translations.EnumerateObject() : default)
        {
            if (Parse(translation.Value.Deserialize<TemplateTexts>(Json)!, $"translations.{translation.Name}.", declared, errors) is { } text)
                byLocale[translation.Name] = text;
        }
        return errors.Count == 0 ? new CompiledTemplate(row, byLocale, variables) : null;
    }

    /// <summary>Adds what is wrong with the values for it.</summary>
    public void Check(JsonElement? values, Dictionary<string, string[]> errors)
    {
        foreach (var (member, faults) in TemplateVariable.Check(variables, values))
            errors[member] = [.. faults];
    }

    /// <param name="values">that have passed <see cref="Check"/></param>
    /// <param name="wanted">languages, the best first</param>
    /// <param name="now">what the template takes for the present</param>
    /// <exception cref="TemplateLimitException">it makes too much of them, or is <see cref="Unusable"/></exception>
    public MessageParts Render(JsonElement? values, IReadOnlyList<string> wanted, DateTimeOffset now)
    {
        if (Unusable is not null)
            throw new TemplateLimitException("its text is not one that this version takes: " + Unusable);
        var chosen = Templates.Locale.Choose(byLocale.Keys, wanted) ?? locale;
        return byLocale[chosen].Render(TemplateVariable.Filled(variables, values), CultureOf(chosen), now);
    }

    private static CultureInfo CultureOf(string tag)
    {
        try
        {
            return CultureInfo.GetCultureInfo(tag);
        }
        catch (CultureNotFoundException)
        {
            return CultureInfo.InvariantCulture;
        }
    }

    private static MessageText? Parse(TemplateTexts texts, string place, HashSet<string> declared, Dictionary<string, string[]> errors)
    {
        var before = errors.Count;
        var (subject, body, html) = (One("subject", texts.Subject), One("body", texts.Body), One("html_body", texts.HtmlBody));
        return errors.Count == before ? new MessageText(subject, body, html) : null;

        TemplateText? One(string member, string? source)
        {
            if (source is null)
                return null;
            if (!TemplateText.TryParse(source, out var text, out var fault))
            {
                errors[place + member] = [$"line {fault.Line}, column {fault.Column}: {fault.Message}"];
                return null;
            }
            if (text.Variables.Except(declared, StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList() is { Count: > 0 } unknown)
                errors[place + member] = [$"uses {string.Join(", ", unknown)}, which variables does not declare"];
            return text;
        }
    }
}
