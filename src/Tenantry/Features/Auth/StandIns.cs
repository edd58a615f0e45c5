using System.Security.Cryptography;
using System.Text;
using Tenantry.Foundation.Hosting.Settings;

namespace Tenantry.Features.Auth;

/// <summary>
/// Chooses whose hash stands in for an address without an account. Imported hashes take another time than ours, so the
/// work of one of ours would reveal that there is no account. An unknown address costs the work of a user's hash
/// instead, always of the same user, and that becomes ours when this user signs in. So unknown addresses take the times
/// of the tenant's users, in the same shares (docs/decisions/0029-hashes-of-other-systems.md).
/// </summary>
public sealed class StandIns(ServiceSettings settings)
{
    private const int Letters = 8;

    private readonly byte[] key = settings.KeyFor("stand-ins of unknown addresses");

    /// <summary>
    /// A text among the tenant's addresses, whose next user is the stand-in. It is keyed: if it were the address
    /// itself, an attacker could search for the addresses between which the time changes, and each is an account.
    /// </summary>
    public string PivotOf(Guid tenant, string normalized)
    {
        var text = Encoding.UTF8.GetBytes(normalized);
        byte[] bytes = [.. tenant.ToByteArray(), .. text];
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, bytes, mac);
        Span<char> pivot = stackalloc char[Letters];
        for (var i = 0; i < pivot.Length; i++)
            pivot[i] = (char)('a' + mac[i] % 26);
        return new string(pivot);
    }
}
