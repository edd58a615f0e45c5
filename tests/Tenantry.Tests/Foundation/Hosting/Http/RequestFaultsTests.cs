using System.Text;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Foundation.Hosting.Http;

/// <summary>One answer names all faults of a request, whichever layer finds the first.</summary>
public sealed class RequestFaultsTests(SharedService shared) : IClassFixture<SharedService>
{
    private readonly Service service = shared.Service;

    [Fact]
    public async Task Missing_unknown_repeated_and_wrong_members_and_the_query_are_named_in_one_answer()
    {
        var answer = await (await service.Platform()).PostText(
            "tenants?dry_run=true",
            """
            {"slug":"-bad-","slug":"x","subscription_tier":"gold","colour":"red","metadata":[],"custom_domain":5,
             "admin":{"email":7,"phone":"123","role":"Admin"}}
            """
        );

        Fields(answer)
            .ShouldBe(
                [
                    "dry_run",
                    "slug",
                    "subscription_tier",
                    "colour",
                    "metadata",
                    "custom_domain",
                    "name",
                    "admin.email",
                    "admin.phone",
                    "admin.role",
                    "admin.first_name",
                ],
                ignoreOrder: true,
                answer.Text
            );
        Message(answer, "subscription_tier").ShouldContain("must be one of free, standard, premium");
        Message(answer, "colour").ShouldContain("is not a member of this object");
        Message(answer, "slug").ShouldContain("is given twice");
        Message(answer, "name").ShouldContain("is required");
        Message(answer, "admin.phone").ShouldContain("E.164");
    }

    /// <summary>The first fault is a wrong type, an unknown member, a broken rule, or the query.</summary>
    [Theory]
    [InlineData("notifications/email", """{"recipient":5,"bogus":1}""", "recipient,bogus,subject,body")]
    [InlineData("notifications/email", """{"recipient":"x@","bogus":1}""", "recipient,bogus,subject,body")]
    [InlineData("notifications/email", """{"subject":"s","html_body":5}""", "html_body,recipient")]
    [InlineData("notifications/email", """{"recipient":"a@example.com","template_name":5}""", "template_name")]
    [InlineData("notifications/email?x=1", """{"recipient":"a@example.com"}""", "x,subject,body")]
    [InlineData("notifications/sms", """{"subject":"s","priority":"now"}""", "priority,recipient,subject,body")]
    [InlineData("notifications/push", """{"recipient":"x","send_at":"never"}""", "recipient,send_at,body")]
    [InlineData(
        "notifications/templates",
        """{"name":"Bad Name","type":"email","is_active":1}""",
        "name,is_active,subject,body"
    )]
    [InlineData("notifications/templates", """{"name":"ok","type":"fax","text_body":7}""", "type,text_body")]
    [InlineData(
        "notifications/templates",
        """{"name":"ok","type":"email","subject":"s","body":"b","translations":{"de":{"subjekt":"x"}},"variables":[{"name":"A"}]}""",
        "translations.de.subjekt,translations.de.subject,translations.de.body,variables[0].name"
    )]
    [InlineData("notifications/suppressions", """{"channel":"push","extra":1}""", "channel,extra,recipient")]
    [InlineData("notifications/suppressions", """{"recipient":"nobody","extra":1}""", "recipient,extra")]
    [InlineData("roles", """{"permissions":["users:fly"],"parent":null}""", "permissions,parent,name")]
    [InlineData("roles", """{"name":"N","permissions":[5,"users:read",true]}""", "permissions[0],permissions[2]")]
    [InlineData("roles", """{"name":"N","parent_id":"x","permissions":"all"}""", "parent_id,permissions")]
    [InlineData("roles?a=1&b=2", "[]", "a,b,body")]
    [InlineData("roles?a=1", "{", "a,body")]
    [InlineData("roles?a=1", "", "a,body")]
    public async Task Faults_of_all_layers_are_in_one_answer(string path, string body, string fields)
    {
        var answer = await (await service.Platform()).PostText(path, body);

        Fields(answer).ShouldBe(fields.Split(','), ignoreOrder: true, answer.Text);
    }

