using System.Collections.Concurrent;
using System.Text;

namespace Tenantry.Tests.Harness;

/// <summary>
/// Takes traces by OTLP over HTTP, as a collector would, and reads the little of protobuf that they need.
/// </summary>
public sealed class Collector : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly ConcurrentQueue<Span> spans = new();

    private Collector(WebApplication app) => this.app = app;

    public IReadOnlyCollection<Span> Spans => spans;

    public string Url => app.Urls.Single();

    /// <param name="Trace">in hexadecimal</param>
    /// <param name="Id">in hexadecimal</param>
    /// <param name="Parent">empty: none</param>
    /// <param name="Name">of the span</param>
    /// <param name="Attributes">texts and numbers</param>
    /// <param name="Links">trace and span of each</param>
    public sealed record Span(
        string Trace,
        string Id,
        string Parent,
        string Name,
        IReadOnlyDictionary<string, string> Attributes,
        IReadOnlyList<(string Trace, string Span)> Links
    );

    public static async Task<Collector> Start()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddSingleton<Microsoft.Extensions.Logging.ILoggerFactory>(
            Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance
        );
        builder.WebHost.UseSetting(Microsoft.AspNetCore.Hosting.WebHostDefaults.ServerUrlsKey, "http://127.0.0.1:0");
        var collector = new Collector(builder.Build());
        collector.app.MapPost(
            "/v1/traces",
            async http =>
            {
                using var body = new MemoryStream();
                await http.Request.Body.CopyToAsync(body);
                foreach (var resource in Message.Of(body.ToArray()).All(1))
                {
                    foreach (var span in resource.All(2).SelectMany(scope => scope.All(2)))
                        collector.spans.Enqueue(Read(span));
                }
            }
        );
        collector.app.MapPost("/v1/metrics", () => "");
        await collector.app.StartAsync();
        return collector;
    }

    public async Task<Span> Find(Func<Span, bool> which)
    {
        Span? found = null;
        await Eventually.Is(
            () => Task.FromResult((found = spans.FirstOrDefault(which)) is not null),
            seen: () =>
                Task.FromResult("No such span among: " + string.Join(", ", spans.Select(span => span.Name).Distinct()))
        );
        return found!;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private static Span Read(Message span) =>
        new(
            span.Hex(1),
            span.Hex(2),
            span.Hex(4),
            span.Text(5),
            span.All(9)
                .Select(pair => (Key: pair.Text(1), Value: pair.All(2).First()))
                .GroupBy(pair => pair.Key)
                .ToDictionary(
                    pair => pair.Key,
                    pair =>
                        pair.First().Value.Text(1) is { Length: > 0 } text ? text : $"{pair.First().Value.Number(3)}"
                ),
            [.. span.All(13).Select(link => (link.Hex(1), link.Hex(2)))]
        );

    /// <summary>Fields by their numbers (protobuf's wire format).</summary>
    private sealed class Message(ILookup<int, ReadOnlyMemory<byte>> bytes, IReadOnlyDictionary<int, ulong> numbers)
    {
        public static Message Of(ReadOnlyMemory<byte> wire)
        {
            var (bytes, numbers) = (new List<(int, ReadOnlyMemory<byte>)>(), new Dictionary<int, ulong>());
            for (var at = 0; at < wire.Length; )
            {
                var tag = Varint(wire.Span, ref at);
                var field = (int)(tag >> 3);
                switch (tag & 7)
                {
                    case 0:
                        numbers[field] = Varint(wire.Span, ref at);
                        break;
                    case 1:
                        at += 8;
                        break;
                    case 2:
                        var length = (int)Varint(wire.Span, ref at);
                        bytes.Add((field, wire.Slice(at, length)));
                        at += length;
                        break;
                    default:
                        at += 4;
                        break;
                }
            }
            return new Message(bytes.ToLookup(one => one.Item1, one => one.Item2), numbers);
        }

        public IEnumerable<Message> All(int field) => bytes[field].Select(Of);

        public string Hex(int field) => Convert.ToHexStringLower(bytes[field].FirstOrDefault().Span);

        public string Text(int field) => Encoding.UTF8.GetString(bytes[field].FirstOrDefault().Span);

        public ulong Number(int field) => numbers.GetValueOrDefault(field);

        private static ulong Varint(ReadOnlySpan<byte> wire, ref int at)
        {
            ulong value = 0;
            for (var shift = 0; ; shift += 7)
            {
                var part = wire[at++];
                value |= (ulong)(part & 0x7f) << shift;
                if (part < 0x80)
                    return value;
            }
        }
    }
}
