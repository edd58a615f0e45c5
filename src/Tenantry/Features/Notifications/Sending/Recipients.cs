using Tenantry.Foundation.Messaging.Templates;

namespace Tenantry.Features.Notifications.Sending;

/// <summary>Normalizes e-mail addresses and telephone numbers to the form in which they are stored.</summary>
public static class Recipients
{
    /// <param name="channel">E-mail or SMS.</param>
    /// <param name="text">The recipient as the caller wrote it.</param>
    /// <param name="region">The country of numbers without a country code; null: such numbers are refused.</param>
    /// <returns>Null: the text is not a recipient of this channel.</returns>
    public static string? Normalized(Channel channel, string text, string? region) =>
        channel switch
        {
            Channel.Email => MailAddresses.TryParse(text, out var address) ? address : null,
            Channel.Sms => TelephoneNumbers.TryParse(text, region, out var number) ? number.E164 : null,
            _ => null,
        };
}
