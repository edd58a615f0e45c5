using System.Net.Http.Headers;
using Microsoft.AspNetCore.Routing;
using Tenantry.Foundation.Security.Access;

namespace Tenantry.Tests.Harness;

/// <summary>
/// One tenant with something behind every GET of the API, and the path that finds it. A route that is missing here
/// fails the tests that walk them.
/// </summary>
public sealed class Reads
{
    private readonly Service service;
    private readonly Dictionary<string, string> paths;

    private Reads(Service service, Dictionary<string, string> paths) => (this.service, this.paths) = (service, paths);

    public required Guid Below { get; init; }
    public required Guid Role { get; init; }
    public required Guid User { get; init; }
    public required Guid Message { get; init; }
    public required Guid Template { get; init; }
    public required Guid File { get; init; }

    /// <summary>
    /// Each GET under <c>/api/v1</c> that asks for a sign-in: its route and a path that finds something.
    /// </summary>
    public IReadOnlyList<(string Route, string Path)> All =>
        [
            .. service
                .Services.GetRequiredService<EndpointDataSource>()
                .Endpoints.OfType<RouteEndpoint>()
                .Where(endpoint =>
                    endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.Contains("GET")
                    && endpoint.Metadata.GetMetadata<AccessDeclaration>() is not AnonymousAccess
                )
                .Select(endpoint => (Route: endpoint.RoutePattern.RawText!.TrimEnd('/'), endpoint))
                .Where(one => one.Route.StartsWith("/api/v1", StringComparison.Ordinal))
                .Select(one =>
                    (
                        one.Route,
                        paths.GetValueOrDefault(
                            one.Route["/api/v1/".Length..].Replace(":guid", "", StringComparison.Ordinal)
                        ) ?? throw new InvalidOperationException($"Reads has no path for {one.Route}.")
                    )
                ),
        ];

    /// <param name="service">where</param>
    /// <param name="tenant">whose</param>
    /// <param name="admin">who makes what there is not</param>
    /// <param name="user">who has the role, and brings the file</param>
    /// <param name="email">of that user</param>
    /// <param name="visitor">that user, signed in</param>
    /// <param name="role">the user's role, which is built on <paramref name="below"/></param>
    /// <param name="below">the role below</param>
    public static async Task<Reads> Of(
        Service service,
        Guid tenant,
        Visitor admin,
        Guid user,
        string email,
        Visitor visitor,
        Guid role,
        Guid below
    )
    {
        (
            await admin.Put($"tenants/{tenant}", new { name = "Acme", custom_domain = $"app.{tenant:N}.example" })
        ).Status.ShouldBe(200);
        var template = Id(
            await admin.Post(
                "notifications/templates",
                new
                {
                    name = "greeting",
                    type = "email",
                    subject = "Hello",
                    body = "Hello",
                }
            )
        );
        var message = Id(
            await admin.Post(
                "notifications/email",
                new
                {
                    recipient = email,
                    subject = "Hello",
                    body = "Hello",
                }
            )
        );
        await admin.Post("notifications/suppressions", new { recipient = $"also.{email}" });
        using var form = new MultipartFormDataContent
        {
            {
                new StringContent("text") { Headers = { ContentType = new MediaTypeHeaderValue("text/plain") } },
                "file",
                "a.txt"
            },
        };
        var file = Id(await visitor.Send(HttpMethod.Post, "files/upload", form));
        (await admin.Post($"files/{file}/links", new { })).Status.ShouldBe(201);
        await service.Settled();
        var happened = (await admin.Get("audit-events?limit=1")).Json["items"]![0]!["id"]!.GetValue<Guid>();
        return new(
            service,
            new(StringComparer.Ordinal)
            {
                ["access/explain"] = $"access/explain?user_id={user}&permission=users:read",
                ["audit-events"] = "audit-events?limit=200",
                ["audit-events/{id}"] = $"audit-events/{happened}",
                ["audit-events/export"] = "audit-events/export",
                ["audit-events/heads"] = "audit-events/heads",
                ["auth/me"] = "auth/me",
                ["auth/me/export"] = "auth/me/export",
                ["auth/sessions"] = "auth/sessions",
                ["files"] = "files",
                ["files/{id}"] = $"files/{file}",
                ["files/{id}/download"] = $"files/{file}/download",
                ["files/{id}/links"] = $"files/{file}/links",
                ["files/settings"] = "files/settings",
                ["notifications/{id}"] = $"notifications/{message}",
                ["notifications/devices"] = "notifications/devices",
                ["notifications/history"] = "notifications/history",
                ["notifications/settings"] = "notifications/settings",
                ["notifications/suppressions"] = "notifications/suppressions",
                ["notifications/templates"] = "notifications/templates",
                ["notifications/templates/{id}"] = $"notifications/templates/{template}",
                ["notifications/templates/{id}/versions"] = $"notifications/templates/{template}/versions",
                ["notifications/templates/system"] = "notifications/templates/system",
                ["permissions"] = "permissions",
                ["roles"] = "roles",
                ["roles/{id}"] = $"roles/{role}",
                ["tenants"] = "tenants",
                ["tenants/{id}"] = $"tenants/{tenant}",
                ["tenants/{id}/domain-proof"] = $"tenants/{tenant}/domain-proof",
                ["tenants/{id}/usage"] = $"tenants/{tenant}/usage",
                ["users"] = "users",
                ["users/{id}"] = $"users/{user}",
            }
        )
        {
            Below = below,
            Role = role,
            User = user,
            Message = message,
            Template = template,
            File = file,
        };
    }

    private static Guid Id(Answer made)
    {
        made.Status.ShouldBeInRange(200, 299, made.Text);
        return made.Json["id"]!.GetValue<Guid>();
    }
}
