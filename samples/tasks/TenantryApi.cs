using System.Net.Http.Headers;
using System.Text.Json;

namespace TaskList;

/// <summary>
/// Tenantry, asked with the token of whoever asks us: it decides what they may, and finds only what is their tenant's. What it refuses is handed on as it is, a problem document
/// that says why.
/// </summary>
public sealed class TenantryApi(HttpClient http, IHttpContextAccessor accessor)
{
    public sealed record KnownUser(Guid Id, string Email, string? FirstName, string? LastName)
    {
        public string Name => $"{FirstName} {LastName}".Trim() is { Length: > 0 } name ? name : Email;
    }

    public sealed record KnownFile(Guid Id, string FileName);

    private static readonly JsonSerializerOptions SnakeCase = new(JsonSerializerDefaults.Web)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
    };

    public Task<(KnownUser?, IResult? Refusal)> User(Guid id, CancellationToken cancel) =>
        Read<KnownUser>($"users/{id}", cancel);

    public Task<(KnownFile?, IResult? Refusal)> File(Guid id, CancellationToken cancel) =>
        Read<KnownFile>($"files/{id}", cancel);

    /// <summary>Queues a mail in the name of the tenant.</summary>
    /// <param name="recipient">an address</param>
    /// <param name="subject">of the mail</param>
    /// <param name="body">as text</param>
    /// <param name="key">a second call with the same one sends nothing</param>
    /// <param name="cancel">when the caller went away</param>
    /// <returns>the refusal, if it is one</returns>
    public async Task<IResult?> Mail(
        string recipient,
        string subject,
        string body,
        string key,
        CancellationToken cancel
    )
    {
        using var request = Request(HttpMethod.Post, "notifications/email");
        request.Headers.Add("Idempotency-Key", key);
        request.Content = JsonContent.Create(
            new
            {
                recipient,
                subject,
                body,
            }
        );
        using var answer = await http.SendAsync(request, cancel);
        return await Refused(answer, cancel);
    }

    /// <returns>the refusal, if it is one; a file that is gone already is none</returns>
    public async Task<IResult?> DeleteFile(Guid id, CancellationToken cancel)
    {
        using var answer = await http.SendAsync(Request(HttpMethod.Delete, $"files/{id}"), cancel);
        return answer.StatusCode == System.Net.HttpStatusCode.NotFound ? null : await Refused(answer, cancel);
    }

    private async Task<(T?, IResult? Refusal)> Read<T>(string path, CancellationToken cancel)
        where T : class
    {
        using var answer = await http.SendAsync(Request(HttpMethod.Get, path), cancel);
        return await Refused(answer, cancel) is { } refusal
            ? (null, refusal)
            : (await answer.Content.ReadFromJsonAsync<T>(SnakeCase, cancel), null);
    }

    private HttpRequestMessage Request(HttpMethod method, string path)
    {
        var request = new HttpRequestMessage(method, path);
        request.Headers.Authorization = AuthenticationHeaderValue.Parse(
            accessor.HttpContext!.Request.Headers.Authorization.ToString()
        );
        return request;
    }

    private static async Task<IResult?> Refused(HttpResponseMessage answer, CancellationToken cancel) =>
        answer.IsSuccessStatusCode
            ? null
            : Results.Content(
                await answer.Content.ReadAsStringAsync(cancel),
                "application/problem+json",
                statusCode: (int)answer.StatusCode
            );
}
