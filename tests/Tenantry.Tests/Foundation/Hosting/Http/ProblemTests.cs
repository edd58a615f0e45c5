using System.Text;
using CsCheck;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Foundation.Hosting.Http;

/// <summary>Every answer that is not a success is a problem document, whoever in the pipeline made it.</summary>
public sealed class ProblemTests(SharedService shared, Cluster cluster) : IClassFixture<SharedService>
{
    private readonly Service service = shared.Service;

    [Fact]
    public async Task Several_wrong_members_are_named_at_once_by_their_JSON_names()
    {
        var answer = (
            await service.At().Post("auth/register", new { email = "nobody", password = "short" })
        ).ShouldBeProblem(400, "validation_failed");

        answer.ShouldNameField("email").ShouldNameField("password").ShouldNameField("first_name");
    }

    [Fact]
    public async Task A_wrong_member_inside_another_is_named_with_its_path() => (
            await (await service.Platform()).Post(
                "tenants",
                new
                {
                    name = "A",
                    slug = "some-slug",
                    admin = new { email = "nobody", first_name = "A" },
                }
            )
        ).ShouldBeProblem(400, "validation_failed").ShouldNameField("admin.email");

    [Theory]
    [InlineData("""{"email":"a@example.com","password":"x","pasword":"x"}""", "pasword")]
    [InlineData("""{"email":"a@example.com","email":"b@example.com","password":"x"}""", "email")]
    [InlineData("""{"email":5,"password":"x"}""", "email")]
    [InlineData("""{"email":"a@example.com","password":{}}""", "password")]
    [InlineData("""{"email":"a@example.com",""", "body")]
    [InlineData("""{"email":"a@example.com","password":"x"} trailing""", "body")]
    [InlineData("[]", "body")]
    [InlineData("null", "body")]
    [InlineData("", "body")]
    [InlineData("\"\\ud800\"", "body")]
    [InlineData("""{"email":"a@example.com","password":"\ud800"}""", "password")]
    [InlineData("""{"Email":"a@example.com","password":"x"}""", "Email")]
    public async Task A_body_that_cannot_be_read_is_400_and_names_what_is_wrong(string body, string field) =>
        (await service.At().PostText("auth/login", body))
            .ShouldBeProblem(400, "validation_failed")
            .ShouldNameField(field);

    [Theory]
    [InlineData("limit=abc", "limit")]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=201", "limit")]
    [InlineData("cursor=made-up", "cursor")]
    [InlineData("is_active=maybe", "is_active")]
    [InlineData("tier=gold", "tier")]
    [InlineData("name=%00", "name")]
    [InlineData("limit=5&slug=a%00b", "slug")]
    public async Task A_wrong_value_in_the_query_is_400_and_named(string query, string field) =>
        (await (await service.Platform()).Get("tenants?" + query))
            .ShouldBeProblem(400, "validation_failed")
            .ShouldNameField(field);

    [Fact]
    public async Task Text_that_the_database_cannot_hold_is_400() =>
        (
            await (await service.Platform()).PostText(
                "tenants",
                """{"name":"A","slug":"nul-slug","metadata":{"a":"\u0000"},"admin":{"email":"a@example.com","first_name":"A"}}"""
            )
        ).ShouldBeProblem(400, "validation_failed");

    [Fact]
    public async Task No_token_is_401_with_a_challenge() =>
        (await service.At().Get("auth/me"))
            .ShouldBeProblem(401, "authentication_failed")
            .Header("WWW-Authenticate")
            .ShouldBe("Bearer");

    [Fact]
    public async Task A_missing_permission_is_403() =>
        (await (await service.At().NewUser()).Get("tenants")).ShouldBeProblem(403, "permission_denied");

