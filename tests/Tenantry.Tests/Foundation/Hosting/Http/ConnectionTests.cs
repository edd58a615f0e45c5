using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Foundation.Hosting.Http;

/// <summary>
/// Clients that are slow, greedy, or want one server to see other requests than the next: bytes on a socket, as no HTTP
/// library writes them.
/// </summary>
public sealed class ConnectionTests(ConnectionTests.ImpatientService shared)
    : IClassFixture<ConnectionTests.ImpatientService>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private readonly Service service = shared.Service;

    /// <summary>Everything that two servers in a row could read as requests of different length.</summary>
    [Theory]
    [InlineData(
        "POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"
    )]
    [InlineData(
        "POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 3\r\nContent-Length: 60\r\n\r\nabcGET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"
    )]
    [InlineData(
        "POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"
    )]
    [InlineData(
        "POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"
    )]
    [InlineData(
        "POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"
    )]
    [InlineData(
        "POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nX: y\r\n Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"
    )]
    [InlineData(
        "POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n5;x\n\r\nabcde\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"
    )]
    [InlineData(
        "POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\nabc\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"
    )]
    [InlineData("GET /health/live HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n")]
    public async Task A_request_of_two_lengths_is_refused_and_nothing_behind_it_is_read(string bytes)
    {
        var answers = await Say(bytes);

        answers.ShouldStartWith("HTTP/1.1 400");
        Count(answers).ShouldBe(1, answers);
        answers.ShouldNotContain("smuggled");
    }

    [Fact]
    public async Task Requests_in_a_row_that_are_in_order_are_answered_in_order()
    {
        // Or the tests above would prove nothing.
        var answers = await Say(
            "GET /health/live HTTP/1.1\r\nHost: x\r\n\r\nGET /behind HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        );

        Count(answers).ShouldBe(2, answers);
        answers.ShouldContain("/behind");
    }

    [Theory]
    [InlineData("GET /health/live HTTP/1.1\r\nHost: x\r\n")]
    [InlineData("GET /health/li")]
    public async Task Headers_that_do_not_come_end_the_connection(string bytes) =>
        (await Say(bytes)).ShouldStartWith("HTTP/1.1 408");

    [Fact]
    public async Task A_body_that_does_not_come_ends_the_request() =>
        (
            await Say(
                "POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nX-Tenant: default\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"
            )
        ).ShouldStartWith("HTTP/1.1 408");

    [Fact]
    public async Task Headers_and_addresses_that_are_too_large_get_a_problem_document()
    {
        var many = string.Concat(Enumerable.Range(0, 80).Select(i => $"X-{i}: y\r\n"));
        (
            await Say($"GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{many}\r\n")
        ).ShouldSatisfyAllConditions(
            answer => answer.ShouldStartWith("HTTP/1.1 431"),
            answer => answer.ShouldContain("\"code\":\"headers_too_large\"")
        );
        (
            await Say(
                $"GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\nCookie: {new string('y', 20_000)}\r\n\r\n"
            )
        ).ShouldContain("\"code\":\"headers_too_large\"");
        (
            await Say($"GET /{new string('y', 10_000)} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        ).ShouldSatisfyAllConditions(
            answer => answer.ShouldStartWith("HTTP/1.1 414"),
            answer => answer.ShouldContain("\"code\":\"address_too_long\"")
        );
    }

    /// <summary>
    /// The server refuses these before the application sees the request, closes the connection, and offers no way to
    /// add a body. docs/observability.md lists them.
    /// </summary>
    [Theory]
    [InlineData("GET /health/live HTTP/1.1\r\nHost: x\r\nNo colon\r\n\r\n", 400)]
    [InlineData("GET /health/live HTTP/1.1\r\nHost: x\r\nX: a\u0000b\r\n\r\n", 400)]
    [InlineData("GET /a%00b HTTP/1.1\r\nHost: x\r\n\r\n", 400)]
    [InlineData("GET /health/live HTTP/1.1\r\n\r\n", 400)] // no host
    [InlineData("nonsense\r\n\r\n", 400)]
    [InlineData("GET /health/live HTTP/3.7\r\nHost: x\r\n\r\n", 505)]
    [InlineData("LARGE HEADER", 431)]
    [InlineData("MANY HEADERS", 431)]
    [InlineData("LONG ADDRESS", 414)]
    public async Task The_server_itself_refuses_these_with_an_empty_answer(string bytes, int status)
    {
        bytes = bytes switch
        {
            "LARGE HEADER" => $"GET / HTTP/1.1\r\nHost: x\r\nX: {new string('y', 40_000)}\r\n\r\n",
            "MANY HEADERS" =>
                $"GET / HTTP/1.1\r\nHost: x\r\n{string.Concat(Enumerable.Range(0, 200).Select(i => $"X-{i}: y\r\n"))}\r\n",
            "LONG ADDRESS" => $"GET /{new string('y', 20_000)} HTTP/1.1\r\nHost: x\r\n\r\n",
            _ => bytes,
        };

        var answer = await Say(bytes);

        answer.ShouldStartWith($"HTTP/1.1 {status}");
        answer.ShouldContain("Content-Length: 0");
        answer.ShouldContain("Connection: close");
        answer.ShouldEndWith("\r\n\r\n"); // no body
    }

    [Fact]
    public async Task No_more_clients_are_connected_than_are_let_in()
    {
        await using var small = await shared.Cluster.Start(
            service.Database,
            variables => variables["MAX_CONNECTIONS"] = "2"
        );
        using var first = await Connect(small);
        using var second = await Connect(small);

        using var third = await Connect(small);

        (await third.GetStream().ReadAsync(new byte[1], Cancel)).ShouldBe(0);
        first.Close();
        // A place is free again as soon as the server has seen the other go.
        await Eventually.Is(async () =>
        {
            using var fourth = await Connect(small);
            var answer = await Read(fourth, "GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
            return answer.StartsWith("HTTP/1.1 200", StringComparison.Ordinal);
        });
    }

    private async Task<string> Say(string bytes)
    {
        using var client = await Connect(service);
        return await Read(client, bytes);
    }

    private static async Task<TcpClient> Connect(Service to)
    {
        var client = new TcpClient();
        await client.ConnectAsync(to.Url.Host, to.Url.Port, Cancel);
        return client;
    }

    /// <summary>All that comes until the server closes.</summary>
    private static async Task<string> Read(TcpClient client, string bytes)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        deadline.CancelAfter(Patience.Of);
        using var answers = new MemoryStream();
        try
        {
            await client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(bytes), deadline.Token);
            await client.GetStream().CopyToAsync(answers, deadline.Token);
        }
        catch (IOException)
        {
            // Closed in the middle, as with whoever says too much.
        }
        return Encoding.Latin1.GetString(answers.ToArray());
    }

    private static int Count(string answers) => answers.Split("HTTP/1.1 ").Length - 1;

    /// <summary>The same limits, after one second and not ten.</summary>
    public sealed class ImpatientService(Cluster cluster) : IAsyncLifetime
    {
        private Service? service;

        public Service Service => service!;

        public Cluster Cluster => cluster;

        public async ValueTask InitializeAsync() =>
            service = await cluster.Start(replace: services =>
                services.Configure<KestrelServerOptions>(kestrel =>
                {
                    kestrel.Limits.RequestHeadersTimeout.ShouldBe(TimeSpan.FromSeconds(10));
                    kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(1);
                    kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(240, TimeSpan.FromSeconds(1.1));
                })
            );

        public ValueTask DisposeAsync() => service?.DisposeAsync() ?? ValueTask.CompletedTask;
    }
}
