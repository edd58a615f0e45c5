using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Security.Access;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Rules;

/// <summary>Walks all routes: each says who may call it and what it leaves in the audit log.</summary>
public sealed class EndpointTests(SharedService shared) : IClassFixture<SharedService>
{
    private readonly IReadOnlyList<RouteEndpoint> endpoints =
    [
        .. shared.Service.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>(),
    ];

    [Fact]
    public void Every_endpoint_says_once_who_may_call_it()
    {
        endpoints.Count.ShouldBeGreaterThan(100);
        endpoints
            .Where(endpoint => endpoint.Metadata.GetOrderedMetadata<AccessDeclaration>().Count != 1)
            .Select(endpoint => endpoint.DisplayName)
            .ShouldBeEmpty();
    }

    [Fact]
    public void Every_endpoint_that_changes_something_says_what_the_audit_log_gets() =>
        endpoints
            .Where(endpoint =>
                endpoint
                    .Metadata.GetMetadata<HttpMethodMetadata>()!
                    .HttpMethods.Any(method => method is not ("GET" or "HEAD"))
            )
            .Where(endpoint =>
                endpoint.Metadata.GetMetadata<AuditedAs>() is null
                && endpoint.Metadata.GetMetadata<NotAuditedBecause>() is null
            )
            .Select(endpoint => endpoint.DisplayName)
            .ShouldBeEmpty();

    [Fact]
    public void Every_endpoint_that_changes_something_looks_at_its_caller_again_once_the_body_has_come() =>
        endpoints
            .Where(endpoint =>
                endpoint
                    .Metadata.GetMetadata<HttpMethodMetadata>()!
                    .HttpMethods.Any(method => method is not ("GET" or "HEAD"))
            )
            .Where(endpoint =>
                endpoint.Metadata.GetMetadata<AccessDeclaration>() is not AnonymousAccess
                && endpoint.Metadata.GetMetadata<RecheckedAccess>() is null
            )
            .Select(endpoint => endpoint.DisplayName)
            .ShouldBeEmpty();

    /// <summary>Its token is good once: a retry cannot do it again.</summary>
    private static readonly string[] SafeByThemselves = ["/api/v1/auth/accept-invitation"];

    [Fact]
    public void Every_POST_that_makes_something_honours_a_retry_key() =>
        endpoints
            .Where(endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.Contains("POST"))
            .Where(endpoint =>
                endpoint
                    .Metadata.OfType<IProducesResponseTypeMetadata>()
                    .Any(produced => produced.StatusCode is 201 or 202)
            )
            .Where(endpoint => endpoint.Metadata.GetMetadata<Idempotent>() is null)
            .Select(endpoint => endpoint.RoutePattern.RawText!)
            .ShouldBe(SafeByThemselves);

    [Fact]
    public void Every_permission_that_an_endpoint_asks_for_is_in_the_catalogue() =>
        endpoints
            .SelectMany(endpoint => endpoint.Metadata.GetMetadata<PermissionAccess>()?.Permissions ?? [])
            .Except(Permissions.All.Select(permission => permission.Name))
            .ShouldBeEmpty();

    [Fact]
    public void Every_permission_of_a_system_role_is_in_the_catalogue_and_each_is_given_by_one_role()
    {
        var given = SystemRoles.OfEveryTenant.Append(SystemRoles.OfThePlatform).SelectMany(role => role.Adds).ToList();

        given.Order().ShouldBe(Permissions.All.Select(permission => permission.Name).Order());
    }

    [Fact]
    public void An_endpoint_that_says_nothing_keeps_the_process_from_starting()
    {
        var silent = new RouteEndpointBuilder(
            _ => Task.CompletedTask,
            Microsoft.AspNetCore.Routing.Patterns.RoutePatternFactory.Parse("/silent"),
            0
        )
        {
            DisplayName = "GET /silent",
        }.Build();

        Should
            .Throw<InvalidOperationException>(() => AccessRules.DemandDeclarations([silent]))
            .Message.ShouldContain("GET /silent");
    }
}
