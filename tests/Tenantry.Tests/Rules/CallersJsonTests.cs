using System.Text.Json.Nodes;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Rules;

/// <summary>
/// JSON that is stored for callers is bounded by what PostgreSQL makes of it, in every place that takes it, and no
/// answer is larger for what was stored before.
/// </summary>
public sealed class CallersJsonTests(SharedService shared) : IClassFixture<SharedService>
{
    // A list of 200 of them.
    private const int LargestItem = 64 * 1024 + 4 * 1024;

    private readonly Service service = shared.Service;

    [Theory]
    [InlineData("1e40")]
    [InlineData("-1e39")]
    [InlineData("1e131071")]
    [InlineData("1e-39")]
    [InlineData("0e-39")]
    [InlineData("1e400000")]
    [InlineData("1e99999999999999999999")]
    [InlineData("12345678901234567890123456789012345678901")]
    public async Task A_number_that_is_long_when_it_is_written_out_is_refused_by_its_path(string number)
    {
        var (slug, _, admin) = await service.NewTenant();
        var hash = new string('a', 64);
        var platform = await service.Platform();

        foreach (
            var (answer, member, path) in new[]
            {
                (
                    await admin.PostText(
                        "files/uploads",
                        $$$"""{"file_name":"a","file_size":5,"sha256":"{{{hash}}}","metadata":{"a":[0,{"b c":{{{number}}} }]} }"""
                    ),
                    "metadata",
                    "metadata.a[1]['b c']"
                ),
                (
                    await admin.Send(
                        HttpMethod.Post,
                        $"files/upload?metadata={Uri.EscapeDataString($$"""{"a":[{{number}}]}""")}",
                        new StringContent("x")
                    ),
                    "metadata",
                    "metadata.a[0]"
                ),
                (
                    await admin.PostText(
                        "notifications/templates",
                        $$"""{"name":"n","type":"email","locale":"en","subject":"s","body":"b","variables":[{"name":"a","type":"any","default":{"x":{{number}} } }]}"""
                    ),
                    "variables[0].default",
                    "variables[0].default.x"
                ),
                (
                    await admin.PostText(
                        "notifications/email",
                        $$$"""{"recipient":"a@example.com","template_name":"n","template_vars":{"a":{{{number}}} }}"""
                    ),
                    "template_vars",
                    "template_vars.a"
                ),
                (
                    await platform.PostText(
                        "tenants",
                        $$$"""{"name":"N","slug":"n-{{{slug}}}","admin":{"email":"a@n.example","first_name":"A"},"metadata":{"a":{{{number}}} }}"""
                    ),
                    "metadata",
                    "metadata.a"
                ),
            }
        )
        {
            answer.ShouldBeProblem(400, "validation_failed").ShouldNameField(member);
            answer.Json["errors"]![member]![0]!
                .GetValue<string>()
                .ShouldBe($"is refused: {path} must be a number of at most 40 characters without an exponent");
        }
    }

    [Fact]
    public async Task Numbers_that_people_use_are_kept_as_they_are()
    {
        var (_, _, admin) = await service.NewTenant();
        const string numbers =
            """[0, -1, 1.50, 0.000001, 9007199254740993, 12345678901234567890.123456789, 6.02214076e23, 1e-7, -0.0]""";

        var made = await admin.Send(
            HttpMethod.Post,
            $"files/upload?metadata={Uri.EscapeDataString($$"""{"n":{{numbers}}}""")}",
            new StringContent("x")
        );

        made.Status.ShouldBe(201, made.Text);
        var kept = (await admin.Get($"files/{made.Text("id")}")).Json["metadata"]!["n"]!.AsArray();
        kept.Select(one =>
                decimal.Parse(
                    one!.ToJsonString(),
                    System.Globalization.NumberStyles.Float,
                    System.Globalization.CultureInfo.InvariantCulture
                )
            )
            .ShouldBe(
                JsonNode
                    .Parse(numbers)!
                    .AsArray()
                    .Select(one =>
                        decimal.Parse(
                            one!.ToJsonString(),
                            System.Globalization.NumberStyles.Float,
                            System.Globalization.CultureInfo.InvariantCulture
                        )
                    )
            );
    }

    [Fact]
    public async Task More_members_longer_texts_or_more_of_all_than_is_kept_is_refused()
    {
        var (_, _, admin) = await service.NewTenant();
        foreach (
            var metadata in new[]
            {
                $$"""{"a":[{{string.Join(',', Enumerable.Repeat("1", 5_001))}}]}""",
                $$"""{"a":"{{new string('x', 10_001)}}"}""",
                $$"""{"{{new string('x', 10_001)}}":1}""",
                $$"""{"a":["{{new string('\u00E4', 9_000)}}"]}""", // of 18 kB
                $$"""{"a":[{{string.Join(',', Enumerable.Repeat("1e30", 700))}}]}""", // of 3 kB, until it is written out
            }
        )
            (
                await admin.PostText(
                    "files/uploads",
                    $$"""{"file_name":"a","file_size":5,"sha256":"{{new string('a', 64)}}","metadata":{{metadata}}}"""
                )
            )
                .ShouldBeProblem(400, "validation_failed")
                .ShouldNameField("metadata");
    }

    [Fact]
    public async Task A_list_is_bounded_whatever_is_stored_already()
    {
        var (slug, tenant, admin) = await service.NewTenant();
        var platform = await service.Platform();
        var file = (await admin.Send(HttpMethod.Post, "files/upload", new StringContent("x"))).Json[
            "id"
        ]!.GetValue<string>();
        var other = (
            await admin.Send(HttpMethod.Post, "files/upload?metadata=%7B%22a%22%3A1%7D", new StringContent("y"))
        ).Text("id");
        foreach (
            var planted in new[]
            {
                "jsonb_build_object('a', 1e20000)",
                "jsonb_build_object('a', 1e-16000)",
                "jsonb_build_object('a', repeat('x', 200000))",
                "jsonb_build_object('a', (SELECT jsonb_agg(1000000 + n) FROM generate_series(1, 20000) n))",
            }
        )
        {
            // As it may have been stored by a version before: nothing looks at it on its way in.
            await service.Sql(
                $"SET session_replication_role = replica; UPDATE tenants SET metadata = {planted} WHERE id = '{tenant}'; UPDATE files SET metadata = {planted} WHERE id = '{file}'; RESET session_replication_role"
            );

            var tenants = await platform.Get($"tenants?slug={slug}");
            var files = await admin.Get("files");
            var one = await admin.Get($"files/{file}");

            foreach (var answer in new[] { tenants, files, one })
            {
                answer.Status.ShouldBe(200, planted);
                answer.Text.Length.ShouldBeLessThan(LargestItem, planted);
            }
            files.Items().Single(row => row!.Text("id") == other)!["metadata"]!.Number("a").ShouldBe(1);
            files.Items().Single(row => row!.Text("id") == file)!["metadata"]!["$withheld"].ShouldNotBeNull();
        }

        // And such a row can be used, and mended.
        (await admin.Patch($"files/{file}", new { file_name = "b.txt" })).Status.ShouldBe(200);
        (await admin.Patch($"files/{file}", new { metadata = new { a = 2 } })).Status.ShouldBe(200);
        (await admin.Get($"files/{file}")).Json["metadata"]!.Number("a").ShouldBe(2);
    }

    [Fact]
    public async Task A_page_of_long_templates_ends_early_and_the_next_page_returns_the_rest()
    {
        var (_, _, admin) = await service.NewTenant();
        var text = new string('x', 60_000);
        string[] locales = ["de", "fr", "it", "es", "pt", "nl", "sv", "da", "fi", "pl", "cs", "hu", "ro"];
        for (var number = 0; number < 6; number++)
        {
            var made = await admin.Post(
                "notifications/templates",
                new
                {
                    name = $"long_{number}",
                    type = "email",
                    locale = "en",
                    subject = "s",
                    body = text,
                    translations = locales.ToDictionary(locale => locale, _ => new { subject = "s", body = text }),
                }
            );
            made.Status.ShouldBe(201, made.Text);
        }

        var (names, pages, cursor) = (new List<string>(), 0, (string?)null);
        do
        {
            var page = await admin.Get(
                "notifications/templates?limit=200" + (cursor is null ? "" : $"&cursor={cursor}")
            );
            page.Status.ShouldBe(200);
            page.Text.Length.ShouldBeLessThan(5 * 1024 * 1024);
            names.AddRange(page.Items().Select(one => one!.Text("name")));
            cursor = page.Json["next_cursor"]?.GetValue<string>();
            pages++;
        } while (cursor is not null && pages < 10);

        names.ShouldBe(["long_5", "long_4", "long_3", "long_2", "long_1", "long_0"]);
        pages.ShouldBe(2);
    }
}
