using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using Tenantry.Foundation.Data.Database;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Rules;

/// <summary>
/// Every operation of the document, as nobody, as a user, as a tenant's Admin and as the platform's, with one hostile
/// value in a request that is good otherwise. Nothing fails, nothing hangs, every answer is as documented and tells
/// nothing of the inside.
/// </summary>
public sealed class FuzzTests(Cluster cluster, ITestOutputHelper output)
{
    private const int Least = 20_000;
    private const int AtOnce = 12;

    /// <summary>
    /// In bytes: what the second half of the requests may take more than the first, whose peak holds all that is loaded
    /// and compiled once.
    /// </summary>
    private const long MostGrowth = 64L * 1024 * 1024;

    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(1);

    /// <summary>What only the inside knows.</summary>
    private static readonly string[] Inside =
    [
        "Exception",
        "Npgsql",
        "Microsoft.",
        "System.",
        "SqlState",
        "   at ",
        "SELECT ",
        "tenantry_",
        .. Environment.MachineName.Length > 5 ? [Environment.MachineName] : Array.Empty<string>(),
    ];

    [Fact]
    public async Task Hostile_values_everywhere_fail_nothing_hang_nothing_and_are_answered_as_documented()
    {
        // FUZZ_SEED sends others, and FUZZ_TIMES as many times as many.
        var (seed, times) = (Number("FUZZ_SEED", 20261124), Number("FUZZ_TIMES", 1));
        await using var service = await cluster.Start(variables => variables["LOG_LEVEL"] = "Error"); // which says of a failure what it was
        var (callers, things) = await Footing(service);
        // Those who send get a process of its own: its memory is not that of the other tests.
        var variables = cluster.Variables(service.Database);
        variables["LOG_LEVEL"] = "Error";
        variables["DATABASE_URL"] = Cluster.ManyConnections(variables["DATABASE_URL"]); // readiness waits for one, too
        await using var process = await ServingProcess.Begin(variables);
        var requests = Chosen(
            new FuzzRequests((await service.At().Get("/api-docs/openapi.json")).Json, things),
            callers,
            times,
            new Random(seed)
        );
        using var http = new HttpClient(
            new Conformance(
                new SocketsHttpHandler
                {
                    AllowAutoRedirect = false,
                    UseCookies = false,
                    MaxConnectionsPerServer = AtOnce,
                    Expect100ContinueTimeout = Deadline,
                    RequestHeaderEncodingSelector = static (name, _) =>
                        name == "Accept-Language" ? Encoding.Latin1 : Encoding.UTF8,
                }
            )
        );
        var faults = new ConcurrentQueue<string>();
        var statuses = new ConcurrentDictionary<int, int>();
        var watch = Stopwatch.StartNew();
        using var over = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var (slug, _, quiet) = await service.NewTenant();
        using var beside = new HttpClient { BaseAddress = process.Url };
        var working = Work(new Visitor(beside, slug, quiet.Token), faults, over.Token);
        var dribbling = Dribble(
            service,
            process.Url,
            (await service.NewTenant()).Slug,
            faults,
            new Random(seed),
            over.Token
        );

        // Those that take things away come when the others have been there.
        var parts = requests
            .GroupBy(one => one.Request.Operation.StartsWith("DELETE", StringComparison.Ordinal))
            .OrderBy(part => part.Key)
            .Select(part => part.ToArray())
            .ToList();
        var half = parts[0].Length / 2;
        List<(FuzzRequest Request, Caller Caller)[]> waves = [parts[0][..half], parts[0][half..], .. parts.Skip(1)];
        var first = 0L;
        foreach (var part in waves)
        {
            await Parallel.ForEachAsync(
                part,
                new ParallelOptions
                {
                    MaxDegreeOfParallelism = AtOnce,
                    CancellationToken = TestContext.Current.CancellationToken,
                },
                async (one, cancel) =>
                {
                    var (fault, status) = await Try(http, process.Url, one.Request, one.Caller, cancel);
                    statuses.AddOrUpdate(status, 1, (_, count) => count + 1);
                    if (fault is not null)
                        faults.Enqueue($"{one.Request} as {one.Caller.Name}: {fault}");
                }
            );
            if (first == 0)
            {
                first = process.Peak;
                process.ForgetPeak();
            }
        }
        var second = process.Peak;
        await over.CancelAsync();
        var (worked, dribbled) = (await working, await dribbling);

        output.WriteLine(
            $"At most {first / 1024 / 1024} MiB in the first half, {second / 1024 / 1024} MiB later; {worked} requests of the other tenant, {dribbled} with a body that came after its caller was revoked"
        );
        output.WriteLine(
            $"{requests.Count} requests in {watch.Elapsed.TotalSeconds:0.0} s: {string.Join(", ", statuses.OrderBy(pair => pair.Key).Select(pair => $"{pair.Value} x {pair.Key}"))}"
        );
        foreach (var group in faults.GroupBy(fault => fault.Split(" = ")[0]).OrderByDescending(group => group.Count()))
            output.WriteLine(
                $"{group.Count()} x {(group.First().Length > 600 ? group.First()[..600] : group.First())}"
            );
        faults.ShouldBeEmpty($"FUZZ_SEED={seed} sends the same again.");
        requests.Count.ShouldBeGreaterThanOrEqualTo(Least);
        (second - first).ShouldBeLessThanOrEqualTo(MostGrowth, "in bytes, of memory");
        worked.ShouldBeGreaterThan(20);
        dribbled.ShouldBeGreaterThan(20);
        // Otherwise it would only have knocked at the door.
        statuses
            .Where(pair => pair.Key is >= 200 and < 300)
            .Sum(pair => pair.Value)
            .ShouldBeGreaterThan(requests.Count / 10);

        (await service.NewTenant()).Admin.Token.ShouldNotBeEmpty();
        (
            await service.Services.GetRequiredService<IsolationCheck>().Findings(TestContext.Current.CancellationToken)
        ).ShouldBeEmpty();
    }

