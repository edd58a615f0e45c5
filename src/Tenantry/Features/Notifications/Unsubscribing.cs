using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Tenantry.Foundation.Audit;
using Tenantry.Foundation.Database;
using Tenantry.Foundation.Http;
using Tenantry.Foundation.Settings;
using Tenantry.Foundation.Templates;
using Tenantry.Foundation.Tenancy;

namespace Tenantry.Features.Notifications;

/// <summary>
/// The way out of messages that market (RFC 8058). The link names tenant and recipient under a seal: it holds for as long as the key does, whatever becomes of the history, and the log of a
/// proxy learns no address from it.
/// </summary>
public sealed class Unsubscribing(ServiceSettings settings)
{
    public const string Path = "/notifications/unsubscribe";

    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private const int TenantBytes = 16;
    private const int LongestToken = 1024;

    private readonly byte[] key = settings.KeyFor("unsubscribing");

    public string Link(Guid tenant, Channel channel, string recipient) => new Uri(settings.AppBaseUrl, $"{settings.ApiPath}{Path}?token={Seal(tenant, channel, recipient)}").ToString();

    /// <summary>A page with a button: what mail scanners visit must not unsubscribe anybody.</summary>
    public static Results<ContentHttpResult, Invalid> Ask([FromQuery] string? token, Unsubscribing unsubscribing, HttpContext http) =>
        unsubscribing.Open(token) is not { } known ? NotGood() : WebPage.Show(http, "Unsubscribe",
            $"""<form method="post"><p>{WebUtility.HtmlEncode(known.Recipient)} will get no more of these messages.</p><button name="List-Unsubscribe" value="One-Click">Unsubscribe</button></form>""");

    /// <summary>One click, and once for all.</summary>
    public static async Task<Results<NoContent, Invalid>> Take(
        [FromQuery] string? token, Unsubscribing unsubscribing, TenantDirectory directory, IDbContextFactory<TenantDb> contexts, AuditTrail audit, TimeProvider clock, CancellationToken cancel)
    {
        if (unsubscribing.Open(token) is not { } known || await directory.ById(known.Tenant, cancel) is not { IsActive: true })
            return NotGood();
        // A door: the seal names the tenant, whatever host or header say.
        await using var db = (await contexts.CreateDbContextAsync(cancel)).For(known.Tenant);
        await using var transaction = await db.Begin(cancel);
        var (channel, reason) = (Word.Of(known.Channel), Word.Of(SuppressionReason.Unsubscribe));
        var added = await db.Database.ExecuteSqlAsync($"""
            INSERT INTO notification_suppressions (tenant_id, id, type, recipient, reason, created_at) VALUES ({known.Tenant}, {Guid.CreateVersion7()}, {channel}, {known.Recipient}, {reason}, {clock.GetUtcNow()})
            ON CONFLICT DO NOTHING
            """, cancel);
        if (added > 0)
            audit.Add(db, target: null);
        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        return TypedResults.NoContent();
    }

    private static Invalid NotGood() => Problems.Invalid("token", "is not one of this installation: take the whole link of the message");

    private string Seal(Guid tenant, Channel channel, string recipient)
    {
        byte[] text = [.. tenant.ToByteArray(), (byte)channel, .. Encoding.UTF8.GetBytes(recipient.ToLowerInvariant())];
        var sealed_ = new byte[NonceBytes + text.Length + TagBytes];
        // The nonce follows from the text: the same recipient has one link, and no two texts share one.
        HMACSHA256.HashData(key, text).AsSpan(0, NonceBytes).CopyTo(sealed_);
        using var cipher = new AesGcm(key, TagBytes);
        cipher.Encrypt(sealed_.AsSpan(0, NonceBytes), text, sealed_.AsSpan(NonceBytes, text.Length), sealed_.AsSpan(NonceBytes + text.Length));
        return TokenText.Write(sealed_);
    }

    private (Guid Tenant, Channel Channel, string Recipient)? Open(string? token)
    {
        if (TokenText.Read(token, LongestToken) is not { } sealed_)
            return null;
        var length = sealed_.Length - NonceBytes - TagBytes;
        if (length <= TenantBytes + 1)
            return null;
        var text = new byte[length];
        try
        {
            using var cipher = new AesGcm(key, TagBytes);
            cipher.Decrypt(sealed_.AsSpan(0, NonceBytes), sealed_.AsSpan(NonceBytes, length), sealed_.AsSpan(NonceBytes + length), text);
        }
        catch (CryptographicException)
        {
            return null;
        }
        return (new Guid(text.AsSpan(0, TenantBytes)), (Channel)text[TenantBytes], Encoding.UTF8.GetString(text.AsSpan(TenantBytes + 1)));
    }
}
