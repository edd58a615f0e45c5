using Tenantry.Foundation.Hosting.Http;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Foundation.Hosting.Http;

/// <summary>Requests that match no route: what the caller and the operator learn.</summary>
public sealed class RouteProblemTests(SharedService shared, Cluster cluster) : IClassFixture<SharedService>
{
    private readonly Service service = shared.Service;

    [Fact]
    public async Task A_doubled_prefix_is_told_by_the_path_that_arrived() =>
        (await (await service.Platform()).Get("/api/v1/api/v1/users"))
            .ShouldBeProblem(404, "route_not_found")
            .Text("detail")
            .ShouldStartWith("No route matches GET /api/v1/api/v1/users.");

    [Fact]
    public async Task The_nearest_routes_are_named_to_developers_only()
    {
        await using var development = await cluster.Start(
            service.Database,
            variables => variables["APP_ENV"] = "development"
        );
        await using var production = await cluster.Start(
            service.Database,
            variables =>
            {
                variables["APP_ENV"] = "production";
                variables["APP_BASE_URL"] = "https://app.example.com";
                variables["HTTPS_REQUIRED"] = "false";
            }
        );

        (await development.At().Get("user")).Text("detail").ShouldContain("GET /api/v1/users");
        (await production.At().Get("user")).Text("detail").ShouldBe("No route matches GET /api/v1/user.");
    }

    [Theory]
    [InlineData("DELETE", "auth/login", "This path allows POST, and not DELETE.")]
    [InlineData("POST", "permissions", "This path allows GET, and not POST.")]
    [InlineData("BREW", "permissions", "This path allows GET, and not other.")]
    public async Task A_method_that_a_path_does_not_allow_is_told_with_those_that_it_allows(
        string method,
        string path,
        string detail
    ) =>
        (await service.At().Send(new HttpMethod(method), path))
            .ShouldBeProblem(405, "method_not_allowed")
            .Text("detail")
            .ShouldBe(detail);

    [Theory]
    [InlineData("/api/v1/api/v1/users", "/api/v1/api/v1/users")]
    [InlineData("/wp-login.php", "/wp-login.php")]
    [InlineData("/", "/")]
    [InlineData("/verify-email/tnv_Zm9vYmFyYmF6cXV4cXV1eGNvcmdlZ3JhdWx0Z2FycGx5", "/verify-email/*")]
    [InlineData("/api/v1/auth/reset/123456", "/api/v1/auth/reset/*")]
    [InlineData("/users/019a8f3e-0000-7000-8000-000000000000", "/users/*")]
    [InlineData("/users/ada@example.com", "/users/*")]
    [InlineData("/a\r\nforged line", "/*")]
    [InlineData("/a/b/c/d/e/f/g/h/i/j/k/l/m", "/a/b/c/d/e/f/g/h/i/j/k/l/…")]
    public void The_log_has_an_unknown_path_without_what_could_be_a_secret(string path, string logged) =>
        RouteProblems.Loggable(path).ShouldBe(logged);

    [Fact]
    public async Task The_request_log_names_the_path_that_no_route_matches()
    {
        await using var process = await WatchedProcess.Begin(cluster, service.Database);
        using var http = Conformance.Client(process.Url);

        var answer = await new Visitor(http, null, null).Get("/api/v1/api/v1/users/SECRETSECRETSECRET?token=SECRET");

        var line = await process.Line(one => one["trace_id"]?.GetValue<string>() == answer.Text("trace_id"));
        (line.Text("route"), line.Number("status")).ShouldBe(("/api/v1/api/v1/users/*", 404));
        line.ToJsonString().ShouldNotContain("SECRET");
    }
}
