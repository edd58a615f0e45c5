using System.Diagnostics;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Tenantry.Foundation.Hosting.Observability;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Foundation.Hosting.Observability;

/// <summary>A line of the log as it is written.</summary>
public sealed class LogLinesTests
{
    [Fact]
    public void A_line_has_what_was_said_and_whose_work_it_was()
    {
        var tenant = Guid.CreateVersion7();
        using var work = Spans.BeginUnrecorded("test", tenant);

        var line = JsonNode.Parse(
            Line(
                "Production",
                "Sent to ada@example.com",
                [
                    new("Recipient", "ada@example.com"),
                    new("Bytes", 813L),
                    new("DurationMs", 2.41),
                    new("Id", tenant),
                    new("Nothing", null),
                ],
                null
            )
        )!;

        (line.Text("level"), line.Number("event"), line.Text("message")).ShouldBe(
            ("information", 7, "Sent to [redacted]")
        );
        (
            line.Text("recipient"),
            line["bytes"]!.GetValue<long>(),
            line["duration_ms"]!.GetValue<double>(),
            line["id"]!.GetValue<Guid>(),
            line["nothing"]
        ).ShouldBe(("[redacted]", 813, 2.41, tenant, null));
        (line.Text("trace_id"), line["tenant_id"]!.GetValue<Guid>()).ShouldBe(
            (Activity.Current!.TraceId.ToHexString(), tenant)
        );
    }

    [Fact]
    public void A_value_that_writes_a_line_itself_spoils_neither()
    {
        var inner = "";

        var outer = JsonNode.Parse(
            Line(
                "Production",
                "outer",
                [new("Value", new Talking(() => inner = Line("Production", "inner", [], null)))],
                null
            )
        )!;

        (outer.Text("message"), outer.Text("value")).ShouldBe(("outer", "said"));
        JsonNode.Parse(inner)!.Text("message").ShouldBe("inner");
    }

    [Fact]
    public void In_words_no_control_character_is_left_of_a_text_and_its_line_is_one()
    {
        var words = Line(
            "Development",
            "one\r\ntwo\u001b[2J\u000bthree\u009b4\u2028five\0",
            [],
            new InvalidOperationException("first\u001b]0;title\u0007\n12:00:00 info: not a line of ours")
        );

        words.Where(char.IsControl).Distinct().ShouldBe(['\n']);
        words.Split('\n')[0].ShouldEndWith("one  two [2J three 4 five ");
        words.ShouldNotContain("\u2028");
    }

    [Fact]
    public void A_long_value_is_cut_so_that_a_caller_cannot_fill_the_log()
    {
        var line = Line(
            "Production",
            new string('m', 1_000_000),
            [new("Value", new string('v', 1_000_000))],
            new InvalidOperationException(new string('e', 1_000_000))
        );

        line.Length.ShouldBeLessThan(64 * 1024);
        JsonNode.Parse(line)!.Text("message").ShouldEndWith("m…");
    }

    /// <summary>
    /// Each request writes one: what it costs is taken from every request. Measured at 1 to 2 µs; the bound is for a
    /// machine that has other things to do.
    /// </summary>
    [Fact]
    public void A_line_of_a_request_costs_a_few_microseconds_and_no_more_memory_than_its_text()
    {
        var lines = Lines("Production");
        KeyValuePair<string, object?>[] values =
        [
            new("Method", "GET"),
            new("Route", "/api/v1/users/{id:guid}"),
            new("Status", 200),
            new("DurationMs", 2.41),
            new("Bytes", 813L),
            new("Client", "203.0.113.7"),
        ];
        var entry = Entry("GET /api/v1/users/{id:guid} 200 in 2.41 ms, 813 bytes to 203.0.113.7", values, null);
        var writer = new StringWriter();
        using var work = Spans.BeginUnrecorded("test", Guid.CreateVersion7());
        const int times = 2_000;
        var best = TimeSpan.MaxValue;
        var taken = 0L;

        for (var round = 0; round < 10; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var watch = Stopwatch.StartNew();
            for (var i = 0; i < times; i++)
            {
                writer.GetStringBuilder().Clear();
                lines.Write(entry, null, writer);
            }
            best = watch.Elapsed < best ? watch.Elapsed : best;
            taken = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{best.TotalMicroseconds / times:0.00} µs, {taken / times} bytes"
        );
        (best / times).ShouldBeLessThan(TimeSpan.FromMicroseconds(30));
        (taken / times).ShouldBeLessThan(600);
    }

    private static string Line(
        string environment,
        string message,
        IReadOnlyList<KeyValuePair<string, object?>> values,
        Exception? exception
    )
    {
        var writer = new StringWriter();
        Lines(environment).Write(Entry(message, values, exception), null, writer);
        return writer.ToString()[..^1];
    }

    private static LogLines Lines(string environment) =>
        new(
            new Redaction([]),
            ServiceSettings.Read(
                new Dictionary<string, string>
                {
                    ["APP_ENV"] = environment,
                    ["APP_BASE_URL"] = "http://localhost:8000",
                    ["DATABASE_URL"] = "postgresql://app@localhost/x",
                    ["JWT_SECRET"] = "a secret for tests, long enough for it",
                }
            ),
            TimeProvider.System
        );

    private static LogEntry<IReadOnlyList<KeyValuePair<string, object?>>> Entry(
        string message,
        IReadOnlyList<KeyValuePair<string, object?>> values,
        Exception? exception
    ) => new(LogLevel.Information, "Tenantry.Tests", 7, values, exception, (_, _) => message);

    private sealed class Talking(Action talk)
    {
        public override string ToString()
        {
            talk();
            return "said";
        }
    }
}
