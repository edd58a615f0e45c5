using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Playwright;
using Tenantry.Tests.Harness;

namespace Tenantry.BrowserTests;

/// <summary>
/// The sample application as the people of two tenants meet it. No page may leave an error in its console, or try what
/// its Content-Security-Policy refuses.
/// </summary>
public sealed class TasksTests
{
    private readonly RunningSample sample;
    private readonly string unique = Guid.NewGuid().ToString("N")[..8];

    public TasksTests(RunningSample sample)
    {
        RunningSample.Need();
        this.sample = sample;
    }

    [Fact]
    public async Task Two_tenants_see_their_own_tasks_alone_and_the_token_of_one_reaches_none_of_the_others()
    {
        await using var ada = await SignedUp("aurora", "Ada");
        await using var bob = await SignedUp("borealis", "Bob");
        await ada.AddTask($"Map the north {unique}");
        await bob.AddTask($"Count the stars {unique}");

        await ada.Page.ReloadAsync();
        await ada.TaskOf("Map the north").WaitForAsync();
        (await ada.Titles()).ShouldContain($"Map the north {unique}");
        (await ada.Titles()).ShouldNotContain(title => title.StartsWith("Count the stars", StringComparison.Ordinal));
        (await bob.Titles()).ShouldNotContain(title => title.StartsWith("Map the north", StringComparison.Ordinal));

        var bobs = JsonNode.Parse((await bob.Ask(HttpMethod.Get, "/api/tasks")).Text)![0]!["id"]!.GetValue<string>();
        (await bob.Ask(HttpMethod.Put, $"/api/tasks/{bobs}/progress", """{"done":false}""")).Status.ShouldBe(200);
        (await ada.Ask(HttpMethod.Put, $"/api/tasks/{bobs}/progress", """{"done":true}""")).Status.ShouldBe(404);
        (
            await ada.Ask(HttpMethod.Put, $"/api/tasks/{bobs}/attachment", $$"""{"fileId":"{{Guid.NewGuid()}}"}""")
        ).Status.ShouldBe(404);
        await using var admin = await Admin("aurora");
        (await admin.Ask(HttpMethod.Delete, $"/api/tasks/{bobs}")).Status.ShouldBe(404);
        (
            await admin.Ask(HttpMethod.Put, $"/api/tasks/{bobs}/assignee", $$"""{"userId":"{{Guid.NewGuid()}}"}""")
        ).Status.ShouldBe(404);
        (await bob.Ask(HttpMethod.Get, "/api/tasks")).Text.ShouldContain(
            $"\"id\":\"{bobs}\",\"title\":\"Count the stars {unique}\",\"done\":false"
        );

        // A token that says another tenant than Tenantry signed is none, and so is none at all.
        var other = Claims(bob.Authorization.Parameter!)["tenant_id"]!.GetValue<string>();
        (
            await ada.Ask(
                HttpMethod.Get,
                "/api/tasks",
                forge: token => Altered(token, claims => claims["tenant_id"] = other)
            )
        ).Status.ShouldBe(401);
        (await ada.Ask(HttpMethod.Get, "/api/tasks", forge: _ => "none")).Status.ShouldBe(401);
    }

    [Fact]
    public async Task A_user_may_not_delete_a_task_and_an_admin_may()
    {
        await using var ada = await SignedUp("aurora", "Ada");
        var title = $"Wind the clock {unique}";
        await ada.AddTask(title);
        (await ada.TaskOf(title).GetByText("Delete").IsVisibleAsync()).ShouldBeFalse();
        (await ada.TaskOf(title).Locator(".assign").IsVisibleAsync()).ShouldBeFalse();
        var id = JsonNode
            .Parse((await ada.Ask(HttpMethod.Get, "/api/tasks")).Text)!
            .AsArray()
            .Single(task => task!["title"]!.GetValue<string>() == title)!["id"];
        (await ada.Ask(HttpMethod.Delete, $"/api/tasks/{id}")).Status.ShouldBe(403);

        await using var admin = await Admin("aurora");
        await admin.TaskOf(title).GetByText("Delete").ClickAsync();
        await admin.TaskOf(title).WaitForAsync(new() { State = WaitForSelectorState.Detached });

        (await ada.Ask(HttpMethod.Get, "/api/tasks")).Text.ShouldNotContain(title);
    }

    [Fact]
    public async Task An_attachment_goes_up_and_comes_back_byte_for_byte_and_goes_with_its_task()
    {
        var bytes = RandomNumberGenerator.GetBytes(200_000);
        var title = $"Keep the chart {unique}";
        await using var ada = await SignedUp("aurora", "Ada");
        await ada.AddTask(title);
        await ada.Attach(title, "chart.bin", bytes);

        await using var admin = await Admin("aurora");
        var download = await admin.Page.RunAndWaitForDownloadAsync(() =>
            admin.TaskOf(title).GetByText("chart.bin").ClickAsync()
        );
        download.SuggestedFilename.ShouldBe("chart.bin");
        (await File.ReadAllBytesAsync(await download.PathAsync(), TestContext.Current.CancellationToken)).ShouldBe(
            bytes
        );

        await admin.TaskOf(title).GetByText("Delete").ClickAsync();
        await admin.TaskOf(title).WaitForAsync(new() { State = WaitForSelectorState.Detached });
        (await sample.Service.At("aurora").With(admin.Authorization.Parameter).Get("files?name=chart.bin")).Json[
            "items"
        ]!
            .AsArray()
            .ShouldBeEmpty();
    }

