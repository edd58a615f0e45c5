using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Messaging.Templates;

namespace Tenantry.Features.Notifications.Suppressions;

/// <summary>Lists the suppressions of a tenant, newest first.</summary>
public static class ListSuppressions
{
    public static async Task<Results<Ok<Page<SuppressionDocument>>, Invalid>> Handle(
        PageRequest page,
        [FromQuery, OneOf(typeof(Channel)), Description("Only suppressions of this channel: `email` or `sms`.")]
            string? channel,
        [FromQuery, Description("Only suppressions of this e-mail address or telephone number, in any case.")]
            string? recipient,
        [FromQuery, OneOf(typeof(SuppressionReason))]
        [Description("Only suppressions for this reason: `bounce`, `complaint`, `unsubscribe` or `manual`.")]
            string? reason,
        TenantDb db,
        HttpContext http,
        CancellationToken cancel
    )
    {
        var (byChannel, byReason) = (
            EnumText.ParseOptional<Channel>(channel),
            EnumText.ParseOptional<SuppressionReason>(reason)
        );
        var byRecipient = recipient is null ? null : EmailAddress.Key(recipient);
        var rows = await db.Set<Suppression>()
            .AsNoTracking()
            .Where(row =>
                (page.After == null || row.Id < page.After)
                && (byChannel == null || row.Type == byChannel)
                && (byReason == null || row.Reason == byReason)
                && (byRecipient == null || row.Recipient == byRecipient)
            )
            .OrderByDescending(row => row.Id)
            .Take(page.Limit + 1)
            .ToListAsync(cancel);
        return TypedResults.Ok(page.ToPage([.. rows.Select(SuppressionDocument.Of)], row => row.Id, http));
    }
}
