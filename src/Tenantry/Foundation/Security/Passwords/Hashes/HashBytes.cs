namespace Tenantry.Foundation.Security.Passwords.Hashes;

/// <summary>The base64 of hashes: with or without padding, in the alphabets that systems use for it.</summary>
internal static class HashBytes
{
    /// <summary>The characters of a base64 text, for a regular expression.</summary>
    public const string Base64 = "[A-Za-z0-9+/._-]";

    public static string Encode(ReadOnlySpan<byte> bytes) => Convert.ToBase64String(bytes).TrimEnd('=');

    /// <summary>
    /// Reads standard base64, base64url, and the alphabet of Passlib, which has a period for the plus sign.
    /// </summary>
    public static bool TryDecode(ReadOnlySpan<char> text, out byte[] bytes)
    {
        bytes = [];
        text = text.TrimEnd('=');
        if (text.IsEmpty || text.Length % 4 == 1)
            return false;
        Span<char> standard = stackalloc char[text.Length <= 512 ? (text.Length + 3) / 4 * 4 : 0];
        if (standard.IsEmpty)
            return false;
        standard.Fill('=');
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsAsciiLetterOrDigit(text[i]) && text[i] is not ('+' or '/' or '-' or '_' or '.'))
                return false;
            standard[i] = text[i] switch
            {
                '-' or '.' => '+',
                '_' => '/',
                var other => other,
            };
        }
        bytes = new byte[standard.Length / 4 * 3];
        if (!Convert.TryFromBase64Chars(standard, bytes, out var written))
            return false;
        Array.Resize(ref bytes, written);
        return true;
    }
}
