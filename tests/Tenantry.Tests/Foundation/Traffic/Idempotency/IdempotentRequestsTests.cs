using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using Microsoft.Extensions.Time.Testing;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Foundation.Traffic.Idempotency;

public sealed class IdempotentRequestsTests(SharedService shared, Cluster cluster) : IClassFixture<SharedService>
{
    private readonly Service service = shared.Service;
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_retry_does_nothing_more_and_gets_the_first_answer_with_Redis_lost_in_between_or_none(
        bool withRedis
    )
    {
        await using var redis = withRedis ? await RedisServer.Begin() : null;
        await using var own = await cluster.Start(variables =>
        {
            if (redis is not null)
                variables["REDIS_URL"] = redis.Url;
        });
        var (slug, id, admin) = await own.NewTenant();
        var email = $"ada@{slug}.example";
        var key = Guid.NewGuid().ToString();

        var first = await Post(admin, "users", new { email }, key);
        if (redis is not null)
            await redis.Kill();
        var retry = await Post(admin, "users", new { email }, key);

        first.Status.ShouldBe(201, first.Text);
        (
            retry.Status,
            retry.Text,
            retry.Header("Location"),
            retry.Header("ETag"),
            retry.Header("Content-Type")
        ).ShouldBe((201, first.Text, first.Header("Location"), first.Header("ETag"), first.Header("Content-Type")));
        (first.Header("Idempotency-Replayed"), retry.Header("Idempotency-Replayed")).ShouldBe((null, "true"));
        retry.Header("X-Request-Id").ShouldNotBe(first.Header("X-Request-Id"));
        (await own.Ask<long>($"SELECT count(*) FROM users WHERE tenant_id = '{id}'")).ShouldBe(2);
        (
            await own.Ask<long>(
                $"SELECT count(*) FROM notification_logs WHERE tenant_id = '{id}' AND recipient = '{email}'"
            )
        ).ShouldBe(1);
        (
            await own.Ask<long>(
                $"SELECT count(*) FROM audit_events WHERE tenant_id = '{id}' AND action = 'user.invited'"
            )
        ).ShouldBe(1);
    }

    [Fact]
    public async Task Every_kind_of_thing_can_be_made_with_a_key()
    {
        var (slug, id, admin) = await service.NewTenant();
        var platform = await service.Platform();
        var other = "t" + Guid.NewGuid().ToString("N")[..12];

        await Twice(admin, "roles", new { name = "Auditor", permissions = new[] { "users:read" } }, 201);
        await Twice(
            platform,
            "tenants",
            new
            {
                name = other,
                slug = other,
                admin = new { email = $"admin@{other}.example", first_name = "Grace" },
            },
            201
        );
        await Twice(
            service.At(slug),
            "auth/register",
            new
            {
                email = $"new@{slug}.example",
                password = Service.Password,
                first_name = "Ada",
            },
            201
        );
        await Twice(service.At(slug), "auth/password-reset-request", new { email = $"new@{slug}.example" }, 202);

        (await service.Ask<long>($"SELECT count(*) FROM roles WHERE tenant_id = '{id}' AND name = 'Auditor'")).ShouldBe(
            1
        );
        (await service.Ask<long>($"SELECT count(*) FROM tenants WHERE slug = '{other}'")).ShouldBe(1);
        (
            await service.Ask<long>(
                $"SELECT count(*) FROM audit_events WHERE tenant_id = '{id}' AND action = 'auth.password_reset_requested'"
            )
        ).ShouldBe(1);
        (
            await service.Ask<long>(
                $"SELECT count(*) FROM idempotency_keys k JOIN tenants t ON t.id = k.tenant_id WHERE t.slug = '{other}'"
            )
        ).ShouldBe(0, "the key belongs to whoever made the tenant");

        static async Task Twice(Visitor visitor, string path, object body, int status)
        {
            var key = Guid.NewGuid().ToString();
            var first = await Post(visitor, path, body, key);
            first.Status.ShouldBe(status, first.Text);
            var retry = await Post(visitor, path, body, key);
            (retry.Status, retry.Text, retry.Header("Location"), retry.Header("Idempotency-Replayed")).ShouldBe(
                (status, first.Text, first.Header("Location"), "true")
            );
        }
    }

