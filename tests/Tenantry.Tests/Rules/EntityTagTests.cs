using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Rules;

/// <summary>Whatever an answer shows, its tag covers: no change is hidden behind a 304.</summary>
public sealed class EntityTagTests(SharedService shared) : IClassFixture<SharedService>
{
    private readonly Service service = shared.Service;

    /// <summary>The file's bytes never change, and the redirect shows nothing else.</summary>
    private static readonly string[] NeverChange = ["/api/v1/files/{id:guid}/download"];

    [Theory]
    [InlineData("")]
    [InlineData("5d")]
    [InlineData("\"5d")]
    [InlineData("\"5d\", x")]
    [InlineData("*, \"5d\"")]
    [InlineData("'5d'")]
    public async Task An_If_Match_that_cannot_be_read_is_refused_and_nothing_is_changed(string header)
    {
        var (_, _, admin) = await service.NewTenant();

        var answer = await Rename(admin, "Overwritten", header);

        answer.ShouldBeProblem(400, "validation_failed");
        answer.Json["errors"]!["If-Match"].ShouldNotBeNull();
        (await admin.Get("auth/me")).Text("first_name").ShouldBe("Grace");
    }

    [Theory]
    [InlineData("{0}", true)]
    [InlineData("W/{0}", true)]
    [InlineData("\"other\", {0}", true)]
    [InlineData("\"other\",W/{0} , \"third\"", true)]
    [InlineData("*", true)]
    [InlineData("\"other\"", false)]
    [InlineData("W/\"other\", \"third\"", false)]
    public async Task A_change_needs_one_tag_of_the_list_to_be_that_of_the_record(string header, bool isChanged)
    {
        var (_, _, admin) = await service.NewTenant();
        var tag = (await admin.Get("auth/me")).Header("ETag")!;

        var answer = await Rename(
            admin,
            "Ada",
            string.Format(System.Globalization.CultureInfo.InvariantCulture, header, tag)
        );

        if (isChanged)
            answer.Status.ShouldBe(200, answer.Text);
        else
            answer.ShouldBeProblem(412, "precondition_failed");
        (await admin.Get("auth/me")).Text("first_name").ShouldBe(isChanged ? "Ada" : "Grace");
    }

    private static Task<Answer> Rename(Visitor visitor, string name, string ifMatch) =>
        visitor.Send(
            HttpMethod.Patch,
            "auth/me",
            System.Net.Http.Json.JsonContent.Create(new { first_name = name }),
            ("If-Match", ifMatch)
        );

