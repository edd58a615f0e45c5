using Tenantry.Foundation.Messaging.Templates;

namespace Tenantry.Features.Notifications.Sending;

/// <summary>To whom a message can go, in the one form in which it is kept.</summary>
public static class Recipients
{
    /// <param name="channel">mail or SMS</param>
    /// <param name="text">as the caller wrote it</param>
    /// <param name="region">where a number without a country code is at home; null: nowhere</param>
    /// <returns>null: it is no such recipient</returns>
    public static string? Normalized(Channel channel, string text, string? region) =>
        channel switch
        {
            Channel.Email => MailAddresses.TryParse(text, out var address) ? address : null,
            Channel.Sms => TelephoneNumbers.TryParse(text, region, out var number) ? number.E164 : null,
            _ => null,
        };
}
