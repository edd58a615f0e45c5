using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Features.Users.Importing;

/// <summary>The commands of docs/import.md, on samples of each system.</summary>
public sealed class ImportFormatsTests(Cluster cluster, SharedService shared) : IClassFixture<SharedService>
{
    private readonly Service service = shared.Service;

    public static TheoryData<string> Commands =>
        [
            .. Repository
                .Read("docs/import.md")
                .Split('\n')
                .Where(line =>
                    line.StartsWith('|') && line.Contains("`tenantry users import ", StringComparison.Ordinal)
                )
                .Select(line => line.Split("`tenantry ")[1].Split('`')[0]),
        ];

    /// <summary>What each file makes: the format, and the users with what is taken of them.</summary>
    private static readonly Dictionary<string, (string Format, string[] Users)> Expected = new(StringComparer.Ordinal)
    {
        ["users.jsonl"] = (
            "tenantry, JSON Lines",
            [
                """ada@example.com|Ada|Lovelace|+41791234567|de-CH|t|2020-01-02 03:04:05|{"department": "Engines"}|$2b$04|User Viewer""",
                "grace@example.com|||||t|now|{}||User",
            ]
        ),
        ["users.csv"] = (
            "tenantry, CSV",
            [
                """ada@example.com|Ada|Lovelace|||t|2020-01-02 00:00:00|{"department": "Engines"}||User""",
                "grace@example.com|Grace|Hopper|||t|2021-01-02 03:04:00|{}||User",
            ]
        ),
        ["auth0-users.ndjson"] = ("auth0, JSON Lines", Auth0),
        ["auth0-users.json"] = ("auth0, JSON", Auth0),
        ["auth0-hashes.ndjson"] = ("auth0, JSON Lines", ["ada@example.com|||||t|2020-10-06 15:37:27|{}|$2b$04|User"]),
        ["firebase-users.json"] = (
            "firebase, JSON",
            [
                """ada@example.com|Ada|Lovelace|||t|2020-10-06 15:37:27|{"plan": "pro"}||User""",
                "grace@example.com|Grace||+14155550100||f|2020-10-06 15:37:27|{}||User",
            ]
        ),
        ["keycloak-realm.json"] = (
            "keycloak, JSON",
            [
                """ada@example.com|Ada|Lovelace|+41791234567|de|t|2020-10-06 15:37:27|{"locale": ["de"], "department": ["Engines"], "phoneNumber": ["+41791234567"]}|*|User""",
                "grace@example.com|||||f|2020-10-06 15:37:27|{}||User",
            ]
        ),
        ["supabase-users.csv"] = ("supabase, CSV", Supabase),
        ["supabase-users.ndjson"] = ("supabase, JSON Lines", Supabase),
        ["aspnet-users.csv"] = ("aspnet-identity, CSV", AspNet),
        ["aspnet-users.json"] = ("aspnet-identity, JSON", AspNet),
        ["cognito-users.csv"] = (
            "cognito, CSV",
            [
                """ada@example.com|Ada|Lovelace|+41791234567|en-GB|t|now|{"plan": "pro"}||User""",
                "grace@example.com|Grace|Hopper|||t|now|{}||User",
            ]
        ),
        ["okta-users.csv"] = (
            "okta, CSV",
            [
                """ada@example.com|Ada|Lovelace|+14155550100|en-US|t|now|{"title": "Countess", "department": "Engines", "displayName": "Ada Lovelace"}||User""",
                "grace@example.com|Grace|Hopper|||f|now|{}||User",
            ]
        ),
        ["django-users.json"] = ("django, JSON", Django),
        ["django-users.jsonl"] = ("django, JSON Lines", Django),
    };

    private static string[] Auth0 =>
        [
            """ada@example.com|Ada|Lovelace||en-GB|t|2020-10-06 15:37:27|{"app_metadata": {"plan": "pro"}, "user_metadata": {"theme": "dark"}}||User""",
            "grace@example.com|Grace|Hopper|||t|2020-11-06 15:37:27|{}||User",
            "off@example.com|||||f|2020-12-06 15:37:27|{}||User",
        ];

    private static string[] Supabase =>
        [
            """ada@example.com|Ada|Lovelace|+41791234567||t|2021-03-04 05:06:07|{"app_metadata": {"provider": "email", "providers": ["email"]}, "user_metadata": {"team": "Engines, \"difference\"", "full_name": "Ada Lovelace"}}|$2a$04|User""",
            """grace@example.com|Grace||||f|2021-05-04 05:06:07|{"app_metadata": {"provider": "google", "providers": ["google"]}, "user_metadata": {"name": "Grace"}}||User""",
        ];

