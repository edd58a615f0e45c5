namespace Tenantry.Features.Notifications.Sending;

/// <summary>How the letters of an SMS are packed: seven bits each, or two bytes where one of them is not in the small alphabet.</summary>
public enum SmsEncoding
{
    Gsm7,
    Ucs2,
}

/// <summary>What an SMS costs: how many segments a text makes (3GPP TS 23.038 and 23.040).</summary>
/// <param name="Encoding">of all of it</param>
/// <param name="Characters">as the encoding counts them: some of the small alphabet count twice</param>
/// <param name="Segments">each is paid for</param>
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

    /// <param name="encoding">of all of it</param>
    /// <param name="units">of each character: none is split over two segments</param>
    /// <param name="alone">as many fit into one segment</param>
    /// <param name="joined">as many where there are several, since a header says which is which</param>
    private static SmsText Of(SmsEncoding encoding, List<int> units, int alone, int joined)
    {
        var all = units.Sum();
        if (all <= alone)
            return new SmsText(encoding, all, 1);
        var (segments, used) = (1, 0);
        foreach (var unit in units)
        {
            if (used + unit > joined)
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
