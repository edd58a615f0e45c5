using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Tenantry.Foundation.Hosting.Settings;

namespace Tenantry.Features.Tenants;

/// <summary>
/// The DNS record that proves that a tenant owns its custom domain: only the owner of a domain can add records to its
/// zone. The value is a MAC of tenant and domain. Nothing is stored, it cannot be guessed, and another tenant that
/// requests the same domain gets another value.
/// </summary>
/// <param name="Name">The name of the TXT record.</param>
/// <param name="Value">The value of the TXT record.</param>
public sealed record DomainProof(string Name, string Value)
{
    internal const string NoDomain = "The tenant has no custom domain. Set custom_domain first.";

    public static DomainProof Of(ServiceSettings settings, Guid tenant, string domain)
    {
        var key = settings.KeyFor("custom domains");
        var mac = HMACSHA256.HashData(key, (byte[])[.. tenant.ToByteArray(), .. Encoding.UTF8.GetBytes(domain)]);
        return new DomainProof(
            "_tenantry." + domain,
            "tenantry-verification=" + Base64Url.EncodeToString(mac.AsSpan(0, 24))
        );
    }
}
