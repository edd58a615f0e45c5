using DnsClient;

namespace Tenantry.Features.Tenants;

/// <summary>Looks up TXT records in the DNS. An interface, because tests have no DNS zone.</summary>
public interface ITxtRecords
{
    /// <exception cref="DnsResponseException">no server responds</exception>
    Task<IReadOnlyList<string>> Of(string name, CancellationToken cancel);
}

/// <summary>Uses the DNS servers that this machine is configured with.</summary>
public sealed class TxtRecords : ITxtRecords
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
        // A value longer than 255 bytes is split into several strings (RFC 1035, section 3.3.14).
        return [.. answer.Answers.TxtRecords().Select(record => string.Concat(record.Text))];
    }
}
