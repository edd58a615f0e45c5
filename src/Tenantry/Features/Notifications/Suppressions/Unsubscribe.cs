using System.ComponentModel;
using System.Net;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Features.Notifications.Suppressions;

/// <summary>
/// Unsubscribes a recipient from the marketing messages of a tenant. A second request changes nothing. The button of
/// the page leads to a page; the one click of a mail program (RFC 8058) gets an empty response.
/// </summary>
public static class Unsubscribe
{
    public static async Task<Results<NoContent, ContentHttpResult, Invalid>> Handle(
        [FromQuery, Description("The token of the unsubscribe link.")] string? token,
        UnsubscribeLink link,
        TenantDirectory directory,
        IDbContextFactory<TenantDb> contexts,
        AuditTrail audit,
        HttpContext http,
        TimeProvider clock,
        CancellationToken cancel
    )
    {
        if (link.Open(token) is not { } target || await directory.ById(target.Tenant, cancel) is not { IsActive: true })
            return UnsubscribeLink.InvalidToken();
        // Acts in the tenant of the token, whatever tenant the host or the header of the request names.
        await using var db = (await contexts.CreateDbContextAsync(cancel)).For(target.Tenant);
        await using var transaction = await db.Begin(cancel);
        var (channel, reason) = (EnumText.ToText(target.Channel), EnumText.ToText(SuppressionReason.Unsubscribe));
        var added = await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO notification_suppressions (tenant_id, id, type, recipient, reason, created_at) VALUES ({target.Tenant}, {Guid.CreateVersion7()}, {channel}, {target.Recipient}, {reason}, {clock.GetUtcNow()})
            ON CONFLICT DO NOTHING
            """,
            cancel
        );
        if (added > 0)
            audit.Add(db, target: null);
        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        return WebPage.IsWanted(http)
            ? WebPage.Show(
                http,
                "You are unsubscribed",
                $"""<p role="status">{WebUtility.HtmlEncode(target.Recipient)} will get no more of these messages. You can close this page.</p>"""
            )
            : TypedResults.NoContent();
    }
}
