using System.Text.RegularExpressions;

namespace Tenantry.Foundation.Observability;

/// <summary>
/// The last door before the log. Messages are written so that they hold no secret and nobody's address; what a library or the database puts into a text of its own is taken out here.
/// </summary>
public sealed partial class Redaction
{
    private const string Gone = "[redacted]";

    private readonly string[] secrets;

    /// <param name="secrets">of the settings: whatever they are, they are recognised as they are</param>
    public Redaction(IEnumerable<string?> secrets) => this.secrets = [.. secrets.OfType<string>().Where(secret => secret.Length >= 6).Distinct(StringComparer.Ordinal).OrderByDescending(secret => secret.Length)];

    public string Of(string text)
    {
        foreach (var secret in secrets)
            text = text.Replace(secret, Gone, StringComparison.Ordinal);
        text = Token().Replace(text, Gone);
        text = Named().Replace(text, match => match.Groups["name"].Value + Gone);
        text = UrlPassword().Replace(text, match => $"{match.Groups["before"].Value}{Gone}@");
        text = Query().Replace(text, match => match.Groups["before"].Value + Gone);
        text = Address().Replace(text, Gone);
        return Telephone().Replace(text, Gone);
    }

    /// <summary>A JWT, and what we hand out: each has a beginning of its own.</summary>
    [GeneratedRegex(@"eyJ[\w-]{8,}\.[\w-]+\.[\w-]*|\btn[a-z]_[\w-]{20,}|(?<=Bearer\s)\S+")]
    private static partial Regex Token();

    /// <summary>Said by name, as headers, settings, forms and JSON write it.</summary>
    [GeneratedRegex("""(?<name>["']?[\w-]*(?:password|passwd|pwd|secret|token|authorization|cookie|api[_-]?key|signature|credential)[\w-]*["']?\s*[:=]\s*["']?)[^\s"',;&}]+""", RegexOptions.IgnoreCase)]
    private static partial Regex Named();

    [GeneratedRegex(@"(?<before>\w+://[^\s/:@]*:)[^\s/@]+@")]
    private static partial Regex UrlPassword();

    [GeneratedRegex(@"(?<before>(?:https?://|/)[^\s?""']*\?)[^\s""')]+")]
    private static partial Regex Query();

    [GeneratedRegex(@"[\p{L}\p{N}._%+'-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+")]
    private static partial Regex Address();

    [GeneratedRegex(@"(?<![\w.:+-])\+[1-9][0-9]{6,14}(?![\w.:])")]
    private static partial Regex Telephone();
}