    /// <summary>
    /// Another tenant, which means well, while the others send what they send: nothing of it may fail.
    /// </summary>
    /// <returns>how many requests it made</returns>
    private static async Task<int> Work(Visitor quiet, ConcurrentQueue<string> faults, CancellationToken over)
    {
        var made = 0;
        while (!over.IsCancellationRequested)
        {
            foreach (
                var path in new[]
                {
                    "auth/me",
                    "users?q=a",
                    "roles",
                    "files?name=a",
                    "notifications/history",
                    "audit-events?limit=5",
                }
            )
            {
                try
                {
                    var answer = await quiet.Get(path);
                    if (answer.Status != 200)
                        faults.Enqueue($"The other tenant, GET {path} = {answer.Status}: {answer.Text}");
                }
                catch (HttpRequestException broken)
                {
                    faults.Enqueue($"The other tenant, GET {path} = {broken.Message}");
                }
                made++;
            }
            await Task.Yield();
        }
        return made;
    }

    /// <summary>
    /// Bodies of which a part comes at once and the rest when the caller's session has ended: nothing may be made of
    /// them.
    /// </summary>
    /// <returns>how many</returns>
    private static async Task<int> Dribble(
        Service service,
        Uri url,
        string slug,
        ConcurrentQueue<string> faults,
        Random random,
        CancellationToken over
    )
    {
        (string Path, string Body)[] changes =
        [
            ("roles", """{"name":"Dribbled NUMBER","permissions":["users:read"]}"""),
            ("users", """{"email":"dribbled-NUMBER@example.com","role":"Admin"}"""),
            (
                "notifications/email",
                """{"recipient":"dribbled-NUMBER@example.com","subject":"Dribbled NUMBER","body":"Hello"}"""
            ),
            ("files/upload", "Dribbled NUMBER"),
        ];
        var made = 0;
        // One more of each whose caller stays: it is to succeed, or the others would show nothing.
        for (var number = 0; number < changes.Length || !over.IsCancellationRequested; number++)
        {
            var (path, text) = changes[number % changes.Length];
            var (stays, body) = (
                number < changes.Length,
                Encoding.UTF8.GetBytes(text.Replace("NUMBER", $"{number}", StringComparison.Ordinal))
            );
            var caller = await service.At(slug).SignIn($"admin@{slug}.example");
            var early = random.Next(0, body.Length);
            using var client = new System.Net.Sockets.TcpClient();
            await client.ConnectAsync(url.Host, url.Port, TestContext.Current.CancellationToken);
            await using var wire = client.GetStream();
            await wire.WriteAsync(
                Encoding.ASCII.GetBytes(
                    $"POST /api/v1/{path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer {caller.Token}\r\nContent-Type: {(path == "files/upload" ? "text/plain" : "application/json")}\r\nContent-Length: {body.Length}\r\n\r\n"
                ),
                TestContext.Current.CancellationToken
            );
            await wire.WriteAsync(body.AsMemory(0, early), TestContext.Current.CancellationToken);
            if (!stays)
                (await caller.Post("auth/logout")).Status.ShouldBe(204);
            await wire.WriteAsync(body.AsMemory(early), TestContext.Current.CancellationToken);
            using var reader = new StreamReader(wire);
            var answer = await reader.ReadLineAsync(TestContext.Current.CancellationToken) ?? "no answer";
            if (!answer.StartsWith(stays ? "HTTP/1.1 20" : "HTTP/1.1 401", StringComparison.Ordinal))
                faults.Enqueue(
                    $"POST {path}, dribbled {early} bytes before {(stays ? "the rest" : "its caller signed out")} = {answer}"
                );
            made += stays ? 0 : 1;
        }
        if (
            await service.Ask<long>(
                $"SELECT (SELECT count(*) FROM roles WHERE name LIKE 'Dribbled%') + (SELECT count(*) FROM users WHERE email LIKE 'dribbled%') + (SELECT count(*) FROM notification_logs WHERE subject LIKE 'Dribbled%')"
            ) != 3
        )
            faults.Enqueue("Something was made of a body whose caller had signed out.");
        return made;
    }