    [Fact]
    public async Task Requests_with_one_key_on_two_instances_run_once_and_the_others_get_the_answer_or_409()
    {
        await using var second = await cluster.Start(service.Database);
        var (slug, id, admin) = await service.NewTenant();
        Visitor[] doors = [admin, second.At(slug).With(admin.Token)];
        var email = $"ada@{slug}.example";

        var answers = await Task.WhenAll(
            Enumerable.Range(0, 30).Select(i => Post(doors[i % 2], "users", new { email }, "all-the-same"))
        );

        answers.Count(answer => answer is { Status: 201 } && answer.Header("Idempotency-Replayed") is null).ShouldBe(1);
        var made = answers
            .Where(answer => answer.Status == 201)
            .Select(answer => answer.Text)
            .Distinct()
            .ShouldHaveSingleItem();
        foreach (var answer in answers.Where(answer => answer.Status != 201))
        {
            answer.ShouldBeProblem(409, "conflict");
            answer.Header("Retry-After").ShouldBe("1");
        }
        (await Post(admin, "users", new { email }, "all-the-same")).Text.ShouldBe(made);
        (await service.Ask<long>($"SELECT count(*) FROM users WHERE tenant_id = '{id}'")).ShouldBe(2);
    }

    [Fact]
    public async Task The_key_holds_for_one_body_one_user_one_route_and_one_tenant()
    {
        var (slug, _, admin) = await service.NewTenant();
        var (_, _, manager) = await service.Joined(admin, slug, "Manager");
        var (otherSlug, _, stranger) = await service.NewTenant();
        (await Post(admin, "users", new { email = $"a@{slug}.example" }, "k")).Status.ShouldBe(201);

        (await Post(admin, "users", new { email = $"b@{slug}.example" }, "k")).ShouldBeProblem(
            422,
            "idempotency_key_reused"
        );
        (await Post(manager, "users", new { email = $"b@{slug}.example", role = "Viewer" }, "k")).Status.ShouldBe(201);
        (await Post(admin, "roles", new { name = "R" }, "k")).Status.ShouldBe(201);
        (await Post(stranger, "users", new { email = $"a@{otherSlug}.example" }, "k")).Status.ShouldBe(201);
        (await Post(admin, "users", new { email = $"a@{slug}.example" }, "k"))
            .Header("Idempotency-Replayed")
            .ShouldBe("true");
    }

    [Theory]
    [InlineData("""{"name":"R","permissions":["users:read"]}""", "application/json", true)]
    [InlineData(""" { "permissions" : [ "users:read" ],"name":"\u0052" } """, "application/json", true)]
    [InlineData("""{"name":"R","permissions":["users:read"]}""", "APPLICATION/JSON;charset=UTF-8", true)]
    [InlineData("""{"name":"R","permissions":["users:read","roles:read"]}""", "application/json", false)]
    [InlineData("""{"name":"R","permissions":["users:read"],"description":null}""", "application/json", false)]
    public async Task A_retry_may_write_the_same_content_in_another_way(string body, string type, bool isSame)
    {
        var (_, _, admin) = await service.NewTenant();
        (await Send("""{"name":"R","permissions":["users:read"]}""", "application/json")).Status.ShouldBe(201);

        var answer = await Send(body, type);

        if (isSame)
            (answer.Status, answer.Header("Idempotency-Replayed")).ShouldBe((201, "true"));
        else
            answer.ShouldBeProblem(422, "idempotency_key_reused");

        Task<Answer> Send(string text, string as_) =>
            admin.Send(
                HttpMethod.Post,
                "roles",
                new ByteArrayContent(System.Text.Encoding.UTF8.GetBytes(text))
                {
                    Headers = { ContentType = MediaTypeHeaderValue.Parse(as_) },
                },
                ("Idempotency-Key", "same")
            );
    }

