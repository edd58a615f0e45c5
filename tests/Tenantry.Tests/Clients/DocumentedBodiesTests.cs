using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Clients;

/// <summary>Each JSON body that README, docs and tenantry.http send is one that the operation takes.</summary>
public sealed class DocumentedBodiesTests
{
    private static readonly DocumentedBodies Documentation = new();

    [Fact]
    public void Each_documented_body_keeps_to_the_schema_of_its_operation() =>
        Documentation.All().Where(body => !IsMeantToFail(body)).SelectMany(Documentation.Faults).ShouldBeEmpty();

    [Fact]
    public void A_body_of_each_page_that_sends_one_is_found()
    {
        var bodies = Documentation.All().ToList();

        bodies.Count(body => body.Place.StartsWith("tenantry.http", StringComparison.Ordinal)).ShouldBeGreaterThan(45);
        bodies.Count(body => body.Place.StartsWith("openapi.json", StringComparison.Ordinal)).ShouldBeGreaterThan(30);
        bodies.Count(body => body.Place.StartsWith("README.md", StringComparison.Ordinal)).ShouldBe(9);
        foreach (var page in new[] { "access", "authentication", "files", "limits", "notifications", "retries" })
            bodies.ShouldContain(body => body.Place.StartsWith($"{page}.md", StringComparison.Ordinal), page);
    }

    [Fact]
    public void A_body_that_the_documentation_sends_to_show_an_error_has_faults()
    {
        var refused = Documentation.All().Where(IsMeantToFail).ToList();

        refused.Count.ShouldBe(2);
        refused.Where(body => !Documentation.Faults(body).Any()).ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Lies))]
    public void A_body_with_a_fault_is_found(string commands) =>
        LyingBody(commands).SelectMany(Documentation.Faults).ShouldNotBeEmpty();

    [Theory]
    [InlineData("errors", "ProblemDocument")]
    [InlineData("tenants", "TenantDocument")]
    public void An_answer_that_is_printed_without_its_commands_keeps_to_its_schema(string page, string schema)
    {
        var answer = DocumentedBodies.PrintedAnswers(Repository.Read($"docs/{page}.md")).Single();
        var changed = answer.DeepClone();
        changed["colour"] = "red";

        Documentation.FaultsOfAnswer(schema, answer).ShouldBeEmpty();
        Documentation.FaultsOfAnswer(schema, changed).ShouldNotBeEmpty();
    }

    [Fact]
    public void Each_documented_body_compiles_as_a_call_of_the_CSharp_client_and_a_body_with_a_fault_does_not()
    {
        var bodies = Documentation.All().Where(body => !IsMeantToFail(body)).ToList();
        var lies = Lies.SelectMany(lie => LyingBody(lie.Data)).ToList();

        var faults = CSharpCalls.Faults([.. bodies, .. lies]);

        faults.Where(fault => !lies.Contains(fault.Key)).ShouldBeEmpty();
        lies.Where(lie => !faults.ContainsKey(lie)).ShouldBeEmpty();
    }

    /// <summary>A member that does not exist, one of another type, a value that no enumeration has.</summary>
    public static TheoryData<string> Lies =>
        [
            """curl -s $API/auth/login -d '{"email":"ada@example.com","pass_word":"correct horse battery"}'""",
            """curl -s $API/notifications/email -d "{\"recipient\":\"ada@example.com\",\"subject\":4711}" """,
            """curl -s -X PUT "$API/tenants/$TENANT" -d '{"name":"Acme","registration":"ajar"}'""",
        ];

    /// <summary>README and tenantry.http show an error: a body with faults, and its answer.</summary>
    internal static bool IsMeantToFail(DocumentedBody body) =>
        body.Body.ToJsonString().Contains("\"ada@example\"", StringComparison.Ordinal);

    internal static IEnumerable<DocumentedBody> LyingBody(string commands) =>
        Documentation.FromPage("lie", $"```sh run\n{commands}\n```");
}