    [Theory]
    [InlineData("/")]
    [InlineData("/nowhere")]
    [InlineData("/api/v1/nowhere")]
    [InlineData("/api/v2/auth/me")]
    [InlineData("/api/v1/tenants/not-an-id")]
    public async Task A_path_that_is_not_there_is_404(string path) =>
        (await service.At().Get(path)).ShouldBeProblem(404, "route_not_found");

    [Theory]
    [InlineData("/problems/nonsense")]
    [InlineData("/api/v1/files/shared?token=tnf_nonsense")]
    public async Task A_record_that_is_not_there_has_another_code_than_a_path(string path) =>
        (await service.At().Get(path)).ShouldBeProblem(404, "not_found");

    [Fact]
    public async Task A_method_that_is_not_there_is_405_with_those_that_are()
    {
        var answer = (await service.At().Send(HttpMethod.Delete, "auth/login")).ShouldBeProblem(
            405,
            "method_not_allowed"
        );

        answer.Header("Allow").ShouldBe("POST");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_over_the_limit_is_413(bool lengthIsSaid)
    {
        var bytes = Encoding.UTF8.GetBytes(
            $$"""{"email":"a@example.com","password":"{{new string('x', 1024 * 1024)}}"}"""
        );
        HttpContent content = lengthIsSaid ? new ByteArrayContent(bytes) : new StreamContent(new UnknownLength(bytes));
        content.Headers.ContentType = new("application/json");

        // Who says the length is refused before a byte is read; a client that asks first does not run into the closed
        // connection.
        (string, string)[] headers = lengthIsSaid ? [("Expect", "100-continue")] : [];
        (await service.At().Send(HttpMethod.Post, "auth/login", content, headers)).ShouldBeProblem(
            413,
            "payload_too_large"
        );
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("application/xml")]
    public async Task A_body_of_another_type_is_415(string mediaType) =>
        (await service.At().PostText("auth/login", "{}", mediaType)).ShouldBeProblem(415, "unsupported_media_type");

    [Fact]
    public async Task A_client_that_accepts_only_HTML_still_gets_a_problem_document() =>
        (await service.At().Send(HttpMethod.Get, "/nowhere", null, ("Accept", "text/html"))).ShouldBeProblem(
            404,
            "route_not_found"
        );

    [Fact]
    public async Task A_database_that_is_away_is_503_with_a_time_to_come_back()
    {
        await using var lonely = await cluster.Start();
        var user = await lonely.At().NewUser();
        await Cluster.Execute(
            cluster.Admin,
            $"ALTER DATABASE {lonely.Database} CONNECTION LIMIT 0; SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{lonely.Database}'"
        );

        foreach (
            var answer in new[]
            {
                await user.Get("auth/me"),
                await lonely.At().Post("auth/login", new { email = "a@example.com", password = "x" }),
            }
        )
            answer.ShouldBeProblem(503, "dependency_unavailable").Header("Retry-After").ShouldNotBeNull();
        (await lonely.At().Get("/health/ready")).ShouldBeProblem(503, "not_ready");
        (await lonely.At().Get("/health/live")).Status.ShouldBe(200);
        (
            await lonely.At().Send(HttpMethod.Get, "/health/live", null, ("Origin", "https://app.example.com"))
        ).Status.ShouldBe(200);
    }

    [Fact]
    public async Task A_problem_has_a_trace_id_even_where_nothing_is_logged()
    {
        await using var silent = await cluster.Start(service.Database, variables => variables["LOG_LEVEL"] = "None");

        (await silent.At().Get("/nowhere")).ShouldBeProblem(404, "route_not_found");
    }

    [Fact]
    public async Task The_type_of_every_problem_is_a_page()
    {
        foreach (var kind in Problems.All)
        {
            var page = await service.At().Get(kind.Type);
            page.Status.ShouldBe(200, kind.Type);
            page.ContentHeaders.ContentType!.MediaType.ShouldBe("text/html");
            page.Text.ShouldContain(kind.Code);
        }
    }

    [Fact]
    public void Every_kind_has_its_own_code() => Problems.All.Select(kind => kind.Code).ShouldBeUnique();

    [Fact]
    public async Task No_body_whatever_makes_the_service_fail() =>
        await Gen.OneOf(
                Gen.String,
                Gen.String.Select(text => $$"""{"email":"{{text}}","password":"x"}"""),
                Gen.Select(
                    Gen.String,
                    Gen.String,
                    (a, b) => System.Text.Json.JsonSerializer.Serialize(new Dictionary<string, object> { [a] = b })
                )
            )
            .SampleAsync(
                async body =>
                {
                    var answer = await service.At().PostText("auth/login", body.Replace('\ud800', ' '));
                    answer.Status.ShouldBeInRange(400, 499, body);
                    (answer.ContentHeaders.ContentType?.MediaType).ShouldBe("application/problem+json", answer.Text);
                },
                iter: 150,
                threads: 2
            );

    [Theory]
    [InlineData("utf-7")] // the framework knows it, and refuses it by an exception of its own
    [InlineData("utf-16")]
    [InlineData("no-such-encoding")]
    [InlineData("\"utf-32\"")]
    public async Task JSON_in_another_encoding_than_UTF8_is_refused(string charset)
    {
        using var content = new ByteArrayContent("{}"u8.ToArray());
        content.Headers.TryAddWithoutValidation("Content-Type", $"application/json; charset={charset}");

        (await service.At().Send(HttpMethod.Post, "auth/login", content)).ShouldBeProblem(
            415,
            "unsupported_media_type"
        );
    }

    [Theory]
    [InlineData("""{"a":"\ud800"}""")]
    [InlineData("""{"a":["b",{"c":"\udc00\ud800"}]}""")]
    [InlineData("""{"\ud800":1}""")]
    [InlineData("""{"a":"b\u0000"}""")]
    [InlineData("""{"a\u0000":1}""")]
    [InlineData("""{"a":[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]}""")] // of 17 levels: lists could not show it any more
    public async Task JSON_of_the_callers_own_that_cannot_be_kept_or_shown_is_refused_by_the_name_of_its_member(
        string metadata
    )
    {
        var platform = await service.Platform();

        (
            await platform.PostText(
                "tenants",
                $$"""{"name":"N","slug":"surrogates","admin":{"email":"a@n.example","first_name":"A"},"metadata":{{metadata}}}"""
            )
        )
            .ShouldBeProblem(400, "validation_failed")
            .ShouldNameField("metadata");
    }

    [Theory]
    [InlineData("roles", """{"name":"N","permissions":[null]}""", "permissions")]
    [InlineData("roles", """{"name":"N","permissions":["users:read",null]}""", "permissions")]
    [InlineData(
        "notifications/templates",
        """{"name":"n","type":"email","locale":"en","subject":"s","body":"b","variables":[null]}""",
        "variables"
    )]
    [InlineData(
        "notifications/templates",
        """{"name":"n","type":"email","locale":"en","subject":"s","body":"b","translations":{"de":null}}""",
        "translations"
    )]
    public async Task A_null_in_a_list_is_refused_by_the_name_of_the_list(string path, string body, string field) =>
        (await (await service.Platform()).PostText(path, body))
            .ShouldBeProblem(400, "validation_failed")
            .ShouldNameField(field);

    [Fact]
    public async Task Escapes_of_whole_characters_are_kept_in_JSON_of_the_callers_own()
    {
        var platform = await service.Platform();

        var made = await platform.PostText(
            "tenants",
            """{"name":"N","slug":"escapes","admin":{"email":"a@n.example","first_name":"A"},"metadata":{"a":"\ud83d\ude00 \\u0000"}}"""
        );

        made.Json["metadata"]!.Text("a").ShouldBe("\U0001F600 \\u0000");
    }

    /// <summary>A stream whose length cannot be asked: it goes out in chunks.</summary>
    private sealed class UnknownLength(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }
}
