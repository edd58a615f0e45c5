using System.Globalization;
using System.Text.RegularExpressions;

namespace Tenantry.Features.Users.Importing;

/// <summary>
/// A time in the forms that exports have: RFC 3339, PostgreSQL's <c>2020-01-02 03:04:05.6+00</c>, SQL Server's with a
/// space before the offset, a date, and seconds or milliseconds since 1970. Without an offset it is UTC.
/// </summary>
internal static partial class ImportedTime
{
    public const string Form = "must be a time like 2020-01-02T03:04:05Z";

    /// <summary>Larger numbers are milliseconds. As seconds this is the year 5138.</summary>
    private const long FirstMilliseconds = 100_000_000_000;

    private const int LongestText = 40;

    public static bool TryParse(string text, out DateTimeOffset time)
    {
        time = default;
        if (text.Length > LongestText)
            return false;
        // PostgreSQL writes it for the latest time of .NET, for example for a lockout without end.
        if (text is "infinity" or "-infinity")
        {
            time = text[0] == '-' ? DateTimeOffset.MinValue : DateTimeOffset.MaxValue;
            return true;
        }
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
            return TryEpoch(number, out time);
        if (Written().Match(text.Trim()) is not { Success: true } match)
            return false;
        var clock = match.Groups["clock"] is { Success: true } clockGroup ? clockGroup.Value : "00:00:00";
        if (clock.Length == "00:00".Length)
            clock += ":00";
        var fraction = match.Groups["fraction"].Value.PadRight(7, '0')[..7];
        var offset = match.Groups["offset"].Value;
        offset = offset switch
        {
            "" or "Z" or "z" or "UTC" => "+00:00",
            { Length: 3 } => offset + ":00",
            { Length: 5 } => $"{offset[..3]}:{offset[3..]}",
            _ => offset,
        };
        return DateTimeOffset.TryParseExact(
            $"{match.Groups["date"].ValueSpan}T{clock}.{fraction}{offset}",
            "yyyy-MM-dd'T'HH:mm:ss.fffffffzzz",
            CultureInfo.InvariantCulture,
            DateTimeStyles.None,
            out time
        );
    }

    private static bool TryEpoch(long number, out DateTimeOffset time)
    {
        time = default;
        var milliseconds = Math.Abs((decimal)number) >= FirstMilliseconds ? number : number * 1000m;
        if (Math.Abs(milliseconds) > 253_402_300_799_999m)
            return false;
        time = DateTimeOffset.UnixEpoch.AddMilliseconds((long)milliseconds);
        return true;
    }

    [GeneratedRegex(
        @"\A(?<date>\d{4}-\d\d-\d\d)(?:[T ](?<clock>\d\d:\d\d(?::\d\d)?)(?:[.,](?<fraction>\d{1,9}))?\s?(?<offset>[Zz]|UTC|[+-]\d\d(?::?\d\d)?)?)?\z",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant
    )]
    private static partial Regex Written();
}
