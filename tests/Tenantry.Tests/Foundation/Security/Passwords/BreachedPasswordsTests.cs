using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Foundation.Security.Passwords;

/// <summary>
/// Against a server that speaks the range API: SHA-1 prefixes in, suffixes with counts out, padding among them.
/// </summary>
public sealed class BreachedPasswordsTests(Cluster cluster)
{
    private const string Leaked = "a password that leaked somewhere";

    private readonly List<(string Path, string? Padding)> asked = [];

    [Fact]
    public async Task A_password_that_the_service_knows_is_refused_wherever_one_is_chosen()
    {
        await using var range = await Range(http => Answer(http, 200));
        await using var service = await cluster.Start(variables => variables["BREACHED_PASSWORDS_URL"] = Url(range));
        var user = await service.At().NewUser("ada@example.com");

        (await Register(service, Leaked)).ShouldBeProblem(400, "validation_failed").ShouldNameField("password");
        (await user.Post("auth/password-change", new { current_password = Service.Password, new_password = Leaked }))
            .ShouldBeProblem(400, "validation_failed")
            .ShouldNameField("new_password");
        (await Register(service, Leaked + ", but not this one")).Status.ShouldBe(201);
    }

    [Fact]
    public async Task It_learns_five_characters_and_answers_of_one_length()
    {
        await using var range = await Range(http => Answer(http, 200));
        await using var service = await cluster.Start(variables => variables["BREACHED_PASSWORDS_URL"] = Url(range));

        await Register(service, Leaked);

        var (path, padding) = asked.ShouldHaveSingleItem();
        path.ShouldBe("/range/" + Sha1(Leaked)[..5]);
        padding.ShouldBe("true");
    }

    [Fact]
    public async Task What_stands_there_only_as_padding_is_no_leak()
    {
        await using var range = await Range(http => http.Response.WriteAsync($"{Sha1(Leaked)[5..]}:0\r\n"));
        await using var service = await cluster.Start(variables => variables["BREACHED_PASSWORDS_URL"] = Url(range));

        (await Register(service, Leaked)).Status.ShouldBe(201);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(429)]
    [InlineData(0)] // nobody listens
    [InlineData(-1)] // it never answers
    public async Task While_it_is_away_the_shipped_list_alone_decides(int status)
    {
        await using var range = await Range(http =>
            status == -1 ? Task.Delay(Timeout.Infinite, http.RequestAborted) : Answer(http, status)
        );
        await using var service = await cluster.Start(variables =>
            variables["BREACHED_PASSWORDS_URL"] = status == 0 ? "http://127.0.0.1:1/range" : Url(range)
        );

        (await Register(service, Leaked)).Status.ShouldBe(201);
        (await Register(service, "password1")).ShouldBeProblem(400, "validation_failed").ShouldNameField("password");
    }

    private static Task<Answer> Register(Service at, string password) =>
        at.At()
            .Post(
                "auth/register",
                new
                {
                    email = $"{Guid.NewGuid():N}@example.com",
                    password,
                    first_name = "Ada",
                }
            );

    private static Task Answer(HttpContext http, int status)
    {
        http.Response.StatusCode = status;
        return http.Response.WriteAsync(
            $"{new string('0', 35)}:3\r\n{Sha1(Leaked)[5..]}:17\r\n{new string('F', 35)}:0\r\n"
        );
    }

    private async Task<WebApplication> Range(RequestDelegate answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.Run(http =>
        {
            lock (asked)
                asked.Add((http.Request.Path, http.Request.Headers["Add-Padding"]));
            return answer(http);
        });
        await app.StartAsync();
        return app;
    }

    private static string Url(WebApplication range) =>
        range.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()
        + "/range";

#pragma warning disable CA5350 // the protocol's choice
    private static string Sha1(string text) => Convert.ToHexString(SHA1.HashData(Encoding.UTF8.GetBytes(text)));
#pragma warning restore CA5350
}