    [Fact]
    public async Task A_wrong_header_is_named_with_the_faults_of_the_body()
    {
        using var body = new StringContent("""{"email":5}""", Encoding.UTF8, "application/json");

        var answer = await service.At().Send(HttpMethod.Post, "auth/login", body, ("X-Session-Mode", "jar"));

        Fields(answer).ShouldBe(["X-Session-Mode", "email", "password"], ignoreOrder: true, answer.Text);
    }

    [Fact]
    public async Task A_body_that_arrives_in_pieces_is_read_again_as_a_whole()
    {
        // Longer than the buffers of the server and of the serializer, with the first fault in the middle.
        var text =
            "{\"email\":\""
            + new string('a', 50_000)
            + "\",\"pasword\":\"x\",\"extra\":["
            + new string(' ', 50_000)
            + "]}";
        using var content = new StreamContent(new Pieces(Encoding.UTF8.GetBytes(text)));
        content.Headers.ContentType = new("application/json");

        var answer = await service.At().Send(HttpMethod.Post, "auth/login", content);

        Fields(answer).ShouldBe(["email", "pasword", "extra", "password"], ignoreOrder: true, answer.Text);
    }

    [Fact]
    public async Task A_request_with_an_idempotency_key_gets_all_faults_too()
    {
        using var body = new StringContent("""{"nam":"N"}""", Encoding.UTF8, "application/json");

        var answer = await (await service.Platform()).Send(
            HttpMethod.Post,
            "roles",
            body,
            ("Idempotency-Key", $"{Guid.NewGuid()}")
        );

        Fields(answer).ShouldBe(["nam", "name"], ignoreOrder: true, answer.Text);
    }

    [Fact]
    public async Task A_hundred_thousand_faults_give_an_answer_of_limited_size()
    {
        var body = "{" + string.Join(',', Enumerable.Range(0, 80_000).Select(i => $"\"a{i}\":0")) + "}";

        var answer = await service.At().PostText("auth/login", body);

        Fields(answer).Count.ShouldBe(50);
        answer.Text.Length.ShouldBeLessThan(10_000);
    }

    [Fact]
    public async Task A_name_of_a_member_is_repeated_up_to_a_limited_length()
    {
        var answer = await service.At().PostText("auth/login", $$"""{"{{new string('x', 500_000)}}":1}""");

        Fields(answer).ShouldContain(new string('x', 200));
        answer.Text.Length.ShouldBeLessThan(2_000);
    }

    [Theory]
    [InlineData("""{"email":null,"password":"\u0000","device_token":"\ud800"}""", "email,password,device_token")]
    [InlineData("""{"\ud800":1}""", "body")]
    [InlineData("""{"a b":1,"c.d":2}""", "$['a b'],$['c.d'],email,password")]
    public async Task Hostile_members_are_refused_by_name(string body, string fields)
    {
        var answer = await service.At().PostText("auth/login", body);

        Fields(answer).ShouldBe(fields.Split(','), ignoreOrder: true, answer.Text);
    }

    private static List<string> Fields(Answer answer) =>
        [.. answer.ShouldBeProblem(400, "validation_failed").Json["errors"]!.AsObject().Select(error => error.Key)];

    private static string Message(Answer answer, string field) => answer.Json["errors"]![field]!.ToJsonString();

    /// <summary>A stream that is sent in pieces of a few kilobytes.</summary>
    private sealed class Pieces(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;

        public override async ValueTask<int> ReadAsync(
            Memory<byte> buffer,
            CancellationToken cancellationToken = default
        )
        {
            await Task.Yield();
            return Read(buffer.Span[..Math.Min(buffer.Length, 3_000)]);
        }
    }
}