    [Fact]
    public async Task A_form_with_another_boundary_is_the_same_request_and_one_with_another_part_is_not()
    {
        var (_, _, admin) = await service.NewTenant();
        (await Send("one", "a.txt", "abc")).Status.ShouldBe(201);

        (await Send("two", "a.txt", "abc")).Header("Idempotency-Replayed").ShouldBe("true");
        (await Send("two", "b.txt", "abc")).ShouldBeProblem(422, "idempotency_key_reused");
        (await Send("two", "a.txt", "abd")).ShouldBeProblem(422, "idempotency_key_reused");

        async Task<Answer> Send(string boundary, string name, string content)
        {
            using var form = new MultipartFormDataContent(boundary)
            {
                { new StringContent(content, System.Text.Encoding.UTF8, "text/plain"), "file", name },
            };
            return await admin.Send(HttpMethod.Post, "files/upload", form, ("Idempotency-Key", "form"));
        }
    }

    [Fact]
    public async Task The_key_holds_for_what_an_upload_says_of_its_file_beside_the_body()
    {
        var (_, _, admin) = await service.NewTenant();
        (await Send("?tags=a", "a.txt")).Status.ShouldBe(201);

        (await Send("?tags=b", "a.txt")).ShouldBeProblem(422, "idempotency_key_reused");
        (await Send("?tags=a", "b.txt")).ShouldBeProblem(422, "idempotency_key_reused");
        (await Send("?tags=a", "a.txt")).Header("Idempotency-Replayed").ShouldBe("true");

        async Task<Answer> Send(string query, string name)
        {
            using var bytes = new ByteArrayContent([1, 2, 3])
            {
                Headers =
                {
                    ContentType = new MediaTypeHeaderValue("text/plain"),
                    ContentDisposition = new ContentDispositionHeaderValue("attachment") { FileName = name },
                },
            };
            return await admin.Send(HttpMethod.Post, "files/upload" + query, bytes, ("Idempotency-Key", "beside"));
        }
    }

    [Fact]
    public async Task A_refused_request_stores_no_key_and_its_retry_is_processed_again()
    {
        var (slug, id, admin) = await service.NewTenant();
        var (taken, email, _) = await service.Joined(admin, slug, "User");

        (await Post(admin, "users", new { email }, "k")).ShouldBeProblem(409, "conflict");
        (await service.Ask<long>($"SELECT count(*) FROM idempotency_keys WHERE tenant_id = '{id}'")).ShouldBe(0);
        (await Post(admin, "users", new { email, role = "Nobody" }, "k")).ShouldBeProblem(400, "validation_failed");
        (await admin.Delete($"users/{taken}")).Status.ShouldBe(204);

        (await Post(admin, "users", new { email }, "k")).Status.ShouldBe(201);
        (
            await service.Ask<long>(
                $"SELECT count(*) FROM notification_logs WHERE tenant_id = '{id}' AND template_name = 'invitation' AND recipient = '{email}'"
            )
        ).ShouldBe(2);
    }

    [Fact]
    public async Task A_permission_that_is_gone_is_refused_though_the_answer_is_remembered()
    {
        var (slug, _, admin) = await service.NewTenant();
        var (id, _, manager) = await service.Joined(admin, slug, "Manager");
        (await Post(manager, "users", new { email = $"a@{slug}.example", role = "Viewer" }, "k")).Status.ShouldBe(201);
        var role = (await admin.Get("roles")).Items().Single(r => r!.Text("name") == "Manager")![
            "id"
        ]!.GetValue<Guid>();
        (await admin.Delete($"users/{id}/roles/{role}")).Status.ShouldBe(204);

        (await Post(manager, "users", new { email = $"a@{slug}.example", role = "Viewer" }, "k")).Status.ShouldBe(403);
    }

