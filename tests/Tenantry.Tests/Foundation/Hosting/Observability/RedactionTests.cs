using System.Diagnostics;
using Tenantry.Foundation.Hosting.Observability;

namespace Tenantry.Tests.Foundation.Hosting.Observability;

/// <summary>What the last door before the log takes out, and what it leaves.</summary>
public sealed class RedactionTests
{
    private static readonly Redaction Redaction = new(["s3cr3t-of-the-settings", "pass/word of Redis", "short", null]);

    [Theory]
    [InlineData("Bearer abc.def", "Bearer [redacted]")]
    [InlineData("got eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln and went on", "got [redacted] and went on")]
    [InlineData("the token tnr_AAAABBBBCCCCDDDDEEEEFFFF is over", "the token [redacted] is over")]
    [InlineData(@"line\ntnr_AAAABBBBCCCCDDDDEEEEFFFF", @"line\n[redacted]")]
    [InlineData("Password=hunter2;Host=db", "Password=[redacted];Host=db")]
    [InlineData("Password='two words';Host=db", "Password='[redacted]';Host=db")]
    [InlineData("""{"new_password":"hunter2","name":"x"}""", """{"new_password":"[redacted]","name":"x"}""")]
    [InlineData("""{"password":"correct horse battery staple"}""", """{"password":"[redacted]"}""")]
    [InlineData("""{"password":"with \"quotes\" in it","name":"x"}""", """{"password":"[redacted]","name":"x"}""")]
    [InlineData("""{"password" : "a, b; c & d"}""", """{"password" : "[redacted]"}""")]
    [InlineData("""{\"password\":\"hunter2\",\"name\":\"x\"}""", """{\"password\":\"[redacted]\",\"name\":\"x\"}""")]
    [InlineData("""{\\\"password\\\":\\\"two words\\\"}""", """{\\\"password\\\":\\\"[redacted]\\\"}""")]
    [InlineData("""{"tokens":["one", "two"],"n":1}""", """{"tokens":[redacted],"n":1}""")]
    [InlineData("""{"password":"never ends""", """{"password":"[redacted]""")]
    [InlineData("password%3Dhunter2%26x%3D1", "password%3D[redacted]")]
    [InlineData("X-Api-Key: abc123", "X-Api-Key: [redacted]")]
    [InlineData("Authorization: Basic dXNlcjpodW50ZXIy", "Authorization: [redacted]")]
    [InlineData("authorization: bearer abc.def-ghi", "authorization: [redacted]")]
    [InlineData(
        "Authorization: AWS4-HMAC-SHA256 Credential=AKIA/2026, Signature=1f\nHost: x",
        "Authorization: [redacted]\nHost: x"
    )]
    [InlineData("sent basic dXNlcjpodW50ZXIy and failed", "sent basic [redacted] and failed")]
    [InlineData("sent bearer abc.def-ghi and failed", "sent bearer [redacted] and failed")]
    [InlineData("Cookie: a=b; session=hunter2", "Cookie: [redacted]")]
    [InlineData("Set-Cookie: tenantry_refresh=x; Path=/\r\nHost: x", "Set-Cookie: [redacted]\r\nHost: x")]
    [InlineData("""{"cookie":"a=b; session=hunter2","x":"y"}""", """{"cookie":"[redacted]","x":"y"}""")]
    [InlineData("postgresql://app:hunter2@db:5432/x", "postgresql://app:[redacted]@db:5432/x")]
    [InlineData(
        "GET https://s3/bucket/key?X-Amz-Signature=1f&a=b failed",
        "GET https://s3/bucket/key?[redacted] failed"
    )]
    [InlineData("reading /api/v1/files/shared?token=abc now", "reading /api/v1/files/shared?[redacted] now")]
    [InlineData("?q=ada&code=xyz", "?[redacted]")]
    [InlineData("no mailbox ada.lovelace+x@example.co.uk here", "no mailbox [redacted] here")]
    [InlineData("no mailbox 'ada@example.com'.", "no mailbox '[redacted]'.")]
    [InlineData("ada%40example.com", "[redacted]")]
    [InlineData("ada%2540example.com", "[redacted]")]
    [InlineData("user@localhost", "[redacted]")]
    [InlineData("user@[127.0.0.1] is unknown", "[redacted] is unknown")]
    [InlineData("\"Ada\"@example.com", "[redacted]")]
    [InlineData("\"Ada Lovelace\"@example.com", "[redacted]")]
    [InlineData("<jürgen@exämple.de>", "<[redacted]>")]
    [InlineData("number +41791234567 is off", "number [redacted] is off")]
    [InlineData("The number is +41791234567.", "The number is [redacted].")]
    [InlineData("tel:+41791234567", "tel:[redacted]")]
    [InlineData("%2B41790009900", "[redacted]")]
    [InlineData(@"\u002B41790009900", "[redacted]")]
    [InlineData("call +41 79 000 99 00 now", "call [redacted] now")]
    [InlineData("call +1 (555) 123-4567", "call [redacted]")]
    [InlineData("it says s3cr3t-of-the-settings twice: s3cr3t-of-the-settings", "it says [redacted] twice: [redacted]")]
    [InlineData(
        "redis://:pass%2Fword%20of%20Redis@host and pass/word of Redis",
        "redis://:[redacted]@host and [redacted]"
    )]
    public void Secrets_and_addresses_are_taken_out(string text, string left) => Redaction.Of(text).ShouldBe(left);

