using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Foundation.Hosting.Http;

/// <summary>Query parameters: unknown ones, wrong values, and cursors of other lists.</summary>
public sealed class QueryCheckingTests(SharedService shared) : IClassFixture<SharedService>
{
    private readonly Service service = shared.Service;

    [Fact]
    public async Task Every_operation_refuses_an_unknown_query_parameter_by_name()
    {
        var platform = await service.Platform();
        var (tried, faults) = (0, new List<string>());
        foreach (
            var endpoint in service
                .Services.GetRequiredService<EndpointDataSource>()
                .Endpoints.OfType<RouteEndpoint>()
                .Where(endpoint => endpoint.Metadata.GetMetadata<AcceptedQuery>() is not null)
                .Where(endpoint => endpoint.Metadata.GetMetadata<AcceptedQuery.Decorated>() is null)
        )
        {
            var path = Regex.Replace(endpoint.RoutePattern.RawText!, @"\{[^}]*int\}", "1");
            path = Regex.Replace(path, @"\{[^}]*\}", $"{Guid.NewGuid()}");
            foreach (var method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods)
            {
                if (method == "HEAD") // has no body that could name it
                    continue;
                var answer = await platform.Send(new HttpMethod(method), $"{path}?nonsense=1");
                tried++;
                if (answer.Status != 400 || answer.Json["errors"]?["nonsense"] is null)
                    faults.Add($"{method} {path}: {answer.Status} {answer.Text}");
            }
        }

        faults.ShouldBeEmpty();
        tried.ShouldBeGreaterThan(90);
    }

