using System.Security.Cryptography;
using System.Text;

namespace Tenantry.Features.Users.Importing;

/// <summary>
/// The id of an imported user. It is computed from the tenant, the source and the user's id there (or the address), so
/// that a second import finds the user under the same id, also after the address has changed.
/// </summary>
internal static class ImportKey
{
    private const int TimeBytes = 6;

    /// <param name="tenant">The tenant of the user.</param>
    /// <param name="source">The name of the format.</param>
    /// <param name="key">The id in the source, or the normalized address.</param>
    /// <param name="created">
    /// The time in the id (UUIDv7, RFC 9562): lists of users are in the order of their ids. Null: the tenant's.
    /// </param>
    public static Guid Of(Guid tenant, string source, string key, DateTimeOffset? created)
    {
        Span<byte> id = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{tenant}\n{source}\n{key}"), id);
        var milliseconds = created?.ToUnixTimeMilliseconds() ?? MillisecondsOf(tenant);
        for (var i = TimeBytes - 1; i >= 0; i--, milliseconds >>= 8)
            id[i] = (byte)Math.Max(0, milliseconds);
        id[6] = (byte)(0x70 | (id[6] & 0x0F));
        id[8] = (byte)(0x80 | (id[8] & 0x3F));
        return new Guid(id[..16], bigEndian: true);
    }

    private static long MillisecondsOf(Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        long milliseconds = 0;
        foreach (var one in bytes[..TimeBytes])
            milliseconds = (milliseconds << 8) | one;
        return milliseconds;
    }
}
