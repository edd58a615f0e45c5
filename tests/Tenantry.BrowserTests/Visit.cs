using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.Playwright;

namespace Tenantry.BrowserTests;

/// <summary>
/// Somebody at the page of the sample, in a browser that nobody else uses. Ending the visit is where its console must
/// be clean.
/// </summary>
public sealed class Visit : IAsyncDisposable
{
    private readonly IBrowserContext context;
    private readonly ConcurrentQueue<string> faults = new();
    private string? authorization;

    private Visit(IBrowserContext context, IPage page)
    {
        (this.context, Page) = (context, page);
        // What the browser refuses by the policy of the page is an error in its console.
        page.Console += (_, message) => Note(message.Type is "error" or "warning", $"{message.Type}: {message.Text}");
        page.PageError += (_, error) => Note(true, error);
        page.RequestFailed += (_, request) =>
            Note(request.Failure is not "net::ERR_ABORTED", $"{request.Url}: {request.Failure}"); // a download ends a navigation like that
        page.Request += (_, request) =>
            authorization = request.Headers.GetValueOrDefault("authorization") ?? authorization;
    }

    public IPage Page { get; }

    /// <summary>What its console said that it should not.</summary>
    public IReadOnlyCollection<string> Faults => faults;

    /// <summary>The access token that the page asked with last.</summary>
    public AuthenticationHeaderValue Authorization => AuthenticationHeaderValue.Parse(authorization!);

    public static async Task<Visit> Begin(IBrowser browser, Uri address)
    {
        var context = await browser.NewContextAsync(
            new()
            {
                ViewportSize = new() { Width = 900, Height = 360 },
            }
        );
        context.SetDefaultTimeout(20_000);
        var visit = new Visit(context, await context.NewPageAsync());
        await visit.Page.GotoAsync(address.ToString());
        return visit;
    }

    public async Task SignUp(string firstName, string email, string password)
    {
        await Page.GetByText("No account yet?").ClickAsync();
        await Page.GetByLabel("First name").FillAsync(firstName);
        await Enter(email, password, "Sign up");
    }

    public Task SignIn(string email, string password) => Enter(email, password, "Sign in");

    public async Task AddTask(string title)
    {
        await Page.GetByLabel("New task").FillAsync(title);
        await Page.GetByRole(AriaRole.Button, new() { Name = "Add" }).ClickAsync();
        await TaskOf(title).WaitForAsync();
    }

    public ILocator TaskOf(string title) => Page.Locator("#tasks li", new() { HasText = title });

    public async Task<IReadOnlyList<string>> Titles() => await Page.Locator("#tasks .title").AllTextContentsAsync();

    public async Task Attach(string title, string name, byte[] bytes)
    {
        await TaskOf(title)
            .Locator("input[type=file]")
            .SetInputFilesAsync(
                new FilePayload
                {
                    Name = name,
                    MimeType = "application/octet-stream",
                    Buffer = bytes,
                }
            );
        await TaskOf(title).GetByText(name).WaitForAsync();
    }

    /// <summary>As a program of one's own would ask the application's API, with the token of this page.</summary>
    public async Task<(int Status, string Text)> Ask(
        HttpMethod method,
        string path,
        string? json = null,
        Func<string, string>? forge = null
    )
    {
        using var http = new HttpClient { BaseAddress = new Uri(Page.Url) };
        using var request = new HttpRequestMessage(method, path)
        {
            Content = json is null ? null : new StringContent(json, Encoding.UTF8, "application/json"),
        };
        request.Headers.Authorization = forge is null
            ? Authorization
            : new AuthenticationHeaderValue("Bearer", forge(Authorization.Parameter!));
        using var answer = await http.SendAsync(request);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    public async ValueTask DisposeAsync()
    {
        await Close();
        faults.ShouldBeEmpty();
    }

    /// <summary>Whatever was said.</summary>
    public ValueTask Close() => context.DisposeAsync();

    private async Task Enter(string email, string password, string button)
    {
        await Page.GetByLabel("E-mail").FillAsync(email);
        await Page.GetByLabel("Password").FillAsync(password);
        await Page.GetByRole(AriaRole.Button, new() { Name = button, Exact = true }).ClickAsync();
        await Page.Locator("#app").WaitForAsync();
        await Page.Locator("#role").GetByText("User").Or(Page.Locator("#role").GetByText("Admin")).WaitForAsync();
    }

    private void Note(bool isFault, string fault)
    {
        if (isFault)
            faults.Enqueue(fault);
    }
}
