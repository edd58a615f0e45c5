using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Foundation.Observability;

/// <summary>The log of a process as its operator reads it.</summary>
public sealed class LogTests(Cluster cluster)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_request_is_one_line_with_what_it_was_whose_it_was_and_what_became_of_it()
    {
        await using var house = await cluster.Start();
        var (slug, tenant, admin) = await house.NewTenant();
        var user = (await admin.Get("auth/me")).Json["id"]!.GetValue<string>();
        await using var process = await Begin(house);
        using var http = Conformance.Client(process.Url);
        var visitor = new Visitor(http, slug, admin.Token);

        var found = await visitor.Send(HttpMethod.Get, "users?q=somebody", null, ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"));
        var missing = await visitor.Get($"users/{Guid.NewGuid()}");

        var line = await process.Line(one => one["trace_id"]?.GetValue<string>() == "0af7651916cd43dd8448eb211c80319c");
        (line["level"]!.GetValue<string>(), line["category"]!.GetValue<string>(), line["event"]!.GetValue<int>()).ShouldBe(("information", "Tenantry.Foundation.Http.RequestLog", 1000));
        (line["method"]!.GetValue<string>(), line["route"]!.GetValue<string>(), line["status"]!.GetValue<int>(), line["client"]!.GetValue<string>()).ShouldBe(("GET", "/api/v1/users/", 200, "127.0.0.1"));
        line["bytes"]!.GetValue<int>().ShouldBe(Encoding.UTF8.GetByteCount(found.Text));
        line["duration_ms"]!.GetValue<double>().ShouldBeGreaterThan(0);
        (line["tenant_id"]!.GetValue<string>(), line["user_id"]!.GetValue<string>()).ShouldBe(($"{tenant}", user));
        DateTimeOffset.Parse(line["time"]!.GetValue<string>(), System.Globalization.CultureInfo.InvariantCulture).ShouldBe(DateTimeOffset.UtcNow, TimeSpan.FromMinutes(1));
        line.ToJsonString().ShouldNotContain("somebody");

        var refused = await process.Line(one => one["trace_id"]?.GetValue<string>() == missing.Json["trace_id"]!.GetValue<string>());
        (refused["route"]!.GetValue<string>(), refused["status"]!.GetValue<int>()).ShouldBe(("/api/v1/users/{id:guid}", 404));
    }

    [Fact]
    public async Task Lines_of_workers_have_a_trace_and_a_tenant_too()
    {
        await using var house = await cluster.Start(replace: services => services.Remove(services.Single(service => service.ImplementationType == typeof(Tenantry.Features.Auth.MailRequestWorker))));
        var (slug, tenant, admin) = await house.NewTenant();
        await house.Settled();
        await using var process = await Begin(house, ("EMAIL_TRANSPORT", "smtp"), ("SMTP_URL", $"smtp://127.0.0.1:{FreePort.Find()}?tls=off"), ("NOTIFICATION_ATTEMPTS", "1"));
        using var http = Conformance.Client(process.Url);

        for (JsonNode? line = null; line is null;)
        {
            (await new Visitor(http, slug, admin.Token).Post("notifications/email", new { recipient = "somebody@example.com", subject = "Hello", body = "Hello" })).Status.ShouldBe(202);
            line = await process.Find(one => one["event"]!.GetValue<int>() == 4103, TimeSpan.FromSeconds(2)); // the other instance may have been faster
            if (line is null)
                continue;
            line["tenant_id"]!.GetValue<string>().ShouldBe($"{tenant}");
            line["trace_id"]!.GetValue<string>().Length.ShouldBe(32);
        }
    }

    [Fact]
    public async Task The_level_changes_while_the_service_runs_also_for_a_part_alone()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "Warning", Cancel);
        await using var house = await cluster.Start();
        await using var process = await Begin(house, ("LOG_LEVEL", ""), ("LOG_LEVEL_FILE", file));
        using var http = Conformance.Client(process.Url);

        (await http.GetAsync("/api/v1/nothing/one", Cancel)).Dispose();
        await File.WriteAllTextAsync(file, "Warning,Tenantry.Foundation.Http=Information\n", Cancel);
        JsonNode? line;
        do
            (await http.GetAsync("/api/v1/nothing/two", Cancel)).Dispose();
        while ((line = await process.Find(one => one["event"]!.GetValue<int>() == 1000, TimeSpan.FromMilliseconds(300))) is null);
        await File.WriteAllTextAsync(file, "no level", Cancel);

        (await process.Line(one => one["event"]!.GetValue<int>() == 1602))["message"]!.GetValue<string>().ShouldContain("LOG_LEVEL must be one of");
        process.Lines.Count(one => one["event"]!.GetValue<int>() == 1000 && one["level"]!.GetValue<string>() == "information").ShouldBeGreaterThan(0); // and it stays as it was
        File.Delete(file);
    }

    /// <summary>Every operation gets secrets in every member, every parameter and every header, while parts of the house are away; then the whole log is looked through for them.</summary>
    [Fact]
    public async Task No_secret_and_no_address_gets_into_the_log_whatever_is_asked_and_whatever_breaks()
    {
        const string password = "Pl4nted-Pa55word", word = "pl4ntedsecretvalue", mail = "planted.person@planted-domain.example", number = "+41790009900";
        var token = $"tnr_{new string('P', 22)}lanted{new string('Q', 30)}";
        const string jwt = "eyJhbGciOiJFUzI1NiJ9.eyJwbGFudGVkIjoxfQ.UExBTlRFRFBMQU5URUQ";
        await using var house = await cluster.Start();
        var (slug, _, admin) = await house.NewTenant();
        await using var process = await Begin(house, ("LOG_LEVEL", "Trace,Microsoft.AspNetCore.Server=Information"), ("RATE_LIMIT_AUTH_PER_MINUTE", "unlimited"),
            ("EMAIL_TRANSPORT", "smtp"), ("SMTP_URL", $"smtp://user:{password}@127.0.0.1:{FreePort.Find()}?tls=off"));
        using var http = Conformance.Client(process.Url);
        var document = JsonNode.Parse(await http.GetStringAsync("/api-docs/openapi.json", Cancel))!;
        var asked = 0;

        foreach (var round in new[] { "whole", "broken" })
        {
            // What breaks: a table that nearly every change needs.
            if (round == "broken")
                await house.Sql("ALTER TABLE audit_events RENAME TO audit_events_away; ALTER TABLE users RENAME COLUMN phone TO phone_away");
            foreach (var (path, operations) in document["paths"]!.AsObject())
            {
                foreach (var (method, operation) in operations!.AsObject())
                {
                    foreach (var value in new[] { mail, password, token, jwt, number })
                    {
                        foreach (var signedIn in new[] { true, false })
                        {
                            var parameters = operation!["parameters"]?.AsArray() ?? [];
                            var query = string.Join('&', parameters.Where(one => one!["in"]?.GetValue<string>() == "query").Select(one => $"{one!["name"]}={Uri.EscapeDataString(value)}").Append($"password={Uri.EscapeDataString(word)}"));
                            var target = string.Join('/', path.Split('/').Select(part => part.StartsWith('{') ? asked % 2 == 0 ? Guid.NewGuid().ToString() : Uri.EscapeDataString(value) : part));
                            using var request = new HttpRequestMessage(new HttpMethod(method.ToUpperInvariant()), $"{target}?{query}");
                            request.Headers.Add("X-Tenant", slug);
                            request.Headers.TryAddWithoutValidation("User-Agent", $"{word} {value}");
                            request.Headers.TryAddWithoutValidation("Cookie", $"tenantry_refresh={token}; x={word}");
                            request.Headers.TryAddWithoutValidation("X-Request-Id", word);
                            request.Headers.TryAddWithoutValidation("Idempotency-Key", $"{word}-{asked}");
                            request.Headers.Authorization = signedIn ? new AuthenticationHeaderValue("Bearer", admin.Token) : new AuthenticationHeaderValue("Bearer", jwt);
                            if (operation["requestBody"] is not null)
                                request.Content = path.EndsWith("/upload", StringComparison.Ordinal) ? new StringContent(word) : JsonContent.Create(Filled(document, operation["requestBody"]!["content"]?["application/json"]?["schema"], value));
                            (await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancel)).Dispose();
                            asked++;
                        }
                    }
                }
            }
        }
        await process.Line(one => one["event"]!.GetValue<int>() == 1001);

        asked.ShouldBeGreaterThan(1_000);
        var text = process.Text;
        text.Split('\n').Length.ShouldBeGreaterThan(asked);
        foreach (var planted in new[] { password, word, mail, "planted.person", "planted-domain", number, token, jwt, admin.Token, Service.Password, "a secret for tests", "UExBTlRFRFBMQU5URUQ" })
            text.ShouldNotContain(planted);
    }

    /// <summary>An object with the value in each member that takes a text.</summary>
    private static JsonNode? Filled(JsonNode document, JsonNode? schema, string value, int depth = 0)
    {
        if (schema?["$ref"]?.GetValue<string>() is { } reference)
            schema = document["components"]!["schemas"]![reference.Split('/')[^1]];
        if (schema?["properties"] is JsonObject properties && depth < 4)
            return new JsonObject(properties.Select(property => KeyValuePair.Create(property.Key, Filled(document, property.Value, value, depth + 1))));
        return JsonValue.Create(value);
    }

    private static async Task<Watched> Begin(Service house, params (string Name, string Value)[] more)
    {
        var variables = house.Cluster.Variables(house.Database);
        (variables["APP_ENV"], variables["LOG_LEVEL"]) = ("Production", "Information");
        foreach (var (name, value) in more)
            variables[name] = value;
        return new Watched(await ServingProcess.Begin(variables));
    }

    private sealed class Watched(ServingProcess process) : IAsyncDisposable
    {
        public Uri Url => process.Url;

        public string Text => process.Output;

        public IEnumerable<JsonNode> Lines => Text.Split('\n').Where(line => line.StartsWith('{')).Select(line => JsonNode.Parse(line)!);

        public async Task<JsonNode> Line(Func<JsonNode, bool> which) => await Find(which, TimeSpan.FromSeconds(20)) ?? throw new InvalidOperationException("No such line:\n" + Text);

        public async Task<JsonNode?> Find(Func<JsonNode, bool> which, TimeSpan longest)
        {
            for (var watch = System.Diagnostics.Stopwatch.StartNew(); watch.Elapsed < longest; await Task.Delay(20))
            {
                if (Lines.LastOrDefault(which) is { } line)
                    return line;
            }
            return null;
        }

        public ValueTask DisposeAsync() => process.DisposeAsync();
    }
}
