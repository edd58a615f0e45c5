using System.Globalization;
using System.Text.Json;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Foundation.Messaging.Templates;

/// <summary>The texts of a message.</summary>
/// <param name="Subject">in one line</param>
/// <param name="Text">as text</param>
/// <param name="Html">as HTML</param>
public sealed record MessageParts(string? Subject, string? Text, string? Html)
{
    public const int MaxText = 100_000;
    public const int MaxHtml = 300_000;

    /// <returns>why no message can be made of it; null: it can be stored and sent</returns>
    public string? Fault() =>
        string.IsNullOrWhiteSpace(Text) && string.IsNullOrWhiteSpace(Html) ? "produces an empty message"
        : !StorableText.IsStorable(Subject) || !StorableText.IsStorable(Text) || !StorableText.IsStorable(Html)
            ? "contains a character that cannot be sent"
        : Text?.Length > MaxText ? $"produces more than {MaxText} characters of text"
        : Html?.Length > MaxHtml ? $"produces more than {MaxHtml} characters of HTML"
        : null;
}

/// <summary>The templates of a message in one language.</summary>
internal sealed record MessageText(TemplateText? Subject, TemplateText? Text, TemplateText? Html)
{
    /// <exception cref="TemplateLimitException">the output exceeds a limit</exception>
    public MessageParts Render(
        IReadOnlyDictionary<string, JsonElement> values,
        CultureInfo culture,
        DateTimeOffset now
    ) =>
        new(
            SubjectOf(Subject, values, culture, now),
            Text?.Render(values, TemplateEscape.None, culture, now),
            Html?.Render(values, TemplateEscape.Html, culture, now)
        );

    internal static string? SubjectOf(
        TemplateText? subject,
        IReadOnlyDictionary<string, JsonElement> values,
        CultureInfo culture,
        DateTimeOffset now
    ) =>
        subject is null
            ? null
            : OneLine.Of(subject.Render(values, TemplateEscape.None, culture, now), OneLine.LongestSubject);
}

/// <summary>The templates of a security mail in one language.</summary>
internal sealed record SecurityText(TemplateText? Subject, ActionText? Text, ActionText? Html)
{
    /// <exception cref="TemplateLimitException">the output exceeds a limit, or something that no security mail may
    /// hold</exception>
    public MessageParts Render(
        IReadOnlyDictionary<string, JsonElement> values,
        MailAction action,
        CultureInfo culture,
        DateTimeOffset now
    ) =>
        new(
            MessageText.SubjectOf(Subject, values, culture, now),
            Text?.Text(values, action, culture, now),
            Html?.Html(values, action, culture, now)
        );
}
