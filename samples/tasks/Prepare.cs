using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;

namespace TaskList;

/// <summary>
/// Brings a Tenantry in Development to where the sample begins: two tenants that take sign-ups from the sample's page, each with an Admin. Done before, it changes nothing.
/// </summary>
public static class Prepare
{
    private static readonly (string Slug, string Name)[] Tenants = [("aurora", "Aurora"), ("borealis", "Borealis")];

    /// <returns>the exit code</returns>
    public static async Task<int> Run(Uri tenantry, string page)
    {
        try
        {
            await Run(
                tenantry,
                page,
                Setting("PLATFORM_ADMIN_EMAIL"),
                Setting("PLATFORM_ADMIN_PASSWORD"),
                Setting("TASKS_ADMIN_PASSWORD")
            );
            return 0;
        }
        catch (InvalidOperationException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 1;
        }
    }

    private static string Setting(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } value
            ? value
            : throw new InvalidOperationException($"{name} is not set.");

    private static async Task Run(Uri tenantry, string page, string email, string password, string chosen)
    {
        using var http = new HttpClient { BaseAddress = new Uri(tenantry, "/api/v1/") };
        var platform =
            await SignIn(http, "platform", email, password)
            ?? throw new InvalidOperationException(
                "The platform's administrator cannot sign in: is this the Tenantry that the password is of?"
            );
        foreach (var (slug, name) in Tenants)
        {
            var admin = $"admin@{slug}.example";
            var made = await Send(
                http,
                HttpMethod.Post,
                "tenants",
                platform,
                new
                {
                    name,
                    slug,
                    subscription_tier = "standard",
                    admin = new
                    {
                        email = admin,
                        first_name = "Grace",
                        last_name = name,
                    },
                }
            );
            if (made.StatusCode != HttpStatusCode.Conflict)
                await Answer(made);

            if (await SignIn(http, slug, admin, chosen) is not { } token)
            {
                // The invitation was mailed; in Development the mailbox shows it.
                var mails = await Answer(await http.GetAsync($"/dev/mailbox?recipient={admin}"));
                var invitation = mails["items"]![0]!["body"]!
                    .GetValue<string>()
                    .Split("token=")[1]
                    .Split('\n')[0]
                    .Trim();
                await Answer(
                    await Send(
                        http,
                        HttpMethod.Post,
                        "auth/accept-invitation",
                        null,
                        new
                        {
                            token = invitation,
                            password = chosen,
                            first_name = "Grace",
                            last_name = name,
                        }
                    )
                );
                token = (await SignIn(http, slug, admin, chosen))!;
            }
            var me = await Answer(await Send(http, HttpMethod.Get, "auth/me", token));
            await Answer(
                await Send(
                    http,
                    HttpMethod.Put,
                    $"tenants/{me["tenant"]!["id"]}",
                    token,
                    new
                    {
                        name,
                        registration = "open",
                        allowed_origins = new[] { page },
                    }
                )
            );
            Console.WriteLine($"    {name, -10} {page}/?tenant={slug}   Admin: {admin} / {chosen}");
        }
    }

    private static async Task<string?> SignIn(HttpClient http, string tenant, string email, string password)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "auth/login")
        {
            Content = JsonContent.Create(new { email, password }),
        };
        request.Headers.Add("X-Tenant", tenant);
        using var answer = await http.SendAsync(request);
        return answer.StatusCode == HttpStatusCode.Unauthorized
            ? null
            : (await Answer(answer))["access_token"]!.GetValue<string>();
    }

    private static async Task<HttpResponseMessage> Send(
        HttpClient http,
        HttpMethod method,
        string path,
        string? token,
        object? body = null
    )
    {
        using var request = new HttpRequestMessage(method, path)
        {
            Content = body is null ? null : JsonContent.Create(body),
        };
        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return await http.SendAsync(request);
    }

    private static async Task<JsonNode> Answer(HttpResponseMessage answer)
    {
        var text = await answer.Content.ReadAsStringAsync();
        return answer.IsSuccessStatusCode
            ? JsonNode.Parse(text)!
            : throw new InvalidOperationException($"{answer.RequestMessage?.RequestUri}: {text}");
    }
}
