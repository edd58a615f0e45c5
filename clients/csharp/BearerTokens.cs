using System.Net;
using System.Net.Http.Headers;

namespace Tenantry.Client;

/// <summary>Shows the access token, with the next one where the service does not take it any more.</summary>
internal sealed class BearerTokens(TenantrySession session) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        CancellationToken cancellationToken
    )
    {
        if (
            request.Headers.Authorization is not null
            || await session.Fresh(cancellationToken).ConfigureAwait(false) is not { } tokens
        )
            return await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", tokens.AccessToken);
        // A file that goes out as it is read is gone: whoever sends it sends it again.
        var isRepeatable =
            request.Content is null
            || (await request.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false)).CanSeek;
        var response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        if (
            response.StatusCode != HttpStatusCode.Unauthorized
            || !isRepeatable
            || await session.Renewed(tokens, cancellationToken).ConfigureAwait(false) is not { } next
        )
            return response;
        response.Dispose();
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", next.AccessToken);
        return await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
    }
}
