using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Features.Notifications;

public sealed class DevMailboxTests(SharedService shared, Cluster cluster) : IClassFixture<SharedService>
{
    private readonly Service service = shared.Service;

    [Fact]
    public async Task Mails_are_listed_newest_first_and_by_recipient()
    {
        await Invite(service, "box-1", "box@example.com");
        await Invite(service, "box-2", "box@example.com");
        await Invite(service, "box-3", "else@example.com");

        var items = (await service.At().Get("/dev/mailbox?recipient=BOX@example.com")).Items();

        items.Select(item => item!.Text("subject")).ShouldBe(["You are invited to box-2", "You are invited to box-1"]);
        items[0]!
            .AsObject()
            .Select(member => member.Key)
            .Order()
            .ShouldBe(["body", "channel", "created_at", "recipient", "subject"]);
        items[0]!.Text("channel").ShouldBe("email");
        items[0]!.Text("body").ShouldContain("http://localhost:8000/accept-invitation?token=");
    }

    [Fact]
    public async Task The_mailbox_is_JSON_for_clients_that_accept_JSON_and_an_HTML_page_otherwise()
    {
        (
            await service.At().Send(HttpMethod.Get, "/dev/mailbox", null, ("Accept", "application/json"))
        ).ContentHeaders.ContentType!.MediaType.ShouldBe("application/json");
        (
            await service.At().Send(HttpMethod.Get, "/dev/mailbox", null, ("Accept", "text/html"))
        ).ContentHeaders.ContentType!.MediaType.ShouldBe("text/html");
    }

    [Fact]
    public async Task What_people_wrote_is_text_on_the_page()
    {
        await Invite(service, "script", "script@example.com", "<script>alert(1)</script>");

        (await service.At().Get("/dev/mailbox")).Text.ShouldNotContain("<script>alert");
    }

    [Fact]
    public async Task One_message_is_shown_with_its_HTML_in_a_sandbox_its_text_and_its_headers()
    {
        var (slug, _, admin) = await service.NewTenant();
        (
            await admin.Post(
                "notifications/email",
                new
                {
                    recipient = $"reader@{slug}.example",
                    subject = "News <b>",
                    body = "Plain <i>news</i>",
                    html_body = "<h1>Rich</h1><script>alert(1)</script><img src=\"https://evil.example/x.png\">",
                    category = "marketing",
                }
            )
        ).Status.ShouldBe(202);
        (await service.At().Get($"/dev/mailbox?recipient=reader@{slug}.example")).Items().Count.ShouldBe(1);

        var list = await Browse($"/dev/mailbox?q=READER@{slug}");
        var path = list.Text.Split("<h2><a href=\"")[1].Split('"')[0];
        var page = await Browse(path);
        var frame = await Browse(path + "/html");

        page.Status.ShouldBe(200, page.Text);
        page.Header("Content-Security-Policy")!.ShouldContain("frame-src 'self'");
        page.Text.ShouldContain($"sandbox=\"\" referrerpolicy=\"no-referrer\" src=\"{path}/html\"");
        page.Text.ShouldContain("Plain &lt;i&gt;news&lt;/i&gt;");
        page.Text.ShouldContain("List-Unsubscribe: <a href=\"http://localhost:8000/api/v1/notifications/unsubscribe?");
        page.Text.ShouldContain("Message-Id: ");
        page.Text.ShouldNotContain("<script");
        page.Text.ShouldNotContain("<b>");
        frame.Text.ShouldContain("<h1>Rich</h1>");
        var policy = frame.Header("Content-Security-Policy")!;
        policy.ShouldStartWith("default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox;");
        policy.ShouldContain("frame-ancestors 'self'");
        frame.Header("X-Frame-Options").ShouldBe("SAMEORIGIN");
        (await Browse(path[..^1] + (path[^1] == '0' ? '1' : '0'))).ShouldBeProblem(404, "not_found");
        (await Browse($"/dev/mailbox?q=nothing-{slug}")).Text.ShouldContain("No message contains this.");
        (await service.At().Get($"/dev/mailbox?recipient=reader@{slug}.example&q=other")).Items().ShouldBeEmpty();
    }

    private Task<Answer> Browse(string path) => service.At().Send(HttpMethod.Get, path, null, ("Accept", "text/html"));

    [Fact]
    public async Task Outside_Development_it_does_not_exist()
    {
        await using var production = await cluster.Start(
            service.Database,
            variables => variables["APP_ENV"] = "Production"
        );

        (await production.At().Get("/dev/mailbox")).ShouldBeProblem(404, "route_not_found");
        (await production.At().Get("/dev/mailbox?recipient=box@example.com")).ShouldBeProblem(404, "route_not_found");
    }

    private static async Task Invite(Service at, string slug, string email, string? name = null) =>
        (
            await (await at.Platform()).Post(
                "tenants",
                new
                {
                    name = name ?? slug,
                    slug,
                    admin = new { email, first_name = "Grace" },
                }
            )
        ).Status.ShouldBe(201);
}
