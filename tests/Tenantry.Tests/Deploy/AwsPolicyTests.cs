using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Deploy;

/// <summary>Roles on AWS may do what the code calls, and nothing else.</summary>
public sealed partial class AwsPolicyTests
{
    /// <summary>What a call of the code needs. One that is new here has to be thought about.</summary>
    private static readonly Dictionary<string, string[]> Needed = new()
    {
        ["s3:GetObject"] = ["s3:GetObject"],
        ["s3:GetObjectMetadata"] = ["s3:GetObject", "s3:ListBucket"], // without the second, what is missing is forbidden
        ["s3:CopyObject"] = ["s3:GetObject", "s3:PutObject"],
        ["s3:DeleteObject"] = ["s3:DeleteObject"],
        ["s3:ListObjectsV2"] = ["s3:ListBucket"],
        ["s3:PutObject"] = ["s3:PutObject"],
        ["s3:InitiateMultipartUpload"] = ["s3:PutObject"],
        ["s3:UploadPart"] = ["s3:PutObject"],
        ["s3:CompleteMultipartUpload"] = ["s3:PutObject"],
        ["s3:ListParts"] = ["s3:ListMultipartUploadParts"],
        ["s3:AbortMultipartUpload"] = ["s3:AbortMultipartUpload"],
        ["s3:ListMultipartUploads"] = ["s3:ListBucketMultipartUploads"],
        ["s3:PreSigned GET"] = ["s3:GetObject"], // a signed address may do what whoever signed it may
        ["s3:PreSigned PUT"] = ["s3:PutObject"],
        ["ses:/v2/email/outbound-emails"] = ["ses:SendEmail", "ses:SendRawEmail"], // the second, as Content is Raw
        ["sns:Publish"] = ["sns:Publish"],
        ["sns:CreatePlatformEndpoint"] = ["sns:CreatePlatformEndpoint"],
        ["sns:SetEndpointAttributes"] = ["sns:SetEndpointAttributes"],
        ["sns:ConfirmSubscription"] = ["sns:ConfirmSubscription"],
        ["secretsmanager:GetSecretValue"] = ["secretsmanager:GetSecretValue"],
    };

    [Fact]
    public void The_policies_allow_exactly_what_the_code_calls()
    {
        var store = string.Concat(
            Directory
                .EnumerateFiles(Path.Combine(Repository.Root, "src/Tenantry/Foundation/Storage"), "S3*.cs")
                .Select(File.ReadAllText)
        );
        var source = string.Concat(
            Directory
                .EnumerateFiles(Path.Combine(Repository.Root, "src"), "*.cs", SearchOption.AllDirectories)
                .Where(file => !file.Contains("/obj/", StringComparison.Ordinal))
                .Select(File.ReadAllText)
        );
        string[] calls =
        [
            .. S3Call().Matches(store).Select(call => "s3:" + call.Groups[1].Value),
            .. SignedVerb().Matches(store).Select(verb => "s3:PreSigned " + verb.Groups[1].Value),
            .. Query().Matches(source).Select(call => "sns:" + call.Groups[1].Value),
            .. JsonCall().Matches(source).Select(call => "ses:" + call.Groups[1].Value),
            .. Target().Matches(source).Select(call => "secretsmanager:" + call.Groups[1].Value),
        ];

        calls.Distinct().Order().ShouldBe(Needed.Keys.Order());
        var policies = Directory
            .EnumerateFiles(Path.Combine(Repository.Root, "deploy/aws"), "policy-*.json")
            .ToDictionary(file => Path.GetFileName(file), Actions);
        // Keys are S3's to use, for what is put there and got.
        policies.Remove("policy-kms.json", out var kms);
        kms.ShouldBe(["kms:Decrypt", "kms:GenerateDataKey"], ignoreOrder: true);
        policies
            .SelectMany(policy => policy.Value)
            .Distinct()
            .Order()
            .ShouldBe(calls.SelectMany(call => Needed[call]).Distinct().Order());
    }

    [Fact]
    public void No_policy_allows_every_action_every_resource_or_every_principal()
    {
        foreach (
            var file in Directory
                .EnumerateFiles(Path.Combine(Repository.Root, "deploy/aws"), "*.json")
                .Where(file => JsonNode.Parse(File.ReadAllText(file))!["Statement"] is not null)
        )
        {
            foreach (
                var statement in JsonNode.Parse(File.ReadAllText(file))!["Statement"]!
                    .AsArray()
                    .Where(statement => statement!.Text("Effect") == "Allow")
            )
            {
                Texts(statement!["Action"]).ShouldAllBe(action => !action.Contains('*'));
                Texts(statement["Resource"])
                    .ShouldAllBe(resource =>
                        resource != "*" && resource.StartsWith("arn:aws:", StringComparison.Ordinal)
                    );
                Texts(statement["Principal"]).ShouldBeEmpty(); // "*": everybody
                // A number has no name that a policy could say.
                (statement["NotResource"] is null || Path.GetFileName(file) == "policy-sms.json").ShouldBeTrue(file);
            }
        }
    }

    [Fact]
    public void The_bucket_refuses_requests_without_TLS_and_aborts_incomplete_uploads()
    {
        var policy = Read("bucket-policy.json")["Statement"]!.AsArray();
        var tls = policy.Single(statement =>
            statement!["Condition"]?["Bool"]?["aws:SecureTransport"]?.GetValue<string>() == "false"
        )!;
        (tls.Text("Effect"), tls.Text("Action")).ShouldBe(("Deny", "s3:*"));
        Texts(tls["Resource"]).Count().ShouldBe(2); // the bucket, and what is in it

        Read("bucket-lifecycle.json")["Rules"]!
            .AsArray()
            .ShouldContain(rule => rule!["AbortIncompleteMultipartUpload"] != null);
        // A rule that lets objects expire would leave their rows behind.
        Read("bucket-lifecycle.json")["Rules"]!
            .AsArray()
            .ShouldAllBe(rule => rule!["Expiration"] == null || rule["Expiration"]!["Days"] == null);
        Read("bucket-encryption.json")["Rules"]![0]!["ApplyServerSideEncryptionByDefault"]!
            .Text("SSEAlgorithm")
            .ShouldBe("aws:kms");
    }

    private static JsonNode Read(string name) => JsonNode.Parse(Repository.Read("deploy/aws/" + name))!;

    private static List<string> Actions(string file) =>
        [
            .. JsonNode.Parse(File.ReadAllText(file))!["Statement"]!
                .AsArray()
                .SelectMany(statement => Texts(statement!["Action"])),
        ];

    private static IEnumerable<string> Texts(JsonNode? node) =>
        node switch
        {
            JsonValue value => [value.GetValue<string>()],
            JsonArray list => list.Select(item => item!.GetValue<string>()),
            _ => [],
        };

    [GeneratedRegex(@"\bClient\s*\.(\w+)Async\(")]
    private static partial Regex S3Call();

    [GeneratedRegex(@"HttpVerb\.(\w+)")]
    private static partial Regex SignedVerb();

    [GeneratedRegex(@"\.Query\(\s*""(\w+)""")]
    private static partial Regex Query();

    [GeneratedRegex(@"\.Json\(\s*HttpMethod\.\w+,\s*""([^""]+)""")]
    private static partial Regex JsonCall();

    [GeneratedRegex(@"\.Target\(\s*""(\w+)""")]
    private static partial Regex Target();
}
