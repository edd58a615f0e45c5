using System.Runtime.InteropServices;
using System.Text.Json;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Messaging.Templates;

namespace Tenantry.Features.Notifications.Templates;

/// <summary>
/// The rules for the content of a template: which texts a channel has, what a variable may be named, and that every
/// text can be parsed.
/// </summary>
internal static class TemplateContent
{
    private const int MaxTranslations = 50;

    private static readonly JsonElement NoTranslations = JsonElement.Parse("{}");
    private static readonly JsonElement NoVariables = JsonElement.Parse("[]");

    /// <summary>Validates a request and writes its content into the row.</summary>
    /// <param name="body">The request.</param>
    /// <param name="row">The template that is created or replaced.</param>
    /// <param name="locale">The language where the request names none; null: that of the row.</param>
    /// <param name="now">The current time, for rendering system templates with sample values.</param>
    /// <returns>The validation errors; null: the content is valid, and every text can be parsed.</returns>
    public static Invalid? Apply(TemplateRequest body, Template row, string? locale, DateTimeOffset now)
    {
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        var system = SystemTemplates.Find(row.Name);
        var translations = AddFaults(body, row.Name, row.Type, errors);
        if (Locale.Normalized(body.Locale ?? locale ?? row.Locale) is { } language)
            row.Locale = language;
        else
            errors["locale"] = ["must be a language tag, like en or de-CH"];
        (row.Subject, row.Body, row.HtmlBody, row.IsActive) = (
            body.Subject,
            body.Body ?? body.TextBody,
            body.HtmlBody,
            body.IsActive ?? true
        );
        row.Translations = JsonSerializer.SerializeToElement(translations, CompiledTemplate.Json);
        if (errors.Count > 0)
            return new Invalid(errors);
        var variables = system?.Variables ?? body.Variables ?? VariablesUsedBy(row, translations.Values);
        row.Variables = JsonSerializer.SerializeToElement(variables, CompiledTemplate.Json);
        Compile(row, system, now, errors);
        return errors.Count == 0 ? null : new Invalid(errors);
    }

    /// <summary>Adds the faults of the content, except those of the Liquid in its texts.</summary>
    /// <returns>The translations by their normalized language tags.</returns>
    public static Dictionary<string, TemplateTexts> AddFaults(
        TemplateRequest body,
        string? name,
        Channel type,
        Dictionary<string, string[]> errors
    )
    {
        if (body is { Body: not null, TextBody: not null })
            errors["text_body"] = ["is another name of body: send one of them"];
        CheckTexts(type, new TemplateTexts(body.Subject, body.Body ?? body.TextBody, body.HtmlBody), "", errors);
        var system = name is null ? null : SystemTemplates.Find(name);
        if (system is not null && type != Channel.Email)
            errors["type"] = ["must be email: the service sends this system template as an e-mail"];
        if (system is not null && body.Variables is not null)
            errors["variables"] =
            [
                "must be left out: the service defines those of a system template (templates/system)",
            ];
        CheckVariables(body.Variables ?? [], errors);
        return Translations(body, type, errors);
    }

    /// <summary>
    /// Parses the texts, and adds their faults to the errors. Those of a system template are rendered too: when the
    /// service sends such an e-mail by itself, no author is there to see a fault.
    /// </summary>
    public static void Compile(
        Template row,
        SystemTemplate? system,
        DateTimeOffset now,
        Dictionary<string, string[]> errors
    )
    {
        if (CompiledTemplate.TryCompile(RowOf(row), errors) is { } compiled && system is not null)
            compiled.RenderSample(system, now, errors);
    }

    public static TemplateRow RowOf(Template row) =>
        new(row.Name, row.Type, row.Locale, row.Subject, row.Body, row.HtmlBody, row.Translations, row.Variables);

    /// <summary>
    /// Stored translations as the document describes them. A damaged row has none: the fault of the template states the
    /// damage, and a typed client can read the rest.
    /// </summary>
    public static JsonElement Translations(JsonElement stored) =>
        stored.ValueKind == JsonValueKind.Object
        && stored.EnumerateObject().All(one => one.Value.ValueKind == JsonValueKind.Object)
            ? stored
            : NoTranslations;

    /// <inheritdoc cref="Translations(JsonElement)"/>
    public static JsonElement Variables(JsonElement stored) =>
        stored.ValueKind == JsonValueKind.Array
        && stored.EnumerateArray().All(one => one.ValueKind == JsonValueKind.Object)
            ? stored
            : NoVariables;

