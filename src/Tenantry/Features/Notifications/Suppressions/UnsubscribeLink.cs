using System.Text;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Messaging.Templates;
using Tenantry.Foundation.Security.Sealing;

namespace Tenantry.Features.Notifications.Suppressions;

/// <summary>
/// The link by which a recipient of marketing messages unsubscribes (RFC 8058). Its token contains tenant and
/// recipient, encrypted: the logs of a proxy show no address, and the link is valid as long as the key, also after the
/// message is deleted.
/// </summary>
public sealed class UnsubscribeLink(ServiceSettings settings)
{
    public const string Path = "/notifications/unsubscribe";

    internal static readonly OpenedByPeople People = new(
        "This link does not work",
        "A part of it may be missing. Open the link in the message again, or copy the whole of it."
    );

    private const int TenantBytes = 16;
    private const int LongestToken = 1024;

    private readonly SealedBox box = new(settings.KeyFor("unsubscribing"));

    public string Create(Guid tenant, Channel channel, string recipient) =>
        new Uri(settings.AppBaseUrl, $"{settings.ApiPath}{Path}?token={Seal(tenant, channel, recipient)}").ToString();

    /// <returns>Null: the token is not from this installation.</returns>
    internal UnsubscribeTarget? Open(string? token) =>
        TokenText.Read(token, LongestToken) is { } encrypted
        && box.Open(encrypted) is { Length: > TenantBytes + 1 } text
            ? new UnsubscribeTarget(
                new Guid(text.AsSpan(0, TenantBytes)),
                (Channel)text[TenantBytes],
                Encoding.UTF8.GetString(text.AsSpan(TenantBytes + 1))
            )
            : null;

    internal static Invalid InvalidToken() =>
        Problems.Invalid("token", "was not issued by this installation: use the complete link from the message");

    // Deterministic: the same recipient always has the same link.
    private string Seal(Guid tenant, Channel channel, string recipient) =>
        TokenText.Write(
            box.SealAlike([
                .. tenant.ToByteArray(),
                (byte)channel,
                .. Encoding.UTF8.GetBytes(recipient.ToLowerInvariant()),
            ])
        );
}

/// <param name="Tenant">The tenant that sent the message.</param>
/// <param name="Channel">The channel of the message.</param>
/// <param name="Recipient">The recipient who unsubscribes, in lower case.</param>
internal readonly record struct UnsubscribeTarget(Guid Tenant, Channel Channel, string Recipient);