    private static string[] AspNet =>
        [
            "ada@example.com|||+41791234567||t|now|{}|*|User",
            "grace@example.com|||||t|now|{}|*|User",
            "off@example.com|||||f|now|{}|*|User",
            "sso@example.com|||||t|now|{}||User",
        ];

    private static string[] Django =>
        [
            "ada@example.com|Ada|Lovelace|||t|2019-05-17 08:30:15|{}|*|User",
            "grace@example.com|Grace|Hopper|||t|2019-05-17 08:30:15|{}|*|User",
            "joan@example.com|Joan||||t|2019-05-17 08:30:15|{}|*|User",
            "off@example.com|||||f|2019-05-17 08:30:15|{}|*|User",
            "sso@example.com|||||t|2019-05-17 08:30:15|{}||User",
        ];

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Each_documented_command_imports_its_sample(string command)
    {
        var words = command.Split(' ');
        var (slug, tenant, _) = await service.NewTenant();
        var (format, users) = Expected[words[2]];
        if (command.Contains("roles=realmRoles", StringComparison.Ordinal))
            users =
            [
                .. users.Select(user =>
                    user.StartsWith("ada", StringComparison.Ordinal) ? user.Replace("|User", "|Viewer") : user
                ),
            ];
        string[] arguments =
        [
            .. words.Select(word =>
                word == words[2] ? Sample(word)
                : word == "acme" ? slug
                : word
            ),
        ];

        var (dryCode, dry) = await OperatorCommand.Run([.. arguments, "--dry-run"], Variables);
        dryCode.ShouldBe(0, dry);
        dry.ShouldContain($"Dry run: {users.Length} users would be imported into {slug}, 0 lines would be refused.");
        (await Users(tenant)).ShouldBeEmpty();

        var (code, output) = await OperatorCommand.Run(arguments, Variables);

        code.ShouldBe(0, output);
        output.ShouldContain($"Format: {format}.");
        var made = await Users(tenant);
        made.Length.ShouldBe(users.Length);
        foreach (var (one, expected) in made.Zip(users))
            Shown(one, expected).ShouldBe(Shown(expected, expected));

        var (again, second) = await OperatorCommand.Run(arguments, Variables);
        again.ShouldBe(0, second);
        second.ShouldContain($"0 users imported into {slug}, 0 lines refused.");
        second.ShouldContain($"{users.Length} users were already imported.");

        // A sample with ids that are kept cannot be imported into another tenant of the shared service.
        await service.Sql($"DELETE FROM users WHERE tenant_id = '{tenant}' AND email LIKE '%@example.com'");
    }

    [Fact]
    public void Each_sample_is_in_a_documented_command()
    {
        var named = Commands.Select(row => row.Data.Split(' ')[2]).Distinct(StringComparer.Ordinal);

        Directory
            .GetFiles(Path.Combine(Repository.Root, "tests/fixtures/import"))
            .Select(file => Path.GetFileName(file))
            .Where(name => name != "README.md")
            .Except(named)
            .ShouldBeEmpty();
    }

    private Dictionary<string, string> Variables => cluster.Variables(service.Database);

    private static string Sample(string name) => Path.Combine(Repository.Root, "tests/fixtures/import", name);

    private async Task<string[]> Users(Guid tenant) =>
        (
            await service.Ask<string[]>(
                $$"""
                SELECT coalesce(array_agg(concat_ws('|', email, coalesce(first_name, ''), coalesce(last_name, ''), coalesce(phone, ''),
                    coalesce(locale, ''), is_active, CASE WHEN created_at = updated_at THEN 'now' ELSE to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS') END,
                    metadata, left(coalesce(password_hash, ''), 6),
                    (SELECT string_agg(r.name, ' ' ORDER BY r.name) FROM user_roles a JOIN roles r ON r.tenant_id = a.tenant_id AND r.id = a.role_id WHERE a.tenant_id = u.tenant_id AND a.user_id = u.id))
                    ORDER BY email), '{}')
                FROM users u WHERE tenant_id = '{{tenant}}' AND email LIKE '%@example.com'
                """
            )
        )!;

    /// <summary>Where a star is expected, the hash is taken if its scheme can be verified.</summary>
    private static string Shown(string user, string expected)
    {
        var fields = user.Split('|');
        if (expected.Split('|')[8] == "*")
            fields[8] = "*";
        return string.Join('|', fields);
    }
}
