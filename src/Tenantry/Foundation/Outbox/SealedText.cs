using System.Security.Cryptography;
using System.Text.Json;
using Tenantry.Foundation.Settings;
using Tenantry.Foundation.Templates;

namespace Tenantry.Foundation.Outbox;

/// <summary>
/// The texts of a secret message while it waits: encrypted under a key that follows from <c>JWT_SECRET</c>, and bound
/// to their row. No query, dump or archive of the table shows a link that still works.
/// </summary>
public sealed class SealedText(ServiceSettings settings)
{
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    private readonly byte[] key = settings.KeyFor("texts of secret messages");

    /// <param name="tenant">whose message</param>
    /// <param name="message">which</param>
    /// <param name="parts">what it says</param>
    public byte[] Seal(Guid tenant, Guid message, MessageParts parts)
    {
        var text = JsonSerializer.SerializeToUtf8Bytes(parts);
        var row = new byte[NonceBytes + text.Length + TagBytes];
        RandomNumberGenerator.Fill(row.AsSpan(0, NonceBytes));
        using var cipher = new AesGcm(key, TagBytes);
        cipher.Encrypt(
            row.AsSpan(0, NonceBytes), text, row.AsSpan(NonceBytes, text.Length), row.AsSpan(NonceBytes + text.Length),
            Bound(tenant, message));
        return row;
    }

    /// <returns>null: it was sealed under another secret or for another row, or is damaged</returns>
    public MessageParts? Open(Guid tenant, Guid message, byte[] row)
    {
        if (row.Length < NonceBytes + TagBytes)
            return null;
        var text = new byte[row.Length - NonceBytes - TagBytes];
        try
        {
            using var cipher = new AesGcm(key, TagBytes);
            cipher.Decrypt(
                row.AsSpan(0, NonceBytes), row.AsSpan(NonceBytes, text.Length), row.AsSpan(NonceBytes + text.Length), text,
                Bound(tenant, message));
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
        return JsonSerializer.Deserialize<MessageParts>(text);
    }

    private static byte[] Bound(Guid tenant, Guid message) => [.. tenant.ToByteArray(), .. message.ToByteArray()];
}
