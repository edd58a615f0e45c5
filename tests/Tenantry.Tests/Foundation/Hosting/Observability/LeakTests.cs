using System.Buffers;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Foundation.Hosting.Observability;

/// <summary>
/// Secrets and addresses are put into whatever the service takes, while one part of it after the other is away, at the
/// lowest level of the log; then the whole log is looked through for them.
/// </summary>
public sealed class LeakTests(Cluster cluster)
{
    private const string Password = "Pl4nted-Pa55word",
        Word = "pl4ntedsecretvalue",
        Mail = "planted.person@planted-domain.example",
        Number = "+41791234567";
    private const string Jwt = "eyJhbGciOiJFUzI1NiJ9.eyJwbGFudGVkIjoxfQ.UExBTlRFRFBMQU5URUQ";
    private const string Lowest = "Trace,Microsoft=Debug,Npgsql=Debug,System.Net.Http=Debug";

    private static readonly string Token = $"tnr_{new string('P', 22)}lanted{new string('Q', 30)}";
    private static readonly string[] Planted =
    [
        Password,
        Word,
        Mail,
        "planted.person",
        "planted-domain",
        Number,
        Number[1..],
        Token,
        Jwt,
        "UExBTlRFRFBMQU5URUQ",
        Service.Password,
        "a secret for tests",
    ];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("""{"message":"to +41791234567"}""")]
    [InlineData("""{"message":"to \u002B41791234567"}""")]
    [InlineData("""{"message":"to %2B41791234567"}""")]
    [InlineData("""{"message":"to 0041791234567"}""")]
    [InlineData("""{"exception":"{\u0022recipient\u0022:\u0022planted.person\\u0040planted-domain.example\u0022}"}""")]
    [InlineData("""{"list":[{"deep":"planted.person%40planted-domain.example"}]}""")]
    [InlineData("""{"planted.person@planted-domain.example":1}""")]
    [InlineData("""{"message":"PLANTED.PERSON"}""")]
    [InlineData("no JSON: Pl4nted-Pa55word")]
    public void The_search_finds_what_is_there_however_it_is_written(string line) =>
        Leaks($"{{}}\n{line}\n", Planted).ShouldNotBeEmpty();

    [Fact]
    public async Task Nothing_gets_into_the_log_whatever_is_asked_while_files_mails_and_the_database_break()
    {
        var (database, slug, tenant, token) = await Furnished();
        var closed = $"http://127.0.0.1:{FreePort.Find()}";
        await using var process = await WatchedProcess.Begin(
            cluster,
            database,
            ("LOG_LEVEL", Lowest),
            ("NOTIFICATION_ATTEMPTS", "1"),
            ("EMAIL_TRANSPORT", "smtp"),
            ("SMTP_URL", $"smtp://user:{Password}@127.0.0.1:{FreePort.Find()}?tls=off"),
            ("CLAMD_URL", $"tcp://127.0.0.1:{FreePort.Find()}"),
            ("SMS_TRANSPORT", "sns"),
            ("AWS_REGION", "eu-central-1"),
            ("SNS_ENDPOINT_URL", closed),
            ("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"),
            ("AWS_SECRET_ACCESS_KEY", Password)
        );
        var caller = await Caller.Of(process, slug, token);

        await caller.AskForEverything([Mail, Password, Token, Jwt, Number]);
        (await caller.Do()).ShouldBe("401 202 201 202 202 201");
        foreach (var number in new[] { 4103, 1110 })
            (await process.Line(number)).Text("tenant_id").ShouldBe($"{tenant}");

        // A table that nearly every change needs, and a column.
        await OfTheDatabase(
            "ALTER TABLE audit_events RENAME TO audit_events_away; ALTER TABLE users RENAME COLUMN phone TO phone_away"
        );
        await caller.AskForEverything([Mail, Password, Token, Jwt, Number]);
        await caller.Do();
        await process.Line(1001);
        await OfTheDatabase(
            "ALTER TABLE audit_events_away RENAME TO audit_events; ALTER TABLE users RENAME COLUMN phone_away TO phone"
        );

        // Connections that end in the midst of something, and then none at all.
        using (var cutting = CancellationTokenSource.CreateLinkedTokenSource(Cancel))
        {
            var cut = Cut(cutting.Token);
            await caller.AskForEverything([Mail]);
            await caller.Do();
            await cutting.CancelAsync();
            await cut;
        }
        await Cluster.Execute(cluster.Admin, $"ALTER DATABASE {database} CONNECTION LIMIT 0");
        await Ended();
        await caller.AskForEverything([Number]);
        await caller.Do();
        await process.Line(1002);

        Hold(process, caller, token);

        Task OfTheDatabase(string sql) => Cluster.Execute(cluster.AdminOf(database), sql);

        Task Ended() =>
            Cluster.Execute(
                cluster.Admin,
                $"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database}'"
            );

        async Task Cut(CancellationToken stop)
        {
            for (; !stop.IsCancellationRequested; await Task.Delay(20, CancellationToken.None))
                await Ended();
        }
    }

    [Fact]
    public async Task Nothing_gets_into_the_log_whatever_is_asked_while_Redis_the_bucket_and_Amazon_are_away()
    {
        var (database, slug, tenant, token) = await Furnished();
        var closed = $"http://127.0.0.1:{FreePort.Find()}";
        await using var process = await WatchedProcess.Begin(
            cluster,
            database,
            ("LOG_LEVEL", Lowest),
            ("NOTIFICATION_ATTEMPTS", "1"),
            ("REDIS_URL", $"redis://:{Password}@127.0.0.1:{FreePort.Find()}/0"),
            ("RATE_LIMIT_FREE_PER_MINUTE", "1000000"),
            ("RATE_LIMIT_STANDARD_PER_MINUTE", "1000000"),
            ("S3_BUCKET_NAME", "planted"),
            ("S3_ENDPOINT_URL", closed),
            ("S3_TIMEOUT_SECONDS", "1"),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", closed),
            ("OTEL_EXPORTER_OTLP_HEADERS", $"api-key={Password}"),
            ("EMAIL_TRANSPORT", "ses"),
            ("FROM_EMAIL", "no-reply@example.com"),
            ("SES_ENDPOINT_URL", closed),
            ("SMS_TRANSPORT", "sns"),
            ("SNS_ENDPOINT_URL", closed),
            ("AWS_REGION", "eu-central-1"),
            ("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"),
            ("AWS_SECRET_ACCESS_KEY", Password)
        );
        var caller = await Caller.Of(process, slug, token);

        await caller.AskForEverything([Mail, Number]);
        (await caller.Do()).ShouldBe("401 202 201 202 202 503");
        foreach (var number in new[] { 1401, 5001 })
            await process.Line(number);
        foreach (var transport in new[] { "ses", "sns" })
            (await process.Line(one => one.Number("event") == 4103 && one.Text("transport") == transport))
                .Text("tenant_id")
                .ShouldBe($"{tenant}");

        Hold(process, caller, token);
    }

    /// <summary>By a service that is gone again: what is to be done, the process does.</summary>
    private async Task<(string Database, string Slug, Guid Tenant, string Token)> Furnished()
    {
        await using var own = await cluster.Start();
        var (slug, tenant, admin) = await own.NewTenant();
        await own.Settled();
        return (own.Database, slug, tenant, admin.Token);
    }

    private static void Hold(WatchedProcess process, Caller caller, string token)
    {
        var log = process.Text;
        log.Split('\n').Length.ShouldBeGreaterThan(caller.Asked);
        // That the log is searched: what has to be there is found in it.
        Leaks(log, ["/api/v1/auth/login"]).ShouldNotBeEmpty();
        Leaks(log, [.. Planted, token])
            .DistinctBy(leak => leak.Split("category")[^1].Split(',')[0])
            .Take(20)
            .ShouldBeEmpty();
    }

    /// <summary>
    /// Lines in which one of them stands: as it is, within JSON and JSON within that, or percent-encoded.
    /// </summary>
    private static IEnumerable<string> Leaks(string log, string[] planted)
    {
        // All at once: a log of the lowest level is long.
        var any = SearchValues.Create(planted, StringComparison.OrdinalIgnoreCase);
        foreach (var line in log.Split('\n'))
        {
            var text = new StringBuilder(line);
            Decode(line, text);
            text.Append('\n').Append(Uri.UnescapeDataString(text.ToString()));
            var all = text.ToString();
            if (all.AsSpan().IndexOfAny(any) is var at and >= 0)
                yield return $"{all[at..Math.Min(at + 20, all.Length)]}: {(line.Length > 700 ? line[..700] : line)}";
        }
    }

    private static void Decode(string text, StringBuilder into)
    {
        if (text is not ['{' or '[', ..])
            return;
        try
        {
            using var json = JsonDocument.Parse(text);
            Decode(json.RootElement, into);
        }
        catch (JsonException)
        {
            // A text that begins like one.
        }
    }

    private static void Decode(JsonElement element, StringBuilder into)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var member in element.EnumerateObject())
                {
                    into.Append('\n').Append(member.Name);
                    Decode(member.Value, into);
                }
                break;
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray())
                    Decode(item, into);
                break;
            case JsonValueKind.String:
                into.Append('\n').Append(element.GetString());
                Decode(element.GetString()!, into);
                break;
        }
    }

    /// <summary>Somebody who writes secrets where they do not belong, and where they do.</summary>
    private sealed class Caller(HttpClient http, JsonNode document, string slug, string token)
    {
        public int Asked { get; private set; }

        public static async Task<Caller> Of(WatchedProcess process, string slug, string token)
        {
            var http = Conformance.Client(process.Url);
            return new Caller(
                http,
                JsonNode.Parse(await http.GetStringAsync("/api-docs/openapi.json", Cancel))!,
                slug,
                token
            );
        }

        /// <summary>Every operation gets the value in every member, every parameter and every header.</summary>
        public async Task AskForEverything(string[] values)
        {
            var before = Asked;
            foreach (var (path, operations) in document["paths"]!.AsObject())
            {
                foreach (var (method, operation) in operations!.AsObject())
                {
                    foreach (var value in values)
                    {
                        // What ends the session would end the test: whoever is not signed in gets no further than the
                        // door.
                        var ends =
                            path.EndsWith("/logout", StringComparison.Ordinal)
                            || (method == "delete" && path.Contains("/auth/", StringComparison.Ordinal));
                        foreach (var bearer in ends ? [Jwt] : new[] { token, Jwt })
                            await Ask(path, method, operation!, value, bearer);
                    }
                }
            }
            (Asked - before).ShouldBeGreaterThan(100 * values.Length);
        }

        /// <summary>What people do, with success where nothing is away.</summary>
        /// <returns>the statuses</returns>
        public async Task<string> Do()
        {
            var admin = new Visitor(http, slug, token);
            await admin.Put(
                "notifications/settings",
                new
                {
                    locale = "en",
                    redact_bodies = false,
                    default_region = "CH",
                    sms_countries = new[] { "CH" },
                    sms_per_number_per_day = 100,
                    sms_per_country_per_day = 100,
                    sms_per_day = 100,
                }
            );
            var form = new MultipartFormDataContent
            {
                { new StringContent(Word), "tags" },
                { new StringContent(Password), "file", $"{Word}.txt" },
            };
            Answer[] answers =
            [
                await admin.Post("auth/login", new { email = Mail, password = Password }),
                await admin.Post("auth/password-reset-request", new { email = Mail }),
                await admin.Post(
                    "users",
                    new
                    {
                        email = $"{Asked}{Mail}",
                        first_name = Word,
                        phone = Number,
                    }
                ),
                await admin.Post(
                    "notifications/email",
                    new
                    {
                        recipient = Mail,
                        subject = Word,
                        body = Password,
                    }
                ),
                await admin.Post("notifications/sms", new { recipient = Number, body = Word }),
                await admin.Send(HttpMethod.Post, "files/upload", form),
            ];
            return string.Join(' ', answers.Select(answer => answer.Status is 400 ? answer.Text : $"{answer.Status}"));
        }

        private async Task Ask(string path, string method, JsonNode operation, string value, string bearer)
        {
            var parameters = operation["parameters"]?.AsArray() ?? [];
            var query = string.Join(
                '&',
                parameters
                    .Where(one => one!["in"]?.GetValue<string>() == "query")
                    .Select(one => $"{one!["name"]}={Uri.EscapeDataString(value)}")
                    .Append($"password={Uri.EscapeDataString(Word)}")
            );
            var target = string.Join(
                '/',
                path.Split('/')
                    .Select(part =>
                        part.StartsWith('{')
                            ? Asked % 2 == 0
                                ? Guid.NewGuid().ToString()
                                : Uri.EscapeDataString(value)
                            : part
                    )
            );
            using var request = new HttpRequestMessage(new HttpMethod(method.ToUpperInvariant()), $"{target}?{query}");
            request.Headers.Add("X-Tenant", slug);
            request.Headers.TryAddWithoutValidation("User-Agent", $"{Word} {value}");
            request.Headers.TryAddWithoutValidation("Cookie", $"tenantry_refresh={Token}; x={Word}");
            request.Headers.TryAddWithoutValidation("X-Request-Id", Word);
            request.Headers.TryAddWithoutValidation("Origin", $"https://{Word}.example");
            request.Headers.TryAddWithoutValidation("X-Forwarded-For", Word);
            request.Headers.TryAddWithoutValidation("Idempotency-Key", $"{Word}-{Asked}");
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", bearer);
            if (operation["requestBody"] is not null)
                request.Content = path.EndsWith("/upload", StringComparison.Ordinal)
                    ? new StringContent(Word)
                    : JsonContent.Create(
                        Filled(operation["requestBody"]!["content"]?["application/json"]?["schema"], value)
                    );
            (await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancel)).Dispose();
            Asked++;
        }

        /// <summary>An object with the value in each member that takes a text.</summary>
        private JsonNode? Filled(JsonNode? schema, string value, int depth = 0)
        {
            if (schema?["$ref"]?.GetValue<string>() is { } reference)
                schema = document["components"]!["schemas"]![reference.Split('/')[^1]];
            if (schema?["properties"] is JsonObject properties && depth < 4)
                return new JsonObject(
                    properties.Select(property =>
                        KeyValuePair.Create(property.Key, Filled(property.Value, value, depth + 1))
                    )
                );
            return JsonValue.Create(value);
        }
    }
}
