namespace Tenantry.Features.Notifications.Sending;

/// <summary>
/// The encoding of an SMS: seven bits for each character, or two bytes where a character is not in the GSM 7-bit
/// alphabet.
/// </summary>
public enum SmsEncoding
{
    Gsm7,
    Ucs2,
}

/// <summary>Counts the segments of an SMS, each of which is charged (3GPP TS 23.038 and 23.040).</summary>
/// <param name="Encoding">The encoding of the whole text.</param>
/// <param name="Characters">The length in units of the encoding. Some characters of GSM 7-bit count twice.</param>
/// <param name="Segments">The number of segments.</param>
public sealed record SmsText(SmsEncoding Encoding, int Characters, int Segments)
{
    private const string Basic =
        "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
    private const string Extended = "\f^{}\\[~]|€";

    public static SmsText Of(string body) =>
        body.All(character =>
            Basic.Contains(character, StringComparison.Ordinal)
            || Extended.Contains(character, StringComparison.Ordinal)
        )
            ? Of(
                SmsEncoding.Gsm7,
                [.. body.Select(character => Extended.Contains(character, StringComparison.Ordinal) ? 2 : 1)],
                160,
                153
            )
            : Of(SmsEncoding.Ucs2, Units(body), 70, 67);

    /// <param name="encoding">The encoding of the whole text.</param>
    /// <param name="units">The units of each character. A character is not split over two segments.</param>
    /// <param name="single">The units that fit into a message of one segment.</param>
    /// <param name="multiple">The units that fit into each of several segments, which have a header.</param>
    private static SmsText Of(SmsEncoding encoding, List<int> units, int single, int multiple)
    {
        var all = units.Sum();
        if (all <= single)
            return new SmsText(encoding, all, 1);
        var (segments, used) = (1, 0);
        foreach (var unit in units)
        {
            if (used + unit > multiple)
                (segments, used) = (segments + 1, 0);
            used += unit;
        }
        return new SmsText(encoding, all, segments);
    }

    private static List<int> Units(string body)
    {
        var units = new List<int>(body.Length);
        for (var i = 0; i < body.Length; i++)
        {
            var isPair = char.IsHighSurrogate(body[i]) && i + 1 < body.Length && char.IsLowSurrogate(body[i + 1]);
            units.Add(isPair ? 2 : 1);
            i += isPair ? 1 : 0;
        }
        return units;
    }
}
