using System.Security.Cryptography;
using System.Text;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Storage;

namespace Tenantry.Features.Tenants.Archives;

/// <summary>What applies to all rows of one import.</summary>
/// <param name="Manifest">of the archive</param>
/// <param name="IsTrusted">whether the operator trusts the author of the archive</param>
/// <param name="Permissions">the id of each permission in this database, by its id in the archive</param>
/// <param name="ScanStatus">the scan status of a file that this installation has not scanned</param>
/// <param name="Now">the time of the import</param>
public sealed record ImportContext(
    TenantArchive.Manifest Manifest,
    bool IsTrusted,
    IReadOnlyDictionary<Guid, Guid> Permissions,
    string ScanStatus,
    DateTimeOffset Now
)
{
    private readonly byte[] secret = RandomNumberGenerator.GetBytes(32);

    public bool IsPlatform => Manifest.Slug == Tenant.PlatformSlug;

    /// <summary>Whether a key belongs to an object of this tenant.</summary>
    public bool IsOwnKey(string key) =>
        IObjectStore.IsKey(key)
        && Guid.TryParse(key.AsSpan(0, key.IndexOf('/', StringComparison.Ordinal)), out var tenant)
        && tenant == Manifest.TenantId;

    /// <summary>
    /// The new key of an object. During one import, an old key always gets the same new key. Attack: an archive names
    /// an object that exists in the store, or that is to be removed. The new key depends on a random secret, so it
    /// cannot be predicted.
    /// </summary>
    public string NewKey(string old)
    {
        Span<byte> hash = stackalloc byte[32];
        HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes(old), hash);
        (hash[6], hash[8]) = ((byte)((hash[6] & 0x0F) | 0x40), (byte)((hash[8] & 0x3F) | 0x80)); // RFC 9562, version 4
        return $"{Manifest.TenantId}/{new Guid(hash[..16], bigEndian: true)}";
    }
}