    [Theory]
    [InlineData("GET /api/v1/users/{id:guid} 404 in 1.25 ms, 0 bytes to 127.0.0.1")]
    [InlineData("POST /api/v1/auth/reset-password 204 in 1.25 ms, 0 bytes to 2001:db8::1")]
    [InlineData(
        "Message 019a8f3e-6c00-7d31-9f2a-6d1c0e5b7a42 of tenant 019a8f3e-5b00-7e21-a1b2-c3d4e5f60718 failed permanently by smtp, at attempt 8; its row contains the reason"
    )]
    [InlineData("Made signing key 0a1b2c, which signs from 2026-11-24 02:00:00Z")]
    [InlineData("Port 8000 is in use. Set API_PORT to another port.")]
    [InlineData("at Tenantry.Features.Auth.Login.Handle(Request body) in /src/Login.cs:line 42")]
    [InlineData(
        "at Tenantry.Foundation.Security.Tokens.AccessTokens.Make(User user, String token) in /src/Tokens/AccessTokens.cs:line 42"
    )]
    [InlineData("at System.Threading.Tasks.Task`1.Wait(CancellationToken cancellationToken)")]
    [InlineData("SELECT * FROM users WHERE id = @p0 AND name = @name AND data ? 'x'")]
    [InlineData("2026-11-24T02:00:00+01:00 is 5 + 1234567 later")]
    [InlineData("Is it away? Nobody knows.")]
    [InlineData("short")]
    [InlineData("")]
    public void Text_without_personal_data_or_secrets_is_not_redacted(string text) => Redaction.Of(text).ShouldBe(text);

    [Fact]
    public void A_secret_that_came_later_is_known_and_the_one_before_still()
    {
        var redaction = new Redaction(["the first secret"]);

        redaction.AddSecrets(["the second secret", null]);

        redaction.Of("the first secret, the second secret").ShouldBe("[redacted], [redacted]");
    }

    [Fact]
    public void What_is_very_long_is_cut_and_nothing_is_left_of_a_secret_at_the_cut()
    {
        const int longest = 8 * 1024;
        foreach (
            var secret in new[]
            {
                "s3cr3t-of-the-settings",
                "password=hunter2",
                "ada@example.com",
                "tnr_AAAABBBBCCCCDDDDEEEEFFFF",
                "+41791234567",
            }
        )
        {
            for (var before = longest - secret.Length - 1; before <= longest; before++)
            {
                var left = Redaction.Of(new string('.', before - 1) + " " + secret + new string(' ', 1_000));

                left.Length.ShouldBeLessThanOrEqualTo(longest);
                left.ShouldEndWith("…");
                left.Trim('.', ' ', '…').ShouldBeOneOf("", "password=[redacted]", "[redacted]");
            }
        }
    }

    /// <summary>
    /// It runs on the thread of whoever writes, before a lock of the console: what takes the square of a length
    /// somebody chooses would stop the service.
    /// </summary>
    [Theory]
    [InlineData("a")]
    [InlineData("-")]
    [InlineData("password")]
    [InlineData("password:")]
    [InlineData("password=\"")]
    [InlineData("token=\\\"")]
    [InlineData("tokens=[")]
    [InlineData("cookie:")]
    [InlineData("eyJ")]
    [InlineData("eyJ.")]
    [InlineData("tna_")]
    [InlineData("bearer ")]
    [InlineData("bearer\t\t\t")]
    [InlineData("a://")]
    [InlineData("://a:")]
    [InlineData("/")]
    [InlineData("/?")]
    [InlineData("?a=")]
    [InlineData("@")]
    [InlineData("a@")]
    [InlineData("%40")]
    [InlineData("\"a@")]
    [InlineData("\"@")]
    [InlineData("+1")]
    [InlineData("+41 7 9")]
    [InlineData("%2B")]
    [InlineData("s3cr3t-of-the-setting")]
    public void No_text_costs_more_than_its_length(string piece)
    {
        // Past the cut, which would hide it. The square of this length is minutes; the length itself, well below a
        // tenth of a second, on a busy machine a few.
        var text = string.Concat(Enumerable.Repeat(piece, 200_000 / piece.Length));
        var watch = Stopwatch.StartNew();

        Redaction.Of(text, longest: text.Length);

        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(3));
    }
}