    private static async Task<(string? Fault, int Status)> Try(
        HttpClient http,
        Uri url,
        FuzzRequest one,
        Caller caller,
        CancellationToken cancel,
        bool isAgain = false
    )
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        deadline.CancelAfter(Deadline);
        try
        {
            using var request = one.Make(url);
            if (request.Headers.Contains("X-Tenant") is false)
                request.Headers.Add("X-Tenant", caller.Tenant);
            // Not the address that the test itself comes from: too many sign-ins fail here.
            if (request.Headers.Contains("X-Forwarded-For") is false)
                request.Headers.Add("X-Forwarded-For", "203.0.113.66");
            if (caller.Token is { } token && !request.Headers.Contains("Authorization"))
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            using var response = await http.SendAsync(request, deadline.Token);
            var (text, status) = (await response.Content.ReadAsStringAsync(deadline.Token), (int)response.StatusCode);
            if (status == 401 && caller.Token is { } used && text.Contains("token_", StringComparison.Ordinal))
                await caller.ComeAgain(used);
            var isOverloaded = status == 503 && text.Contains("\"overloaded\"", StringComparison.Ordinal);
            return (
                status >= 500 && !isOverloaded ? $"{status} {text}"
                : one.Operation != "GET /metrics" && Told(text) is { } word ? $"{status} tells of '{word}': {text}"
                : null,
                status
            );
        }
        catch (NotAsDocumentedException different)
        {
            return (different.Message, 0);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return ($"no answer in {Deadline.TotalSeconds} s", 0);
        }
        catch (HttpRequestException broken)
        {
            // The server closes the connection after what is no HTTP, and the client may have taken it up again: the
            // next is one of its own.
            return isAgain ? (broken.ToString(), 0) : await Try(http, url, one, caller, cancel, isAgain: true);
        }
    }

    private static int Number(string variable, int otherwise) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } given
            ? int.Parse(given, CultureInfo.InvariantCulture)
            : otherwise;

    private static string? Told(string text) =>
        Inside.FirstOrDefault(word => text.Contains(word, StringComparison.Ordinal));

    private static List<(FuzzRequest Request, Caller Caller)> Chosen(
        FuzzRequests all,
        Callers callers,
        int times,
        Random random
    )
    {
        var chosen = new List<(FuzzRequest, Caller)>();
        foreach (var (operation, needsToken) in all.Operations())
        {
            var (own, common) = (all.Own(operation), all.Common(operation));
            foreach (var (caller, once) in callers.Of(operation, needsToken))
            {
                var share = once * times;
                var mine = own.Count == 0 ? 0 : share * 4 / 5;
                chosen.AddRange(
                    Some(own, mine).Concat(Some(common, share - mine)).Select(request => (request, caller))
                );
            }
        }
        var order = chosen.ToArray();
        random.Shuffle(order);
        return [.. order];

        // Each once before any comes twice.
        IEnumerable<FuzzRequest> Some(List<FuzzRequest> from, int count)
        {
            var shuffled = from.ToArray();
            random.Shuffle(shuffled);
            return Enumerable.Range(0, count).Select(number => shuffled[number % shuffled.Length]);
        }
    }

    /// <summary>Who asks, and one of each thing that an operation can be about.</summary>
    private static async Task<(Callers Callers, Dictionary<string, string> Things)> Footing(Service service)
    {
        var (slug, tenant, admin) = await service.NewTenant();
        var id = tenant.ToString();
        var platform = await service.Platform();
        (await platform.Put($"tenants/{tenant}", new { name = slug, subscription_tier = "premium" })).Status.ShouldBe(
            200
        ); // whose quotas are no obstacle
        var (victim, _, _) = await service.Joined(admin, slug, "User");
        var (_, other, _) = await service.NewTenant();
        var role = await Made(admin.Post("roles", new { name = "Fuzzed", permissions = new[] { "users:read" } }));
        var template = await Made(
            admin.Post(
                "notifications/templates",
                new
                {
                    name = "order_sent",
                    type = "email",
                    locale = "en",
                    subject = "Order {{ order }}",
                    body = "{{ order }}",
                    variables = new[]
                    {
                        new
                        {
                            name = "order",
                            type = "any",
                            required = false,
                        },
                    },
                }
            )
        );
        var message = await Made(
            admin.Post(
                "notifications/email",
                new
                {
                    recipient = "ada@example.com",
                    subject = "Hello",
                    body = "Hello",
                }
            )
        );
        var suppression = await Made(
            admin.Post("notifications/suppressions", new { channel = "email", recipient = "gone@example.com" })
        );
        using var bytes = new ByteArrayContent("Hello"u8.ToArray());
        bytes.Headers.ContentType = new MediaTypeHeaderValue("text/plain");
        var file = await Made(admin.Send(HttpMethod.Post, "files/upload", bytes));
        var link = await admin.Post($"files/{file}/links", new { });
        var upload = await Made(
            admin.Post(
                "files/uploads",
                new
                {
                    file_name = "a.txt",
                    file_size = 5,
                    sha256 = new string('a', 64),
                }
            )
        );
        var member = await service.At(slug).NewUser();
        var signedIn = await service
            .At(slug)
            .Post(
                "auth/login",
                new { email = (await member.Get("auth/me")).Text("email"), password = Service.Password }
            );
        (await admin.Post("users", new { email = $"mutated@{slug}.example", role = "User" })).Status.ShouldBe(201);
        var download = (
            await admin.Post(
                "files/uploads",
                new
                {
                    file_name = "b.txt",
                    file_size = 5,
                    sha256 = new string('b', 64),
                }
            )
        ).Json["requests"]![0]!.Text("url");
        var device = await Made(member.Post("notifications/devices", new { token = "a-device" }));
        var things = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["/api/v1/tenants/{id} id"] = $"{other}",
            ["/api/v1/tenants/{id}/restore id"] = $"{other}",
            ["/api/v1/tenants/{id}/usage id"] = id,
            ["/api/v1/tenants/{id}/domain-proof id"] = id,
            ["/api/v1/tenants/{id}/verify-domain id"] = id,
            ["/api/v1/notifications/{id} id"] = message,
            ["/api/v1/notifications/{id}/retry id"] = message,
            ["/api/v1/notifications/{id}/cancel id"] = message,
            ["/api/v1/notifications/suppressions/{id} id"] = suppression,
            ["/api/v1/notifications/devices/{id} id"] = device,
            ["/api/v1/files/links/{id} id"] = link.Text("id"),
            ["/api/v1/files/uploads/{id} id"] = upload,
            ["/api/v1/files/uploads/{id}/complete id"] = upload,
            ["/api/v1/files/shared query"] = link.Text("url").Split('?')[1],
            ["/api/v1/audit-events/export query"] = "from=2999-01-01T00:00:00Z",
            ["/api/v1/access/explain query"] = $"user_id={victim}&permission=users:read",
            ["valid refresh_token"] = signedIn.Text("refresh_token"),
            ["valid device_token"] =
                signedIn.Json["device_token"]?.GetValue<string>() ?? signedIn.Text("refresh_token"),
            ["valid access_token"] = signedIn.Text("access_token"),
            ["valid token"] = await service.MailedToken($"mutated@{slug}.example"),
            ["valid link"] = link.Text("url").Split("token=")[1],
            ["valid unsubscribe"] = service
                .Services.GetRequiredService<Tenantry.Features.Notifications.Suppressions.UnsubscribeLink>()
                .Create(tenant, Tenantry.Foundation.Messaging.Templates.Channel.Email, "reader@example.com")
                .Split("token=")[1],
            ["valid cursor"] = (await admin.Get("roles?limit=1")).Text("next_cursor"),
            ["valid signature"] = download.Split("signature=")[1],
            ["roleId"] = role,
            ["permissionId"] = "users:read",
            ["revision"] = "1",
            ["code"] = "not_found",
            ["tenant"] = id,
            ["nothing"] = "nothing",
            ["body email"] = "\"fuzz{new}@example.com\"",
            ["body role_id"] = $"\"{role}\"",
            ["body parent_id"] = "null",
            ["body slug"] = "\"fuzz-{new}\"",
            ["body custom_domain"] = "null",
            ["body registration"] = "null",
            ["body verification_required"] = "null",
            ["/api/v1/tenants admin"] = "{\"email\":\"fuzz{new}@example.com\",\"first_name\":\"Grace\"}",
            ["/api/v1/tenants/{id} slug"] = "null",
            ["/api/v1/auth/login email"] = "\"nobody@example.com\"",
            ["/api/v1/roles name"] = "\"Role {new}\"",
            ["/api/v1/roles/{id} name"] = "\"Fuzzed {new}\"",
            ["/api/v1/roles/{id} permissions"] = "[\"users:read\"]",
            ["/api/v1/notifications/templates name"] = "\"order_{new}\"",
            ["/api/v1/users role"] = "\"User\"",
            ["/api/v1/files/uploads file_name"] = "\"a.txt\"",
            ["/api/v1/notifications/sms recipient"] = "\"+41791234567\"",
        };
        foreach (
            var path in new[]
            {
                "",
                "/deactivate",
                "/activate",
                "/roles",
                "/roles/{roleId}",
                "/sessions",
                "/invitation",
            }
        )
            things[$"/api/v1/users/{{id}}{path} id"] = $"{victim}";
        foreach (var path in new[] { "", "/permissions", "/permissions/{permissionId}", "/preview" })
            things[$"/api/v1/roles/{{id}}{path} id"] = role;
        foreach (var path in new[] { "", "/preview", "/versions", "/versions/{revision}/restore" })
            things[$"/api/v1/notifications/templates/{{id}}{path} id"] = template;
        foreach (var path in new[] { "", "/download", "/scan", "/links" })
            things[$"/api/v1/files/{{id}}{path} id"] = file;

        return (
            new Callers(
                new Caller("nobody", id, null, null),
                new Caller("a user", id, member.Token, async () => (await service.At(id).NewUser()).Token),
                new Caller("an Admin", id, admin.Token, null),
                new Caller("the platform", "platform", platform.Token, null)
            ),
            things
        );

        static async Task<string> Made(Task<Answer> asked)
        {
            var answer = await asked;
            answer.Status.ShouldBeInRange(200, 299, answer.Text);
            return answer.Text("id");
        }
    }

    /// <summary>Somebody who asks. Where their session may end by what they ask, there is a way to another.</summary>
    private sealed class Caller(string name, string tenant, string? token, Func<Task<string>>? another)
    {
        private readonly Lock gate = new();
        private Task coming = Task.CompletedTask;

        public string Name => name;
        public string Tenant => tenant;
        public string? Token { get; private set; } = token;

        public Task ComeAgain(string used)
        {
            lock (gate)
            {
                if (another is not null && Token == used && coming.IsCompleted)
                    coming = Come(another);
                return coming;
            }
        }

        private async Task Come(Func<Task<string>> by) => Token = await by();
    }

    private sealed record Callers(Caller Nobody, Caller User, Caller Admin, Caller Platform)
    {
        /// <summary>What a password is hashed for, or what answers with much, is asked less often.</summary>
        private static readonly string[] Dear =
        [
            "/auth/login",
            "/auth/register",
            "/auth/password-change",
            "POST /api/v1/tenants",
            "DELETE /api/v1/auth/me",
            "/auth/me/export",
            "/audit-events/export",
            "/files/shared",
            "/dev/mailbox",
        ];

        public IEnumerable<(Caller Caller, int Share)> Of(string operation, bool needsToken)
        {
            var scale = Dear.Any(dear => operation.EndsWith(dear, StringComparison.Ordinal)) ? 0.3 : 1;
            // What ends a session, or a user, is not for those who are needed still.
            var isOfOneself = operation.Contains("/api/v1/auth/", StringComparison.Ordinal);
            yield return (Nobody, (int)((needsToken ? 14 : 100) * scale));
            yield return (User, (int)((isOfOneself ? 110 : 30) * scale));
            if (isOfOneself)
                yield break;
            yield return (Admin, (int)(100 * scale));
            yield return (Platform, (int)(40 * scale));
        }
    }
}
