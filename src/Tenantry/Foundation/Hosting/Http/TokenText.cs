using System.Buffers;
using System.Buffers.Text;

namespace Tenantry.Foundation.Hosting.Http;

/// <summary>
/// Bytes as a token, cursor or link carries them: base64url without padding (RFC 4648, section 5). Reading never throws, and each sequence of bytes has exactly one text: white space, padding and unused
/// bits that are not zero are refused, so that no second spelling of a secret is accepted.
/// </summary>
public static class TokenText
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    private static readonly SearchValues<char> Letters = SearchValues.Create(Alphabet);

    public static string Write(ReadOnlySpan<byte> bytes) => Base64Url.EncodeToString(bytes);

    /// <param name="text">as it was received</param>
    /// <param name="bytes">filled to its end on success; undefined otherwise</param>
    /// <returns>false: the text is not the one text of as many bytes</returns>
    public static bool TryRead(ReadOnlySpan<char> text, Span<byte> bytes) =>
        text.Length == Base64Url.GetEncodedLength(bytes.Length)
        && Is(text)
        // Not the overload without a status: that one throws for what it cannot read.
        && Base64Url.DecodeFromChars(text, bytes, out _, out var written) == OperationStatus.Done
        && written == bytes.Length;

    /// <summary>Whether it is the one text of some bytes.</summary>
    public static bool Is(ReadOnlySpan<char> text) =>
        (text.Length % 4) switch
        {
            1 => false,
            2 => HasNoneOf(text, 0b1111),
            3 => HasNoneOf(text, 0b11),
            _ => !text.ContainsAnyExcept(Letters),
        };

    /// <param name="text">as it was received</param>
    /// <param name="mostChars">a longer text is refused unread</param>
    /// <returns>null: the text is not the one text of any bytes</returns>
    public static byte[]? Read(ReadOnlySpan<char> text, int mostChars)
    {
        if (text.IsEmpty || text.Length > mostChars || !Is(text))
            return null;
        var bytes = new byte[text.Length * 3 / 4];
        return TryRead(text, bytes) ? bytes : null;
    }

    /// <param name="text">as it was received</param>
    /// <param name="unused">the bits of the last character that stand for nothing</param>
    private static bool HasNoneOf(ReadOnlySpan<char> text, int unused) =>
        !text.ContainsAnyExcept(Letters) && (Alphabet.IndexOf(text[^1], StringComparison.Ordinal) & unused) == 0;
}
