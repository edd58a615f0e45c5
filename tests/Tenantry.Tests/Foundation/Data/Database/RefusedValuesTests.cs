using System.Globalization;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Tests.Harness;
using static Tenantry.Foundation.Data.Database.TenantQueries;

namespace Tenantry.Tests.Foundation.Data.Database;

/// <summary>
/// A value that PostgreSQL refuses is the affair of the one who sent it: the connection serves the next user as if
/// nothing had been.
/// </summary>
public sealed class RefusedValuesTests(Cluster cluster, SharedService shared) : IClassFixture<SharedService>
{
    // A statement is prepared when it comes the second time: below and beyond that, it is all the same.
    private const int Times = 4;

    private readonly Service service = shared.Service;

    [Theory]
    [InlineData("SELECT $1::text", "a\0b")]
    [InlineData("SELECT $1::text", "a\\ud800")] // escaped: an attribute cannot hold half of a pair
    [InlineData("SELECT $1::text", "\\udc00\\ud800")]
    [InlineData("SELECT $1::int", "99999999999")]
    [InlineData("SELECT $1::int", "one")]
    [InlineData("SELECT $1::timestamptz", "300000-01-01")]
    [InlineData("SELECT $1::numeric(4,1)", "123456")]
    [InlineData("SELECT $1::uuid", "x")]
    [InlineData("SELECT $1::interval", "999999999999 years")]
    public async Task A_statement_that_fails_for_its_value_leaves_nothing_behind_on_its_connection(
        string sql,
        string refused
    )
    {
        refused = System.Text.RegularExpressions.Regex.Unescape(refused);
        var good = sql[..^1].Split("::")[1] switch
        {
            "in" => "1",
            "timestampt" => "2026-01-01",
            "numeric(4,1" => "1.5",
            "uui" => $"{Guid.NewGuid()}",
            "interva" => "1 day",
            _ => "good",
        };
        await using var pool = OneConnection();
        for (var before = 0; before < Times; before++)
        {
            var statement = $"{sql} /* {before} */"; // another for each, so that each comes so often before
            for (var time = 0; time < before; time++)
                (await Ask(pool, statement, good)).ShouldBe(1);

            await Should.ThrowAsync<Exception>(() => Ask(pool, statement, refused));

            for (var time = 0; time < Times; time++)
                (await Ask(pool, statement, good)).ShouldBe(1, $"after {before} good ones");
        }
    }

    [Fact]
    public async Task What_fails_in_EF_leaves_nothing_behind_either()
    {
        var (_, tenant, _) = await service.NewTenant();
        for (var before = 0; before < Times; before++)
        {
            for (var time = 0; time < before; time++)
                await Change(tenant, "good");

            await Should.ThrowAsync<Exception>(() => Change(tenant, "a\0b"));
            await Should.ThrowAsync<Exception>(() => Change(tenant, "a\ud800"));
            await Should.ThrowAsync<Exception>(() => Cast(tenant, "99999999999"));

            for (var time = 0; time < Times; time++)
            {
                await Change(tenant, "good");
                await Cast(tenant, "1");
            }
        }
    }

