using System.Globalization;
using System.Text.Json;
using Tenantry.Foundation.Http;

namespace Tenantry.Foundation.Templates;

/// <summary>What a message says.</summary>
/// <param name="Subject">in one line</param>
/// <param name="Text">as text</param>
/// <param name="Html">as HTML</param>
public sealed record MessageParts(string? Subject, string? Text, string? Html);

/// <summary>The texts of a message in one language, to be filled together.</summary>
public sealed record MessageText(TemplateText? Subject, TemplateText? Text, TemplateText? Html)
{
    private const int LongestSubject = 255;

    /// <exception cref="TemplateLimitException">it makes too much of the values</exception>
    public MessageParts Render(IReadOnlyDictionary<string, JsonElement> values, CultureInfo culture, DateTimeOffset now) => new(
        Subject is null ? null : OneLine(Subject.Render(values, TemplateEscape.None, culture, now)),
        Text?.Render(values, TemplateEscape.None, culture, now), Html?.Render(values, TemplateEscape.Html, culture, now));

    /// <summary>A value with a line break in it must not begin another header.</summary>
    public static string OneLine(string subject)
    {
        var line = string.Create(subject.Length, subject, static (line, subject) =>
        {
            for (var i = 0; i < line.Length; i++)
                line[i] = char.IsControl(subject[i]) || subject[i] is '\u2028' or '\u2029' ? ' ' : subject[i];
        }).Trim();
        return StorableText.Cut(line, LongestSubject);
    }
}
