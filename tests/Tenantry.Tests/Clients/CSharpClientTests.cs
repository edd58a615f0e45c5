using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using Tenantry.Client;
using Tenantry.Client.Models;
using Tenantry.Tests.Harness;

// What docs/clients.md prints is printed without what only a test needs.
#pragma warning disable xUnit1051

namespace Tenantry.Tests.Clients;

/// <summary>The client for C#, against the real service. What docs/clients.md prints stands here, and is run.</summary>
public sealed class CSharpClientTests(CSharpClientTests.Running running) : IClassFixture<CSharpClientTests.Running>
{
    private readonly Service service = running.Service;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_user_registers_signs_in_and_signs_out()
    {
        var (url, slug) = (service.Url, await OpenTenant());
        var email = "ada@example.com";
        var password = Service.Password;

        using var session = new TenantrySession(url, tenant: slug);
        await session.Client.Api.V1.Auth.Register.PostAsync(
            new RegisterRequest
            {
                Email = email,
                Password = password,
                FirstName = "Ada",
            }
        );
        await session.SignIn(email, password);
        var me = await session.Client.Api.V1.Auth.Me.GetAsync();
        Console.WriteLine($"{me!.FirstName} of {me.Tenant!.Name} may {string.Join(", ", me.Permissions!)}");

        (me.Email, me.Tenant.Slug, me.EmailVerified).ShouldBe((email, slug, false));
        me.CreatedAt!.Value.ShouldBeGreaterThan(DateTimeOffset.UtcNow.AddMinutes(-1));
        var kept = session.Tokens!;
        await session.SignOut(Cancel);
        session.Tokens.ShouldBeNull();
        using var again = new TenantrySession(url, slug, kept);
        (
            await Should.ThrowAsync<ProblemDocument>(() =>
                again.Client.Api.V1.Auth.Me.GetAsync(cancellationToken: Cancel)
            )
        ).Code.ShouldBe("token_revoked");
    }

    [Fact]
    public async Task Many_calls_with_a_token_that_has_ended_refresh_once()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        var (session, network) = await SignedIn(clock: clock);
        var first = session.Tokens!;
        clock.Advance(TimeSpan.FromMinutes(15) - TimeSpan.FromSeconds(5)); // not over yet, but when it arrives

        await Task.WhenAll(
            Enumerable.Range(0, 20).Select(_ => session.Client.Api.V1.Auth.Me.GetAsync(cancellationToken: Cancel))
        );

