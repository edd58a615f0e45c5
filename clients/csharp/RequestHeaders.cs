namespace Tenantry.Client;

/// <summary>The tenant of each request, and on each POST a key by which the service knows its repetition.</summary>
internal sealed class RequestHeaders(string? tenant) : DelegatingHandler
{
    protected override Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        CancellationToken cancellationToken
    )
    {
        if (tenant is not null && !request.Headers.Contains("X-Tenant"))
            request.Headers.Add("X-Tenant", tenant);
        // Before anything that repeats: the repetition says the same key. Operations that have no use for it do not look at it.
        if (request.Method == HttpMethod.Post && !request.Headers.Contains("Idempotency-Key"))
            request.Headers.Add("Idempotency-Key", Guid.NewGuid().ToString());
        return base.SendAsync(request, cancellationToken);
    }
}
