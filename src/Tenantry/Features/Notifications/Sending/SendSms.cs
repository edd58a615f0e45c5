using Microsoft.AspNetCore.Http.HttpResults;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Messaging;
using Tenantry.Foundation.Messaging.Templates;

namespace Tenantry.Features.Notifications.Sending;

/// <summary>Queues an SMS to a telephone number in a country to which the tenant sends SMS.</summary>
public static class SendSms
{
    public static async Task<Results<Accepted<SendMessageResponse>, Invalid, Conflicting, QuotaUsedUp>> Handle(
        SendMessageRequest body,
        TenantDb db,
        MessageCache cache,
        MessageSubmission submission,
        ServiceSettings settings,
        TimeProvider clock,
        HttpContext http,
        CancellationToken cancel
    )
    {
        if (settings.Messages.Sms == SnsTransport.Off)
            return Problems.Conflicting("This installation sends no SMS, because SMS_TRANSPORT is off.");
        var draft = await MessageDraft.Of(Channel.Sms, body, db, cache, clock.GetUtcNow(), cancel);
        var number = Number(body.Recipient!, draft.Settings, draft.Errors);
        if (draft.Errors.Count > 0)
            return new Invalid(draft.Errors);

        // The recipient's own language is unknown: several users may have the same telephone number.
        if (draft.Render(ofUser: null, http.Request) is { } invalid)
            return invalid;
        var sms = submission.Message(draft, number!.E164, user: null, number.Region);
        if (await submission.QueueSms(sms, cancel) is { } full)
            return full;
        return submission.Accept(draft, [sms], http.Response);
    }

    /// <summary>
    /// Adds the faults that are found without the database. The telephone number depends on the tenant's country.
    /// </summary>
    internal static void AddFaults(SendMessageRequest body, HttpContext http, Dictionary<string, string[]> errors) =>
        MessageDraft.AddFaults(
            Channel.Sms,
            body,
            http.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow(),
            errors
        );

    private static TelephoneNumber? Number(
        string text,
        NotificationSettings tenant,
        Dictionary<string, string[]> errors
    )
    {
        if (!TelephoneNumbers.TryParse(text, tenant.DefaultRegion, out var number))
        {
            errors["recipient"] =
            [
                tenant.DefaultRegion is null
                    ? "must be a telephone number with its country code, like +41791234567"
                    : "must be a telephone number",
            ];
            return null;
        }
        if (!number.CanReceiveSms)
            errors["recipient"] = ["must be the number of a telephone that receives SMS"];
        else if (!AllowedCountries(tenant).Contains(number.Region, StringComparer.Ordinal))
            errors["recipient"] =
            [
                $"is in {number.Region}, to which this tenant sends no SMS: see sms_countries and default_region in notifications/settings",
            ];
        return number;
    }

    private static string[] AllowedCountries(NotificationSettings tenant) =>
        tenant.SmsCountries.Length > 0 ? tenant.SmsCountries
        : tenant.DefaultRegion is { } region ? [region]
        : [];
}
