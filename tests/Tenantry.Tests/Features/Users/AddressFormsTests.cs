using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Features.Users;

/// <summary>An address and a name can be written in several ways, and are one address and one name.</summary>
public sealed class AddressFormsTests(SharedService shared) : IClassFixture<SharedService>
{
    private const string Unicode = "ada@b\u00FCcher.example";
    private const string Decomposed = "ada@bu\u0308cher.example";
    private const string Punycode = "ada@xn--bcher-kva.example";

    private static readonly string[] Forms =
    [
        Unicode,
        Decomposed,
        Punycode,
        $"  {Unicode} ",
        "ADA@B\u00DCCHER.example",
    ];

    private readonly Service service = shared.Service;

    [Fact]
    public async Task A_user_signs_in_with_each_form_of_the_address()
    {
        var (slug, _, admin) = await service.NewTenant();
        (await admin.Post("users", new { email = $" {Unicode}" })).Status.ShouldBe(201);
        await service
            .At()
            .Post(
                "auth/accept-invitation",
                new
                {
                    token = await service.MailedToken(Punycode),
                    password = Service.Password,
                    first_name = "Ada",
                }
            );

        foreach (var form in Forms)
        {
            (
                await service.At(slug).Post("auth/login", new { email = form, password = Service.Password })
            ).Status.ShouldBe(200, form);
            (await admin.Post("users", new { email = form })).ShouldBeProblem(409, "conflict");
            (await admin.Get($"users?email={Uri.EscapeDataString(form)}")).Items().Count.ShouldBe(1, form);
        }
    }

    [Fact]
    public async Task A_registration_with_another_form_of_a_taken_address_is_a_conflict()
    {
        (await service.At().Post("auth/register", Registration($"x{Punycode}"))).Status.ShouldBe(201);

        foreach (var form in Forms)
            (
                await service
                    .At()
                    .Post("auth/register", Registration($"{form[..^form.TrimStart().Length]}x{form.TrimStart()}"))
            ).ShouldBeProblem(409, "conflict");

        static object Registration(string email) =>
            new
            {
                email,
                password = Service.Password,
                first_name = "Ada",
            };
    }

    [Fact]
    public async Task A_suppression_applies_to_each_form_of_the_recipient()
    {
        var (_, _, admin) = await service.NewTenant();
        (await admin.Post("notifications/suppressions", new { recipient = Decomposed })).Status.ShouldBe(201);

        foreach (var form in Forms)
        {
            (await admin.Post("notifications/suppressions", new { recipient = form })).ShouldBeProblem(409, "conflict");
            (await admin.Get($"notifications/suppressions?recipient={Uri.EscapeDataString(form)}"))
                .Items()
                .Count.ShouldBe(1, form);
            var sent = await admin.Post(
                "notifications/email",
                new
                {
                    recipient = form,
                    subject = "Hello",
                    body = "Hello",
                }
            );
            sent.Status.ShouldBe(202, sent.Text);
        }
        await service.Settled();

        foreach (var form in Forms.Where(form => !form.StartsWith("ADA", StringComparison.Ordinal)))
            (await admin.Get($"notifications/history?recipient={Uri.EscapeDataString(form)}"))
                .Items()
                .Select(one => one!.Text("status"))
                .ShouldBe(Enumerable.Repeat("suppressed", Forms.Length - 1), form);
    }

    [Fact]
    public async Task Resets_and_verifications_are_sent_to_the_user_with_each_form()
    {
        var email = $"{Guid.NewGuid():N}{Unicode}";
        await service.At().NewUser(email);

        (
            await service
                .At()
                .Post(
                    "auth/password-reset-request",
                    new { email = $" {email.Replace("b\u00FCcher", "xn--bcher-kva", StringComparison.Ordinal)} " }
                )
        ).Status.ShouldBe(202);

        (await service.Mail(email, "Reset your password for Default")).ShouldNotBeNull();
    }

    [Theory]
    [InlineData("\u200B")]
    [InlineData("\u2066 \u2069")]
    [InlineData("\u3164")]
    [InlineData("\uFE0F\u034F")]
    public async Task A_name_of_invisible_characters_is_no_name(string name)
    {
        var (slug, _, admin) = await service.NewTenant();

        (
            await service
                .At()
                .Post(
                    "auth/register",
                    new
                    {
                        email = $"{Guid.NewGuid():N}@example.com",
                        password = Service.Password,
                        first_name = name,
                    }
                )
        ).ShouldBeProblem(400, "validation_failed").ShouldNameField("first_name");
        (await admin.Patch("auth/me", new { first_name = name }))
            .ShouldBeProblem(400, "validation_failed")
            .ShouldNameField("first_name");
        var invited = await admin.Post(
            "users",
            new
            {
                email = $"x@{slug}.example",
                first_name = name,
                last_name = " L\u200Dy ",
            }
        );
        invited.Json["first_name"].ShouldBeNull();
        invited.Text("last_name").ShouldBe("L\u200Dy");
    }

    [Fact]
    public async Task A_decomposed_name_is_stored_composed()
    {
        var (slug, _, admin) = await service.NewTenant();

        (await admin.Post("users", new { email = $"x@{slug}.example", first_name = "E\u0301lodie" }))
            .Text("first_name")
            .ShouldBe("\u00C9lodie");
    }
}