    [Fact]
    public async Task One_tenant_that_sends_every_kind_of_refused_value_does_not_disturb_another()
    {
        // REFUSED_TIMES sends as many times as many.
        var rounds = Environment.GetEnvironmentVariable("REFUSED_TIMES") is { Length: > 0 } times
            ? int.Parse(times, CultureInfo.InvariantCulture)
            : 1;
        await using var crowded = await cluster.Start(variables =>
        {
            variables["DATABASE_URL"] +=
                (variables["DATABASE_URL"].Contains('?', StringComparison.Ordinal) ? "&" : "?") + "pool_max=6"; // so that everybody meets everybody's connections
            variables["RATE_LIMIT_PREMIUM_PER_MINUTE"] = variables["RATE_LIMIT_GLOBAL_PER_MINUTE"] = "unlimited";
        });
        var (_, _, hostile) = await crowded.NewTenant();
        var (_, _, quiet) = await crowded.NewTenant();
        var platform = await crowded.Platform();
        foreach (var tenant in new[] { hostile, quiet })
            (
                await platform.Put(
                    $"tenants/{(await tenant.Get("auth/me")).Text("tenant_id")}",
                    new { name = "T", subscription_tier = "premium" }
                )
            ).Status.ShouldBe(200);
        using var over = new CancellationTokenSource();
        var faults = new System.Collections.Concurrent.ConcurrentQueue<string>();

        var working = Task.WhenAll(
            Enumerable
                .Range(0, 2)
                .Select(async lane =>
                {
                    var worked = 0;
                    while (!over.IsCancellationRequested || worked < 20)
                    {
                        foreach (
                            var answer in new[]
                            {
                                await quiet.Get("auth/me"),
                                await quiet.Get("users?q=a"),
                                await quiet.Get("files?name=a"),
                                await quiet.Get("roles"),
                                await quiet.Get("notifications/history?recipient=a@example.com"),
                            }
                        )
                        {
                            if (answer.Status != 200)
                                faults.Enqueue("the other tenant: " + answer.Text);
                        }
                        worked++;
                    }
                })
        );
        var sent = 0;
        await Parallel.ForEachAsync(
            Enumerable.Repeat(Refused().ToArray(), rounds * 4).SelectMany(all => all),
            new ParallelOptions
            {
                MaxDegreeOfParallelism = 8,
                CancellationToken = TestContext.Current.CancellationToken,
            },
            async (send, _) =>
            {
                var answer = await send(hostile);
                Interlocked.Increment(ref sent);
                if (answer.Status is < 200 or 429 or >= 500)
                    faults.Enqueue("the hostile one: " + answer.Text);
            }
        );
        await over.CancelAsync();
        await working;

        faults.ShouldBeEmpty();
        sent.ShouldBeGreaterThan(400);
    }

