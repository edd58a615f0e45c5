using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Features.Auth;

public sealed class RegisterTests(SharedService shared, Cluster cluster) : IClassFixture<SharedService>
{
    private readonly Service service = shared.Service;

    [Fact]
    public async Task A_new_user_is_answered_without_any_secret()
    {
        var answer = await Register(service.At(), "new@example.com");

        answer.Status.ShouldBe(201, answer.Text);
        answer.Header("Location").ShouldBe($"/api/v1/users/{answer.Json["id"]}");
        answer.Text("status").ShouldBe("active");
        answer.Text.ShouldNotContain("argon2");
        answer.Text.ShouldNotContain(Service.Password);
    }

    [Fact]
    public async Task A_taken_address_is_a_conflict_in_any_case()
    {
        await service.At().NewUser("taken@example.com");

        (await Register(service.At(), "TAKEN@example.com")).ShouldBeProblem(409, "conflict").ShouldNameField("email");
    }

    [Fact]
    public async Task Of_many_who_take_one_address_at_once_one_gets_it()
    {
        var answers = await Task.WhenAll(
            Enumerable.Range(0, 12).Select(_ => Register(service.At(), "race@example.com"))
        );

        answers.Count(answer => answer.Status == 201).ShouldBe(1);
        answers.Where(answer => answer.Status != 201).ShouldAllBe(answer => answer.Status == 409);
        (await service.Ask<long>("SELECT count(*) FROM users WHERE email = 'race@example.com'")).ShouldBe(1);
        (
            await service.Ask<long>(
                "SELECT count(*) FROM audit_events a JOIN users u ON u.id = a.target_id WHERE a.action = 'auth.registered' AND u.email = 'race@example.com'"
            )
        ).ShouldBe(1);
    }

    [Theory]
    [InlineData("closed")]
    [InlineData("invite_only")]
    public async Task Registration_is_refused_where_it_is_closed_or_by_invitation_only(string mode)
    {
        var (slug, id, _) = await service.NewTenant();
        await service.Sql($"UPDATE tenants SET registration = '{mode}' WHERE id = '{id}'");

        var answer = await Eventually(
            () => Register(service.At(slug), $"{Guid.NewGuid():N}@example.com"),
            answer => answer.Status == 403
        );

        answer.ShouldBeProblem(403, "registration_closed");
    }

    [Fact]
    public async Task Where_verification_is_demanded_a_taken_address_looks_like_a_free_one()
    {
        var slug = await VerifyingTenant();
        await Register(service.At(slug), "first@example.com");
        (
            await service.At().Post("auth/verify-email", new { token = await service.MailedToken("first@example.com") })
        ).Status.ShouldBe(204);

        var (taken, free) = (
            await Register(service.At(slug), "first@example.com"),
            await Register(service.At(slug), "other@example.com")
        );

        taken.Status.ShouldBe(201);
        taken.Text.ShouldBe(free.Text.Replace("other@", "first@", StringComparison.Ordinal));
        taken.Header("Location").ShouldBe(free.Header("Location"));
        var mails = (await service.At().Get("/dev/mailbox?recipient=first@example.com")).Items();
        mails[0]!.Text("body").ShouldNotContain("token=");
        mails[1]!.Text("body").ShouldContain("token=");
    }

    [Fact]
    public async Task Where_verification_is_required_a_sign_in_needs_it_and_the_token_works_once()
    {
        var slug = await VerifyingTenant();
        await Register(service.At(slug), "verify@example.com");
        var token = await service.MailedToken("verify@example.com");
        var (right, wrong) = (
            new { email = "verify@example.com", password = Service.Password },
            new { email = "verify@example.com", password = "wrong password" }
        );

        (await service.At(slug).Post("auth/login", right)).ShouldBeProblem(403, "email_not_verified");
        (await service.At(slug).Post("auth/login", wrong)).ShouldBeProblem(401, "authentication_failed");
        (await service.At().Post("auth/verify-email", new { token })).Status.ShouldBe(204);
        (await service.At(slug).Post("auth/login", right)).Status.ShouldBe(200);
        (await service.At().Post("auth/verify-email", new { token }))
            .ShouldBeProblem(400, "validation_failed")
            .ShouldNameField("token");
    }

    [Theory]
    [InlineData("1234567", false)]
    [InlineData("q8#vL2!x", true)]
    [InlineData("PASSWORD1", false)]
    [InlineData("\U0001F600\U0001F600\U0001F600\U0001F600\U0001F600\U0001F600\U0001F600", false)] // seven characters in fourteen units
    [InlineData("\U0001F600\U0001F600\U0001F600\U0001F600\U0001F600\U0001F600\U0001F600\U0001F600", true)]
    public async Task A_password_must_be_long_enough_and_not_common(string password, bool isGood)
    {
        var answer = await service
            .At()
            .Post(
                "auth/register",
                new
                {
                    email = $"{Guid.NewGuid():N}@example.com",
                    password,
                    first_name = "Ada",
                }
            );

        answer.Status.ShouldBe(isGood ? 201 : 400, answer.Text);
    }

    [Theory]
    [InlineData(128, true)]
    [InlineData(129, false)]
    public async Task A_password_has_128_characters_at_most(int length, bool isGood) =>
        await A_password_must_be_long_enough_and_not_common(new string('é', length), isGood);

    [Fact]
    public async Task A_password_is_the_same_however_its_accents_are_composed()
    {
        var (composed, decomposed) = (
            "caf\u00e9 au lait, s'il vous pla\u00eet",
            "cafe\u0301 au lait, s'il vous plai\u0302t"
        );
        await service
            .At()
            .Post(
                "auth/register",
                new
                {
                    email = "accent@example.com",
                    password = composed,
                    first_name = "Ada",
                }
            );

        await service.At().SignIn("accent@example.com", decomposed);
    }

    [Fact]
    public async Task A_password_is_kept_as_an_Argon2id_hash_with_a_salt_of_its_own()
    {
        await using var own = await cluster.Start(variables => variables["ARGON2_MEMORY_KIB"] = "19456"); // as is usual
        await own.At().NewUser("salt-1@example.com");
        await own.At().NewUser("salt-2@example.com");

        var hashes = await own.Ask<string[]>("SELECT array_agg(password_hash) FROM users WHERE email LIKE 'salt-%'");
        hashes!.ShouldAllBe(hash => hash.StartsWith("$argon2id$v=19$m=19456,t=2,p=1$", StringComparison.Ordinal));
        hashes!.ShouldBeUnique();
    }

    private async Task<string> VerifyingTenant()
    {
        var (slug, id, _) = await service.NewTenant();
        await service.Sql($"UPDATE tenants SET verification_required = true WHERE id = '{id}'");
        await Eventually(
            () => Register(service.At(slug), $"{Guid.NewGuid():N}@example.com"),
            answer => answer.Text.Contains("verification_required", StringComparison.Ordinal)
        );
        return slug;
    }

    private static Task<Answer> Register(Visitor at, string email) =>
        at.Post(
            "auth/register",
            new
            {
                email,
                password = Service.Password,
                first_name = "Ada",
            }
        );

    /// <summary>An instance hears of a changed tenant a moment after the commit.</summary>
    private static async Task<Answer> Eventually(Func<Task<Answer>> ask, Func<Answer, bool> holds)
    {
        Answer answer;
        var tries = 0;
        do answer = await ask();
        while (!holds(answer) && ++tries < 50);
        return answer;
    }
}
