using Microsoft.Playwright;
using Tenantry.Features.Notifications.Suppressions;
using Tenantry.Foundation.Messaging.Templates;
using Tenantry.Tests.Harness;

namespace Tenantry.BrowserTests;

/// <summary>The service's own pages, as a browser shows them.</summary>
public sealed class PagesTests
{
    private readonly RunningSample sample;

    public PagesTests(RunningSample sample)
    {
        RunningSample.Need();
        this.sample = sample;
    }

    [Fact]
    public async Task The_mailbox_renders_HTML_and_runs_no_script_and_loads_nothing_of_it()
    {
        var (slug, _, admin) = await sample.Service.NewTenant();
        var remote = new Uri(sample.Page, "/remote.png");
        (
            await admin.Post(
                "notifications/email",
                new
                {
                    recipient = $"reader@{slug}.example",
                    subject = $"News of {slug}",
                    body = "news",
                    html_body = $"<h1 id=\"head\">Rich</h1><img src=\"{remote}\"><script>document.querySelector('h1').textContent = 'ran'</script>",
                }
            )
        ).Status.ShouldBe(202);
        await sample.MailTo($"reader@{slug}.example");
        var visit = await sample.EmptyPage();
        var loaded = 0;
        visit.Page.Response += (_, response) => loaded += response.Url == remote.ToString() ? 1 : 0;

        await visit.Page.GotoAsync(Address($"/dev/mailbox?q={slug}"));
        await visit.Page.GetByText($"News of {slug}").ClickAsync();

        var frame = visit.Page.FrameLocator("iframe");
        await Assertions.Expect(frame.Locator("#head")).ToHaveTextAsync("Rich");
        await visit.Page.WaitForLoadStateAsync(LoadState.NetworkIdle);
        loaded.ShouldBe(0);
        visit.Faults.ShouldNotBeEmpty(); // the browser reports what the policy refused
        await visit.Close();
    }

    [Fact]
    public async Task A_shared_file_asks_again_after_a_wrong_password_and_opens_with_the_right_one()
    {
        var (_, _, admin) = await sample.Service.NewTenant();
        var file = await admin.Send(
            HttpMethod.Post,
            "files/upload",
            new ByteArrayContent("a report"u8.ToArray()) { Headers = { ContentType = new("text/plain") } }
        );
        file.Status.ShouldBe(201, file.Text);
        var link = await admin.Post($"files/{file.Json["id"]}/links", new { password = "open sesame" });
        var visit = await sample.EmptyPage();

        await visit.Page.GotoAsync(link.Text("url"));
        await visit.Page.GetByLabel("The password of this file").FillAsync("open barley");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Download" }).ClickAsync();
        await Assertions
            .Expect(visit.Page.GetByRole(AriaRole.Alert))
            .ToHaveTextAsync("This password is wrong. Try again.");
        await Assertions.Expect(visit.Page.GetByLabel("The password of this file")).ToBeFocusedAsync();
        await visit.Page.GetByLabel("The password of this file").FillAsync("open sesame");
        var download = await visit.Page.RunAndWaitForDownloadAsync(() =>
            visit.Page.GetByRole(AriaRole.Button, new() { Name = "Download" }).ClickAsync()
        );

        (await File.ReadAllTextAsync(await download.PathAsync(), TestContext.Current.CancellationToken)).ShouldBe(
            "a report"
        );
        await visit.Close(); // the console reports the 401
    }

    [Fact]
    public async Task Unsubscribing_ends_on_a_page_that_says_so()
    {
        var (slug, id, _) = await sample.Service.NewTenant();
        var link = sample
            .Service.Services.GetRequiredService<UnsubscribeLink>()
            .Create(id, Channel.Email, $"reader@{slug}.example");
        await using var visit = await sample.EmptyPage();

        await visit.Page.GotoAsync(link);
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Unsubscribe" }).ClickAsync();

        await Assertions.Expect(visit.Page.GetByRole(AriaRole.Heading)).ToHaveTextAsync("You are unsubscribed");
    }

    private string Address(string path) => new Uri(sample.Service.Settings.AppBaseUrl, path).ToString();
}
