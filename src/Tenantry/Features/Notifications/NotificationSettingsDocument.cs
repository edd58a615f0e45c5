using System.ComponentModel.DataAnnotations;
using Tenantry.Features.Notifications.Sending;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Messaging;
using Tenantry.Foundation.Messaging.Templates;

namespace Tenantry.Features.Notifications;

/// <summary>A tenant's settings for its messages.</summary>
/// <param name="Locale">
/// The language of messages where neither the request nor the recipient determines one, as a language tag.
/// </param>
/// <param name="RedactBodies">Whether the texts of a message are erased after it is sent.</param>
/// <param name="DefaultRegion">The country of telephone numbers that have no country code (ISO 3166).</param>
/// <param name="SmsCountries">
/// The countries to which the tenant sends SMS. Where it is empty, SMS are sent to the default region only.
/// </param>
/// <param name="SmsPerNumberPerDay">The SMS segments that one telephone number may get in a day (UTC).</param>
/// <param name="SmsPerCountryPerDay">The SMS segments that the tenant may send to one country in a day (UTC).</param>
/// <param name="SmsPerDay">The SMS segments that the tenant may send in a day (UTC).</param>
public sealed record NotificationSettingsDocument(
    [RequiredMember, LanguageTag] string? Locale,
    bool RedactBodies,
    [Country] string? DefaultRegion,
    [CountryList] IReadOnlyList<string>? SmsCountries,
    [Range(0, 1_000, ErrorMessage = "must be 0 to 1000")] int SmsPerNumberPerDay,
    [Range(0, 1_000_000, ErrorMessage = "must be 0 to 1000000")] int SmsPerCountryPerDay,
    [Range(0, 1_000_000, ErrorMessage = "must be 0 to 1000000")] int SmsPerDay
) : IExample<NotificationSettingsDocument>
{
    public static NotificationSettingsDocument Example =>
        new("de-CH", false, "CH", ["CH", "LI", "DE", "AT"], 20, 1_000, 2_000);

    internal static NotificationSettingsDocument Of(NotificationSettings row) =>
        new(
            row.Locale,
            row.RedactBodies,
            row.DefaultRegion,
            row.SmsCountries,
            row.SmsPerNumberPerDay,
            row.SmsPerCountryPerDay,
            row.SmsPerDay
        );
}

/// <summary>A country that has telephone numbers.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class CountryAttribute() : ValidationAttribute("must be a two-letter country code, like CH")
{
    public override bool IsValid(object? value) => value is not string text || TelephoneNumbers.IsRegion(text);
}

/// <summary>A list of countries that have telephone numbers.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class CountryListAttribute() : ValidationAttribute("must be a list of two-letter country codes, like CH")
{
    public override bool IsValid(object? value) =>
        value is not IReadOnlyList<string> countries
        || (countries.Count <= 250 && countries.All(TelephoneNumbers.IsRegion));
}
