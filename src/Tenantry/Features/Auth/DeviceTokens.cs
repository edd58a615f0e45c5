using System.Buffers.Binary;
using System.Security.Cryptography;
using Tenantry.Features.Users;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Hosting.Settings;

namespace Tenantry.Features.Auth;

/// <summary>
/// Proves that a user signed in on a device before. Failed attempts of strangers do not delay a sign-in with such a
/// token, and it is not reported as a new device. The token replaces no credential: the password is required all the
/// same. It is signed and not stored.
/// </summary>
public sealed class DeviceTokens(ServiceSettings settings, TimeProvider clock)
{
    private const string Prefix = "tnd_";
    private const int IdBytes = 16;
    private const int NonceBytes = 12;
    private const int TimeBytes = 8;
    private const int MacBytes = 32;

    /// <summary>The longest time for which browsers store a cookie (RFC 6265bis).</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(400);

    private readonly byte[] key = settings.KeyFor("devices");

    public string Create(User user)
    {
        Span<byte> bytes = stackalloc byte[NonceBytes + TimeBytes + MacBytes];
        RandomNumberGenerator.Fill(bytes[..NonceBytes]);
        BinaryPrimitives.WriteInt64BigEndian(bytes[NonceBytes..], clock.GetUtcNow().ToUnixTimeSeconds());
        Sign(user, bytes[..(NonceBytes + TimeBytes)], bytes[(NonceBytes + TimeBytes)..]);
        return Prefix + TokenText.Write(bytes);
    }

    public bool IsOf(User user, string? token)
    {
        Span<byte> bytes = stackalloc byte[NonceBytes + TimeBytes + MacBytes];
        if (
            token?.StartsWith(Prefix, StringComparison.Ordinal) != true
            || !TokenText.TryRead(token.AsSpan(Prefix.Length), bytes)
        )
            return false;
        Span<byte> expected = stackalloc byte[MacBytes];
        Sign(user, bytes[..(NonceBytes + TimeBytes)], expected);
        if (!CryptographicOperations.FixedTimeEquals(expected, bytes[(NonceBytes + TimeBytes)..]))
            return false;
        return DateTimeOffset.FromUnixTimeSeconds(BinaryPrimitives.ReadInt64BigEndian(bytes[NonceBytes..])) + Lifetime
            > clock.GetUtcNow();
    }

    private void Sign(User user, ReadOnlySpan<byte> nonceAndTime, Span<byte> mac)
    {
        Span<byte> signed = stackalloc byte[IdBytes + IdBytes + NonceBytes + TimeBytes];
        user.TenantId.TryWriteBytes(signed);
        user.Id.TryWriteBytes(signed[IdBytes..]);
        nonceAndTime.CopyTo(signed[(IdBytes + IdBytes)..]);
        HMACSHA256.HashData(key, signed, mac);
    }
}
