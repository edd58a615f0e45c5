using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using Tenantry.Foundation.Data.Database;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Features.Auth;

/// <summary>Guessing is made slow, and nobody can make somebody else wait for it.</summary>
public sealed class AttemptTests(AttemptTests.Timed shared) : IClassFixture<AttemptTests.Timed>
{
    private readonly Service service = shared.Service;
    private readonly FakeTimeProvider clock = shared.Clock;

    [Theory]
    [InlineData("known")]
    [InlineData("unknown")]
    public async Task After_five_failures_each_one_doubles_the_wait_whether_the_account_exists_or_not(string account)
    {
        var email = $"{account}-{Guid.NewGuid():N}@example.com";
        if (account == "known")
            await service.At().From("10.0.0.9").NewUser(email);
        for (var i = 0; i < 5; i++)
            (await Guess(email, "10.0.0.1")).ShouldBeProblem(401, "authentication_failed");

        foreach (var seconds in new[] { 1, 2, 4, 8 })
        {
            (await Guess(email, "10.0.0.1"))
                .ShouldBeProblem(429, "rate_limit_exceeded")
                .Header("Retry-After")
                .ShouldBe(seconds.ToString(CultureInfo.InvariantCulture));
            clock.Advance(TimeSpan.FromSeconds(seconds));
            (await Guess(email, "10.0.0.1")).ShouldBeProblem(401, "authentication_failed");
        }
    }

    [Fact]
    public async Task Who_must_wait_does_not_learn_whether_the_password_was_right()
    {
        var email = await Somebody();
        for (var i = 0; i < 5; i++)
            await Guess(email, "10.0.1.1");

        (await Guess(email, "10.0.1.1", Service.Password)).ShouldBeProblem(429, "rate_limit_exceeded");
        clock.Advance(TimeSpan.FromSeconds(1));
        (await Guess(email, "10.0.1.1", Service.Password)).Status.ShouldBe(200);
        for (var i = 0; i < 4; i++)
            (await Guess(email, "10.0.1.1")).Status.ShouldBe(401); // the right one has wiped the slate
    }

    [Fact]
    public async Task The_wait_never_grows_past_a_quarter_of_an_hour_and_a_day_without_failure_ends_it()
    {
        var email = await Somebody();
        var longest = 0;
        for (var i = 0; i < 20; i++)
        {
            var answer = await Guess(email, "10.0.2.1");
            if (answer.Status == 429)
            {
                longest = Math.Max(longest, int.Parse(answer.Header("Retry-After")!, CultureInfo.InvariantCulture));
                clock.Advance(
                    TimeSpan.FromSeconds(int.Parse(answer.Header("Retry-After")!, CultureInfo.InvariantCulture))
                );
                await Guess(email, "10.0.2.1");
            }
        }

        longest.ShouldBe(15 * 60);
        clock.Advance(TimeSpan.FromHours(25));
        for (var i = 0; i < 5; i++)
            (await Guess(email, "10.0.2.1")).Status.ShouldBe(401);
    }

    [Fact]
    public async Task A_stranger_makes_only_himself_wait()
    {
        var email = await Somebody();
        for (var i = 0; i < 6; i++)
            await Guess(email, "10.0.3.1");

        (await Guess(email, "10.0.3.1", Service.Password)).Status.ShouldBe(429);
        (await Guess(email, "10.0.3.2", Service.Password)).Status.ShouldBe(200);
    }

    [Fact]
    public async Task A_known_device_is_not_held_up_even_behind_the_strangers_own_address()
    {
        var email = await Somebody();
        var device = (await Guess(email, "10.0.4.1", Service.Password)).Text("device_token");
        for (var i = 0; i < 8; i++)
            await Guess(email, "10.0.4.1");
        (await Guess(email, "10.0.4.1", Service.Password)).Status.ShouldBe(429);

        var known = await Guess(email, "10.0.4.1", Service.Password, device);

        known.Status.ShouldBe(200, known.Text);
        known.Json["device_token"].ShouldBeNull(); // it has one
    }

    [Fact]
    public async Task A_known_device_is_rate_limited_after_ten_wrong_passwords()
    {
        var email = await Somebody();
        var device = (await Guess(email, "10.0.5.1", Service.Password)).Text("device_token");
        for (var i = 0; i < 10; i++)
            (await Guess(email, $"10.0.5.{i}", device: device)).Status.ShouldBe(401);

        (await Guess(email, "10.0.5.99", device: device)).ShouldBeProblem(429, "rate_limit_exceeded");
    }

