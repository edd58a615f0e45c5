using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Tenantry.Features.Notifications.Delivery;
using Tenantry.Features.Notifications.Transports;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Messaging;
using Tenantry.Foundation.Messaging.Templates;

namespace Tenantry.Features.Notifications;

/// <summary>One message of the development mailbox: its HTML as a mail program shows it, its text and its headers.</summary>
public static class DevMailboxMessage
{
    /// <summary>
    /// The HTML of a mail is hostile: it comes from a tenant. It runs no script, loads nothing, sends no form, and has
    /// no origin, so it cannot read the mailbox around it. The policy also covers a visit without the frame.
    /// </summary>
    private const string FramePolicy =
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox; frame-ancestors 'self'; base-uri 'none'; form-action 'none'";

    public static async Task<Results<ContentHttpResult, Missing>> Show(
        Guid tenant,
        Guid id,
        HttpContext http,
        IDbContextFactory<TenantDb> contexts,
        SealedText sealing,
        MailMessage mails,
        CancellationToken cancel
    )
    {
        if (await Find(tenant, id, contexts, sealing, cancel) is not { } message)
            return Problems.Missing("The mailbox has no such message.");
        var page = new StringBuilder("<p><a href=\"").Append(DevMailbox.Path).Append("\">All messages</a></p>");
        if (message.Html is not null)
            page.Append(
                CultureInfo.InvariantCulture,
                $"""<h2>HTML</h2><iframe title="The HTML of the message" sandbox="" referrerpolicy="no-referrer" src="{DevMailbox.Path}/{tenant}/{id}/html"></iframe>"""
            );
        if (message.Text is not null)
        {
            page.Append("<h2>Text</h2><pre>");
            DevMailbox.AppendWithLinks(page, message.Text);
            page.Append("</pre>");
        }
        page.Append("<h2>Headers</h2><pre class=\"code\">");
        AppendHeaders(page, message, mails);
        page.Append("</pre>");
        var title = message.Subject is { Length: > 0 } subject ? subject : "Message";
        return WebPage.Show(http, title, page.ToString(), framesOwn: true);
    }

    public static async Task<Results<ContentHttpResult, Missing>> ShowHtml(
        Guid tenant,
        Guid id,
        HttpContext http,
        IDbContextFactory<TenantDb> contexts,
        SealedText sealing,
        CancellationToken cancel
    )
    {
        if ((await Find(tenant, id, contexts, sealing, cancel))?.Html is not { } html)
            return Problems.Missing("The mailbox has no such message with HTML.");
        http.Response.Headers.ContentSecurityPolicy = FramePolicy;
        http.Response.Headers.XFrameOptions = "SAMEORIGIN";
        return TypedResults.Content(html, "text/html; charset=utf-8");
    }

    private static void AppendHeaders(StringBuilder page, Message message, MailMessage mails)
    {
        if (message.Channel != Channel.Email || (message.Text ?? message.Html) is null)
        {
            page.Append(WebUtility.HtmlEncode($"To: {message.Recipient}"));
            return;
        }
        using var mail = mails.Of(message);
        foreach (var header in mail.Headers)
        {
            var value = WebUtility.HtmlEncode(header.Value);
            page.Append(WebUtility.HtmlEncode(header.Field)).Append(": ");
            // A developer follows it here as the recipient does in a mail program.
            if (header.Id == MimeKit.HeaderId.ListUnsubscribe)
                page.Append(
                    CultureInfo.InvariantCulture,
                    $"<a href=\"{WebUtility.HtmlEncode(header.Value.Trim('<', '>', ' '))}\">{value}</a>"
                );
            else
                page.Append(value);
            page.Append('\n');
        }
    }

    private static async Task<Message?> Find(
        Guid tenant,
        Guid id,
        IDbContextFactory<TenantDb> contexts,
        SealedText sealing,
        CancellationToken cancel
    )
    {
        await using var db = (await contexts.CreateDbContextAsync(cancel)).For(tenant);
        var row = await db.Set<Notification>()
            .AsNoTracking()
            .SingleOrDefaultAsync(
                n => n.Id == id && n.Transport == "mailbox" && n.Status == NotificationStatus.Sent,
                cancel
            );
        var sender = row is null
            ? null
            : await db.Set<Tenant>().AsNoTracking().SingleOrDefaultAsync(t => t.Id == tenant, cancel);
        if (row is null || sender is null)
            return null;
        var parts = row.SealedText is { } sealedText
            ? sealing.Open(tenant, id, sealedText)
            : new MessageParts(row.Subject, row.Body, row.HtmlBody);
        return new Message(
            tenant,
            id,
            row.Attempts,
            row.Type,
            row.Recipient,
            parts?.Subject,
            parts?.Text,
            parts?.Html,
            row.Category,
            row.IsSecret,
            row.SendAt ?? row.CreatedAt,
            new TenantOfMessage(
                sender.Name,
                sender.SenderName,
                sender.SenderAddress,
                sender.CustomDomainVerifiedAt is null ? null : sender.CustomDomain,
                sender.IsActive,
                RedactsBodies: false
            ),
            Suppressed: null,
            Device: null
        );
    }
}
