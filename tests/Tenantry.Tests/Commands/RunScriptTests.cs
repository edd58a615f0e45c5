using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Commands;

/// <summary>What <c>./run</c> and the sample have in common: scripts/shared.sh.</summary>
public sealed class RunScriptTests
{
    [Theory]
    [InlineData("http://localhost:8001", "localhost 8001")]
    [InlineData("http://localhost", "localhost 80")]
    [InlineData("https://api.example.com/", "api.example.com 443")]
    [InlineData("http://127.0.0.1:8000/api", "127.0.0.1 8000")]
    public async Task An_address_is_read_as_a_connection_needs_it(string url, string expected) =>
        (
            await Script.Said(
                ["-c", ". scripts/shared.sh; echo $(host_of \"$URL\") $(port_of \"$URL\")"],
                new() { ["URL"] = url }
            )
        ).ShouldBe(expected);

    [Fact]
    public async Task A_long_step_is_reported_while_it_runs_and_a_short_one_is_not()
    {
        // The clock of the shell jumps: no test waits for fifteen seconds.
        const string script = """
            . scripts/shared.sh
            true &
            waits_for $! "short step"
            trap 'SECONDS=20' USR1
            SECONDS=0
            sleep 1 &
            long=$!
            (sleep 0.5; kill -USR1 $$) &
            waits_for $long "still building"
            """;

        var output = await Script.Said(["-c", script], new() { ["WAIT_STEP"] = "0.1" });

        output.ShouldStartWith("still building for ");
        output.ShouldNotContain("short step");
    }

    [Fact]
    public void Run_checks_all_settings_before_it_starts_a_server()
    {
        var script = Repository.Read("run");

        var check = script.IndexOf("settings check", StringComparison.Ordinal);

        check.ShouldBeGreaterThan(script.IndexOf("build src/Tenantry", StringComparison.Ordinal));
        check.ShouldBeLessThan(script.IndexOf("scripts/postgres.sh start", StringComparison.Ordinal));
        check.ShouldBeLessThan(script.IndexOf("scripts/redis.sh start", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("https://api.example.com")]
    [InlineData("http://10.0.0.1:8000")]
    public async Task Run_starts_nothing_for_an_address_of_another_machine(string url)
    {
        var (code, output, errors) = await Script.Run(
            [
                "-c",
                "here() { " + Lines("if [ -n \"${TENANTRY_URL:-}\" ]") + "}; . scripts/shared.sh; here; echo started",
            ],
            new() { ["TENANTRY_URL"] = url }
        );

        code.ShouldBe(1);
        errors.ShouldContain($"TENANTRY_URL is {url}: ./run starts Tenantry on this machine alone");
        output.ShouldBeEmpty();
    }

    /// <summary>A statement of ./run that begins with the text, up to its <c>fi</c>.</summary>
    private static string Lines(string from)
    {
        var script = Repository.Read("run");
        var begin = script.IndexOf(from, StringComparison.Ordinal);
        return script[begin..(script.IndexOf("\nfi\n", begin, StringComparison.Ordinal) + 4)];
    }
}
