using System.Diagnostics;
using Npgsql;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Foundation.Data.Tenancy;

/// <summary>The tenant and the caller of a request, without a server.</summary>
public sealed class RequestTenantTests
{
    private static readonly ResolvedTenant Acme = SettingsWithoutServers.Tenant("Acme");

    private readonly TenantContext context = new();

    [Fact]
    public void A_new_context_has_no_tenant_and_no_caller()
    {
        context.IsSet.ShouldBeFalse();
        context.Caller.ShouldBeNull();
        context.Acting.ShouldBeNull();
        context.IsActing.ShouldBeFalse();
        context.IsNamed.ShouldBeFalse();
        Should.Throw<TenantMissingException>(() => context.Tenant);
        Should.Throw<TenantMissingException>(() => context.TenantId);
        Should.Throw<InvalidOperationException>(() => context.SignedIn).Message.ShouldContain("anonymous callers");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_tenant_of_a_request_is_set_once(bool isNamed)
    {
        var caller = Caller("a:b");

        context.Set(Acme, caller, isNamed);

        (context.IsSet, context.TenantId, context.Tenant, context.IsNamed).ShouldBe((true, Acme.Id, Acme, isNamed));
        (context.Caller, context.SignedIn).ShouldBe((caller, caller));
        context.Acting.ShouldBeNull("the endpoint has not admitted the caller yet");
        Should
            .Throw<InvalidOperationException>(() =>
                context.Set(SettingsWithoutServers.Tenant("Other"), null, isNamed: false)
            )
            .Message.ShouldContain("set once");
        context.Tenant.ShouldBe(Acme);
    }

    [Fact]
    public void An_admitted_caller_must_keep_all_permissions_if_one_was_needed()
    {
        context.Set(Acme, Caller("c:d", "a:b"), isNamed: true);

        context.Act(byPermission: true);

        context.IsActing.ShouldBeTrue();
        var acting = context.Acting!;
        acting.Permissions.ShouldBe(["a:b", "c:d"]);
        context.Acting.ShouldBeSameAs(acting);
        context.Act(byPermission: false);
        acting.Permissions.ShouldBeEmpty();
        context.Act(byPermission: true);
        acting.Permissions.ShouldBe(["a:b", "c:d"]);
    }

    [Fact]
    public void A_caller_that_was_read_again_replaces_the_first_one()
    {
        context.Set(Acme, Caller("a:b", "c:d"), isNamed: true);
        context.Act(byPermission: true);
        var acting = context.Acting!;
        var (renamed, now) = (Acme with { Name = "New" }, Caller("a:b"));

        context.Renew(renamed, now, (3, 7));

        (context.Tenant, context.Caller, context.KnownAt).ShouldBe((renamed, now, ((int?)3, 7L)));
        context.Act(byPermission: true);
        acting.Permissions.ShouldBe(["a:b"]);
    }

    [Fact]
    public async Task A_change_needs_a_caller_that_an_endpoint_admitted()
    {
        await using var nowhere = NpgsqlDataSource.Create("Host=127.0.0.1;Port=1");
        context.Set(Acme, Caller(), isNamed: true);

        (
            await Should.ThrowAsync<InvalidOperationException>(() =>
                context.Change(nowhere, new NpgsqlBatchCommand("SELECT 1"), row => row.GetInt32(0), default)
            )
        ).Message.ShouldContain("requires no caller");
        context.Act(byPermission: false);
        await Should.ThrowAsync<NpgsqlException>(() =>
            context.Change(nowhere, new NpgsqlBatchCommand("SELECT 1"), row => row.GetInt32(0), default)
        );
    }

    [Fact]
    public void The_span_of_a_request_names_tenant_and_user()
    {
        using var span = new Activity("test").Start();
        var caller = Caller();

        context.Set(Acme, caller, isNamed: true);

        span.TagObjects.Select(tag => tag.Value).ShouldBe([Acme.Id, caller.UserId]);
        new TenantContext().Set(Acme, null, isNamed: true);
        span.TagObjects.Select(tag => tag.Value).ShouldBe([Acme.Id]);
    }

    [Fact]
    public void A_caller_has_exactly_its_permissions()
    {
        var caller = Caller("c:d", "a:b", "A:B");

        caller.Has("a:b").ShouldBeTrue();
        caller.Has("a:c").ShouldBeFalse();
        caller.SortedPermissions.ShouldBe(["A:B", "a:b", "c:d"]);
        var other = caller with
        {
            Permissions = new HashSet<string> { "z:z", "b:b" },
        };
        other.SortedPermissions.ShouldBe(["b:b", "z:z"]);
        other.Has("a:b").ShouldBeFalse();
        (caller with { Role = "Other" }).SortedPermissions.ShouldBeSameAs(caller.SortedPermissions);
    }

    [Fact]
    public void The_digest_of_a_caller_changes_with_each_part_of_it()
    {
        var caller = Caller("a:b");
        var digest = caller.DigestIn(Acme);

        caller.DigestIn(Acme).ShouldBeSameAs(digest);
        var others = new[]
        {
            caller.DigestIn(Acme with { Name = "Other" }),
            (caller with { SessionId = Guid.NewGuid() }).DigestIn(Acme),
            (caller with { Role = "Other" }).DigestIn(Acme),
            (caller with { Permissions = new HashSet<string> { "a:c" } }).DigestIn(Acme),
        };
        others.Append(digest).Distinct().Count().ShouldBe(5);
        caller.DigestIn(Acme).ShouldBe(digest);
        digest.ShouldBe(ETag.Digest([caller.SessionId.ToString(), "Own", "Acme", "a:b"]));
    }

    [Fact]
    public void A_missing_tenant_is_a_404()
    {
        var refusal = new TenantMissingMapper().Map(new TenantMissingException());

        (refusal!.Kind, refusal.Detail).ShouldBe((Problems.TenantNotFound, Problems.TenantNotFound.Description));
        new TenantMissingMapper().Map(new InvalidOperationException()).ShouldBeNull();
    }

    private static Caller Caller(params string[] permissions) =>
        new(Acme.Id, Guid.NewGuid(), Guid.NewGuid(), "Own", permissions.ToHashSet(StringComparer.Ordinal));
}
