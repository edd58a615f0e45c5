using System.Diagnostics.CodeAnalysis;
using PhoneNumbers;

namespace Tenantry.Features.Notifications.Sending;

/// <summary>A telephone number.</summary>
/// <param name="E164">with its country code: +41791234567</param>
/// <param name="Region">where it is at home (ISO 3166)</param>
/// <param name="CanTakeSms">it may be a mobile telephone's, and costs nobody a fortune</param>
public sealed record TelephoneNumber(string E164, string Region, bool CanTakeSms);

/// <summary>Telephone numbers, by what libphonenumber knows of each country.</summary>
public static class TelephoneNumbers
{
    private const int Longest = 40;

    private static readonly PhoneNumberUtil Library = PhoneNumberUtil.GetInstance();

    /// <param name="text">in any usual writing</param>
    /// <param name="region">where one without a country code is at home; null: nowhere</param>
    /// <param name="number">in one writing</param>
    public static bool TryParse(string text, string? region, [NotNullWhen(true)] out TelephoneNumber? number)
    {
        number = null;
        if (text.Length > Longest || text.Any(char.IsControl))
            return false;
        try
        {
            var parsed = Library.Parse(text, region);
            if (
                !Library.IsValidNumber(parsed)
                || parsed.HasExtension
                || Library.GetRegionCodeForNumber(parsed) is not { Length: 2 } home
            )
                return false;
            number = new TelephoneNumber(
                Library.Format(parsed, PhoneNumberFormat.E164),
                home,
                Library.GetNumberType(parsed) is PhoneNumberType.MOBILE or PhoneNumberType.FIXED_LINE_OR_MOBILE
            );
            return true;
        }
        catch (NumberParseException)
        {
            return false;
        }
    }

    /// <summary>Whether telephone numbers are given out there.</summary>
    public static bool IsRegion(string text) =>
        text.Length == 2 && Library.GetSupportedRegions().Contains(text.ToUpperInvariant());
}
