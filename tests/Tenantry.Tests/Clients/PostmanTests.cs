using System.Text.Json.Nodes;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Clients;

/// <summary>The Postman collection: every operation is in it, and Newman runs a way through it.</summary>
public sealed class PostmanTests(Cluster cluster)
{
    private const string Folder = "clients/postman";
    private const string Collection = Folder + "/tenantry.postman_collection.json";

    [Fact]
    public void Every_operation_is_in_the_collection()
    {
        var kept = Requests(JsonNode.Parse(Repository.Read(Collection))!["item"]!)
            .Select(one => one["request"]!)
            .Select(request =>
                $"{request["method"]} /{string.Join('/', request["url"]!["path"]!.AsArray().Select(part => part!.GetValue<string>()))}"
            )
            .ToHashSet(StringComparer.Ordinal);

        var operations =
            from path in JsonNode.Parse(Repository.Read("docs/openapi.json"))!["paths"]!.AsObject()
            from operation in path.Value!.AsObject()
            select $"{operation.Key.ToUpperInvariant()} {string.Join('/', path.Key.Split('/').Select(part => part.StartsWith('{') ? ":" + part.Trim('{', '}') : part))}";

        operations.Where(operation => !kept.Contains(operation)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_sign_in_keeps_the_tokens_that_the_requests_after_it_show()
    {
        Node.Need(Folder);
        await using var service = await cluster.Start();
        var (slug, _, _) = await service.NewTenant();
        string[] way =
        [
            "Sign in",
            "Get the current user",
            "Refresh the tokens",
            "List users",
            "Invite a user",
            "List roles",
            "List files",
        ];

        var (status, output) = await GeneratedTests.Run(
            "node",
            [
                $"{Folder}/node_modules/newman/bin/newman.js",
                "run",
                Collection,
                "--environment",
                $"{Folder}/tenantry.postman_environment.json",
                "--env-var",
                $"baseUrl={service.Url.ToString().TrimEnd('/')}",
                "--env-var",
                $"tenant={slug}",
                "--env-var",
                $"email=admin@{slug}.example",
                "--env-var",
                $"password={Service.Password}",
                .. way.SelectMany(name => new[] { "--folder", name }),
                "--reporters",
                "cli",
                "--color",
                "off",
            ]
        );

        status.ShouldBe(0, output);
        output.Split("It is not refused").Length.ShouldBe(way.Length + 1, output);
        output.Split("Tokens are kept").Length.ShouldBe(3, output);
    }

    private static IEnumerable<JsonNode> Requests(JsonNode items) =>
        items.AsArray().SelectMany(item => item!["item"] is { } within ? Requests(within) : [item]);
}