    [Fact]
    public async Task A_device_token_of_another_user_or_a_forged_one_does_not_lift_the_sign_in_limit()
    {
        var (one, other) = (await Somebody(), await Somebody());
        var device = (await Guess(one, "10.0.6.1", Service.Password)).Text("device_token");
        for (var i = 0; i < 6; i++)
            await Guess(other, "10.0.6.2");

        var forged = device[..^4] + (device.EndsWith("AAAA", StringComparison.Ordinal) ? "BBBB" : "AAAA");
        foreach (var worthless in new[] { device, forged, "tnd_", "tnd_nonsense", new string('x', 200) })
            (await Guess(other, "10.0.6.2", Service.Password, worthless)).Status.ShouldBe(429, worthless);
    }

    [Fact]
    public async Task An_account_that_the_whole_world_tries_stays_open_to_its_user()
    {
        var email = await Somebody(); // came from 10.9.9.9
        var device = (await Guess(email, "10.0.7.1", Service.Password)).Text("device_token");
        for (var i = 0; i < 60; i++)
            await Guess(email, $"10.1.7.{i}");

        var held = await Guess(email, "10.2.7.1", Service.Password);
        held.ShouldBeProblem(429, "rate_limit_exceeded");
        int.Parse(held.Header("Retry-After")!, CultureInfo.InvariantCulture).ShouldBeLessThanOrEqualTo(60);
        (await Guess(email, "10.2.7.2", Service.Password, device)).Status.ShouldBe(200);
        (await Guess(email, "10.9.9.9", Service.Password)).Status.ShouldBe(200); // from where the user has come before
        (await service.At().From("10.2.7.3").Post("auth/password-reset-request", new { email })).Status.ShouldBe(202); // and the mail comes
    }

    [Fact]
    public async Task One_address_that_tries_many_accounts_is_made_to_wait()
    {
        for (var i = 0; i < 30; i++)
            (await Guess($"sprayed-{i}@example.com", "10.0.8.1")).Status.ShouldBe(401);

        (await Guess("sprayed-30@example.com", "10.0.8.1")).ShouldBeProblem(429, "rate_limit_exceeded");
        (await Guess("sprayed-30@example.com", "10.0.8.2")).Status.ShouldBe(401);
    }

    [Fact]
    public async Task The_neighbours_in_one_IPv6_network_are_one()
    {
        var email = await Somebody();
        for (var i = 1; i <= 5; i++)
            (await Guess(email, $"2001:db8:1:2::{i}")).Status.ShouldBe(401);

        (await Guess(email, "2001:db8:1:2:ffff::1")).Status.ShouldBe(429);
        (await Guess(email, "2001:db8:1:3::1")).Status.ShouldBe(401);
    }

    [Fact]
    public async Task A_thousand_guesses_at_once_are_not_a_thousand_free_guesses()
    {
        var email = await Somebody();
        var answers = new Answer[200];
        await Parallel.ForAsync(
            0,
            answers.Length,
            new ParallelOptions { MaxDegreeOfParallelism = 200 },
            async (i, _) => answers[i] = await Guess(email, "10.0.10.1")
        );

        answers.Count(answer => answer.Status == 401).ShouldBeInRange(5, 64 + 5);
        answers.Where(answer => answer.Status != 401).ShouldAllBe(answer => answer.Status == 429);
        (await Guess(email, "10.0.10.1", Service.Password)).ShouldBeProblem(429, "rate_limit_exceeded");
    }

    [Fact]
    public async Task Wrong_current_passwords_slow_down_further_attempts_to_change_the_password()
    {
        var user = await service.At().From("10.0.11.1").NewUser();
        for (var i = 0; i < 5; i++)
            (await Change("wrong password"))
                .ShouldBeProblem(400, "validation_failed")
                .ShouldNameField("current_password");

        (await Change(Service.Password))
            .ShouldBeProblem(429, "rate_limit_exceeded")
            .Header("Retry-After")
            .ShouldBe("1");
        clock.Advance(TimeSpan.FromSeconds(1));
        (await Change(Service.Password)).Status.ShouldBe(204);

        Task<Answer> Change(string present) =>
            user.Post(
                "auth/password-change",
                new { current_password = present, new_password = "a longer horse and two batteries" }
            );
    }

    [Fact]
    public async Task The_same_account_in_another_tenant_is_another_account()
    {
        var (slug, _, _) = await service.NewTenant();
        var email = await Somebody();
        for (var i = 0; i < 6; i++)
            await Guess(email, "10.0.12.1");

        (
            await service.At(slug).From("10.0.12.1").Post("auth/login", new { email, password = "wrong password" })
        ).Status.ShouldBe(401);
    }

