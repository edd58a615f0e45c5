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
