using System.ComponentModel.DataAnnotations;
using System.Text.RegularExpressions;
using Microsoft.Net.Http.Headers;

namespace Tenantry.Foundation.Messaging.Templates;

/// <summary>Language tags (BCP 47), and the choice among available ones (RFC 4647, section 3.4).</summary>
public static partial class Locale
{
    /// <summary>The number of languages that are read from a header.</summary>
    private const int Most = 10;

    /// <returns>the tag in its usual case, <c>de-CH</c>; null: it is not a tag</returns>
    public static string? Normalized(string tag)
    {
        if (!Form().IsMatch(tag))
            return null;
        var parts = tag.Split('-');
        for (var i = 0; i < parts.Length; i++)
        {
            parts[i] =
                i == 0 ? parts[i].ToLowerInvariant()
                : parts[i].Length == 2 ? parts[i].ToUpperInvariant()
                : parts[i].Length == 4 && char.IsLetter(parts[i][0])
                    ? char.ToUpperInvariant(parts[i][0]) + parts[i][1..].ToLowerInvariant()
                : parts[i].ToLowerInvariant();
        }
        return string.Join('-', parts);
    }

    /// <param name="header">as a browser sends it; unreadable parts are ignored</param>
    /// <returns>the preferred language first</returns>
    public static IReadOnlyList<string> Accepted(string? header)
    {
        if (
            string.IsNullOrEmpty(header)
            || header.Length > 1_000
            || !StringWithQualityHeaderValue.TryParseList([header], out var values)
        )
            return [];
        return
        [
            .. values
                .Where(value => value.Quality is null or > 0)
                .OrderByDescending(value => value.Quality ?? 1)
                .Select(value => Normalized(value.Value.ToString()))
                .OfType<string>()
                .Take(Most),
        ];
    }

    /// <param name="available">the tags to choose from</param>
    /// <param name="wanted">tags, the preferred one first; <c>de-CH</c> matches <c>de</c> too</param>
    /// <returns>null: none matches</returns>
    public static string? Choose(IReadOnlyCollection<string> available, IEnumerable<string> wanted)
    {
        foreach (var tag in wanted)
        {
            for (
                var range = tag;
                range.Length > 0;
                range = range.LastIndexOf('-') is var end and > 0 ? range[..end] : ""
            )
            {
                if (available.FirstOrDefault(one => one.Equals(range, StringComparison.OrdinalIgnoreCase)) is { } found)
                    return found;
            }
        }
        return null;
    }

    [GeneratedRegex(@"\A[A-Za-z]{2,3}(?:-[A-Za-z]{4})?(?:-(?:[A-Za-z]{2}|\d{3}))?(?:-[A-Za-z0-9]{5,8})?\z")]
    private static partial Regex Form();
}

/// <summary>A language tag (BCP 47).</summary>
[AttributeUsage(AttributeTargets.Parameter | AttributeTargets.Property)]
public sealed class LanguageTagAttribute() : ValidationAttribute("must be a language tag, like en or de-CH")
{
    public override bool IsValid(object? value) =>
        value is not string text || text.Length == 0 || Locale.Normalized(text) is not null;
}