    /// <summary>How much of a page a template or version fills, in bytes.</summary>
    public static long SizeOf(
        string? subject,
        string? body,
        string? html,
        JsonElement translations,
        JsonElement variables
    ) =>
        (subject?.Length ?? 0)
        + (body?.Length ?? 0)
        + (html?.Length ?? 0)
        + JsonMarshal.GetRawUtf8Value(translations).Length
        + JsonMarshal.GetRawUtf8Value(variables).Length;

    public static Missing NoSuchTemplate() => Problems.Missing("No template of this tenant has this id.");

    private static Dictionary<string, TemplateTexts> Translations(
        TemplateRequest body,
        Channel type,
        Dictionary<string, string[]> errors
    )
    {
        var translations = new Dictionary<string, TemplateTexts>(StringComparer.Ordinal);
        foreach (var (tag, given) in body.Translations ?? new Dictionary<string, TemplateTranslation>())
        {
            if (Locale.Normalized(tag) is not { } normalized || given is null || translations.ContainsKey(normalized))
                errors[$"translations.{tag}"] = ["must be texts under a language tag, like de or de-CH, each tag once"];
            else
            {
                var texts = new TemplateTexts(given.Subject, given.Body ?? given.TextBody, given.HtmlBody);
                CheckTexts(type, texts, $"translations.{tag}.", errors);
                translations[normalized] = texts;
            }
        }
        if (translations.Count > MaxTranslations)
            errors["translations"] = [$"must be {MaxTranslations} at most"];
        return translations;
    }

    private static void CheckTexts(
        Channel type,
        TemplateTexts texts,
        string prefix,
        Dictionary<string, string[]> errors
    )
    {
        if (type == Channel.Email && string.IsNullOrWhiteSpace(texts.Subject))
            errors[prefix + "subject"] = ["is needed"];
        if (type == Channel.Sms && texts.Subject is not null)
            errors[prefix + "subject"] = ["must be left out: an SMS has no subject"];
        if (type != Channel.Email && texts.HtmlBody is not null)
            errors[prefix + "html_body"] = ["must be left out: only an e-mail has an HTML body"];
        // A text of the wrong type is reported as such, and not as missing.
        if (
            string.IsNullOrWhiteSpace(texts.Body)
            && !errors.ContainsKey(prefix + "text_body")
            && (
                type != Channel.Email
                || (string.IsNullOrWhiteSpace(texts.HtmlBody) && !errors.ContainsKey(prefix + "html_body"))
            )
        )
            errors[prefix + "body"] = ["is needed"];
    }

    private static void CheckVariables(IReadOnlyList<TemplateVariable> variables, Dictionary<string, string[]> errors)
    {
        if (variables.Count > TemplateVariable.MaxCount)
            errors["variables"] = [$"must be {TemplateVariable.MaxCount} at most"];
        for (var i = 0; i < variables.Count; i++)
        {
            var variable = variables[i];
            if (variable?.Name is null || !TemplateVariable.IsName(variable.Name))
                errors[$"variables[{i}].name"] =
                [
                    "must begin with a lower-case letter and contain up to 64 lower-case letters, digits and '_'",
                ];
            else if (variables.Take(i).Any(other => other?.Name == variable.Name))
                errors[$"variables[{i}].name"] = ["must be unique in the template"];
            else if (variable.Default is { } otherwise && variable.Fault(otherwise) is { } fault)
                errors[$"variables[{i}].default"] = [fault];
            else if (variable.Description?.Length > 500)
                errors[$"variables[{i}].description"] = ["must have 500 characters at most"];
        }
    }

    /// <summary>The variables of a request that declares none: all that the texts use, each required.</summary>
    private static IReadOnlyList<TemplateVariable> VariablesUsedBy(
        Template row,
        IEnumerable<TemplateTexts> translations
    ) =>
        [
            .. translations
                .Append(new TemplateTexts(row.Subject, row.Body, row.HtmlBody))
                .SelectMany(texts => new[] { texts.Subject, texts.Body, texts.HtmlBody })
                .OfType<string>()
                .SelectMany(source =>
                    TemplateText.TryParse(source, out var text, out _) ? text.Variables : new HashSet<string>()
                )
                .Where(TemplateVariable.IsName)
                .Distinct(StringComparer.Ordinal)
                .Order(StringComparer.Ordinal)
                .Take(TemplateVariable.MaxCount)
                .Select(name => new TemplateVariable(name)),
        ];
}
