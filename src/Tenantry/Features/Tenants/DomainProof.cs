using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using DnsClient;
using Tenantry.Foundation.Hosting.Settings;

namespace Tenantry.Features.Tenants;

/// <summary>Asks the DNS. An interface, because a test has no zone of its own.</summary>
public interface IDnsTexts
{
    /// <exception cref="DnsResponseException">no server answers</exception>
    Task<IReadOnlyList<string>> Of(string name, CancellationToken cancel);
}

/// <summary>The DNS as this machine is set up to ask it.</summary>
public sealed class DnsTexts : IDnsTexts
{
    private readonly LookupClient client = new(
        new LookupClientOptions
        {
            UseCache = false,
            Timeout = TimeSpan.FromSeconds(3),
            Retries = 1,
            ThrowDnsErrors = false,
        }
    );

    public async Task<IReadOnlyList<string>> Of(string name, CancellationToken cancel)
    {
        var answer = await client.QueryAsync(name, QueryType.TXT, cancellationToken: cancel);
        // A record longer than 255 bytes comes in pieces.
        return [.. answer.Answers.TxtRecords().Select(record => string.Concat(record.Text))];
    }
}

/// <summary>
/// Whoever can put a record into a domain's zone owns the domain. What the record must say follows from tenant and domain and cannot be made up: nothing
/// is stored, and another tenant that asks for the same domain is told to say something else.
/// </summary>
/// <param name="Name">Where the TXT record goes.</param>
/// <param name="Value">What it says.</param>
public sealed record DomainProof(string Name, string Value)
{
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
