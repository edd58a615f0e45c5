using System.Buffers;
using System.Buffers.Text;

namespace Tenantry.Foundation.Hosting.Http;

/// <summary>
/// Bytes in a token, cursor or link: base64url without padding (RFC 4648, section 5). Reading never throws. Each
/// sequence of bytes has exactly one text: white space, padding and unused bits other than zero are refused, so that a
/// secret has no second spelling.
/// </summary>
public static class TokenText
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    private static readonly SearchValues<char> Letters = SearchValues.Create(Alphabet);

    public static string Write(ReadOnlySpan<byte> bytes) => Base64Url.EncodeToString(bytes);

    /// <param name="text">The received text.</param>
    /// <param name="bytes">Filled completely on success, otherwise undefined.</param>
    /// <returns>False: the text is not the text of this number of bytes.</returns>
    public static bool TryRead(ReadOnlySpan<char> text, Span<byte> bytes) =>
        text.Length == Base64Url.GetEncodedLength(bytes.Length)
        && IsValid(text)
        // The overload without a status throws for invalid text.
        && Base64Url.DecodeFromChars(text, bytes, out _, out var written) == OperationStatus.Done
        && written == bytes.Length;

    /// <summary>Whether the text is the text of any bytes.</summary>
    public static bool IsValid(ReadOnlySpan<char> text) =>
        (text.Length % 4) switch
        {
            1 => false,
            2 => HasNoneOf(text, 0b1111),
            3 => HasNoneOf(text, 0b11),
            _ => !text.ContainsAnyExcept(Letters),
        };

    /// <param name="text">The received text.</param>
    /// <param name="mostChars">The longest text that is read.</param>
    /// <returns>Null: the text is not the text of any bytes.</returns>
    public static byte[]? Read(ReadOnlySpan<char> text, int mostChars)
    {
        if (text.IsEmpty || text.Length > mostChars || !IsValid(text))
            return null;
        var bytes = new byte[text.Length * 3 / 4];
        return TryRead(text, bytes) ? bytes : null;
    }

    /// <param name="text">The received text.</param>
    /// <param name="unused">The bits of the last character that encode nothing.</param>
    private static bool HasNoneOf(ReadOnlySpan<char> text, int unused) =>
        !text.ContainsAnyExcept(Letters) && (Alphabet.IndexOf(text[^1], StringComparison.Ordinal) & unused) == 0;
}