    [Fact]
    public async Task A_change_of_anything_that_an_answer_shows_makes_its_tag_another()
    {
        var (slug, tenant, admin) = await service.NewTenant();
        var below = (
            await admin.Post(
                "roles",
                new { name = "Below", permissions = new[] { "users:read", "files:read", "files:create" } }
            )
        ).Json["id"]!.GetValue<Guid>();
        var role = (
            await admin.Post(
                "roles",
                new
                {
                    name = "Above",
                    parent_id = below,
                    permissions = new[] { "reports:view" },
                }
            )
        ).Json["id"]!.GetValue<Guid>();
        var joined = await service.Joined(admin, slug, "Above");
        await admin.Post($"users/{(await admin.Get("auth/me")).Json["id"]}/roles", new { role_id = role });
        var reads = await Reads.Of(service, tenant, admin, joined.Id, joined.Email, joined.Visitor, role, below);
        var tagged = new List<(string Route, string Path)>();
        foreach (var read in reads.All)
        {
            var answer = await admin.Get(read.Path);
            answer.Status.ShouldBeOneOf([200, 302, 403], read.Route);
            if (answer.Header("ETag") is not null)
                tagged.Add(read);
        }
        tagged.Count.ShouldBeGreaterThan(8);
        var sms = new
        {
            locale = "en",
            redact_bodies = true,
            sms_per_number_per_day = 1,
            sms_per_country_per_day = 1,
            sms_per_day = 1,
        };
        (string What, Func<Task<Answer>> Do)[] changes =
        [
            ("rename the role below", () => admin.Put($"roles/{below}", new { name = "Beneath" })),
            (
                "add a permission to the role below",
                () => admin.Post($"roles/{below}/permissions", new { permission = "audit:read" })
            ),
            (
                "take all permissions from the role below",
                () => admin.Put($"roles/{below}", new { name = "Beneath", permissions = new[] { "files:read" } })
            ),
            (
                "rename the role of a user",
                () => admin.Put($"roles/{role}", new { name = "Superior", parent_id = below })
            ),
            ("give a user a second role", () => admin.Post($"users/{joined.Id}/roles", new { role_id = below })),
            ("rename that second role", () => admin.Put($"roles/{below}", new { name = "Second" })),
            ("take the second role", () => admin.Delete($"users/{joined.Id}/roles/{below}")),
            ("change the user", () => admin.Put($"users/{joined.Id}", new { first_name = "Other" })),
            ("change oneself", () => admin.Patch("auth/me", new { last_name = "Other" })),
            ("rename the tenant", () => admin.Put($"tenants/{tenant}", new { name = "Another" })),
            ("hide texts of messages", () => admin.Put("notifications/settings", sms)),
            ("show texts of messages", () => admin.Put("notifications/settings", sms with { redact_bodies = false })),
            (
                "change the rules of files",
                () => admin.Put("files/settings", new { refused_types = new[] { "video/*" } })
            ),
            ("rename the file", () => admin.Patch($"files/{reads.File}", new { file_name = "b.txt" })),
            (
                "word the template anew",
                () => admin.Put($"notifications/templates/{reads.Template}", new { subject = "Hi", body = "Hi" })
            ),
            ("switch the user off", () => admin.Post($"users/{joined.Id}/deactivate")),
        ];

        var (changed, unchanged) = (new HashSet<string>(StringComparer.Ordinal), 0);
        foreach (var (what, change) in changes)
        {
            var before = await Task.WhenAll(tagged.Select(one => admin.Get(one.Path)));
            (await change()).Status.ShouldBeInRange(200, 299, what);
            foreach (var ((route, path), had) in tagged.Zip(before))
            {
                var now = await admin.Get(path);
                var asked = await admin.Send(HttpMethod.Get, path, null, ("If-None-Match", had.Header("ETag")!));
                if (NeverChange.Contains(route) || now.Text == had.Text)
                {
                    asked.Status.ShouldBe(304, $"{route} after: {what}");
                    unchanged++;
                    continue;
                }
                asked.Status.ShouldBe(200, $"{route} after: {what}");
                asked.Text.ShouldBe(now.Text);
                changed.Add(route);
            }
        }
        tagged
            .Select(one => one.Route)
            .Except(NeverChange)
            .Except(changed)
            .ShouldBeEmpty("nothing here changes what these show");
        unchanged.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task A_change_goes_by_the_tag_of_what_was_read_and_its_answer_has_the_tag_of_the_next_read()
    {
        var (slug, _, admin) = await service.NewTenant();
        var below = (await admin.Post("roles", new { name = "Below", permissions = new[] { "users:read" } })).Json[
            "id"
        ]!;
        var role = await admin.Post("roles", new { name = "Above", parent_id = below.GetValue<Guid>() });
        var path = $"roles/{role.Json["id"]}";
        (await admin.Get(path)).Header("ETag").ShouldBe(role.Header("ETag"));
        (await admin.Put($"roles/{below}", new { name = "Beneath" })).Status.ShouldBe(200);

        (await admin.Put(path, new { name = "Late" }, ("If-Match", role.Header("ETag")!))).ShouldBeProblem(
            412,
            "precondition_failed"
        ); // it showed the role below
        var put = await admin.Put(
            path,
            new { name = "High", parent_id = below.GetValue<Guid>() },
            ("If-Match", (await admin.Get(path)).Header("ETag")!)
        );
        put.Status.ShouldBe(200, put.Text);
        put.Header("ETag").ShouldBe((await admin.Get(path)).Header("ETag"));

        var user = await service.Joined(admin, slug, "High");
        var read = await admin.Get($"users/{user.Id}");
        (await admin.Put(path, new { name = "Higher", parent_id = below.GetValue<Guid>() })).Status.ShouldBe(200);
        (
            await admin.Put($"users/{user.Id}", new { first_name = "Late" }, ("If-Match", read.Header("ETag")!))
        ).ShouldBeProblem(412, "precondition_failed"); // it showed the role's name
        var changed = await admin.Put(
            $"users/{user.Id}",
            new { first_name = "Now" },
            ("If-Match", (await admin.Get($"users/{user.Id}")).Header("ETag")!)
        );
        changed.Status.ShouldBe(200, changed.Text);
        changed.Header("ETag").ShouldBe((await admin.Get($"users/{user.Id}")).Header("ETag"));
        var invited = await admin.Post("users", new { email = $"new@{slug}.example", role = "Higher" });
        invited.Header("ETag").ShouldBe((await admin.Get($"users/{invited.Json["id"]}")).Header("ETag"));
    }
}
