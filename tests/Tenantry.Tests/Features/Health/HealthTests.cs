using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Features.Health;

public sealed class HealthTests(SharedService shared) : IClassFixture<SharedService>
{
    [Theory]
    [InlineData("/health")]
    [InlineData("/health/live")]
    [InlineData("/health/ready")]
    public async Task Health_is_told_to_anybody_whatever_tenant_or_token_they_send(string path)
    {
        var answer = await shared.Service.At("no-such-tenant").With("no.such.token").Get(path);

        answer.Status.ShouldBe(200, answer.Text);
        answer.Json["status"]!.GetValue<string>().ShouldBe("ok");
    }
}
