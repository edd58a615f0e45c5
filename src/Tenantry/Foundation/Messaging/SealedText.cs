using System.Text.Json;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Messaging.Templates;
using Tenantry.Foundation.Security.Sealing;

namespace Tenantry.Foundation.Messaging;

/// <summary>
/// The texts of a secret message while it waits: encrypted under a key that is derived from <c>JWT_SECRET</c>, and
/// bound
/// to their row. No query, dump or archive of the table shows a link that still works.
/// </summary>
public sealed class SealedText(ServiceSettings settings)
{
    private readonly SealedBox box = new(settings.KeyFor("texts of secret messages"));

    /// <param name="tenant">whose message</param>
    /// <param name="message">which</param>
    /// <param name="parts">what it says</param>
    public byte[] Seal(Guid tenant, Guid message, MessageParts parts) =>
        box.Seal(JsonSerializer.SerializeToUtf8Bytes(parts), Bound(tenant, message));

    /// <returns>null: it was sealed under another secret or for another row, or is damaged</returns>
    public MessageParts? Open(Guid tenant, Guid message, byte[] row) =>
        box.Open(row, Bound(tenant, message)) is { } text ? JsonSerializer.Deserialize<MessageParts>(text) : null;

    private static byte[] Bound(Guid tenant, Guid message) => [.. tenant.ToByteArray(), .. message.ToByteArray()];
}
