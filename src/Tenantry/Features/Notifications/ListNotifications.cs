using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Tenantry.Features.Notifications.Sending;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Messaging;
using Tenantry.Foundation.Messaging.Templates;

namespace Tenantry.Features.Notifications;

/// <summary>Lists the messages of a tenant, newest first and without their texts.</summary>
public static class ListNotifications
{
    public static async Task<Results<Ok<Page<NotificationDocument>>, Invalid>> Handle(
        PageRequest page,
        [FromQuery, OneOf(typeof(Channel)), Description("Only messages of this channel: `email`, `sms` or `push`.")]
            string? channel,
        [FromQuery, OneOf(typeof(NotificationStatus)), Description("Only messages with this status.")] string? status,
        [FromQuery, Description("Only messages to this e-mail address, telephone number or device.")] string? recipient,
        [FromQuery(Name = "template_name"), Description("Only messages that were rendered from this template.")]
            string? templateName,
        [FromQuery, OneOf(typeof(Category))]
        [Description("Only messages of this category: `transactional` or `marketing`.")]
            string? category,
        [FromQuery(Name = "user_id"), Description("Only messages to this user.")] Guid? userId,
        [FromQuery, Description("Only messages that were created at this time or later.")] DateTimeOffset? from,
        [FromQuery, NotBefore("from"), Description("Only messages that were created before this time.")]
            DateTimeOffset? to,
        TenantDb db,
        HttpContext http,
        CancellationToken cancel
    )
    {
        var byChannel = EnumText.ParseOptional<Channel>(channel);
        var byStatus = EnumText.ParseOptional<NotificationStatus>(status);
        var byCategory = EnumText.ParseOptional<Category>(category);
        var messages = db.Set<Notification>().AsNoTracking();
        if (page.After is { } after)
            messages = messages.Where(message => message.Id < after);
        if (byChannel is { } wantedChannel)
            messages = messages.Where(message => message.Type == wantedChannel);
        if (byStatus is { } wantedStatus)
            messages = messages.Where(message => message.Status == wantedStatus);
        if (byCategory is { } wantedCategory)
            messages = messages.Where(message => message.Category == wantedCategory);
        if (recipient is not null)
        {
            // As it is stored: the filter of an address matches however its domain is written.
            var stored =
                Recipients.Normalized(Foundation.Messaging.Templates.Channel.Email, recipient, null) ?? recipient;
            messages = messages.Where(message => message.Recipient == stored);
        }
        if (templateName is not null)
            messages = messages.Where(message => message.TemplateName == templateName);
        if (userId is not null)
            messages = messages.Where(message => message.UserId == userId);
        if (from is not null)
            messages = messages.Where(message => message.CreatedAt >= from.Value.ToUniversalTime());
        if (to is not null)
            messages = messages.Where(message => message.CreatedAt < to.Value.ToUniversalTime());
        // Converted row by row, so that the texts of a page, which are not shown, are not in memory all at once.
        var documents = await messages
            .OrderByDescending(message => message.Id)
            .Take(page.Limit + 1)
            .AsAsyncEnumerable()
            .Select(row => NotificationDocument.Of(row, withBody: false))
            .ToListAsync(cancel);
        return TypedResults.Ok(page.ToPage(documents, document => document.Id, http));
    }
}
