using System.Buffers;
using System.Globalization;
using System.Net.Mail;
using System.Text;
using Tenantry.Foundation.Hosting.Settings;

namespace Tenantry.Foundation.Hosting.Http;

/// <summary>Validates e-mail addresses, and gives each of them one form for comparison.</summary>
public static class EmailAddress
{
    private const int MaxLength = 254; // RFC 5321, section 4.5.3.1.3, without the angle brackets

    private const int MaxLocalPart = 64;

    private static readonly SearchValues<char> Special = SearchValues.Create("\"(),:;<>[\\]");

    /// <summary>
    /// Whether the text is an address without a display name, of at most 254 characters (RFC 5321), also with its
    /// domain in ASCII. Quoted local parts and alternative spellings of a domain are refused: mail programs read them
    /// as one address, so they must not be several addresses here. Invisible characters are refused, because two people
    /// must not look alike.
    /// </summary>
    /// <param name="text">The address, without white space around it.</param>
    public static bool IsValid(string text) =>
        text.Length <= MaxLength
        && !text.AsSpan().ContainsAny(Special)
        && !text.EnumerateRunes().Any(IsRefused)
        && MailAddress.TryCreate(text, out var address)
        && address.Address == text
        && address.User.Length <= MaxLocalPart
        && address.Host.Contains('.')
        && !address.Host.EndsWith('.')
        && AsciiHostOf(address.Host) is { } host
        && text.Length - address.Host.Length + host.Length <= MaxLength;

    /// <summary>The address as it is stored and shown: without white space around it, and in NFC.</summary>
    public static string Stored(string text) => StorableText.Normalized(text.Trim());

    /// <summary>
    /// The form in which addresses are compared: without white space around it, in NFC and lower case, with the domain
    /// in ASCII (RFC 5891). Any text has one, also a text that is not an address.
    /// </summary>
    public static string Key(string text)
    {
        var small = StorableText.Normalized(Stored(text).ToLowerInvariant());
        var at = small.LastIndexOf('@');
        if (at < 0 || Ascii.IsValid(small.AsSpan(at)))
            return small;
        return AsciiHostOf(small[(at + 1)..]) is { } host ? small[..(at + 1)] + host : small;
    }

    /// <summary>
    /// The form to which messages are sent: as stored, with the host in lower-case ASCII (RFC 5891). The local part
    /// keeps its case.
    /// </summary>
    public static string ForDelivery(string text)
    {
        var stored = Stored(text);
        var at = stored.LastIndexOf('@');
        return AsciiHostOf(stored[(at + 1)..]) is { } host ? stored[..(at + 1)] + host : stored;
    }

    /// <returns>
    /// The host in ASCII; null: it is no host, or it is written in a compatibility form.
    /// </returns>
    private static string? AsciiHostOf(string host)
    {
        var normalized = StorableText.Normalized(host);
        try
        {
            var (ascii, small) = (AsciiHost.Of(normalized), normalized.ToLowerInvariant());
            return ascii is not null && (ascii == small || AsciiHost.ToUnicode(ascii) == small) ? ascii : null;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    private static bool IsRefused(Rune rune) =>
        Rune.IsWhiteSpace(rune)
        || InvisibleText.IsInvisible(rune)
        || Rune.GetUnicodeCategory(rune) is UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned;
}
