using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Tenantry.Features.Notifications.Devices;
using Tenantry.Features.Users;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Messaging;
using Tenantry.Foundation.Messaging.Templates;

namespace Tenantry.Features.Notifications.Sending;

/// <summary>Queues a push notification to a device, or one to each device of a user.</summary>
public static class SendPush
{
    private const string NoId = "must be the id of a user or of a device";

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
        if (settings.Messages.Push == SnsTransport.Off)
            return Problems.Conflicting(
                "This installation sends no push notifications, because PUSH_TRANSPORT is off."
            );
        var draft = await MessageDraft.Of(Channel.Push, body, db, cache, clock.GetUtcNow(), cancel);
        if (!Guid.TryParse(body.Recipient, out var recipient))
            draft.Errors["recipient"] = [NoId];
        if (draft.Errors.Count > 0)
            return new Invalid(draft.Errors);

        var user = await UserOf(recipient, db, cancel);
        if (draft.Render(user?.Locale, http.Request) is { } invalid)
            return invalid;
        // Subscribers of a topic find the devices by themselves: the topic gets the recipient as the caller named it.
        var (recipients, userId) = settings.Messages.PushTopic is null
            ? await DevicesOf(recipient, db, cancel)
            : ([recipient.ToString()], user?.Id);
        if (recipients.Count == 0)
            return Problems.Invalid("recipient", "must be a device, or a user with a device, of this tenant");
        List<Notification> messages = [.. recipients.Select(device => submission.Message(draft, device, userId))];
        if (await submission.QueuePush(messages, cancel) is { } full)
            return full;
        return submission.Accept(draft, messages, http.Response);
    }

    /// <summary>Adds the faults that are found without the database.</summary>
    internal static void AddFaults(SendMessageRequest body, HttpContext http, Dictionary<string, string[]> errors)
    {
        if (body.Recipient is { } text && !Guid.TryParse(text, out _))
            errors["recipient"] = [NoId];
        MessageDraft.AddFaults(
            Channel.Push,
            body,
            http.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow(),
            errors
        );
    }

    private static Task<RecipientUser?> UserOf(Guid id, TenantDb db, CancellationToken cancel) =>
        db.Set<User>()
            .AsNoTracking()
            .Where(user => user.Id == id || db.Set<Device>().Any(device => device.Id == id && device.UserId == user.Id))
            .Select(user => new RecipientUser(user.Id, user.Locale))
            .FirstOrDefaultAsync(cancel);

    /// <summary>The active devices that the id names, as a device or as the user of devices.</summary>
    private static async Task<(IReadOnlyList<string> Devices, Guid? User)> DevicesOf(
        Guid id,
        TenantDb db,
        CancellationToken cancel
    )
    {
        var devices = await db.Set<Device>()
            .AsNoTracking()
            .Where(device => (device.Id == id || device.UserId == id) && device.RetiredBecause == null)
            .OrderBy(device => device.Id)
            .Select(device => new { device.Id, device.UserId })
            .ToListAsync(cancel);
        return ([.. devices.Select(device => device.Id.ToString())], devices.FirstOrDefault()?.UserId);
    }
}