    [Fact]
    public void Every_operation_of_the_API_checks_its_query() =>
        service
            .Services.GetRequiredService<EndpointDataSource>()
            .Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.RoutePattern.RawText!.StartsWith("/api/v1", StringComparison.Ordinal))
            .Where(endpoint => endpoint.Metadata.GetMetadata<AcceptedQuery>() is null)
            .Select(endpoint => endpoint.DisplayName)
            .ShouldBeEmpty();

    [Theory]
    [InlineData("users?stat=invited", "stat", "status")] // the message lists the parameters
    [InlineData("users?Status=invited", "Status", "status")]
    [InlineData("roles?limit=1&_=1764547200", "_", "limit")]
    [InlineData("audit-events?actor=x&target=y", "actor", "actor_id")]
    [InlineData("auth/me?verbose=1", "verbose", "not a parameter")]
    public async Task A_misspelled_parameter_is_refused_instead_of_returning_everything(
        string path,
        string field,
        string message
    ) => Message(await (await service.Platform()).Get(path), field).ShouldContain(message);

    [Theory]
    [InlineData("users?status=gone", "status", "must be one of active, invited, unverified, deactivated")]
    [InlineData("tenants?tier=gold", "tier", "must be one of free, standard, premium")]
    [InlineData("notifications/history?channel=fax", "channel", "must be one of email, sms, push")]
    [InlineData("notifications/history?category=", "category", "must be one of transactional, marketing")]
    [InlineData("notifications/suppressions?reason=x", "reason", "must be one of bounce, complaint")]
    [InlineData("notifications/history?user_id=7", "user_id", "must be a UUID")]
    [InlineData("files?min_size=big", "min_size", "must be a whole number")]
    [InlineData("files?min_size=-1", "min_size", "must be a whole number of at least 0")]
    [InlineData("users?is_active=yes", "is_active", "must be true or false")]
    [InlineData("users?limit=1&limit=2", "limit", "is given twice")]
    [InlineData("users?limit=201", "limit", "must be a whole number from 1 to 200")]
    [InlineData("files?from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z", "to", "must not be before from")]
    [InlineData("audit-events?from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z", "to", "must not be before from")]
    [InlineData("audit-events?from=yesterday", "from", "must be a time with its offset")]
    [InlineData("audit-events?from=2026-03-14T09:26:53+02:00", "from", "write the plus sign as %2B")]
    [InlineData("files?to=2026-03-14T09:26:53.5+02:00", "to", "write the plus sign as %2B")]
    public async Task A_wrong_value_is_refused_with_what_the_parameter_takes(
        string path,
        string field,
        string message
    ) => Message(await (await service.Platform()).Get(path), field).ShouldContain(message);

    [Fact]
    public async Task A_time_with_an_escaped_plus_is_read() =>
        (await (await service.Platform()).Get("audit-events?from=2026-03-14T09:26:53%2B02:00")).Status.ShouldBe(200);

    [Fact]
    public async Task All_faults_of_a_query_are_named_in_one_answer()
    {
        var answer = await (await service.Platform()).Get(
            "notifications/history?channel=fax&user_id=7&limit=0&cursor=x&nonsense=1&from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z"
        );

        answer.ShouldBeProblem(400, "validation_failed");
        answer.Json["errors"]!
            .AsObject()
            .Select(error => error.Key)
            .ShouldBe(["channel", "user_id", "limit", "cursor", "nonsense", "to"], ignoreOrder: true);
    }

    [Fact]
    public async Task Thousands_of_unknown_parameters_give_an_answer_of_limited_size()
    {
        var query = string.Join('&', Enumerable.Range(0, 1_000).Select(i => $"a{i}=1"));

        var answer = (await (await service.Platform()).Get("users?" + query)).ShouldBeProblem(400, "validation_failed");

        answer.Json["errors"]!.AsObject().Count.ShouldBe(50);
    }

    [Fact]
    public async Task A_cursor_is_refused_with_other_filters_and_accepted_with_another_limit()
    {
        var (_, _, admin) = await service.NewTenant();
        for (var i = 0; i < 3; i++)
            (await admin.Post("roles", new { name = $"Role {i}" })).Status.ShouldBe(201);
        var first = await admin.Get("roles?limit=1&is_system_role=false");
        var cursor = first.Text("next_cursor");

        (await admin.Get($"roles?limit=2&is_system_role=false&cursor={cursor}")).Json["items"]!
            .AsArray()
            .Count.ShouldBe(2);
        (await admin.Get($"roles?cursor={cursor}&is_system_role=false")).Status.ShouldBe(200); // in any order
        foreach (var other in new[] { "", "&is_system_role=true", "&is_system_role=false&name=x" })
            (await admin.Get($"roles?limit=1&cursor={cursor}{other}"))
                .ShouldBeProblem(400, "validation_failed")
                .ShouldNameField("cursor");
        // The header that names the next page contains the filters.
        var next = Regex.Match(first.Header("Link")!, "<([^>]*)>").Groups[1].Value;
        (await admin.Get(new Uri(service.Url, next).PathAndQuery)).Status.ShouldBe(200);
    }

    /// <summary>People follow these addresses, and mail programs and social networks add parameters.</summary>
    [Theory]
    [InlineData("/reset-password?token=x&utm_source=mail", 200)]
    [InlineData("/verify-email?token=x&fbclid=abc", 200)]
    [InlineData("/accept-invitation?token=x&utm_campaign=a", 200)]
    [InlineData("/api/v1/files/shared?token=tnf_nonsense&fbclid=abc", 404)]
    [InlineData("/api/v1/notifications/unsubscribe?token=x&utm_source=mail", 400)] // for its token alone
    [InlineData("/health/live?_=1764547200", 200)]
    [InlineData("/.well-known/jwks.json?_=1764547200", 200)]
    [InlineData("/problems/not_found?utm_source=docs", 200)]
    [InlineData("/api-docs/openapi.json?v=2", 200)]
    public async Task Addresses_that_others_decorate_still_work(string path, int status)
    {
        var answer = await service.At().Get(path);

        answer.Status.ShouldBe(status, answer.Text);
        answer.Text.ShouldNotContain("not a parameter");
    }

    [Fact]
    public async Task A_signed_address_of_a_file_still_works_with_a_parameter_that_a_network_adds()
    {
        var (_, _, admin) = await service.NewTenant();
        using var form = new MultipartFormDataContent { { new ByteArrayContent("text"u8.ToArray()), "file", "a.txt" } };
        var made = await admin.Send(HttpMethod.Post, "files/upload", form);
        made.Status.ShouldBe(201, made.Text);
        var link = await admin.Post($"files/{made.Json["id"]}/links", new { });
        link.Status.ShouldBe(201, link.Text);

        (await service.At().Get(new Uri(link.Text("url")).PathAndQuery + "&fbclid=abc")).Status.ShouldBe(302);
        var signed = await admin.Get($"files/{made.Json["id"]}/download?redirect=false");
        (await service.At().Get(new Uri(signed.Text("url")).PathAndQuery + "&fbclid=abc")).Text.ShouldBe("text");
    }

    private static string Message(Answer answer, string field) =>
        answer.ShouldBeProblem(400, "validation_failed").ShouldNameField(field).Json["errors"]![field]!.ToJsonString();
}
