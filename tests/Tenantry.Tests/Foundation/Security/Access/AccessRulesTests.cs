using System.Collections.Frozen;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Security.Access;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Foundation.Security.Access;

/// <summary>The decision about a caller at an endpoint, for every declaration.</summary>
public sealed class AccessRulesTests
{
    private static readonly ResolvedTenant Tenant = SettingsWithoutServers.Tenant("Acme");

    [Fact]
    public void An_anonymous_endpoint_is_open_and_records_no_caller()
    {
        var context = SignedIn("files:read");

        Refuse(new AnonymousAccess("test"), context).ShouldBeNull();
        Refuse(new AnonymousAccess("test"), new TenantContext()).ShouldBeNull();
        context.IsActing.ShouldBeFalse();
    }

    [Fact]
    public void Without_a_caller_all_other_endpoints_answer_401()
    {
        var anonymous = new TenantContext();
        anonymous.Set(Tenant, null, isNamed: true);

        foreach (var context in new[] { anonymous, new TenantContext() })
        {
            Code(Refuse(new SignedInAccess(), context)).ShouldBe("authentication_failed");
            Code(Refuse(new PermissionAccess(["files:read"]), context)).ShouldBe("authentication_failed");
            Code(Refuse(null, context)).ShouldBe("authentication_failed");
            context.IsActing.ShouldBeFalse();
        }
    }

    [Fact]
    public void The_problem_with_the_token_is_reported_where_a_caller_is_needed()
    {
        var http = new DefaultHttpContext();
        http.Features.Set(Problems.TokenExpired);

        var refusal = AccessRules.Refuse(Endpoint(new SignedInAccess()), http, new TenantContext())!;

        (refusal.Kind, refusal.Detail).ShouldBe((Problems.TokenExpired, Problems.TokenExpired.Description));
        var none = Refuse(new SignedInAccess(), new TenantContext())!;
        none.Detail.ShouldBe("A valid access token is needed: Authorization: Bearer <token>.");
    }

    [Fact]
    public void Any_signed_in_caller_passes_where_no_permission_is_declared()
    {
        var context = SignedIn();

        Refuse(new SignedInAccess(), context).ShouldBeNull();

        context.IsActing.ShouldBeTrue();
        context.Acting!.Permissions.ShouldBeEmpty("the endpoint requires none, so that none must be kept");
    }

