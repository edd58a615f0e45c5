using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Messaging.Templates;
using Tenantry.Foundation.Security.Sealing;

namespace Tenantry.Features.Notifications.Suppressions;

/// <summary>
/// The way out of messages that market (RFC 8058). The link names tenant and recipient under a seal: it holds for as long as the key does, whatever becomes of the history, and the log of a
/// proxy learns no address from it.
/// </summary>
public sealed class Unsubscribing(ServiceSettings settings)
{
    public const string Path = "/notifications/unsubscribe";

    private const int TenantBytes = 16;
    private const int LongestToken = 1024;

    private readonly SealedBox box = new(settings.KeyFor("unsubscribing"));

    public string Link(Guid tenant, Channel channel, string recipient) =>
        new Uri(settings.AppBaseUrl, $"{settings.ApiPath}{Path}?token={Seal(tenant, channel, recipient)}").ToString();

    /// <summary>A page with a button: what mail scanners visit must not unsubscribe anybody.</summary>
    public static Results<ContentHttpResult, Invalid> Ask(
        [FromQuery] string? token,
        Unsubscribing unsubscribing,
        HttpContext http
    ) =>
        unsubscribing.Open(token) is not { } known
            ? NotGood()
            : WebPage.Show(
                http,
                "Unsubscribe",
                $"""<form method="post"><p>{WebUtility.HtmlEncode(known.Recipient)} will get no more of these messages.</p><button name="List-Unsubscribe" value="One-Click">Unsubscribe</button></form>"""
            );

    /// <summary>One click, and once for all.</summary>
    public static async Task<Results<NoContent, Invalid>> Take(
        [FromQuery] string? token,
        Unsubscribing unsubscribing,
        TenantDirectory directory,
        IDbContextFactory<TenantDb> contexts,
        AuditTrail audit,
        TimeProvider clock,
        CancellationToken cancel
    )
    {
        if (
            unsubscribing.Open(token) is not { } known
            || await directory.ById(known.Tenant, cancel) is not { IsActive: true }
        )
            return NotGood();
        // A door: the seal names the tenant, whatever host or header say.
        await using var db = (await contexts.CreateDbContextAsync(cancel)).For(known.Tenant);
        await using var transaction = await db.Begin(cancel);
        var (channel, reason) = (EnumText.Of(known.Channel), EnumText.Of(SuppressionReason.Unsubscribe));
        var added = await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO notification_suppressions (tenant_id, id, type, recipient, reason, created_at) VALUES ({known.Tenant}, {Guid.CreateVersion7()}, {channel}, {known.Recipient}, {reason}, {clock.GetUtcNow()})
            ON CONFLICT DO NOTHING
            """,
            cancel
        );
        if (added > 0)
            audit.Add(db, target: null);
        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        return TypedResults.NoContent();
    }

    private static Invalid NotGood() =>
        Problems.Invalid("token", "is not one of this installation: take the whole link of the message");

    // The same recipient has one link.
    private string Seal(Guid tenant, Channel channel, string recipient) =>
        TokenText.Write(
            box.SealAlike([
                .. tenant.ToByteArray(),
                (byte)channel,
                .. Encoding.UTF8.GetBytes(recipient.ToLowerInvariant()),
            ])
        );

    private (Guid Tenant, Channel Channel, string Recipient)? Open(string? token) =>
        TokenText.Read(token, LongestToken) is { } sealed_ && box.Open(sealed_) is { Length: > TenantBytes + 1 } text
            ? (
                new Guid(text.AsSpan(0, TenantBytes)),
                (Channel)text[TenantBytes],
                Encoding.UTF8.GetString(text.AsSpan(TenantBytes + 1))
            )
            : null;
}
