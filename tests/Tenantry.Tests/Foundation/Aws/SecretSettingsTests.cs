using System.Text.Json;
using Tenantry.Foundation.Aws;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Foundation.Aws;

/// <summary>Settings that are kept in Secrets Manager, against an endpoint that checks each signature.</summary>
public sealed class SecretSettingsTests(Cluster cluster)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_secret_adds_what_the_environment_does_not_say()
    {
        await using var aws = await AwsEndpoint.Begin();
        aws.Secrets["production/tenantry"] = JsonSerializer.Serialize(
            new { JWT_SECRET = "a secret of Secrets Manager, long enough", FROM_EMAIL = "secret@example.com" }
        );
        var environment = Environment(aws);
        environment["FROM_EMAIL"] = "environment@example.com";

        var settings = ServiceSettings.Read(await SecretSettings.Added(environment, Cancel));

        (settings.JwtSecret, settings.FromEmail).ShouldBe(
            ("a secret of Secrets Manager, long enough", "environment@example.com")
        );
        aws.Calls.ShouldHaveSingleItem().IsSigned.ShouldBeTrue();
    }

    [Fact]
    public async Task Without_a_secret_id_the_Secrets_Manager_is_not_called()
    {
        await using var aws = await AwsEndpoint.Begin();
        var environment = Environment(aws);
        environment.Remove("AWS_SECRETS_MANAGER_SECRET_ID");

        (await SecretSettings.Added(environment, Cancel)).ShouldBe(environment);

        aws.Calls.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(null, "can't find the specified secret")]
    [InlineData("a text that is no JSON: hunter2", "must name a secret that is a JSON object of names and texts")]
    [InlineData(
        """{"JWT_SECRET": {"deep": "hunter2"}}""",
        "must name a secret that is a JSON object of names and texts"
    )]
    public async Task A_start_with_a_secret_that_cannot_be_used_says_why_and_nothing_of_what_is_in_it(
        string? secret,
        string says
    )
    {
        await using var aws = await AwsEndpoint.Begin();
        if (secret is not null)
            aws.Secrets["production/tenantry"] = secret;

        var (code, output) = await OperatorCommand.Run(["database", "check"], Environment(aws));

        code.ShouldBe(1);
        output.ShouldContain(says);
        output.ShouldNotContain("hunter2");
    }

    private Dictionary<string, string> Environment(AwsEndpoint aws)
    {
        var variables = cluster.Variables("nothing");
        variables.Remove("JWT_SECRET");
        (
            variables["APP_ENV"],
            variables["AWS_SECRETS_MANAGER_SECRET_ID"],
            variables["AWS_SECRETS_MANAGER_ENDPOINT_URL"]
        ) = ("Production", "production/tenantry", $"{aws.Url}");
        (variables["AWS_REGION"], variables["AWS_ACCESS_KEY_ID"], variables["AWS_SECRET_ACCESS_KEY"]) = (
            aws.Region,
            aws.AccessKey,
            aws.SecretKey
        );
        return variables;
    }
}
