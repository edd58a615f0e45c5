using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using CsCheck;
using Npgsql;
using Tenantry.Foundation.Data.Database;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Features.Users;

/// <summary>What people search for by text is found in any case, with and without accents, under any collation.</summary>
public sealed class SearchTests(Cluster cluster) : IAsyncLifetime
{
    private Service service = null!;

    /// <summary>A stored name, and the texts that find it.</summary>
    private static readonly (string Name, string[] FoundBy)[] Names =
    [
        ("Élodie", ["Élodie", "élodie", "ÉLODIE", "elodie", "E\u0301lodie", "LODIE"]),
        ("Łukasz", ["Łukasz", "łukasz", "ŁUKASZ", "lukasz"]),
        ("Иван", ["Иван", "иван", "ИВАН"]),
        ("JÜRGEN", ["JÜRGEN", "jürgen", "jurgen", "Ju\u0308rgen"]),
        ("Şebnem", ["Şebnem", "şebnem", "ŞEBNEM", "sebnem"]),
        ("İsmail Işık", ["İsmail", "ismail", "ISMAIL", "IŞIK", "ışık", "isik"]),
        ("Weiß", ["Weiß", "weiß", "WEISS", "weiss", "WEIẞ"]),
        ("ΟΔΥΣΣΕΥΣ", ["Οδυσσεύς", "οδυσσευς", "ΟΔΥΣΣΕΥΣ"]),
        ("김민준", ["김민준", "민준".Normalize(NormalizationForm.FormD)]),
        ("ｗｉｄｅ", ["wide", "WIDE"]),
        ("محمد\u064E", ["محمد"]),
        ("Zo\u00ADe", ["zoe"]),
    ];

    public static TheoryData<string> Collations =>
        [
            "LOCALE 'C'",
            "LOCALE 'C.UTF-8'",
            "LOCALE 'en_US.UTF-8'",
            "LOCALE 'C.UTF-8' LOCALE_PROVIDER icu ICU_LOCALE 'tr-TR'",
        ];

    public async ValueTask InitializeAsync() => service = await cluster.Start();

    public ValueTask DisposeAsync() => service.DisposeAsync();