    /// <summary>Requests that hold one, in each place that a text can come from.</summary>
    private static IEnumerable<Func<Visitor, Task<Answer>>> Refused()
    {
        string[] texts = ["a\\u0000b", "\\u0000", "\\ud800", "a\\udc00", "\\udc00\\ud800"];
        string[] numbers =
        [
            "1e131072",
            "-1e400000",
            "1e-20000",
            "99999999999999999999999999999999999999999",
            "1e400",
            "9223372036854775808",
        ];
        foreach (var text in texts)
        {
            foreach (
                var (method, path, body) in new[]
                {
                    (HttpMethod.Post, "users", """{"email":"V","role":"User"}"""),
                    (HttpMethod.Post, "users", """{"email":"a@example.com","role":"V"}"""),
                    (HttpMethod.Post, "users", """{"email":"a@example.com","role":"User","first_name":"V"}"""),
                    (HttpMethod.Post, "roles", """{"name":"V","permissions":["users:read"]}"""),
                    (HttpMethod.Post, "roles", """{"name":"N","permissions":["V"]}"""),
                    (HttpMethod.Patch, "auth/me", """{"first_name":"V"}"""),
                    (
                        HttpMethod.Post,
                        "notifications/email",
                        """{"recipient":"a@example.com","subject":"s","body":"V"}"""
                    ),
                    (HttpMethod.Post, "notifications/email", """{"recipient":"a@example.com","template_name":"V"}"""),
                    (
                        HttpMethod.Post,
                        "notifications/email",
                        """{"recipient":"a@example.com","template_name":"t","template_vars":{"a":["V"]}}"""
                    ),
                    (
                        HttpMethod.Post,
                        "notifications/templates",
                        """{"name":"n","type":"email","locale":"en","subject":"V","body":"b"}"""
                    ),
                    (
                        HttpMethod.Post,
                        "notifications/templates",
                        """{"name":"n","type":"email","locale":"en","subject":"s","body":"V"}"""
                    ),
                    (
                        HttpMethod.Post,
                        "notifications/templates",
                        """{"name":"n","type":"email","locale":"en","subject":"s","body":"b","translations":{"de":{"body":"V"}}}"""
                    ),
                    (HttpMethod.Post, "notifications/suppressions", """{"channel":"email","recipient":"V"}"""),
                    (HttpMethod.Post, "notifications/devices", """{"token":"V-is-a-token"}"""),
                    (
                        HttpMethod.Post,
                        "files/uploads",
                        """{"file_name":"V","file_size":5,"sha256":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}"""
                    ),
                    (
                        HttpMethod.Post,
                        "files/uploads",
                        """{"file_name":"a","file_size":5,"sha256":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","tags":["V"]}"""
                    ),
                    (
                        HttpMethod.Post,
                        "files/uploads",
                        """{"file_name":"a","file_size":5,"sha256":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","metadata":{"V":{"a":["V"]}}}"""
                    ),
                }
            )
                yield return visitor =>
                    visitor.Send(
                        method,
                        path,
                        new StringContent(
                            body.Replace("V", text, StringComparison.Ordinal),
                            Encoding.UTF8,
                            "application/json"
                        )
                    );
        }
        foreach (var number in numbers)
        {
            yield return visitor =>
                visitor.PostText(
                    "files/uploads",
                    $$$"""{"file_name":"a","file_size":5,"sha256":"{{{new string('a', 64)}}}","metadata":{"a":[{{{number}}}]}}"""
                );
            yield return visitor =>
                visitor.PostText(
                    "files/uploads",
                    $$"""{"file_name":"a","file_size":{{number}},"sha256":"{{new string('a', 64)}}"}"""
                );
            yield return visitor =>
                visitor.PostText(
                    "notifications/templates",
                    $$"""{"name":"n","type":"email","locale":"en","subject":"s","body":"b","variables":[{"name":"a","type":"any","default":{{number}}}]}"""
                );
            yield return visitor =>
                visitor.Send(
                    HttpMethod.Post,
                    $"files/upload?metadata={Uri.EscapeDataString($"{{\"a\":{number}}}")}",
                    new StringContent("x")
                );
        }
        foreach (
            var query in new[]
            {
                "users?q=%00",
                "users?email=a%00",
                "files?name=%00",
                "files?tag=a%00",
                "notifications/history?recipient=%00",
                "audit-events?action=%00",
                "notifications/templates?name=%00",
                "roles?cursor=%00",
                "files/shared?token=%00",
            }
        )
            yield return visitor => visitor.Get(query);
        foreach (
            var value in new[]
            {
                "filename " + Convert.ToBase64String("a\0b"u8),
                "metadata " + Convert.ToBase64String("{\"a\":\"\\u0000\"}"u8),
                "metadata " + Convert.ToBase64String("{\"a\":1e400000}"u8),
                "tags " + Convert.ToBase64String("a\0b"u8),
                "x " + Convert.ToBase64String("\0"u8),
            }
        )
            yield return visitor =>
                visitor.Send(
                    HttpMethod.Post,
                    "files/tus",
                    null,
                    ("Tus-Resumable", "1.0.0"),
                    ("Upload-Length", "3"),
                    ("Upload-Metadata", value)
                );
        foreach (
            var (name, text) in new[]
            {
                ("file\0", "x"),
                ("metadata", "{\"a\":\"\\u0000\"}"),
                ("metadata", "{\"a\":1e-30000}"),
                ("tags", "a\0b"),
            }
        )
        {
            yield return visitor =>
                visitor.Send(
                    HttpMethod.Post,
                    "files/upload",
                    new StringContent(
                        $"--b\r\nContent-Disposition: form-data; name={name}\r\n\r\n{text}\r\n--b\r\nContent-Disposition: form-data; name=file; filename=\"a\0b\"\r\n\r\nx\r\n--b--\r\n",
                        Encoding.UTF8,
                        System.Net.Http.Headers.MediaTypeHeaderValue.Parse("multipart/form-data; boundary=b")
                    )
                );
        }
    }

    private NpgsqlDataSource OneConnection()
    {
        var settings = new NpgsqlConnectionStringBuilder(service.Settings.Database.ConnectionString)
        {
            MaxPoolSize = 1,
        };
        return DatabaseServices.DataSource(settings);
    }

    private static async Task<int> Ask(NpgsqlDataSource pool, string sql, string value) =>
        (
            await pool.QueryAs(
                Guid.NewGuid(),
                new(sql) { Parameters = { Parameter(value) } },
                static _ => 1,
                TestContext.Current.CancellationToken
            )
        ).Count;

    private async Task Change(Guid tenant, string name)
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var db = (await service.Contexts.CreateDbContextAsync(cancel)).For(tenant);
        var row = await db.Set<Tenant>().SingleAsync(cancel);
        row.Name = name + Guid.NewGuid();
        await db.SaveChangesAsync(cancel);
    }

    private async Task Cast(Guid tenant, string value)
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var db = (await service.Contexts.CreateDbContextAsync(cancel)).For(tenant);
        await using var transaction = await db.Begin(cancel);
        await db.Database.SqlQuery<int>($"SELECT {value}::int AS \"Value\"").ToListAsync(cancel);
        await transaction.CommitAsync(cancel);
    }
}