    [Fact]
    public async Task The_assignee_of_a_task_gets_a_mail()
    {
        var title = $"Light the lamp {unique}";
        await using var ada = await SignedUp("aurora", "Ada" + unique);
        await ada.AddTask(title);

        await using var admin = await Admin("aurora");
        await admin
            .TaskOf(title)
            .Locator(".assign")
            .SelectOptionAsync(new SelectOptionValue { Label = "Ada" + unique });
        await admin.TaskOf(title).GetByText("→ Ada" + unique).WaitForAsync();

        var (subject, body) = await sample.MailTo(Email("Ada" + unique));
        subject.ShouldBe("A task for you: " + title);
        body.ShouldContain($"\"{title}\" is yours now.");
    }

    [Fact]
    public async Task A_session_outlives_a_reload_and_the_sign_out_ends_it()
    {
        await using var ada = await SignedUp("borealis", "Ada");
        (
            await ada.Page.EvaluateAsync<string>(
                "JSON.stringify({ ...localStorage, ...sessionStorage, cookie: document.cookie })"
            )
        ).ShouldNotContain("tnr_"); // no script can read the refresh token
        await ada.Page.ReloadAsync();
        await ada.Page.Locator("#app").WaitForAsync();
        var token = ada.Authorization.Parameter;

        await ada.Page.GetByText("Sign out").ClickAsync();
        await ada.Page.Locator("#welcome").WaitForAsync();
        await ada.Page.ReloadAsync();
        await ada.Page.Locator("#welcome").WaitForAsync();

        (await sample.Service.At("borealis").With(token).Get("auth/me")).ShouldBeProblem(401, "token_revoked");
    }

    [Fact]
    public async Task What_a_page_may_not_do_its_browser_refuses()
    {
        using var http = new HttpClient { BaseAddress = sample.Page };
        var answer = await http.GetAsync("/", TestContext.Current.CancellationToken);
        answer
            .Headers.GetValues("Content-Security-Policy")
            .Single()
            .ShouldStartWith("default-src 'none'; script-src 'self'; style-src 'self'");
        (await http.GetAsync("/api/tasks", TestContext.Current.CancellationToken)).StatusCode.ShouldBe(
            System.Net.HttpStatusCode.Unauthorized
        );

        var visit = await sample.Visit("aurora");
        await visit.Page.EvaluateAsync(
            "document.body.append(Object.assign(document.createElement('script'), { textContent: 'window.ran = true' }))"
        );
        (await visit.Page.EvaluateAsync<bool>("window.ran === true")).ShouldBeFalse();
        visit.Faults.ShouldHaveSingleItem().ShouldContain("Content Security Policy"); // and it would be seen
        await visit.Close();
    }

    [Fact]
    public async Task The_page_is_as_the_documentation_shows_it()
    {
        await using var ada = await SignedUp("borealis", "Linus");
        await using var admin = await Admin("borealis");
        for (var left = await admin.Page.Locator("#tasks li").CountAsync(); left > 0; left--)
        {
            await admin.Page.Locator("#tasks .delete").First.ClickAsync();
            await Assertions.Expect(admin.Page.Locator("#tasks li")).ToHaveCountAsync(left - 1);
        }
        foreach (var title in new[] { "Water the plants", "Send the invoice", "Plan the summer party" })
            await admin.AddTask(title);
        await admin.Attach("Send the invoice", "invoice-4711.pdf", Encoding.UTF8.GetBytes("%PDF-1.7 an invoice"));
        await admin
            .TaskOf("Plan the summer party")
            .Locator(".assign")
            .SelectOptionAsync(new SelectOptionValue { Label = "Linus" });
        await admin.TaskOf("Plan the summer party").GetByText("→ Linus").WaitForAsync();
        await admin.TaskOf("Water the plants").Locator(".done").ClickAsync();
        await admin.Page.Locator("#tasks li.is-done", new() { HasText = "Water the plants" }).WaitForAsync();

        if (Environment.GetEnvironmentVariable("UPDATE_SNAPSHOTS") == "1")
            await admin.Page.ScreenshotAsync(
                new() { Path = Path.Combine(Repository.Root, "docs/first-application.png") }
            );
    }

    private string Email(string firstName) => $"{firstName}.{unique}@example.com".ToLowerInvariant();

    private async Task<Visit> SignedUp(string tenant, string firstName)
    {
        var visit = await sample.Visit(tenant);
        await visit.SignUp(firstName, Email(firstName), Service.Password);
        return visit;
    }

    private async Task<Visit> Admin(string tenant)
    {
        var visit = await sample.Visit(tenant);
        await visit.SignIn($"admin@{tenant}.example", sample.AdminPassword);
        return visit;
    }

    private static JsonNode Claims(string token) => JsonNode.Parse(Base64Url.DecodeFromChars(token.Split('.')[1]))!;

    private static string Altered(string token, Action<JsonNode> change)
    {
        var claims = Claims(token);
        change(claims);
        var parts = token.Split('.');
        return $"{parts[0]}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims.ToJsonString()))}.{parts[2]}";
    }
}
