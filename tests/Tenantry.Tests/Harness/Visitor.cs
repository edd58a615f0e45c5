using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;

namespace Tenantry.Tests.Harness;

/// <summary>Somebody who uses the API: where, and as whom.</summary>
public sealed class Visitor(
    HttpClient http,
    string? tenant,
    string? token,
    string? refreshToken = null,
    string? address = null
)
{
    public string Token => token ?? throw new InvalidOperationException("Nobody is signed in.");

    public string RefreshToken => refreshToken ?? throw new InvalidOperationException("Nobody is signed in.");

    /// <summary>The same person with another access token.</summary>
    public Visitor With(string? otherToken) => new(http, tenant, otherToken, refreshToken, address);

    /// <summary>The same person, naming another tenant.</summary>
    public Visitor Naming(string? otherTenant) => new(http, otherTenant, token, refreshToken, address);

    /// <summary>The same person at another address of the network.</summary>
    public Visitor From(string otherAddress) => new(http, tenant, token, refreshToken, otherAddress);

    public async Task<Visitor> SignIn(string email, string password = Service.Password)
    {
        var answer = await Post("auth/login", new { email, password });
        answer.Status.ShouldBe(200, answer.Text);
        return new Visitor(http, tenant, answer.Text("access_token"), answer.Text("refresh_token"), address);
    }

    /// <summary>Registers somebody new and signs them in.</summary>
    public async Task<Visitor> NewUser(string? email = null)
    {
        email ??= $"{Guid.NewGuid():N}@example.com";
        var answer = await Post(
            "auth/register",
            new
            {
                email,
                password = Service.Password,
                first_name = "Ada",
            }
        );
        answer.Status.ShouldBe(201, answer.Text);
        return await SignIn(email);
    }

    public Task<Answer> Get(string path) => Send(HttpMethod.Get, path);

    public Task<Answer> Post(string path, object? body = null) =>
        Send(HttpMethod.Post, path, body is null ? null : JsonContent.Create(body));

    public Task<Answer> Put(string path, object body, params (string Name, string Value)[] headers) =>
        Send(HttpMethod.Put, path, JsonContent.Create(body), headers);

    public Task<Answer> Patch(string path, object body, params (string Name, string Value)[] headers) =>
        Send(HttpMethod.Patch, path, JsonContent.Create(body), headers);

    public Task<Answer> Delete(string path, params (string Name, string Value)[] headers) =>
        Send(HttpMethod.Delete, path, null, headers);

    public Task<Answer> PostText(string path, string text, string mediaType = "application/json") =>
        Send(HttpMethod.Post, path, new StringContent(text, Encoding.UTF8, mediaType));

    /// <param name="method">the verb</param>
    /// <param name="path">below <c>/api/v1/</c>, or from the root with a leading slash</param>
    /// <param name="content">the body</param>
    /// <param name="headers">added as they are</param>
    public async Task<Answer> Send(
        HttpMethod method,
        string path,
        HttpContent? content = null,
        params (string Name, string Value)[] headers
    )
    {
        using var request = new HttpRequestMessage(method, path.StartsWith('/') ? path : "/api/v1/" + path)
        {
            Content = content,
        };
        if (tenant is not null)
            request.Headers.Add("X-Tenant", tenant);
        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (address is not null)
            request.Headers.Add("X-Forwarded-For", address);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        using var response = await http.SendAsync(request);
        return new Answer(
            (int)response.StatusCode,
            response.Headers,
            response.Content.Headers,
            await response.Content.ReadAsStringAsync()
        );
    }
}

/// <summary>What came back.</summary>
public sealed record Answer(int Status, HttpResponseHeaders Headers, HttpContentHeaders ContentHeaders, string Text)
{
    public JsonNode Json => JsonNode.Parse(Text) ?? throw new InvalidOperationException("The answer is empty.");

    public string? Code => Json["code"]?.GetValue<string>();

    public string? Header(string name) =>
        Headers.TryGetValues(name, out var values) || ContentHeaders.TryGetValues(name, out values)
            ? string.Join(", ", values)
            : null;

    /// <summary>Holds the answer against everything that a refusal promises.</summary>
    public Answer ShouldBeProblem(int status, string code)
    {
        Status.ShouldBe(status, Text);
        (ContentHeaders.ContentType?.MediaType).ShouldBe("application/problem+json", Text);
        Code.ShouldBe(code, Text);
        Json.Number("status").ShouldBe(status);
        Json.Text("type").ShouldBe("/problems/" + code);
        Json.Text("title").ShouldNotBeNullOrEmpty();
        Json.Text("instance").ShouldStartWith("/");
        Json.Text("trace_id").ShouldMatch("^[0-9a-f]{32}$");
        Text.ShouldNotContain("Exception");
        Text.ShouldNotContain("SELECT");
        return this;
    }

    public Answer ShouldNameField(string field)
    {
        (Json["errors"]?[field]).ShouldNotBeNull(Text);
        return this;
    }
}