    [Fact]
    public async Task A_retry_does_not_replay_a_share_link_to_a_caller_who_may_no_longer_create_it()
    {
        var (slug, _, admin) = await service.NewTenant();
        var (id, _, manager) = await service.Joined(admin, slug, "Manager");
        using var bytes = new ByteArrayContent("Hello"u8.ToArray())
        {
            Headers = { ContentType = new MediaTypeHeaderValue("text/plain") },
        };
        var file = (await admin.Send(HttpMethod.Post, "files/upload", bytes)).Json["id"]!.GetValue<Guid>();
        var made = await Post(manager, $"files/{file}/links", new { }, "k");
        made.Status.ShouldBe(201, made.Text);
        (await Post(manager, $"files/{file}/links", new { }, "k")).Text.ShouldBe(made.Text);
        var roles = (await admin.Get("roles"))
            .Items()
            .ToDictionary(role => role!.Text("name"), role => role!["id"]!.GetValue<Guid>());

        // A User may still share files, and no longer this one, which is somebody else's.
        (await admin.Post($"users/{id}/roles", new { role_id = roles["User"] })).Status.ShouldBe(200);
        (await admin.Delete($"users/{id}/roles/{roles["Manager"]}")).Status.ShouldBe(204);

        (await Post(manager, $"files/{file}/links", new { }, "other")).ShouldBeProblem(403, "permission_denied");
        (await Post(manager, $"files/{file}/links", new { }, "k"))
            .ShouldBeProblem(403, "permission_denied")
            .Text.ShouldNotContain("token=");
    }

    [Fact]
    public async Task A_full_tenants_upload_with_a_key_is_refused_before_its_body_comes()
    {
        await using var small = await cluster.Start(variables => variables["QUOTA_FREE_STORAGE_MB"] = "1");
        var (slug, _, admin) = await small.NewTenant();
        (await Upload(admin, 1024 * 1024, "first")).Status.ShouldBe(201);
        using var client = new TcpClient();
        await client.ConnectAsync(small.Url.Host, small.Url.Port, Cancel);

        // Not a byte of the body is ever sent: whoever waits for it does not answer.
        await client
            .GetStream()
            .WriteAsync(
                System.Text.Encoding.ASCII.GetBytes(
                    $"POST /api/v1/files/upload HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Tenant: {slug}\r\nAuthorization: Bearer {admin.Token}\r\nIdempotency-Key: k\r\nContent-Type: text/plain\r\nContent-Length: 1000\r\nExpect: 100-continue\r\n\r\n"
                ),
                Cancel
            );
        // No further than that: behind its answer the server closes, as a body is owed that it does not want.
        var (answer, piece) = ("", new byte[4096]);
        while (
            !answer.Contains("quota_exceeded", StringComparison.Ordinal)
            && await client.GetStream().ReadAsync(piece, Cancel) is var read and > 0
        )
            answer += System.Text.Encoding.ASCII.GetString(piece, 0, read);

        answer.ShouldStartWith("HTTP/1.1 409");
        answer.ShouldContain("/problems/quota_exceeded");
        // The upload that filled it can be asked for again all the same.
        (await Upload(admin, 1024 * 1024, "first"))
            .Header("Idempotency-Replayed")
            .ShouldBe("true");
    }

    [Fact]
    public async Task A_body_of_unknown_length_with_a_key_is_read_no_further_than_the_tenant_has_room()
    {
        await using var small = await cluster.Start(variables =>
            (variables["QUOTA_FREE_STORAGE_MB"], variables["QUOTA_PREMIUM_FILE_MB"]) = ("1", "50")
        );
        var (_, id, admin) = await small.NewTenant();
        using var content = new StreamContent(new MemoryStream(new byte[3 * 1024 * 1024]));
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(small.Url, "/api/v1/files/upload"))
        {
            Content = content,
            Headers = { TransferEncodingChunked = true },
        };
        request.Headers.Add("Authorization", $"Bearer {admin.Token}");
        request.Headers.Add("Idempotency-Key", "k");
        using var http = new HttpClient();

        using var answer = await http.SendAsync(request, Cancel);

