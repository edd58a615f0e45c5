using System.Diagnostics;
using System.Security.Cryptography;
using Microsoft.Extensions.Time.Testing;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Tenantry.Foundation.Security.Tokens;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Foundation.Security.Tokens;

/// <summary>Keys come and go while instances run and tokens live.</summary>
public sealed class KeyRotationTests(Cluster cluster)
{
    [Fact]
    public async Task Running_instances_sign_with_a_key_that_the_command_rotated_in_and_no_session_ends()
    {
        await using var one = await cluster.Start();
        await using var other = await cluster.Start(one.Database);
        var before = await one.At().NewUser();
        (await other.At().With(before.Token).Get("auth/me")).Status.ShouldBe(200);

        var (code, output) = await OperatorCommand.Run(["keys", "rotate"], cluster.Variables(one.Database));

        code.ShouldBe(0, output);
        await Publishes(one, 2);
        await Publishes(other, 2);
        var after = await other.At().NewUser();
        var (former, present) = (new JsonWebToken(before.Token).Kid, new JsonWebToken(after.Token).Kid);
        present.ShouldNotBe(former);
        output.ShouldContain(present);
        (await Published(one)).ShouldBe([present, former]);
        foreach (var instance in new[] { one, other })
        {
            (await instance.At().With(before.Token).Get("auth/me")).Status.ShouldBe(200);
            (await instance.At().With(after.Token).Get("auth/me")).Status.ShouldBe(200);
        }
    }

    [Fact]
    public async Task A_token_of_a_key_that_is_a_moment_old_is_taken_by_an_instance_that_did_not_hear_of_it()
    {
        await using var one = await cluster.Start();
        await using var deaf = await cluster.Start(one.Database);
        await deaf.Sql("DROP TRIGGER tell_change ON signing_keys");
        var ring = one.Services.GetRequiredService<KeyRing>();
        await ring.Rotate(_ => true, TimeSpan.Zero, dropOld: false, CancellationToken.None);
        await ring.Load(CancellationToken.None);

        var user = await one.At().NewUser();

        (await deaf.At().With(user.Token).Get("auth/me")).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Made_up_keys_make_no_storm_of_look_ups()
    {
        await using var service = await cluster.Start();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var statements = new Statements(service.Database);
        var watch = Stopwatch.StartNew();

        await Parallel.ForAsync(
            0,
            300,
            async (i, _) =>
            {
                var credentials = new SigningCredentials(
                    new ECDsaSecurityKey(key) { KeyId = $"made-up-{i}" },
                    SecurityAlgorithms.EcdsaSha256
                );
                var token = new JsonWebTokenHandler().CreateToken(
                    new SecurityTokenDescriptor
                    {
                        TokenType = "at+jwt",
                        Issuer = service.Settings.JwtIssuer,
                        Audience = service.Settings.JwtAudience,
                        SigningCredentials = credentials,
                    }
                );
                (await service.At().With(token).Get("auth/me")).ShouldBeProblem(401, "authentication_failed");
            }
        );

        var looks = statements.Heard.Count(sql => sql.Contains("signing_keys", StringComparison.Ordinal));
        looks.ShouldBeInRange(1, (int)watch.Elapsed.TotalSeconds + 1);
    }

    [Fact]
    public async Task A_replaced_key_verifies_until_its_last_token_has_expired_and_goes_with_the_next()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var service = await cluster.Start(replace: services => services.AddSingleton<TimeProvider>(clock));
        var ring = service.Services.GetRequiredService<KeyRing>();
        clock.Advance(TimeSpan.FromDays(1));
        var user = await service.At().NewUser();
        await ring.Rotate(_ => true, TimeSpan.Zero, dropOld: false, CancellationToken.None);
        await ring.Load(CancellationToken.None);

        clock.Advance(TimeSpan.FromMinutes(14));
        (await user.Get("auth/me")).Status.ShouldBe(200);
        (await Published(service)).Count.ShouldBe(2);
        clock.Advance(TimeSpan.FromMinutes(3));
        (await Published(service)).Count.ShouldBe(1);
        await ring.Rotate(_ => true, TimeSpan.Zero, dropOld: false, CancellationToken.None);

        (await service.Ask<long>("SELECT count(*) FROM signing_keys")).ShouldBe(2); // the new one and the one before it
    }

    [Fact]
    public async Task A_key_grows_old_and_its_successor_is_published_before_it_signs()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var service = await cluster.Start(replace: services => services.AddSingleton<TimeProvider>(clock));
        var former = (await Published(service)).Single();
        clock.Advance(TimeSpan.FromDays(89));
        (await Published(service)).ShouldBe([former]);

        clock.Advance(TimeSpan.FromDays(1));
        await Publishes(service, 2);
        new JsonWebToken((await service.At().NewUser()).Token).Kid.ShouldBe(former);