    [Theory]
    [MemberData(nameof(Collations))]
    public async Task Users_are_found_by_each_spelling_of_their_names_under_each_collation(string collation)
    {
        string database;
        try
        {
            database = await cluster.NewDatabase(collation);
        }
        catch (PostgresException missing) when (missing.SqlState is "22023" or "42809")
        {
            Assert.Skip(
                $"PostgreSQL has no such locale here. On Debian: locale-gen en_US.UTF-8. {missing.MessageText}"
            );
            return;
        }
        await using var there = await cluster.Start(database, change: null);
        var (slug, _, admin) = await there.NewTenant();
        foreach (var (name, _) in Names)
            (await admin.Post("users", new { email = Address(slug, name), last_name = name })).Status.ShouldBe(
                201,
                name
            );

        var missed = new List<string>();
        foreach (var (name, texts) in Names)
        {
            foreach (var text in texts)
            {
                var found = await admin.Get($"users?q={Uri.EscapeDataString(text)}");
                if (found.Items() is not [{ } only] || only.Text("email") != Address(slug, name))
                    missed.Add($"{name} by {text}");
            }
        }
        missed.ShouldBeEmpty();
        (await admin.Get("users?q=Elena")).Items().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_user_is_found_by_address_in_each_spelling_of_the_domain_and_by_a_part_of_it()
    {
        var (_, _, admin) = await service.NewTenant();
        await admin.Post("users", new { email = "info@bücher.example" });

        foreach (
            var text in (string[])["info@bücher.example", "INFO@BÜCHER.example", "info@xn--bcher-kva.example", "fo@"]
        )
            (await admin.Get($"users?q={Uri.EscapeDataString(text)}")).Items().Count.ShouldBe(1, text);
    }

    [Fact]
    public async Task A_changed_name_is_found_and_the_former_one_is_not()
    {
        var (_, _, admin) = await service.NewTenant();
        var user = await admin.Post("users", new { email = "z@example.com", last_name = "Łukasz" });

        (await admin.Put($"users/{user.Text("id")}", new { last_name = "Élodie" })).Status.ShouldBe(200);

        (await admin.Get("users?q=elodie")).Items().Count.ShouldBe(1);
        (await admin.Get("users?q=lukasz")).Items().ShouldBeEmpty();
    }

    [Fact]
    public async Task Texts_that_are_empty_or_only_accents_filter_nothing_and_patterns_mean_themselves()
    {
        var (_, _, admin) = await service.NewTenant();
        await admin.Post("users", new { email = "z@example.com", last_name = "100% _under\\score" });

        foreach (var all in (string[])["", "%20", "%CC%88"])
            (await admin.Get($"users?q={all}")).Items().Count.ShouldBe(2, all);
        foreach (var one in (string[])["0%", "_u", "\\s"])
            (await admin.Get($"users?q={Uri.EscapeDataString(one)}")).Items().Count.ShouldBe(1, one);
        (await admin.Get($"users?q={new string('é', 500)}")).Items().ShouldBeEmpty();
    }

    [Fact]
    public async Task Files_tenants_roles_and_templates_are_found_in_another_case_and_without_accents()
    {
        var (slug, id, admin) = await service.NewTenant();
        using var form = new MultipartFormDataContent
        {
            { new ByteArrayContent("It cost 47.11."u8.ToArray()), "file", "Übersicht Straße.txt" },
        };
        (await admin.Send(HttpMethod.Post, "files/upload", form)).Status.ShouldBe(201);
        await admin.Post("roles", new { name = "Lösung Prüfer", permissions = new[] { "users:read" } });
        await admin.Post(
            "notifications/templates",
            new
            {
                name = "willkommen",
                type = "sms",
                body = "Hallo",
            }
        );
        var platform = await service.Platform();
        (await platform.Put($"tenants/{id}", new { name = $"Müller {slug}" })).Status.ShouldBe(200);

        (await admin.Get("files?name=UBERSICHT%20STRASSE")).Items().Count.ShouldBe(1);
        (await admin.Get("roles?name=L%C3%96SUNG%20PR%C3%9CFER")).Items().Count.ShouldBe(1);
        (await admin.Get("users?role=l%C3%B6sung%20pr%C3%BCfer")).Status.ShouldBe(200);
        (await admin.Get("users?role=ADMIN")).Items().Count.ShouldBe(1);
        (await admin.Get("users?role=No%20such%20role")).Items().ShouldBeEmpty();
        (await admin.Get("notifications/templates?name=Willkommen")).Items().Count.ShouldBe(1);
        (await platform.Get($"tenants?name=MULLER%20{slug}")).Items().Count.ShouldBe(1);
    }

    /// <summary>As an instance of the release before leaves them.</summary>
    [Fact]
    public async Task Rows_that_are_older_than_the_column_are_found_and_are_filled_in_batches()
    {
        var (_, tenant, admin) = await service.NewTenant();
        using var form = new MultipartFormDataContent
        {
            { new ByteArrayContent("It cost 47.11."u8.ToArray()), "file", "Élodie.txt" },
        };
        (await admin.Send(HttpMethod.Post, "files/upload", form)).Status.ShouldBe(201);
        await admin.Post("users", new { email = "z@example.com", last_name = "Élodie" });
        await service.Sql(
            $"""
            ALTER TABLE users DISABLE TRIGGER fill_search_key; ALTER TABLE files DISABLE TRIGGER fill_search_key;
            UPDATE users SET search_key = NULL; UPDATE files SET search_key = NULL;
            INSERT INTO users (tenant_id, id, email, email_normalized, email_verified, is_active, created_at, updated_at)
            SELECT '{tenant}', gen_random_uuid(), n || '@old.example', n || '@old.example', true, true, now(), now() FROM generate_series(1, 1200) n;
            ALTER TABLE users ENABLE TRIGGER fill_search_key; ALTER TABLE files ENABLE TRIGGER fill_search_key;
            """
        );

        await Both();
        (
            await service.Services.GetRequiredService<SearchKeys>().FillAll(TestContext.Current.CancellationToken)
        ).ShouldBeGreaterThan(1_200);

        (
            await service.Services.GetRequiredService<SearchKeys>().FillAll(TestContext.Current.CancellationToken)
        ).ShouldBe(0);
        await Both();

        async Task Both()
        {
            (await admin.Get("users?q=elodie")).Items().Count.ShouldBe(1);
            (await admin.Get("files?name=elodie")).Items().Count.ShouldBe(1);
        }
    }

    [Fact]
    public async Task A_tenant_whose_search_keys_cannot_be_stored_holds_up_no_other()
    {
        var (_, first, _) = await service.NewTenant();
        await service.NewTenant();
        await service.Sql(
            $"""
            ALTER TABLE users DISABLE TRIGGER fill_search_key; UPDATE users SET search_key = NULL;
            ALTER TABLE users ENABLE TRIGGER fill_search_key;
            CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''refused''; END';
            CREATE TRIGGER refuse BEFORE UPDATE ON users FOR EACH ROW WHEN (NEW.tenant_id = '{first}') EXECUTE FUNCTION refuse();
            """
        );

        await service.Services.GetRequiredService<SearchKeys>().FillAll(TestContext.Current.CancellationToken);

        var left = await service.Ask<Guid[]>(
            "SELECT array_agg(DISTINCT tenant_id) FROM users WHERE search_key IS NULL"
        );
        left.ShouldBe([first]);
        await service.Sql("DROP TRIGGER refuse ON users");
        await service.Services.GetRequiredService<SearchKeys>().FillAll(TestContext.Current.CancellationToken);
        (await service.Ask<bool>("SELECT EXISTS (SELECT FROM users WHERE search_key IS NULL)")).ShouldBeFalse();
    }

    [Fact]
    public async Task A_search_key_is_its_own_key_and_the_same_for_each_case_and_normal_form_of_a_text()
    {
        var source = service.DataSource;
        // Marks of the scripts whose marks are removed, and no marks of other scripts on their letters.
        var runes = Gen.OneOf(
                Gen.Int[0x20, 0x24F],
                Gen.Int[0x300, 0x5FF],
                Gen.Int[0x1E00, 0x1FFF],
                Gen.Int[0x20, 0x2FFFF]
            )
            .Where(value =>
                value is (< 0xD800 or > 0xDFFF)
                && (
                    value < 0x600
                    || Rune.GetUnicodeCategory(new Rune(value))
                        is not (UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark)
                )
            )
            .Array[1, 12];
        var texts = new ConcurrentBag<string>();
        runes.Sample(values => texts.Add(string.Concat(values.Select(value => new Rune(value)))), iter: 3_000);

        await using var command = source.CreateCommand(
            """
            SELECT t.text FROM unnest($1) AS t(text)
            WHERE search_key(search_key(t.text)) <> search_key(t.text)
               OR search_key(normalize(t.text, NFD)) <> search_key(t.text)
               OR search_key(upper(t.text COLLATE "und-x-icu")) <> search_key(t.text)
               OR search_key(lower(t.text COLLATE "und-x-icu")) <> search_key(t.text)
            """
        );
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. texts] });
        var different = new List<string>();
        await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        while (await reader.ReadAsync(TestContext.Current.CancellationToken))
            different.Add(reader.GetString(0));

        different.ShouldBeEmpty();
    }

    private static string Address(string slug, string name) =>
        $"u{Array.FindIndex(Names, known => known.Name == name)}@{slug}.example";
}