        ((int)answer.StatusCode).ShouldBe(413);
        (await small.Ask<long>($"SELECT count(*) FROM files WHERE tenant_id = '{id}'")).ShouldBe(0);
    }

    [Fact]
    public async Task After_a_day_the_key_is_free_again_and_the_answer_is_swept()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var own = await cluster.Start(replace: services => services.AddSingleton<TimeProvider>(clock));
        var (slug, id, _) = await own.NewTenant();
        var visitor = own.At(slug);
        (await Post(visitor, "auth/password-reset-request", new { email = "x@example.com" }, "k")).Status.ShouldBe(202);

        clock.Advance(TimeSpan.FromHours(23));
        (await Post(visitor, "auth/password-reset-request", new { email = "y@example.com" }, "k")).ShouldBeProblem(
            422,
            "idempotency_key_reused"
        );
        clock.Advance(TimeSpan.FromHours(2));
        (await Post(visitor, "auth/password-reset-request", new { email = "y@example.com" }, "k"))
            .Header("Idempotency-Replayed")
            .ShouldBeNull();
        clock.Advance(TimeSpan.FromHours(25));
        await own.Services.GetRequiredService<Tenantry.Foundation.Data.Database.ExpiredRows>().DeleteSignIns(Cancel);

        (await own.Ask<long>($"SELECT count(*) FROM idempotency_keys WHERE tenant_id = '{id}'")).ShouldBe(0);
    }

    [Theory]
    [InlineData("""{"name":"\ud800"}""")]
    [InlineData("""{"\ud800":"R"}""")]
    [InlineData("""{"name":"R","name":"S"}""")]
    [InlineData("""{"name":"R"}{}""")]
    [InlineData("{\"name\":\"\u00ff\"}", true)]
    public async Task A_malformed_body_with_a_key_is_refused_like_one_without(string body, bool isLatin1 = false)
    {
        var (_, _, admin) = await service.NewTenant();
        using var content = new ByteArrayContent(
            (isLatin1 ? System.Text.Encoding.Latin1 : System.Text.Encoding.UTF8).GetBytes(body)
        )
        {
            Headers = { ContentType = new MediaTypeHeaderValue("application/json") },
        };

        (await admin.Send(HttpMethod.Post, "roles", content, ("Idempotency-Key", "malformed"))).ShouldBeProblem(
            400,
            "validation_failed"
        );
    }

    [Theory]
    [InlineData("")]
    [InlineData("with space")]
    [InlineData("tab\there")]
    public async Task A_key_that_is_none_is_refused(string key) =>
        (await Post(service.At(), "auth/password-reset-request", new { email = "x@example.com" }, key))
            .ShouldBeProblem(400, "validation_failed")
            .ShouldNameField("Idempotency-Key");

    [Fact]
    public async Task A_key_of_more_than_255_characters_is_refused() =>
        (
            await Post(
                service.At(),
                "auth/password-reset-request",
                new { email = "x@example.com" },
                new string('k', 256)
            )
        ).ShouldBeProblem(400, "validation_failed");

    [Fact]
    public async Task Neither_a_password_nor_what_is_shown_once_lies_in_what_is_remembered()
    {
        var (slug, id, _) = await service.NewTenant();
        const string password = "a very particular password";
        (
            await Post(
                service.At(slug),
                "auth/register",
                new
                {
                    email = $"p@{slug}.example",
                    password,
                    first_name = "Ada",
                },
                "k"
            )
        ).Status.ShouldBe(201);

        var row = await service.Ask<string>(
            $"SELECT k::text || encode(k.body, 'escape') FROM idempotency_keys k WHERE tenant_id = '{id}'"
        );

        row.ShouldNotBeNull().ShouldNotContain(password);
        row.ShouldNotContain($"p@{slug}.example"); // which is in the answer, as the link to a shared file would be
    }

    [Fact]
    public async Task A_process_that_dies_between_effect_and_answer_leaves_one_effect_and_the_retry_finds_it()
    {
        var (slug, id, admin) = await service.NewTenant();
        var email = $"ada@{slug}.example";
        var variables = cluster.Variables(service.Database);
        await using var doomed = await ServingProcess.Begin(variables);
        // Between client and service: as soon as the answer begins to come, the service dies, and the client hears
        // nothing.
        using var between = new Between(doomed);
        using var http = new HttpClient { BaseAddress = between.Url };

        await Should.ThrowAsync<HttpRequestException>(() =>
            http.SendAsync(Invitation(slug, admin.Token, email), Cancel)
        );

        between.HasHeardAnswer.ShouldBeTrue();
        (
            await service.Ask<long>($"SELECT count(*) FROM users WHERE tenant_id = '{id}' AND email = '{email}'")
        ).ShouldBe(1);
        var retry = await Post(admin, "users", new { email }, "the-key");
        (retry.Status, retry.Header("Idempotency-Replayed")).ShouldBe((201, "true"));
        (
            await service.Ask<long>(
                $"SELECT count(*) FROM notification_logs WHERE tenant_id = '{id}' AND recipient = '{email}'"
            )
        ).ShouldBe(1);
    }

    [Fact]
    public async Task A_process_that_dies_before_the_effect_is_whole_leaves_nothing_and_the_retry_does_it()
    {
        await using var own = await cluster.Start();
        var (slug, id, admin) = await own.NewTenant();
        var email = $"ada@{slug}.example";
        await own.Sql(
            "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(60); RETURN NEW; END $$; CREATE TRIGGER slow BEFORE INSERT ON idempotency_keys FOR EACH ROW EXECUTE FUNCTION slow()"
        );
        await using var doomed = await ServingProcess.Begin(cluster.Variables(own.Database));
        using var http = Conformance.Client(doomed.Url);

        var asking = http.SendAsync(Invitation(slug, admin.Token, email), Cancel);
        await Eventually.Is(async () =>
            await own.Ask<bool>(
                "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep')"
            )
        );
        await doomed.Kill();
        await Should.ThrowAsync<HttpRequestException>(() => asking);
        await own.Sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'"
        );
        await own.Sql("DROP TRIGGER slow ON idempotency_keys");

        (await own.Ask<long>($"SELECT count(*) FROM users WHERE tenant_id = '{id}' AND email = '{email}'")).ShouldBe(0);
        var retry = await Post(admin, "users", new { email }, "the-key");
        (retry.Status, retry.Header("Idempotency-Replayed")).ShouldBe((201, null));
    }

    private static HttpRequestMessage Invitation(string slug, string token, string email)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/users")
        {
            Content = JsonContent.Create(new { email }),
        };
        request.Headers.Add("X-Tenant", slug);
        request.Headers.Add("Idempotency-Key", "the-key");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return request;
    }

    private static async Task<Answer> Upload(Visitor visitor, int size, string key)
    {
        using var bytes = new ByteArrayContent(new byte[size])
        {
            Headers = { ContentType = new MediaTypeHeaderValue("application/octet-stream") },
        };
        return await visitor.Send(HttpMethod.Post, "files/upload", bytes, ("Idempotency-Key", key));
    }

    private static Task<Answer> Post(Visitor visitor, string path, object body, string key) =>
        visitor.Send(HttpMethod.Post, path, JsonContent.Create(body), ("Idempotency-Key", key));

    /// <summary>Hands one request on, kills the service when its answer begins, and hangs up.</summary>
    private sealed class Between : IDisposable
    {
        private readonly TcpListener listener = new(IPAddress.Loopback, 0);

        public Between(ServingProcess service)
        {
            listener.Start();
            Url = new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");
            _ = Task.Run(async () =>
            {
                using var client = await listener.AcceptTcpClientAsync();
                using var server = new TcpClient();
                await server.ConnectAsync(service.Url.Host, service.Url.Port);
                var handing = client.GetStream().CopyToAsync(server.GetStream());
                HasHeardAnswer = await server.GetStream().ReadAsync(new byte[1]) == 1;
                await service.Kill();
                client.Close();
                await Task.WhenAny(handing);
            });
        }

        public Uri Url { get; }

        public bool HasHeardAnswer { get; private set; }

        public void Dispose() => listener.Dispose();
    }
}