        network.Count("/api/v1/auth/refresh").ShouldBe(1);
        session.Tokens!.RefreshToken.ShouldNotBe(first.RefreshToken);
        clock.Advance(TimeSpan.FromMinutes(20));
        await session.Client.Api.V1.Auth.Me.GetAsync(cancellationToken: Cancel); // with the refresh token that came last: the one before would end the session
        network.Count("/api/v1/auth/refresh").ShouldBe(2);
        session.Dispose();
    }

    [Fact]
    public async Task Many_calls_that_the_service_refuses_for_their_token_refresh_once_and_are_made_again()
    {
        // The client's clock is slow: it learns from the service that the token has ended.
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var own = await service.Cluster.Start(replace: services =>
            services.AddSingleton<TimeProvider>(clock)
        );
        var (_, _, admin) = await own.NewTenant("acme");
        var (session, network) = await SignedIn(own, "acme", "admin@acme.example");
        clock.Advance(TimeSpan.FromMinutes(16));

        await Task.WhenAll(
            Enumerable
                .Range(0, 10)
                .Select(at =>
                    session.Client.Api.V1.Users.PostAsync(
                        new InviteUserRequest { Email = $"user{at}@acme.example" },
                        cancellationToken: Cancel
                    )
                )
        );

        network.Count("/api/v1/auth/refresh").ShouldBe(1);
        (await admin.SignIn("admin@acme.example")).ShouldNotBeNull();
        session.Dispose();
    }

    [Fact]
    public async Task An_application_receives_each_new_pair_of_tokens_and_resumes_with_the_last_one()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        var (session, _) = await SignedIn(clock: clock);
        SessionTokens? kept = null;
        session.TokensChanged += next => kept = next;
        clock.Advance(TimeSpan.FromMinutes(16));
        await session.Client.Api.V1.Auth.Me.GetAsync(cancellationToken: Cancel);
        session.Dispose();

        using var resumed = new TenantrySession(service.Url, tokens: kept);

        (await resumed.Client.Api.V1.Auth.Me.GetAsync(cancellationToken: Cancel))!.FirstName.ShouldBe("Grace");
        kept!.ToString().ShouldNotContain(kept.RefreshToken);
    }

    [Fact]
    public async Task A_session_that_was_ended_elsewhere_is_over_here_too()
    {
        var (session, network) = await SignedIn();
        var over = new List<SessionTokens?>();
        session.TokensChanged += over.Add;
        await service.Sql(
            $"UPDATE sessions SET revoked_at = now() WHERE user_id = (SELECT id FROM users WHERE email = '{network.Email}')"
        );

        var problem = await Should.ThrowAsync<ProblemDocument>(() =>
            session.Client.Api.V1.Auth.Me.PatchAsync(
                new ChangeMeRequest { FirstName = "Eve" },
                cancellationToken: Cancel
            )
        );

        (problem.ResponseStatusCode, problem.Code).ShouldBe((401, "token_revoked"));
        over.ShouldBe([null]);
        network.Count("/api/v1/auth/refresh").ShouldBe(1);
        session.Dispose();
    }

    [Fact]
    public async Task A_list_is_run_through_page_after_page()
    {
        var (session, network) = await SignedIn();
        for (var at = 0; at < 4; at++)
            await session.Client.Api.V1.Users.PostAsync(
                new InviteUserRequest { Email = $"user{at}@example.com" },
                cancellationToken: Cancel
            );

        var addresses = new List<string>();
        await foreach (
            var user in Paging.All<UserDocument>(async cursor =>
                await session.Client.Api.V1.Users.GetAsync(request =>
                {
                    request.QueryParameters.Limit = 2;
                    request.QueryParameters.Cursor = cursor;
                })
            )
        )
            addresses.Add(user.Email!);

        addresses.ShouldBe([
            "user3@example.com",
            "user2@example.com",
            "user1@example.com",
            "user0@example.com",
            network.Email,
        ]);
        network.Count("/api/v1/users").ShouldBe(4 + 3);
        session.Dispose();
    }

    [Fact]
    public void Every_list_is_a_page_of_its_items() =>
        typeof(TenantryClient)
            .Assembly.GetTypes()
            .Where(type => type.Name.StartsWith("PageOf", StringComparison.Ordinal))
            .Where(type =>
                !type.GetInterfaces()
                    .Any(face => face.IsGenericType && face.GetGenericTypeDefinition() == typeof(IPage<>))
            )
            .ShouldBeEmpty();

    [Fact]
    public async Task A_file_goes_up_as_it_is_read_and_comes_down()
    {
        var (session, _) = await SignedIn();

        await using var content = new MemoryStream(Encoding.UTF8.GetBytes("It cost 47.11."));
        var file = await session.Client.Api.V1.Files.Upload.PostAsync(
            content,
            "text/plain",
            request =>
            {
                request.Headers.Add("Content-Disposition", "attachment; filename=\"invoice.txt\"");
                request.QueryParameters.Tags = "invoice,2026";
            }
        );
        var address = await session
            .Client.Api.V1.Files[file!.Id!.Value]
            .Download.GetAsync(request => request.QueryParameters.Redirect = false);
        using var http = new HttpClient();
        var text = await http.GetStringAsync(address!.Url);

        (file.FileName, file.FileSize, file.MimeType, file.Scan).ShouldBe(
            ("invoice.txt", 14L, "text/plain", Scan.Not_scanned)
        );
        file.Tags.ShouldBe(["invoice", "2026"], ignoreOrder: true);
        text.ShouldBe("It cost 47.11.");
        session.Dispose();
    }

    [Fact]
    public async Task A_validation_error_lists_the_messages_of_each_field()
    {
        using var session = new TenantrySession(service.Url, await OpenTenant());
        var said = new List<string>();

        try
        {
            await session.Client.Api.V1.Auth.Register.PostAsync(
                new RegisterRequest { Email = "ada@example", Password = "password" }
            );
        }
        catch (ProblemDocument problem) when (problem.Code == "validation_failed")
        {
            foreach (var (member, messages) in problem.FieldErrors)
                said.Add($"{member} {string.Join(", ", messages)}");
        }

        said.ShouldBe([
            "email must be an e-mail address",
            "password is a common or breached password: choose another password",
            "first_name is required",
        ]);
    }

    [Fact]
    public async Task The_message_of_an_exception_has_the_code_the_detail_and_the_fields()
    {
        using var session = new TenantrySession(service.Url, await OpenTenant());

        var problem = await Should.ThrowAsync<ProblemDocument>(() =>
            session.Client.Api.V1.Auth.Register.PostAsync(
                new RegisterRequest { Email = "ada@example", Password = Service.Password },
                cancellationToken: Cancel
            )
        );

        problem.Message.ShouldBe(
            "validation_failed: See errors. (email must be an e-mail address; first_name is required)"
        );
    }

    [Fact]
    public async Task The_device_token_is_kept_and_sent_with_the_next_sign_in()
    {
        var (session, network) = await SignedIn();
        var kept = session.DeviceToken.ShouldNotBeNull();
        await session.SignOut(Cancel);
        session.DeviceToken.ShouldBe(kept);

        var told = new List<string>();
        session.DeviceTokenChanged += told.Add;
        (await session.SignIn(network.Email, Service.Password, Cancel)).DeviceToken.ShouldBeNull(); // it is known
        told.ShouldBeEmpty();
        session.DeviceToken.ShouldBe(kept);
        session.Dispose();
    }

    [Fact]
    public async Task A_problem_says_what_it_is_as_an_exception_does()
    {
        var (session, _) = await SignedIn();

        var problem = await Should.ThrowAsync<ProblemDocument>(() =>
            session.Client.Api.V1.Users[Guid.NewGuid()].GetAsync(cancellationToken: Cancel)
        );

        (problem.ResponseStatusCode, problem.Status, problem.Code, problem.Message, problem.FieldErrors.Count).ShouldBe(
            (404, 404, "not_found", $"not_found: {problem.Detail}", 0)
        );
        problem.TraceId!.Length.ShouldBe(32);
        session.Dispose();
    }

    [Fact]
    public async Task A_call_over_the_rate_limit_waits_for_Retry_After_and_then_succeeds()
    {
        await using var own = await service.Cluster.Start(variables => variables["RATE_LIMIT_FREE_PER_MINUTE"] = "60");
        await own.NewTenant("acme");
        var (session, network) = await SignedIn(own, "acme", "admin@acme.example");
        var watch = System.Diagnostics.Stopwatch.StartNew();

        while (network.Statuses.All(status => status != 429))
            await session.Client.Api.V1.Auth.Me.GetAsync(cancellationToken: Cancel); // none of these throws

        network.Statuses.Last().ShouldBe(200);
        watch.Elapsed.ShouldBeGreaterThan(TimeSpan.FromSeconds(1));
        session.Dispose();
    }

    [Fact]
    public async Task A_post_whose_answer_got_lost_is_made_again_and_does_its_work_once()
    {
        var (session, network) = await SignedIn();
        network.Lose = request =>
            request.Method == HttpMethod.Post && request.RequestUri!.AbsolutePath == "/api/v1/users";

        var user = await session.Client.Api.V1.Users.PostAsync(
            new InviteUserRequest { Email = "ada@example.com" },
            cancellationToken: Cancel
        ); // 409 else: the address would be taken

        network.Count("/api/v1/users").ShouldBe(2);
        user!.Email.ShouldBe("ada@example.com");
        session.Dispose();
    }

    [Fact]
    public async Task A_change_with_an_outdated_ETag_is_refused()
    {
        var (session, _) = await SignedIn();

        var problem = await Should.ThrowAsync<ProblemDocument>(() =>
            session.Client.Api.V1.Auth.Me.PatchAsync(
                new ChangeMeRequest { FirstName = "Ada" },
                request => request.Headers.Add("If-Match", "\"1\""),
                Cancel
            )
        );

        problem.Code.ShouldBe("precondition_failed");
        session.Dispose();
    }

    private async Task<string> OpenTenant() => (await service.NewTenant()).Slug; // registration is open where nobody closed it

    private Task<(TenantrySession Session, Network Network)> SignedIn(FakeTimeProvider? clock = null) =>
        SignedIn(service, null, null, clock);

    private static async Task<(TenantrySession Session, Network Network)> SignedIn(
        Service service,
        string? slug,
        string? email,
        FakeTimeProvider? clock = null
    )
    {
        slug ??= (await service.NewTenant()).Slug;
        var network = new Network(email ?? $"admin@{slug}.example");
        var session = new TenantrySession(service.Url, slug, network: network, clock: clock);
        await session.SignIn(network.Email, Service.Password, Cancel);
        return (session, network);
    }

    /// <summary>A service whose links lead to itself.</summary>
    public sealed class Running(Cluster cluster) : IAsyncLifetime
    {
        private Service? service;

        public Service Service => service!;

        public async ValueTask InitializeAsync() => service = await cluster.StartAtItsLinks();

        public ValueTask DisposeAsync() => service?.DisposeAsync() ?? ValueTask.CompletedTask;
    }

    /// <summary>Watches what goes over the wire, and can lose one answer.</summary>
    private sealed class Network(string email)
        : DelegatingHandler(new Conformance(new SocketsHttpHandler { AllowAutoRedirect = false }))
    {
        private readonly ConcurrentQueue<(string Path, int Status)> seen = [];

        public string Email => email;
        public IEnumerable<int> Statuses => seen.Select(one => one.Status);
        public Predicate<HttpRequestMessage>? Lose { get; set; }

        public int Count(string path) => seen.Count(one => one.Path == path);

        protected override async Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request,
            CancellationToken cancellationToken
        )
        {
            var response = await base.SendAsync(request, cancellationToken);
            seen.Enqueue((request.RequestUri!.AbsolutePath, (int)response.StatusCode));
            if (Lose?.Invoke(request) != true)
                return response;
            Lose = null;
            response.Dispose();
            return new HttpResponseMessage(HttpStatusCode.ServiceUnavailable)
            {
                RequestMessage = request,
                Headers = { { "Retry-After", "0" } },
            };
        }
    }
}