    [Fact]
    public async Task A_sign_in_on_a_new_device_sends_a_mail_if_the_tenant_enables_it()
    {
        await using var own = await shared.Cluster.Start();
        await own.Sql("UPDATE tenants SET mail_on_new_device = true");
        await own.At().From("10.0.13.1").NewUser("watched@example.com"); // the first of all is no news
        var first = await SignIn("10.0.13.1");
        (await Mails()).Count.ShouldBe(0);

        await SignIn("10.0.13.1"); // familiar by address and browser
        await SignIn("10.0.13.2", first.Text("device_token")); // familiar by its token
        (await Mails()).Count.ShouldBe(0);
        await SignIn("10.0.13.3");

        var mail = (await Mails()).ShouldHaveSingleItem()!;
        mail.Text("body").ShouldContain("10.0.13.3");
        mail.Text("body").ShouldContain("an unknown device");

        await SignIn("10.0.13.4", agent: "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0");
        (await Mails())[0]!.Text("body").ShouldContain("Firefox on Linux");
        // Attack: who stole the password would like the warning to carry a link.
        await SignIn("10.0.13.5", agent: "Secure it at https://evil.example Firefox/1.0");
        (await Mails())[0]!.Text("body").ShouldContain("\n\nFirefox\nfrom 10.0.13.5");
        await SignIn("10.0.13.6", agent: "evil.example/secure");
        (await Mails())[0]!.Text("body").ShouldNotContain("evil");

        async Task<Answer> SignIn(string address, string? device = null, string? agent = null)
        {
            var body = new
            {
                email = "watched@example.com",
                password = Service.Password,
                device_token = device,
            };
            var answer = await own.At()
                .From(address)
                .Send(
                    HttpMethod.Post,
                    "auth/login",
                    JsonContent.Create(body),
                    agent is null ? [] : [("User-Agent", agent)]
                );
            answer.Status.ShouldBe(200, answer.Text);
            return answer;
        }

        async Task<JsonArray> Mails() => (await own.At().Get("/dev/mailbox?recipient=watched@example.com")).Items();
    }

    [Fact]
    public async Task What_has_had_its_time_is_swept_and_what_has_not_stays()
    {
        var own = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var service = await shared.Cluster.Start(replace: services =>
            services.AddSingleton<TimeProvider>(own)
        );
        var user = await service.At().NewUser("kept@example.com");
        await service.At().Post("auth/login", new { email = "kept@example.com", password = "wrong password" });
        var sweep = service.Services.GetRequiredService<ExpiredRows>();
        var cancel = TestContext.Current.CancellationToken;

        await sweep.DeleteSignIns(cancel);
        (await Rows("sign_in_attempts"), await Rows("sessions"), await Rows("refresh_tokens")).ShouldBe((3L, 1L, 1L));

        own.Advance(TimeSpan.FromDays(2));
        await Gone("sign_in_attempts");
        (await service.At().Post("auth/refresh", new { refresh_token = user.RefreshToken })).Status.ShouldBe(200);
        (await Rows("sessions"), await Rows("refresh_tokens")).ShouldBe((1L, 2L));

        own.Advance(TimeSpan.FromDays(91));
        await Gone("refresh_tokens");
        await Gone("sessions");

        Task<long> Rows(string table) => service.Ask<long>($"SELECT count(*) FROM {table}");

        async Task Gone(string table)
        {
            using var deadline = new CancellationTokenSource(Patience.Of);
            while (await Rows(table) > 0)
            {
                await sweep.DeleteSignIns(deadline.Token); // beside the worker that the clock has woken
            }
        }
    }

    private async Task<string> Somebody()
    {
        var email = $"{Guid.NewGuid():N}@example.com";
        await service.At().From("10.9.9.9").NewUser(email);
        return email;
    }

    private Task<Answer> Guess(string email, string from, string password = "wrong password", string? device = null) =>
        service
            .At()
            .From(from)
            .Post(
                "auth/login",
                new
                {
                    email,
                    password,
                    device_token = device,
                }
            );

    /// <summary>A service whose clock the tests move.</summary>
    public sealed class Timed(Cluster cluster) : IAsyncLifetime
    {
        public Service Service { get; private set; } = null!;
        public FakeTimeProvider Clock { get; } = new(DateTimeOffset.UtcNow);
        public Cluster Cluster => cluster;

        public async ValueTask InitializeAsync() =>
            Service = await cluster.Start(replace: services => services.AddSingleton<TimeProvider>(Clock));

        public ValueTask DisposeAsync() => Service.DisposeAsync();
    }
}
