using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Tenantry.Features.Auth;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Concurrency;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Features.Auth;

/// <summary>Users whose hashes another system created: imported by the command, then signed in by HTTP.</summary>
public sealed class ImportedHashSignInTests(Cluster cluster)
{
    private const string Pepper = "the pepper";
    private const string Scraper = "a token for the scraper";

    private static readonly IReadOnlyList<JsonNode> Vectors =
    [
        .. Repository
            .Read("tests/Tenantry.Tests/Foundation/Security/Passwords/imported-hashes.jsonl")
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonNode.Parse(line)!),
    ];

    [Fact]
    public async Task An_imported_hash_of_each_scheme_signs_in_once_and_is_then_one_of_ours()
    {
        await using var service = await cluster.Start(settings => settings["METRICS_TOKEN"] = Scraper);
        var chosen = Vectors
            .Where(vector => vector["pepper"] is null)
            .GroupBy(vector => vector.Text("scheme"))
            .Select(group => group.Last())
            .ToList();
        chosen.Count.ShouldBe(21);

        var (code, output) = await Import(service, [.. chosen.Select(Line)], "--allow-weak");

        code.ShouldBe(0, output);
        output.ShouldContain("Password hashes: 1 argon2d, 1 argon2i, 1 argon2id, 1 bcrypt,");
        output.ShouldContain("Stored inside of Argon2id: 11.");
        for (var i = 0; i < chosen.Count; i++)
        {
            var (email, what) = ($"user-{i}@example.com", chosen[i].ToJsonString());
            (await Stored(service, email)).ShouldNotStartWith("$argon2id$v=19$m=7168", Case.Sensitive, what);
            (await SignIn(service, email, "not the password")).ShouldBeProblem(401, "authentication_failed");
            (await SignIn(service, email, chosen[i].Text("password"))).Status.ShouldBe(200, what);
            (await Stored(service, email)).ShouldStartWith(Ours(service), Case.Sensitive, what);
            (await SignIn(service, email, chosen[i].Text("password"))).Status.ShouldBe(200, what);
        }
        using var http = new HttpClient { BaseAddress = service.Url };
        http.DefaultRequestHeaders.Authorization = new("Bearer", Scraper);
        (await http.GetStringAsync("/metrics", TestContext.Current.CancellationToken)).ShouldContain(
            """tenantry_passwords_replaced_total{scheme="sha512-crypt"} 1"""
        );
    }

    [Fact]
    public async Task Weak_hashes_need_leave_and_are_stored_inside_of_Argon2id()
    {
        await using var service = await cluster.Start();
        var crypt = Vectors.First(vector => vector.Text("scheme") == "sha512-crypt");

        var (code, refused) = await Import(service, [Line(crypt, 0)]);
        code.ShouldBe(1);
        refused.ShouldContain("line 1: password_hash is a hash that an attacker computes fast; --allow-weak");
        refused.ShouldNotContain(crypt.Text("hash"));

        (await Import(service, [Line(crypt, 0)], "--allow-weak")).Code.ShouldBe(0);
        var stored = await Stored(service, "user-0@example.com");
        stored.ShouldStartWith("{wrapped:sha512-crypt,");
        stored.ShouldNotContain(crypt.Text("hash").Split('$')[^1][..20]);
    }

    [Fact]
    public async Task A_pepper_is_a_setting_of_the_import_and_of_each_instance()
    {
        await using var service = await cluster.Start(settings => settings["IMPORTED_PASSWORD_PEPPER"] = Pepper);
        await using var without = await cluster.Start(service.Database);
        var vector = Vectors.First(vector => vector["pepper"]?.GetValue<string>() == "hmac-sha256-hex");

        var (code, output) = await Import(without, [Line(vector, 0)], "--pepper", "hmac-sha256-hex");
        code.ShouldBe(1);
        output.ShouldContain("--pepper needs the setting IMPORTED_PASSWORD_PEPPER");
        (await Import(without, [Line(vector, 0)], "--pepper", "salt")).Code.ShouldBe(1);

        (
            await Run(
                service,
                [Line(vector, 0)],
                ["--pepper", "hmac-sha256-hex"],
                settings => settings["IMPORTED_PASSWORD_PEPPER"] = Pepper
            )
        ).Code.ShouldBe(0);
        (await Stored(service, "user-0@example.com")).ShouldStartWith("{pepper:hmac-sha256-hex}$2b$");
        (await SignIn(without, "user-0@example.com", vector.Text("password"))).ShouldBeProblem(
            401,
            "authentication_failed"
        );
        (await SignIn(service, "user-0@example.com", vector.Text("password"))).Status.ShouldBe(200);
        (await SignIn(without, "user-0@example.com", vector.Text("password"))).Status.ShouldBe(200); // one of ours now
    }

    [Fact]
    public async Task Users_of_Firebase_come_with_the_parameters_of_their_project()
    {
        await using var service = await cluster.Start();
        var vector = Vectors.First(vector => vector.Text("scheme") == "firebase-scrypt");
        var parts = vector.Text("hash").Split('$');
        var key = parts[2][(parts[2].IndexOf("sk=", StringComparison.Ordinal) + 3)..];
        vector = new JsonObject { ["hash"] = $"$fbscrypt$v=1,n=12,r=8,p=1${parts[3]}${parts[4]}" };
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(
            file,
            $"hash_config {{ algorithm: SCRYPT, base64_signer_key: {key}, base64_salt_separator: Bw==, rounds: 8, mem_cost: 12, }}",
            TestContext.Current.CancellationToken
        );

        (await Import(service, [Line(vector, 0)])).Code.ShouldBe(1);
        (await Import(service, [Line(vector, 0)], "--firebase-hash-config", "/no/such/file")).Output.ShouldContain(
            "There is no file '/no/such/file'."
        );
        var (code, output) = await Import(service, [Line(vector, 0)], "--firebase-hash-config", file);
        await File.WriteAllTextAsync(file, "rounds: 8", TestContext.Current.CancellationToken);
        (await Import(service, [Line(vector, 0)], "--firebase-hash-config", file)).Output.ShouldContain(
            "contains no hash parameters: base64_signer_key is missing"
        );
        File.Delete(file);

        code.ShouldBe(0, output);
        (await SignIn(service, "user-0@example.com", "correct horse battery")).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Concurrent_first_sign_ins_of_an_imported_user_all_succeed()
    {
        await using var service = await cluster.Start();
        await Imported(service, "many@example.com", rounds: 8);

        var answers = await Task.WhenAll(
            Enumerable.Range(0, 12).Select(_ => SignIn(service, "many@example.com", Service.Password))
        );

        answers.ShouldAllBe(answer => answer.Status == 200);
        (
            await service.Ask<long>(
                "SELECT count(*) FROM sessions s JOIN users u ON u.id = s.user_id WHERE u.email = 'many@example.com'"
            )
        ).ShouldBe(12);
        (await service.Ask<long>("SELECT count(*) FROM sign_in_attempts WHERE under_way > 0 OR failures > 0")).ShouldBe(
            0
        );
    }

    /// <summary>Its time would reveal to a stranger that the password is right.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_right_password_of_a_deactivated_user_costs_no_further_hash(bool isActive)
    {
        await using var service = await cluster.Start();
        await Imported(service, "old@example.com", rounds: 4);
        await service.Sql($"UPDATE users SET is_active = {isActive} WHERE email = 'old@example.com'");
        await using var scope = service.Services.CreateAsyncScope();
        var (services, cancel) = (scope.ServiceProvider, TestContext.Current.CancellationToken);
        var tenant = await services.GetRequiredService<TenantDirectory>().ByName("default", cancel);
        services.GetRequiredService<TenantContext>().Set(tenant!, signedIn: null, isNamed: true);
        var attempt = services.GetRequiredService<SignInAttempt>();

        await attempt.Begin(
            "old@example.com",
            deviceToken: null,
            new DefaultHttpContext { RequestServices = services },
            cancel
        );
        await attempt.Verify(Service.Password, cancel);

        attempt.IsRight.ShouldBeTrue();
        (attempt.RenewedHash is not null).ShouldBe(isActive);
    }

    /// <summary>By the gate, not by the clock: a hash that takes seconds has a gate of its own.</summary>
    [Fact]
    public async Task An_unknown_address_costs_the_work_of_the_hashes_that_the_tenant_has()
    {
        await using var service = await cluster.Start();
        var (slug, tenant, _) = await service.NewTenant();
        await service.Sql(
            $"UPDATE users SET password_hash = '{BCrypt.Net.BCrypt.HashPassword(Service.Password, 13)}' WHERE tenant_id = '{tenant}'"
        );
        var gate = service.Services.GetRequiredService<SharedGates>().SlowPasswordHashes;
        var taken = await Held(gate);

        // Another tenant has hashes of ours alone, and slow hashes delay none of them.
        await service.At().NewUser("ours@example.com");
        (await SignIn(service, "ours@example.com", Service.Password)).Status.ShouldBe(200);
        (await SignIn(service, "nobody@example.com", Service.Password)).ShouldBeProblem(401, "authentication_failed");

        var unknown = new[] { "nobody@example.com", "0@example.com", "zzz@example.com" }
            .Select(email => service.At(slug).Post("auth/login", new { email, password = Service.Password }))
            .ToList();
        await Eventually.Is(() => gate.Waiting >= unknown.Count);
        unknown.ShouldAllBe(one => !one.IsCompleted);
        taken.ForEach(slot => slot.Dispose());
        // In their turns; those that waited for too long are refused.
        (await Task.WhenAll(unknown)).ShouldAllBe(answer => answer.Status == 401 || answer.Status == 503);
    }

    [Fact]
    public async Task Where_slow_hashes_wait_too_long_the_sign_in_is_refused_for_load()
    {
        await using var service = await cluster.Start();
        await Imported(service, "slow@example.com", rounds: 13);
        var gate = service.Services.GetRequiredService<SharedGates>().SlowPasswordHashes;
        using var over = new CancellationTokenSource();
        var taken = await Held(gate);
        var waiting = Enumerable
            .Range(0, gate.Limits.Waiting)
            .Select(_ => gate.Acquire(Guid.NewGuid(), over.Token).AsTask())
            .ToList();

        (await SignIn(service, "slow@example.com", Service.Password)).ShouldBeProblem(503, "overloaded");

        await over.CancelAsync();
        taken.ForEach(slot => slot.Dispose());
        (await SignIn(service, "slow@example.com", Service.Password)).Status.ShouldBe(200);
        waiting.ShouldAllBe(one => one.IsCompleted);
    }

    [Fact]
    public async Task A_hash_that_cannot_be_read_is_a_wrong_password_and_a_warning()
    {
        var warnings = new Warnings();
        await using var service = await cluster.Start(
            settings => settings["LOG_LEVEL"] = "Warning",
            services => services.AddSingleton<ILoggerProvider>(warnings)
        );
        await service.At().NewUser("future@example.com");
        await service.Sql(
            "UPDATE users SET password_hash = '$argon3$of a later version' WHERE email = 'future@example.com'"
        );

        (await SignIn(service, "future@example.com", Service.Password)).ShouldBeProblem(401, "authentication_failed");

        warnings.Texts.ShouldContain(text =>
            text.Contains("cannot be verified", StringComparison.Ordinal)
            && text.Contains("This version cannot read it.", StringComparison.Ordinal)
        );
        warnings.Texts.ShouldAllBe(text => !text.Contains("argon3", StringComparison.Ordinal));
    }

    private static async Task<List<GateSlot>> Held(FairGate gate)
    {
        var taken = new List<GateSlot>();
        while (taken.Count < gate.Limits.Total)
            taken.Add(await gate.Acquire(Guid.NewGuid(), TestContext.Current.CancellationToken));
        return taken;
    }

    private static async Task Imported(Service service, string email, int rounds)
    {
        await service.At().NewUser(email);
        await service.Sql(
            $"UPDATE users SET password_hash = '{BCrypt.Net.BCrypt.HashPassword(Service.Password, rounds)}' WHERE email = '{email}'; DELETE FROM sessions"
        );
    }

    private static Task<Answer> SignIn(Service service, string email, string password) =>
        service.At().Post("auth/login", new { email, password });

    private static async Task<string> Stored(Service service, string email) =>
        (await service.Ask<string>($"SELECT password_hash FROM users WHERE email = '{email}'"))!;

    private static string Ours(Service service) =>
        $"$argon2id$v=19$m={service.Settings.PasswordCost.MemoryKiB},t={service.Settings.PasswordCost.Passes},p=1$";

    private static string Line(JsonNode vector, int number) =>
        JsonSerializer.Serialize(
            new
            {
                email = $"user-{number}@example.com",
                password_hash = vector.Text("hash"),
                email_verified = true,
            }
        );

    private Task<(int Code, string Output)> Import(Service service, IEnumerable<string> lines, params string[] more) =>
        Run(service, lines, more, _ => { });

    private async Task<(int Code, string Output)> Run(
        Service service,
        IEnumerable<string> lines,
        IEnumerable<string> more,
        Action<Dictionary<string, string>> change
    )
    {
        var (file, variables) = (Path.GetTempFileName(), cluster.Variables(service.Database));
        change(variables);
        try
        {
            await File.WriteAllLinesAsync(file, lines);
            return await OperatorCommand.Run(["users", "import", file, "--tenant", "default", .. more], variables);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private sealed class Warnings : ILoggerProvider, ILogger
    {
        public System.Collections.Concurrent.ConcurrentBag<string> Texts { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public void Dispose() { }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        ) => Texts.Add(formatter(state, exception));
    }
}
