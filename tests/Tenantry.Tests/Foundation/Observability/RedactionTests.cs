using Tenantry.Foundation.Observability;

namespace Tenantry.Tests.Foundation.Observability;

/// <summary>What the last door before the log takes out, and what it leaves.</summary>
public sealed class RedactionTests
{
    private static readonly Redaction Redaction = new(["s3cr3t-of-the-settings", "short", null]);

    [Theory]
    [InlineData("Bearer abc.def", "Bearer [redacted]")]
    [InlineData("got eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln and went on", "got [redacted] and went on")]
    [InlineData("the token tnr_AAAABBBBCCCCDDDDEEEEFFFF is over", "the token [redacted] is over")]
    [InlineData("Password=hunter2;Host=db", "Password=[redacted];Host=db")]
    [InlineData("""{"new_password":"hunter2","name":"x"}""", """{"new_password":"[redacted]","name":"x"}""")]
    [InlineData("X-Api-Key: abc123", "X-Api-Key: [redacted]")]
    [InlineData("postgresql://app:hunter2@db:5432/x", "postgresql://app:[redacted]@db:5432/x")]
    [InlineData("GET https://s3/bucket/key?X-Amz-Signature=1f&a=b failed", "GET https://s3/bucket/key?[redacted] failed")]
    [InlineData("reading /api/v1/files/shared?token=abc now", "reading /api/v1/files/shared?[redacted] now")]
    [InlineData("no mailbox ada.lovelace+x@example.co.uk here", "no mailbox [redacted] here")]
    [InlineData("<jürgen@exämple.de>", "<[redacted]>")]
    [InlineData("number +41791234567 is off", "number [redacted] is off")]
    [InlineData("it says s3cr3t-of-the-settings twice: s3cr3t-of-the-settings", "it says [redacted] twice: [redacted]")]
    public void Secrets_and_addresses_are_taken_out(string text, string left) => Redaction.Of(text).ShouldBe(left);

    [Theory]
    [InlineData("GET /api/v1/users/{id:guid} 404 in 1.25 ms, 0 bytes to 127.0.0.1")]
    [InlineData("Message 019a8f3e-6c00-7d31-9f2a-6d1c0e5b7a42 of tenant 019a8f3e-5b00-7e21-a1b2-c3d4e5f60718 failed for good by smtp, at attempt 8; the reason is in its row")]
    [InlineData("Made signing key 0a1b2c, which signs from 2026-11-24 02:00:00Z")]
    [InlineData("Port 8000 is taken. Set API_PORT to another one.")]
    [InlineData("at Tenantry.Features.Auth.Login.Handle(Request body) in /src/Login.cs:line 42")]
    [InlineData("short")]
    public void What_says_nothing_of_anybody_stays(string text) => Redaction.Of(text).ShouldBe(text);
}
