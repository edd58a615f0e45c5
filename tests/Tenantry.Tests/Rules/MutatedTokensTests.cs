using Tenantry.Features.Notifications.Suppressions;
using Tenantry.Foundation.Messaging.Templates;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Rules;

/// <summary>
/// Tokens, cursors and links that are good but for one thing: each has one text, and whatever is not that text is
/// refused as any other that is wrong.
/// </summary>
public sealed class MutatedTokensTests(SharedService shared) : IClassFixture<SharedService>
{
    private readonly Service service = shared.Service;
    private int addresses;

    [Fact]
    public async Task No_mutation_of_a_valid_token_fails_the_service_or_is_taken()
    {
        var (slug, tenant, admin) = await service.NewTenant();
        (
            await (await service.Platform()).Put(
                $"tenants/{tenant}",
                new { name = slug, subscription_tier = "premium" }
            )
        ).Status.ShouldBe(200);
        using var bytes = new ByteArrayContent("Hello"u8.ToArray());
        var file = (await admin.Send(HttpMethod.Post, "files/upload", bytes)).Text("id");
        var link = (await admin.Post($"files/{file}/links", new { })).Text("url");
        var download = (await admin.Get($"files/{file}/download")).Headers.Location?.PathAndQuery;
        var upload = (
            await admin.Post(
                "files/uploads",
                new
                {
                    file_name = "a.txt",
                    file_size = 5,
                    sha256 = new string('a', 64),
                }
            )
        ).Json["requests"]![0]!.Text("url");
        var unsubscribe = service
            .Services.GetRequiredService<UnsubscribeLink>()
            .Create(tenant, Channel.Email, "reader@example.com");
        (await admin.Post("users", new { email = $"invited@{slug}.example", role = "User" })).Status.ShouldBe(201);
        var mailed = await service.MailedToken($"invited@{slug}.example");
        var cursor = (await admin.Get("roles?limit=1")).Text("next_cursor");
        var csrf = "__Host-tenantry_csrf";

        var places = new (string What, string Valid, Func<string, Task<Answer>> Use)[]
        {
            ("refresh token", admin.RefreshToken, text => From().Post("auth/refresh", new { refresh_token = text })),
            (
                "refresh cookie",
                admin.RefreshToken,
                text =>
                    From()
                        .Send(
                            HttpMethod.Post,
                            "auth/refresh",
                            null,
                            ("Cookie", $"__Secure-tenantry_refresh={text}; {csrf}=a"),
                            ("X-CSRF-Token", "a")
                        )
            ),
            (
                "refresh token at sign-out",
                admin.RefreshToken,
                text => service.At(slug).Post("auth/logout", new { refresh_token = text })
            ),
            (
                "mailed token",
                mailed,
                text =>
                    From()
                        .Post(
                            "auth/accept-invitation",
                            new
                            {
                                token = text,
                                password = Service.Password,
                                first_name = "A",
                            }
                        )
            ),
            (
                "mailed token of a reset",
                mailed,
                text => From().Post("auth/password-reset", new { token = text, new_password = Service.Password })
            ),
            ("mailed token of an address", mailed, text => From().Post("auth/verify-email", new { token = text })),
            (
                "file link",
                link.Split("token=")[1],
                text => From().Get("files/shared?token=" + Uri.EscapeDataString(text))
            ),
            ("cursor", cursor, text => admin.Get("roles?limit=1&cursor=" + Uri.EscapeDataString(text))),
            (
                "way out",
                unsubscribe.Split("token=")[1],
                text => From().Post("notifications/unsubscribe?token=" + Uri.EscapeDataString(text))
            ),
            (
                "download",
                download?.Split("signature=")[1] ?? "",
                text => From().Get($"{download!.Split("signature=")[0]}signature={Uri.EscapeDataString(text)}")
            ),
            (
                "upload",
                upload.Split("signature=")[1],
                text =>
                    From()
                        .Send(
                            HttpMethod.Put,
                            $"{new Uri(upload).PathAndQuery.Split("signature=")[0]}signature={Uri.EscapeDataString(text)}",
                            new StringContent("Hello")
                        )
            ),
            ("access token", admin.Token, text => service.At(slug).With(text).Get("auth/me")),
        };
        foreach (var (what, valid, use) in places)
        {
            valid.ShouldNotBeEmpty(what);
            foreach (var text in HostileValues.Mutated(valid))
            {
                var answer = await use(text);
                answer.Status.ShouldBeInRange(400, 499, $"{what}: {text}\n{answer.Text}");
            }
        }
        (await admin.Get("auth/me")).Status.ShouldBe(200);

        // Another address each time: too many that are wrong from one are held up.
        Visitor From() => service.At().From(NextAddress());
    }

    [Fact]
    public async Task A_mutated_device_token_is_no_more_than_none()
    {
        var user = $"{Guid.NewGuid():N}@example.com";
        await service.At().NewUser(user);
        var device = (await SignIn(user, null)).Text("device_token");

        (await SignIn(user, device)).Json["device_token"].ShouldBeNull(); // it has one
        foreach (var text in HostileValues.Mutated(device))
            (await SignIn(user, text)).Json["device_token"].ShouldNotBeNull(text);

        async Task<Answer> SignIn(string email, string? token)
        {
            var answer = await service
                .At()
                .From(NextAddress())
                .Post(
                    "auth/login",
                    new
                    {
                        email,
                        password = Service.Password,
                        device_token = token,
                    }
                );
            answer.Status.ShouldBe(200, answer.Text);
            return answer;
        }
    }

    private string NextAddress()
    {
        var number = Interlocked.Increment(ref addresses);
        return $"203.0.{number / 250}.{(number % 250) + 1}";
    }
}