        clock.Advance(KeyRotation.PublishedAhead);
        new JsonWebToken((await service.At().NewUser()).Token).Kid.ShouldNotBe(former);
    }

    [Fact]
    public async Task Of_many_instances_with_an_old_key_one_makes_the_next()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var one = await cluster.Start(replace: services => services.AddSingleton<TimeProvider>(clock));
        await using var other = await cluster.Start(
            one.Database,
            replace: services => services.AddSingleton<TimeProvider>(clock)
        );
        await using var third = await cluster.Start(
            one.Database,
            replace: services => services.AddSingleton<TimeProvider>(clock)
        );

        clock.Advance(TimeSpan.FromDays(91));
        await Publishes(one, 2);
        await Publishes(other, 2);
        await Publishes(third, 2);

        (await one.Ask<long>("SELECT count(*) FROM signing_keys")).ShouldBe(2);
    }

    [Fact]
    public async Task A_lost_secret_ends_access_tokens_and_no_session()
    {
        var database = await cluster.NewDatabase();
        Visitor user;
        await using (var before = await cluster.Start(database))
            user = await before.At().NewUser();
        var variables = cluster.Variables(database);
        variables["JWT_SECRET"] = "another secret, just as long as it has to be";

        var (code, output) = await OperatorCommand.Run(["keys", "rotate", "--drop-old"], variables);

        code.ShouldBe(0, output);
        await using var after = await cluster.Start(
            database,
            changed => changed["JWT_SECRET"] = variables["JWT_SECRET"]
        );
        (await after.At().With(user.Token).Get("auth/me")).ShouldBeProblem(401, "authentication_failed");
        (await after.At().Post("auth/refresh", new { refresh_token = user.RefreshToken })).Status.ShouldBe(200);
    }

    [Fact]
    public async Task A_key_that_leaked_is_dropped_on_every_running_instance()
    {
        await using var service = await cluster.Start();
        var user = await service.At().NewUser();
        (await user.Get("auth/me")).Status.ShouldBe(200); // remembered
        var leaked = new JsonWebToken(user.Token).Kid;

        await OperatorCommand.Run(["keys", "rotate", "--drop-old"], cluster.Variables(service.Database));
        while ((await Published(service)).Contains(leaked))
            await Task.Yield();

        (await user.Get("auth/me")).ShouldBeProblem(401, "authentication_failed");
    }

    [Fact]
    public async Task An_instance_that_cannot_decrypt_a_new_signing_key_keeps_using_its_present_keys()
    {
        await using var service = await cluster.Start();
        var user = await service.At().NewUser();
        var variables = cluster.Variables(service.Database);
        variables["JWT_SECRET"] = "another secret, just as long as it has to be";

        (await OperatorCommand.Run(["keys", "rotate"], variables)).Code.ShouldBe(0);

        (await user.Get("auth/me")).Status.ShouldBe(200);
        await service.At().NewUser();
    }

    [Theory]
    [InlineData(
        "a key of one's own",
        "INSERT INTO signing_keys (id, public_key, protected_private_key, created_at, signs_from) VALUES (gen_random_uuid(), @key, @key, now(), now() - interval '1 second')"
    )]
    [InlineData(
        "another public half",
        "UPDATE signing_keys SET public_key = @key WHERE signs_from = (SELECT max(signs_from) FROM signing_keys)"
    )]
    [InlineData(
        "an old key brought back",
        "UPDATE signing_keys SET signs_from = now() WHERE signs_from = (SELECT min(signs_from) FROM signing_keys)"
    )]
    public async Task Who_writes_the_table_without_the_secret_gets_no_key_published(string what, string sql)
    {
        await using var service = await cluster.Start();
        var ring = service.Services.GetRequiredService<KeyRing>();
        await ring.Rotate(_ => true, TimeSpan.Zero, dropOld: false, CancellationToken.None);
        await ring.Load(CancellationToken.None);
        var before = await Published(service);
        using var mine = ECDsa.Create(ECCurve.NamedCurves.nistP256);

        await service.Sql(
            sql.Replace(
                "@key",
                $"'\\x{Convert.ToHexString(mine.ExportSubjectPublicKeyInfo())}'",
                StringComparison.Ordinal
            )
        );
        await ring.Load(CancellationToken.None);

        var after = (await service.At().Get("/.well-known/jwks.json")).Json["keys"]!.AsArray();
        after.Select(key => key!.Text("kid")).ShouldBeSubsetOf(before, what);
        var x = Convert
            .ToBase64String(mine.ExportParameters(false).Q.X!)
            .TrimEnd('=')
            .Replace('+', '-')
            .Replace('/', '_');
        after.ShouldAllBe(key => key!.Text("x") != x, what);
    }

    [Fact]
    public async Task A_refresh_token_shown_again_after_the_secret_changed_is_refused_and_no_failure()
    {
        var database = await cluster.NewDatabase();
        Visitor user;
        await using (var before = await cluster.Start(database))
        {
            user = await before.At().NewUser();
            (await before.At().Post("auth/refresh", new { refresh_token = user.RefreshToken })).Status.ShouldBe(200);
        }
        var variables = cluster.Variables(database);
        variables["JWT_SECRET"] = "another secret, just as long as it has to be";
        (await OperatorCommand.Run(["keys", "rotate", "--drop-old"], variables)).Code.ShouldBe(0);

        await using var after = await cluster.Start(
            database,
            changed =>
                (changed["JWT_SECRET"], changed["REFRESH_TOKEN_LEEWAY_SECONDS"]) = (variables["JWT_SECRET"], "60")
        );

        (await after.At().Post("auth/refresh", new { refresh_token = user.RefreshToken })).ShouldBeProblem(
            401,
            "token_revoked"
        );
    }

    private static async Task Publishes(Service at, int keys)
    {
        await Eventually.Is(async () => (await Published(at)).Count == keys);
    }

    private static async Task<List<string>> Published(Service at) =>
        [.. (await at.At().Get("/.well-known/jwks.json")).Json["keys"]!.AsArray().Select(key => key!.Text("kid"))];
}
