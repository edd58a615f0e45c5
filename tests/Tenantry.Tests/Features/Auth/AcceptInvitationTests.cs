using Microsoft.Extensions.Time.Testing;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Features.Auth;

public sealed class AcceptInvitationTests(SharedService shared, Cluster cluster) : IClassFixture<SharedService>
{
    private readonly Service service = shared.Service;

    [Fact]
    public async Task An_invited_Admin_chooses_a_password_and_runs_the_tenant()
    {
        var (slug, _, admin) = await service.NewTenant();

        var me = await admin.Get("auth/me");

        me.Text("role").ShouldBe("Admin");
        me.Flag("email_verified").ShouldBeTrue();
        me.Json["tenant"]!.Text("slug").ShouldBe(slug);
        me.Json["permissions"]!.AsArray().Count.ShouldBe(19);
    }

    [Fact]
    public async Task Of_two_who_accept_at_once_one_wins()
    {
        var token = await Invited(service, "twice");

        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Accept(service, token)));

        answers.Count(answer => answer.Status == 201).ShouldBe(1);
        answers.Where(answer => answer.Status != 201).ShouldAllBe(answer => answer.Status == 400);
    }

    [Fact]
    public async Task A_weak_password_leaves_the_invitation_good()
    {
        var token = await Invited(service, "weak");

        (await Accept(service, token, "password"))
            .ShouldBeProblem(400, "validation_failed")
            .ShouldNameField("password");

        (await Accept(service, token)).Status.ShouldBe(201);
    }

    [Fact]
    public async Task An_invitation_is_good_for_seven_days()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var timed = await cluster.Start(replace: services => services.AddSingleton<TimeProvider>(clock));
        var token = await Invited(timed, "late");

        clock.Advance(TimeSpan.FromDays(7));

        (await Accept(timed, token)).ShouldBeProblem(400, "validation_failed").ShouldNameField("token");
    }

    [Fact]
    public async Task A_token_is_good_for_its_purpose_and_its_tenant_alone()
    {
        var token = await Invited(service, "purpose");

        (await service.At().Post("auth/verify-email", new { token }))
            .ShouldBeProblem(400, "validation_failed")
            .ShouldNameField("token");
        (await service.At("platform").Post("auth/accept-invitation", Body(token)))
            .ShouldBeProblem(400, "validation_failed")
            .ShouldNameField("token");
        (await Accept(service, token[..^2] + (token[^2] == 'A' ? 'B' : 'A') + token[^1]))
            .ShouldBeProblem(400, "validation_failed")
            .ShouldNameField("token");
        (await Accept(service, token)).Status.ShouldBe(201);
    }

    [Theory]
    [InlineData("/accept-invitation")]
    [InlineData("/verify-email")]
    public async Task The_page_behind_a_link_uses_nothing_up_and_gives_nothing_away(string page)
    {
        var token = await Invited(service, "scanned" + page.Length);

        var answer = await service.At().Get($"{page}?token={token}");

        answer.Status.ShouldBe(200);
        answer.Header("Content-Security-Policy")!.ShouldContain("default-src 'none'");
        answer.Header("Referrer-Policy").ShouldBe("no-referrer");
        answer.Header("Cache-Control").ShouldBe("no-store");
        answer.Text.ShouldNotContain(token);
        (await Accept(service, token)).Status.ShouldBe(201);
    }

    [Fact]
    public async Task Accepting_voids_a_link_to_set_a_password_that_was_mailed_before()
    {
        var (slug, _, admin) = await service.NewTenant();
        var email = $"ada@{slug}.example";
        (await admin.Post("users", new { email, first_name = "Ada" })).Status.ShouldBe(201);
        var invitation = await service.MailedToken(email);
        await service.At(slug).Post("auth/password-reset-request", new { email });
        await service.Mail(email, $"Set your password for {slug}");
        var link = await service.MailedToken(email);

        (await Accept(service, invitation)).Status.ShouldBe(201);

        (await service.At().Post("auth/password-reset", new { token = link, new_password = "another long password" }))
            .ShouldBeProblem(400, "validation_failed")
            .ShouldNameField("token");
        (await service.At(slug).Post("auth/login", new { email, password = Service.Password })).Status.ShouldBe(200);
    }

    private static async Task<string> Invited(Service at, string slug)
    {
        var created = await (await at.Platform()).Post(
            "tenants",
            new
            {
                name = slug,
                slug,
                admin = new { email = $"admin@{slug}.example", first_name = "Grace" },
            }
        );
        created.Status.ShouldBe(201, created.Text);
        return await at.MailedToken($"admin@{slug}.example");
    }

    private static Task<Answer> Accept(Service at, string token, string password = Service.Password) =>
        at.At().Post("auth/accept-invitation", Body(token, password));

    private static object Body(string token, string password = Service.Password) =>
        new
        {
            token,
            password,
            first_name = "Grace",
        };
}
