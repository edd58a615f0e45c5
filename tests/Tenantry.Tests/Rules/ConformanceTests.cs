using System.Net;
using System.Text;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Rules;

/// <summary>
/// The harness holds every answer against the document. Here answers are made by hand, so that it is seen to notice.
/// </summary>
public sealed class ConformanceTests
{
    private const string Key =
        """{"keys":[{"kty":"EC","use":"sig","alg":"ES256","kid":"a","crv":"P-256","x":"b","y":"c"}]}""";
    private const string NotFound =
        """{"type":"/problems/not_found","title":"Not found","status":404,"detail":"No such path.","instance":"/x","code":"not_found","trace_id":"4bf92f3577b34da6a3ce929d0e0e4736"}""";
    private const string Problem = "application/problem+json";

    [Theory]
    [InlineData("GET", "/.well-known/jwks.json", 200, "application/json", Key)]
    [InlineData("DELETE", "/api/v1/auth/sessions", 204, null, null)]
    [InlineData("GET", "/api/v1/no/such/path", 404, Problem, NotFound)]
    [InlineData("GET", "/api/v1/users/no-id", 404, Problem, NotFound)]
    [InlineData("GET", "/swagger-ui/index.html", 200, "text/html", "<html></html>")]
    public async Task An_answer_as_documented_passes(
        string method,
        string path,
        int status,
        string? mediaType,
        string? body
    ) => ((int)(await Answered(method, path, status, mediaType, body)).StatusCode).ShouldBe(status);

    [Theory]
    [InlineData(
        "GET",
        "/.well-known/jwks.json",
        418,
        Problem,
        NotFound,
        "GET /.well-known/jwks.json lists 200, 400, 500"
    )]
    [InlineData("GET", "/.well-known/jwks.json", 200, "text/plain", Key, "answers application/json, not text/plain")]
    [InlineData("GET", "/.well-known/jwks.json", 200, "application/json", """{"keys":""", "is no JSON")]
    [InlineData("GET", "/.well-known/jwks.json", 200, "application/json", """{"keys":null}""", "/keys")]
    [InlineData("GET", "/.well-known/jwks.json", 200, "application/json", """{}""", "keys")]
    [InlineData("GET", "/.well-known/jwks.json", 200, "application/json", """{"keys":[],"secret":1}""", "/secret")]
    [InlineData("DELETE", "/api/v1/auth/sessions", 204, "text/plain", "gone", "tells of no body")]
    [InlineData(
        "GET",
        "/api/v1/roles/019a8f3e-6c00-7d31-9f2a-6d1c0e5b7a42",
        404,
        Problem,
        "{}",
        "does not keep to the schema"
    )]
    [InlineData("GET", "/api/v1/auth/me", 429, Problem, NotFound, "promises the header Retry-After")]
    [InlineData("GET", "/api/v1/no/such/path", 200, "application/json", "{}", "no such operation")]
    [InlineData("GET", "/api/v1/no/such/path", 404, "text/html", "<h1>Not found</h1>", "refused as text/html")]
    [InlineData("GET", "/dev/mailbox", 500, Problem, "{}", "does not keep to the schema")]
    public async Task An_answer_that_the_document_does_not_tell_is_noticed(
        string method,
        string path,
        int status,
        string? mediaType,
        string? body,
        string said
    ) =>
        (
            await Should.ThrowAsync<NotAsDocumentedException>(Answered(method, path, status, mediaType, body))
        ).Message.ShouldContain(said);

    private static async Task<HttpResponseMessage> Answered(
        string method,
        string path,
        int status,
        string? mediaType,
        string? body
    )
    {
        using var http = new HttpClient(
            new Conformance(
                new Always(() =>
                    new HttpResponseMessage((HttpStatusCode)status)
                    {
                        Headers = { { "X-Request-Id", "1" } },
                        Content = body is null
                            ? new ByteArrayContent([])
                            : new StringContent(body, Encoding.UTF8, mediaType!),
                    }
                )
            )
        );
        using var request = new HttpRequestMessage(new HttpMethod(method), "http://service.example" + path);
        return await http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    private sealed class Always(Func<HttpResponseMessage> answer) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request,
            CancellationToken cancellationToken
        ) => Task.FromResult(answer());
    }
}
