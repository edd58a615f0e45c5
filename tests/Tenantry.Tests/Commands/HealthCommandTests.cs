using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Commands;

/// <summary>Images without a shell ask the binary itself whether it is well.</summary>
public sealed class HealthCommandTests(Cluster cluster)
{
    [Fact]
    public async Task It_says_with_its_exit_code_whether_the_instance_can_take_requests()
    {
        await using var serving = await ServingProcess.Begin(cluster.Variables(await cluster.NewDatabase()));
        // All addresses, as in an image; and a proxy that is not there, for which nobody may ask.
        var probe = new Dictionary<string, string>
        {
            ["API_HOST"] = "0.0.0.0",
            ["API_PORT"] = $"{serving.Url.Port}",
            ["http_proxy"] = "http://127.0.0.1:1",
        };

        (await Binary.Run(["health"], probe)).ShouldBe((0, ""));
        (await Binary.Run(["health", "--live"], probe)).ShouldBe((0, ""));

        await serving.Kill();
        var (code, output) = await Binary.Run(["health"], probe);
        code.ShouldBe(1);
        output.ShouldBe($"http://127.0.0.1:{serving.Url.Port}/health/ready does not answer.\n");
    }

    [Fact]
    public async Task An_instance_that_drains_lives_and_is_not_ready()
    {
        var variables = cluster.Variables(await cluster.NewDatabase());
        variables["DRAIN_SECONDS"] = "300"; // it is killed below
        await using var serving = await ServingProcess.Begin(variables);
        var probe = new Dictionary<string, string> { ["API_PORT"] = $"{serving.Url.Port}" };

        var stopped = serving.Stop();
        (int Code, string Output) ready;
        do ready = await Binary.Run(["health"], probe);
        while (ready.Code == 0);

        ready.Output.ShouldEndWith("/health/ready answers 503.\n");
        (await Binary.Run(["health", "--live"], probe)).Code.ShouldBe(0);
        stopped.IsCompleted.ShouldBeFalse();
        await serving.Kill();
        await stopped;
    }

    [Fact]
    public async Task It_needs_no_other_setting_and_asks_no_secret_of_AWS()
    {
        var (code, output) = await Binary.Run(
            ["health"],
            new()
            {
                ["API_PORT"] = $"{FreePort.Find()}",
                ["AWS_SECRETS_MANAGER_SECRET_ID"] = "production/tenantry", // without a region: whoever reads it, says so
            }
        );

        code.ShouldBe(1);
        output.ShouldContain("does not answer");
        (await Binary.Run(["health"], new() { ["API_PORT"] = "none" })).Output.ShouldContain(
            "API_PORT must be a whole number"
        );
    }
}