    [Theory]
    [InlineData("files:read", true)]
    [InlineData("files:manage", true)]
    [InlineData("files:manage users:read", true)]
    [InlineData("users:read", false)]
    [InlineData("FILES:READ", false)]
    [InlineData("files:rea", false)]
    [InlineData("", false)]
    public void One_of_the_declared_permissions_is_enough_and_needed(string held, bool passes)
    {
        var context = SignedIn(held.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        var refusal = Refuse(new PermissionAccess(["files:read", "files:manage"]), context);

        (refusal is null).ShouldBe(passes);
        context.IsActing.ShouldBe(passes);
        if (passes)
            context.Acting!.Permissions.ShouldBe(held.Split(' '), "the caller must keep all of them");
        else
            (Code(refusal), refusal!.Detail).ShouldBe(
                ("permission_denied", "The permission files:read or files:manage is required.")
            );
    }

    [Fact]
    public void An_endpoint_that_declares_nothing_is_refused_and_one_of_routing_itself_is_not()
    {
        var context = SignedIn("files:read");

        var refusal = Refuse(null, context)!;

        Code(refusal).ShouldBe("permission_denied");
        refusal.Detail.ShouldBe("The operation does not declare who may call it.");
        context.IsActing.ShouldBeFalse();
        AccessRules
            .Refuse(new Endpoint(null, new EndpointMetadataCollection(), "405"), new DefaultHttpContext(), context)
            .ShouldBeNull();
        Code(
                AccessRules.Refuse(
                    new Endpoint(null, new EndpointMetadataCollection(new PermissionAccess(["users:read"])), "other"),
                    new DefaultHttpContext(),
                    context
                )
            )
            .ShouldBe("permission_denied");
    }

    [Fact]
    public async Task A_request_goes_on_if_it_is_not_refused()
    {
        var calls = 0;
        var rules = new AccessRules(_ =>
        {
            calls++;
            return Task.CompletedTask;
        });
        var http = new DefaultHttpContext();

        await rules.Invoke(http, new TenantContext());
        calls.ShouldBe(1, "without an endpoint, routing answers");

        http.SetEndpoint(Endpoint(new SignedInAccess()));
        await rules.Invoke(http, SignedIn());
        calls.ShouldBe(2);
    }

    [Fact]
    public void The_documentation_of_an_operation_states_its_access()
    {
        Describe(new PermissionAccess(["files:read"])).ShouldBe((true, true, "files:read"));
        Describe(new SignedInAccess()).ShouldBe((true, true, ""));
        Describe(new AnonymousAccess("test")).ShouldBe((false, true, ""));
        Describe(new AnonymousAccess("test"), new OutsideTenants()).ShouldBe((false, false, ""));

        static (bool, bool, string) Describe(params object[] metadata)
        {
            var access = AccessRules.Describe(new EndpointMetadataCollection(metadata));
            return (access.NeedsToken, access.IsOfTenant, string.Join(' ', access.Permissions));
        }
    }

    [Fact]
    public void The_start_fails_if_an_endpoint_does_not_declare_exactly_one_access()
    {
        AccessRules.DemandDeclarations([
            Endpoint(new SignedInAccess()),
            Endpoint(new AnonymousAccess("test")),
            new Endpoint(null, new EndpointMetadataCollection(), "405"),
        ]);

        Should
            .Throw<InvalidOperationException>(() =>
                AccessRules.DemandDeclarations([
                    Endpoint(new SignedInAccess()),
                    Endpoint(null, "none"),
                    Endpoint(null, "other"),
                ])
            )
            .Message.ShouldBe(
                "Each endpoint must declare once who may call it (Anonymous, SignedIn or Requires). These do not: none, other"
            );
        Should.Throw<InvalidOperationException>(() =>
            AccessRules.DemandDeclarations([Endpoint(new SignedInAccess(), "two", new AnonymousAccess("test"))])
        );
    }

    [Fact]
    public void A_declaration_is_metadata_of_the_endpoint()
    {
        Declared(endpoint => endpoint.Anonymous("reason")).ShouldBe([new AnonymousAccess("reason")]);
        Declared(endpoint => endpoint.Public("reason")).ShouldBe([new AnonymousAccess("reason"), new OutsideTenants()]);
        Declared(endpoint => endpoint.SignedIn()).ShouldBe([new SignedInAccess()]);
        Declared(endpoint => endpoint.Requires("a:b", "c:d"))
            .ShouldHaveSingleItem()
            .ShouldBeOfType<PermissionAccess>()
            .Permissions.ShouldBe(["a:b", "c:d"]);
    }

    private static IList<object> Declared(Action<Conventions> declare)
    {
        var (conventions, builder) = (
            new Conventions(),
            new RouteEndpointBuilder(_ => Task.CompletedTask, RoutePatternFactory.Parse("/"), 0)
        );
        declare(conventions);
        foreach (var convention in conventions.All)
            convention(builder);
        return builder.Metadata;
    }

    private static string Code(Refusal? refusal) => refusal!.Kind.Code;

    private static Refusal? Refuse(AccessDeclaration? rule, TenantContext context) =>
        AccessRules.Refuse(Endpoint(rule), new DefaultHttpContext(), context);

    private static RouteEndpoint Endpoint(object? rule, string name = "test", params object[] more) =>
        new(
            _ => Task.CompletedTask,
            RoutePatternFactory.Parse("/"),
            0,
            new EndpointMetadataCollection([.. rule is null ? Array.Empty<object>() : [rule], .. more]),
            name
        );

    private static TenantContext SignedIn(params string[] permissions)
    {
        var context = new TenantContext();
        var caller = new Caller(Tenant.Id, Guid.NewGuid(), Guid.NewGuid(), "Own", permissions.ToFrozenSet());
        context.Set(Tenant, caller, isNamed: false);
        return context;
    }

    private sealed class Conventions : IEndpointConventionBuilder
    {
        public List<Action<EndpointBuilder>> All { get; } = [];

        public void Add(Action<EndpointBuilder> convention) => All.Add(convention);
    }
}
