using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;

namespace Tenantry.Commands;

/// <summary>
/// The signed-in users of the attacking tenant, one for each role. Some operations end their sessions.
/// </summary>
internal sealed class ProofCallers(HttpClient http)
{
    /// <summary>
    /// A token that expires during an operation would look like a leak. Access tokens are valid for at least five
    /// minutes.
    /// </summary>
    private static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(3);

    private readonly Dictionary<string, (AuthenticationHeaderValue Caller, long At)> signedIn = new(
        StringComparer.Ordinal
    );

    public async Task<AuthenticationHeaderValue> Of(
        ProofTenant attacker,
        string role,
        string email,
        CancellationToken cancel
    )
    {
        if (
            signedIn.TryGetValue(role, out var present)
            && Stopwatch.GetElapsedTime(present.At) < MaxAge
            && await IsSignedIn(present.Caller, cancel)
        )
            return present.Caller;
        var at = Stopwatch.GetTimestamp();
        var caller = await SignIn(attacker, email, cancel);
        signedIn[role] = (caller, at);
        return caller;
    }

    private async Task<bool> IsSignedIn(AuthenticationHeaderValue caller, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/auth/me")
        {
            Headers = { Authorization = caller },
        };
        using var response = await http.SendAsync(request, cancel);
        return response.IsSuccessStatusCode;
    }

    private async Task<AuthenticationHeaderValue> SignIn(ProofTenant tenant, string email, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/auth/login")
        {
            Content = JsonContent.Create(new { email, password = ProofTenant.Password }),
            Headers = { { "X-Tenant", tenant.Slug } },
        };
        using var response = await http.SendAsync(request, cancel);
        var answer = await response.Content.ReadFromJsonAsync<JsonNode>(cancel);
        return new AuthenticationHeaderValue(
            "Bearer",
            answer!["access_token"]?.GetValue<string>()
                ?? throw new InvalidOperationException($"{email} cannot sign in: {answer}")
        );
    }
}
