using System.Diagnostics.CodeAnalysis;
using PhoneNumbers;

namespace Tenantry.Features.Notifications.Sending;

/// <summary>A telephone number.</summary>
/// <param name="E164">The number with its country code: +41791234567.</param>
/// <param name="Region">The country of the number (ISO 3166).</param>
/// <param name="CanReceiveSms">
/// Whether it can be a mobile number. Other kinds, premium-rate numbers among them, are false: an SMS to one is
/// expensive.
/// </param>
public sealed record TelephoneNumber(string E164, string Region, bool CanReceiveSms);

/// <summary>Parses telephone numbers by the numbering plans of all countries (libphonenumber).</summary>
public static class TelephoneNumbers
{
    private const int MaxLength = 40;

    private static readonly PhoneNumberUtil Library = PhoneNumberUtil.GetInstance();

    /// <param name="text">The number in any usual notation.</param>
    /// <param name="region">The country of numbers without a country code; null: such numbers are refused.</param>
    /// <param name="number">The parsed number.</param>
    public static bool TryParse(string text, string? region, [NotNullWhen(true)] out TelephoneNumber? number)
    {
        number = null;
        if (text.Length > MaxLength || text.Any(char.IsControl))
            return false;
        try
        {
            var parsed = Library.Parse(text, region);
            if (
                !Library.IsValidNumber(parsed)
                || parsed.HasExtension
                || Library.GetRegionCodeForNumber(parsed) is not { Length: 2 } country
            )
                return false;
            number = new TelephoneNumber(
                Library.Format(parsed, PhoneNumberFormat.E164),
                country,
                Library.GetNumberType(parsed) is PhoneNumberType.MOBILE or PhoneNumberType.FIXED_LINE_OR_MOBILE
            );
            return true;
        }
        catch (NumberParseException)
        {
            return false;
        }
    }

    /// <summary>Whether it is the code of a country that has telephone numbers.</summary>
    public static bool IsRegion(string text) =>
        text.Length == 2 && Library.GetSupportedRegions().Contains(text.ToUpperInvariant());
}
