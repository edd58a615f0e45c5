using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Tenantry.Features.Notifications.Suppressions;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Messaging.Templates;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Features;

/// <summary>What a person in a browser gets, and a program at the same address.</summary>
public sealed class PagesForPeopleTests(SharedService shared) : IClassFixture<SharedService>
{
    private const string Browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

    private readonly Service service = shared.Service;

    [Theory]
    [InlineData(Browser, true)]
    [InlineData("text/html", true)]
    [InlineData("text/html, application/json", true)]
    [InlineData("application/json, text/html", false)]
    [InlineData("text/html;q=0.5, application/json", false)]
    [InlineData("text/html;q=0", false)]
    [InlineData("*/*", false)]
    [InlineData("nonsense", false)]
    [InlineData(null, false)]
    public async Task The_root_is_a_page_for_browsers_and_a_problem_for_programs(string? accept, bool isPage)
    {
        var answer = await service.At().Send(HttpMethod.Get, "/", null, accept is null ? [] : [("Accept", accept)]);

        answer.Header("Vary")!.ShouldContain("Accept");
        if (!isPage)
        {
            answer.ShouldBeProblem(404, "route_not_found");
            return;
        }
        answer.Status.ShouldBe(200);
        ShouldBeSafePage(answer);
        foreach (var path in Hrefs(answer.Text))
            (await service.At().Send(HttpMethod.Get, path, null, ("Accept", Browser))).Status.ShouldBe(200, path);
    }

    [Theory]
    [InlineData("GET", "files/shared", 404)]
    [InlineData("GET", "files/shared?token=tnf_nonsense", 404)]
    [InlineData("POST", "files/shared?token=<script>alert(1)</script>", 404)]
    [InlineData("GET", "notifications/unsubscribe?token=nonsense", 400)]
    [InlineData("POST", "notifications/unsubscribe?token=nonsense", 400)]
    [InlineData("GET", "notifications/unsubscribe?token=a%00b", 400)]
    public async Task A_dead_link_says_what_to_do(string method, string path, int status)
    {
        using var form = new FormUrlEncodedContent([new("password", "x")]);
        var answer = await service.At().Send(new(method), path, method == "POST" ? form : null, ("Accept", Browser));

        answer.Status.ShouldBe(status);
        ShouldBeSafePage(answer);
        answer.Text.ShouldContain("This link does not work");
        answer.Text.ShouldContain("role=\"alert\"");
        answer.Text.ShouldNotContain("<script");
    }

    [Fact]
    public async Task A_wrong_password_of_a_shared_file_keeps_the_form_and_the_right_one_leads_to_the_file()
    {
        var (_, _, admin) = await service.NewTenant();
        var path = await Shared(admin, "Report <b>1</b>.txt", "open sesame");

        var wrong = await Enter(path, "open barley");
        wrong.Status.ShouldBe(401);
        ShouldBeSafePage(wrong);
        wrong.Text.ShouldContain("This password is wrong.");
        wrong.Text.ShouldContain("aria-describedby=\"fault\"");
        wrong.Text.ShouldContain("<form method=\"post\">");
        wrong.Text.ShouldContain("<label for=\"password\">");
        wrong.Text.ShouldNotContain("<b>");
        wrong.Text.ShouldNotContain("open barley");
        wrong.Header("Content-Security-Policy")!.ShouldNotContain("form-action");
        (await Enter(path, "open barley", "*/*")).ShouldBeProblem(401, "authentication_failed");

        (await Enter(path, "open sesame")).Status.ShouldBe(302);
    }

    [Fact]
    public async Task Unsubscribing_says_that_it_is_done_and_one_click_of_a_mail_program_gets_nothing_to_read()
    {
        var (_, id, admin) = await service.NewTenant();
        var link = new Uri(
            service
                .Services.GetRequiredService<UnsubscribeLink>()
                .Create(id, Channel.Email, "<i>reader</i>@example.com")
        ).PathAndQuery;

        var asked = await service.At().Send(HttpMethod.Get, link, null, ("Accept", Browser));
        var done = await service.At().Send(HttpMethod.Post, link, null, ("Accept", Browser));
        var again = await service.At().Send(HttpMethod.Post, link, null, ("Accept", Browser));
        var oneClick = await service.At().Post(link);

        asked.Text.ShouldContain("<button");
        foreach (var page in new[] { done, again })
        {
            page.Status.ShouldBe(200);
            ShouldBeSafePage(page);
            page.Text.ShouldContain("You are unsubscribed");
            page.Text.ShouldNotContain("<i>");
        }
        oneClick.Status.ShouldBe(204);
        (await admin.Get("notifications/suppressions")).Items().Count.ShouldBe(1);
    }

    private Task<Answer> Enter(string path, string password, string accept = Browser) =>
        service
            .At()
            .Send(HttpMethod.Post, path, new FormUrlEncodedContent([new("password", password)]), ("Accept", accept));

    private static async Task<string> Shared(Visitor admin, string name, string password)
    {
        var content = new ByteArrayContent("a report"u8.ToArray());
        content.Headers.ContentType = new MediaTypeHeaderValue("text/plain");
        content.Headers.ContentDisposition = ContentDispositionHeaderValue.Parse($"attachment; filename=\"{name}\"");
        var file = await admin.Send(HttpMethod.Post, "files/upload", content);
        file.Status.ShouldBe(201, file.Text);
        var link = await admin.Post($"files/{file.Json["id"]}/links", new { password });
        link.Status.ShouldBe(201, link.Text);
        return new Uri(link.Text("url")).PathAndQuery;
    }

    [Fact]
    public async Task Each_kind_of_problem_has_a_page_with_an_example_and_the_fix()
    {
        foreach (var kind in Problems.All)
        {
            var page = await service.At().Get(kind.Type);

            page.Status.ShouldBe(200);
            ShouldBeSafePage(page);
            page.Text.ShouldContain("<h2>What to do</h2>", customMessage: kind.Code);
            page.Text.ShouldNotContain("`", customMessage: kind.Code);
            var example = System.Net.WebUtility.HtmlDecode(
                page.Text.Split("<pre class=\"code\">")[1].Split("</pre>")[0]
            );
            var document = JsonNode.Parse(example[example.IndexOf('{', StringComparison.Ordinal)..])!;
            document.Text("code").ShouldBe(kind.Code);
            document.Text("type").ShouldBe(kind.Type);
            document.Text("detail").ShouldNotBeEmpty();
        }
        (await service.At().Get("/problems/validation_failed")).Text.ShouldContain("<code>errors</code> names each");
        var missing = await service.At().Send(HttpMethod.Get, "/problems/nonsense", null, ("Accept", Browser));
        missing.Status.ShouldBe(404);
        ShouldBeSafePage(missing);
    }

    private static IEnumerable<string> Hrefs(string page) =>
        page.Split("href=\"").Skip(1).Select(part => part[..part.IndexOf('"', StringComparison.Ordinal)]);

    private static void ShouldBeSafePage(Answer answer)
    {
        answer.ContentHeaders.ContentType!.MediaType.ShouldBe("text/html");
        var policy = answer.Header("Content-Security-Policy")!;
        policy.ShouldStartWith("default-src 'none'");
        policy.ShouldContain("frame-ancestors 'none'");
        policy.ShouldNotContain("unsafe-inline");
        answer.Header("Referrer-Policy").ShouldBe("no-referrer");
        answer.Header("X-Content-Type-Options").ShouldBe("nosniff");
        answer.Text.ShouldContain("<html lang=\"en\">");
        answer.Text.ShouldContain("<title>");
    }
}
