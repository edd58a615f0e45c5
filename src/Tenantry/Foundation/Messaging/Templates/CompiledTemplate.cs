using System.Globalization;
using System.Text.Json;

namespace Tenantry.Foundation.Messaging.Templates;

/// <summary>The stored parts of a template.</summary>
/// <param name="Name">the name that senders use</param>
/// <param name="Type">the channel of its messages</param>
/// <param name="Locale">the language of the three texts</param>
/// <param name="Subject">Liquid</param>
/// <param name="Body">Liquid</param>
/// <param name="HtmlBody">Liquid, escaped</param>
/// <param name="Translations">by language tag, an object with the same three</param>
/// <param name="Variables">a list of <see cref="TemplateVariable"/></param>
public sealed record TemplateRow(
    string Name,
    Channel Type,
    string Locale,
    string? Subject,
    string? Body,
    string? HtmlBody,
    JsonElement Translations,
    JsonElement Variables
);

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
        Converters =
        {
            new System.Text.Json.Serialization.JsonStringEnumConverter(
                JsonNamingPolicy.SnakeCaseLower,
                allowIntegerValues: false
            ),
        },
    };

    private readonly Dictionary<string, MessageText> byLocale = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The texts of a security mail, which replace the others.</summary>
    private readonly Dictionary<string, SecurityText> securityByLocale = new(StringComparer.OrdinalIgnoreCase);
    private readonly string locale;
    private readonly IReadOnlyList<TemplateVariable> variables;

    private CompiledTemplate(TemplateRow row, IReadOnlyList<TemplateVariable> variables) =>
        (Name, Type, locale, this.variables) = (row.Name, row.Type, row.Locale, variables);

    public string Name { get; }

    public Channel Type { get; }

    /// <summary>Its messages contain a link or a code: <see cref="RenderSecurity"/> renders them.</summary>
    public bool IsSecurity => securityByLocale.Count > 0;

    public static CompiledTemplate Of(TemplateRow row)
    {
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        return TryCompile(row, errors)
            ?? throw new InvalidOperationException(
                $"The template {row.Name} was stored with faults: {Describe(errors)}"
            );
    }

    /// <summary>The errors as one text, for a log line or a reader.</summary>
    public static string Describe(IReadOnlyDictionary<string, string[]> errors) =>
        string.Join("; ", errors.Select(error => $"{error.Key} {error.Value[0]}"));

    /// <returns>null: <paramref name="errors"/> has the errors by the members of the request</returns>
    public static CompiledTemplate? TryCompile(TemplateRow row, Dictionary<string, string[]> errors)
    {
        var isSecurity = SystemTemplates.Find(row.Name) is SecurityTemplate;
        // An earlier version accepted what is stored. The link is not a variable any more.
        var variables = isSecurity
            ? SystemTemplates.Names
            : row.Variables.Deserialize<List<TemplateVariable>>(Json) ?? [];
        var compiled = new CompiledTemplate(row, variables);
        compiled.Add(row.Locale, new TemplateTexts(row.Subject, row.Body, row.HtmlBody), "", isSecurity, errors);
        foreach (
            var translation in row.Translations.ValueKind == JsonValueKind.Object
                ? row.Translations.EnumerateObject()
                : default
        )
            compiled.Add(
                translation.Name,
                translation.Value.Deserialize<TemplateTexts>(Json)!,
                $"translations.{translation.Name}.",
                isSecurity,
                errors
            );
        return errors.Count == 0 ? compiled : null;
    }

    /// <summary>Adds the errors of the values.</summary>
    public void Check(JsonElement? values, Dictionary<string, string[]> errors)
    {
        foreach (var (member, faults) in TemplateVariable.Check(variables, values))
            errors[member] = [.. faults];
    }

    /// <summary>Adds errors that appear only in a rendered text, in every language.</summary>
    public void RenderSample(SystemTemplate system, DateTimeOffset now, Dictionary<string, string[]> errors)
    {
        foreach (var tag in IsSecurity ? (IEnumerable<string>)securityByLocale.Keys : byLocale.Keys)
        {
            var place = tag == locale ? "" : $"translations.{tag}.";
            foreach (var sample in system.Samples)
            {
                if (IsSecurity)
                    TrySecurity(
                        securityByLocale[tag],
                        place,
                        sample,
                        ((SecurityTemplate)system).Example(new Uri("https://example.com")),
                        CultureOf(tag),
                        now,
                        errors
                    );
                else
                    RenderSample(() => byLocale[tag].Render(sample, CultureOf(tag), now), place + "body", errors);
            }
        }
    }

    /// <param name="values">that have passed <see cref="Check"/></param>
    /// <param name="wanted">languages, the preferred one first</param>
    /// <param name="now">the current time for the template</param>
    /// <exception cref="TemplateLimitException">the output exceeds a limit</exception>
    public MessageParts Render(JsonElement? values, IReadOnlyList<string> wanted, DateTimeOffset now)
    {
        var chosen = Locale.Choose(byLocale.Keys, wanted) ?? locale;
        return byLocale[chosen].Render(TemplateVariable.Filled(variables, values), CultureOf(chosen), now);
    }

    /// <summary>A security mail, with the service's own link or code at <c>{{ action }}</c>.</summary>
    /// <param name="values">names</param>
    /// <param name="action">the link or code, which the template cannot read</param>
    /// <param name="wanted">languages, the preferred one first</param>
    /// <param name="now">the current time for the template</param>
    /// <exception cref="TemplateLimitException">the output exceeds a limit, or contains something that a security
    /// mail must not contain</exception>
    public MessageParts RenderSecurity(
        JsonElement? values,
        MailAction action,
        IReadOnlyList<string> wanted,
        DateTimeOffset now
    )
    {
        var chosen = Locale.Choose(securityByLocale.Keys, wanted) ?? locale;
        return securityByLocale[chosen]
            .Render(TemplateVariable.Filled(variables, values), action, CultureOf(chosen), now);
    }

    private static void TrySecurity(
        SecurityText texts,
        string place,
        IReadOnlyDictionary<string, JsonElement> sample,
        MailAction action,
        CultureInfo culture,
        DateTimeOffset now,
        Dictionary<string, string[]> errors
    )
    {
        RenderSample(
            () => new MessageParts(MessageText.SubjectOf(texts.Subject, sample, culture, now), "-", null),
            place + "subject",
            errors
        );
        if (texts.Text is { } text)
            RenderSample(
                () => new MessageParts(null, text.Text(sample, action, culture, now), null),
                place + "body",
                errors
            );
        if (texts.Html is { } html)
            RenderSample(
                () => new MessageParts(null, null, html.Html(sample, action, culture, now)),
                place + "html_body",
                errors
            );
    }

    private static void RenderSample(Func<MessageParts> render, string member, Dictionary<string, string[]> errors)
    {
        try
        {
            if (render().Fault() is { } fault)
                errors.TryAdd(member, [fault]);
        }
        catch (TemplateLimitException e)
        {
            errors.TryAdd(member, [e.Message]);
        }
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

    private void Add(
        string tag,
        TemplateTexts texts,
        string place,
        bool isSecurity,
        Dictionary<string, string[]> errors
    )
    {
        var subject = One(place + "subject", texts.Subject, errors);
        if (isSecurity)
            securityByLocale[tag] = new SecurityText(
                subject,
                WithAction(place + "body", texts.Body, errors),
                WithAction(place + "html_body", texts.HtmlBody, errors)
            );
        else
            byLocale[tag] = new MessageText(
                subject,
                One(place + "body", texts.Body, errors),
                One(place + "html_body", texts.HtmlBody, errors)
            );
    }

    private TemplateText? One(string member, string? source, Dictionary<string, string[]> errors)
    {
        if (source is null)
            return null;
        if (!TemplateText.TryParse(source, out var text, out var fault))
        {
            errors[member] = [$"line {fault.Line}, column {fault.Column}: {fault.Message}"];
            return null;
        }
        return IsDeclared(member, text.Variables, errors) ? text : null;
    }

    private ActionText? WithAction(string member, string? source, Dictionary<string, string[]> errors)
    {
        if (source is null)
            return null;
        if (ActionText.Parse(source, out var fault) is not { } text)
        {
            errors[member] = [fault];
            return null;
        }
        return IsDeclared(member, text.Variables, errors) ? text : null;
    }

    private bool IsDeclared(string member, IReadOnlySet<string> used, Dictionary<string, string[]> errors)
    {
        var unknown = used.Except(variables.Select(variable => variable.Name), StringComparer.Ordinal)
            .Order(StringComparer.Ordinal)
            .ToList();
        if (unknown.Count > 0)
            errors[member] = [$"uses {string.Join(", ", unknown)}, which `variables` does not declare"];
        return unknown.Count == 0;
    }
}
