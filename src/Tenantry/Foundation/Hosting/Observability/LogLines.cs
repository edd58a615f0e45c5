using System.Buffers;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;
using Tenantry.Foundation.Hosting.Settings;

namespace Tenantry.Foundation.Hosting.Observability;

/// <summary>
/// The format of the log: one JSON object per line, or readable text in Development. Each line has the trace and the
/// tenant of the work that wrote it, and passes <see cref="Redaction"/>.
/// </summary>
public sealed class LogLines(Redaction redaction, ServiceSettings settings, TimeProvider clock)
    : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "tenantry";

    /// <summary>The longest text of an exception, including inner exceptions and stack traces.</summary>
    private const int LongestException = 4 * Redaction.Longest;

    private static readonly SearchValues<char> Controls = SearchValues.Create([
        .. Enumerable
            .Range(0, 0xFFFF)
            .Select(code => (char)code)
            .Where(c => char.IsControl(c) || c is '\u2028' or '\u2029'),
    ]);

    // Names come from message templates in the code, so their number is limited.
    private static readonly ConcurrentDictionary<string, JsonEncodedText> Names = new(StringComparer.Ordinal);

    [ThreadStatic]
    private static Draft? draft;

    public override void Write<TState>(
        in LogEntry<TState> logEntry,
        IExternalScopeProvider? scopeProvider,
        TextWriter textWriter
    )
    {
        var message = redaction.Of(logEntry.Formatter(logEntry.State, null));
        var values = logEntry.State as IReadOnlyList<KeyValuePair<string, object?>>;
        if (settings.IsDevelopment)
            WriteText(textWriter, logEntry.LogLevel, logEntry.Category, logEntry.EventId, message, logEntry.Exception);
        else
            WriteJson(
                textWriter,
                logEntry.LogLevel,
                logEntry.Category,
                logEntry.EventId,
                message,
                values,
                logEntry.Exception
            );
    }

    private void WriteText(
        TextWriter writer,
        LogLevel level,
        string category,
        EventId id,
        string message,
        Exception? exception
    )
    {
        writer.Write(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{clock.GetLocalNow():HH:mm:ss} {Short(level)}: {category}[{id.Id}] {OneLine(message)}"
            )
        );
        if (exception is not null)
        {
            foreach (var line in TextOf(exception).Split('\n'))
                writer.Write("\n" + OneLine(line.TrimEnd('\r')));
        }
        writer.Write('\n');
    }

    private void WriteJson(
        TextWriter writer,
        LogLevel level,
        string category,
        EventId id,
        string message,
        IReadOnlyList<KeyValuePair<string, object?>>? values,
        Exception? exception
    )
    {
        // Removed during use: a value may itself write a log line when it is converted to text.
        var own = draft ?? new Draft();
        draft = null;
        var json = own.Json;
        Span<char> time = stackalloc char[24];
        json.WriteStartObject();
        clock
            .GetUtcNow()
            .UtcDateTime.TryFormat(time, out var length, "yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
        json.WriteString("time"u8, time[..length]);
        json.WriteString("level"u8, Long(level));
        json.WriteString("category"u8, category);
        json.WriteNumber("event"u8, id.Id);
        json.WriteString("message"u8, message);
        if (Activity.Current is { } span)
        {
            json.WriteString("trace_id"u8, span.TraceId.ToHexString());
            json.WriteString("span_id"u8, span.SpanId.ToHexString());
        }
        WriteTag(json, "tenant_id"u8, Spans.Tenant);
        WriteTag(json, "user_id"u8, Spans.User);
        for (var i = 0; i < values?.Count; i++)
        {
            if (values[i].Key != "{OriginalFormat}")
                WriteValue(json, Named(values[i].Key), values[i].Value);
        }
        if (exception is not null)
            json.WriteString("exception"u8, TextOf(exception));
        json.WriteEndObject();
        json.Flush();
        writer.Write(own.Text());
        writer.Write('\n');
        if (own.Clear())
            draft = own;
    }

    private string TextOf(Exception exception) => redaction.Of(exception.ToString(), LongestException);

    private static void WriteTag(Utf8JsonWriter json, ReadOnlySpan<byte> name, string tag)
    {
        switch (Spans.Tagged(tag))
        {
            case null:
                break;
            case Guid id:
                json.WriteString(name, id);
                break;
            case var value:
                json.WriteString(name, value.ToString());
                break;
        }
    }

    private void WriteValue(Utf8JsonWriter json, JsonEncodedText name, object? value)
    {
        switch (value)
        {
            case null:
                json.WriteNull(name);
                break;
            case int number:
                json.WriteNumber(name, number);
                break;
            case long number:
                json.WriteNumber(name, number);
                break;
            case double number when double.IsFinite(number):
                json.WriteNumber(name, number);
                break;
            case bool flag:
                json.WriteBoolean(name, flag);
                break;
            case Guid id:
                json.WriteString(name, id);
                break;
            case DateTimeOffset time:
                json.WriteString(name, time);
                break;
            default:
                json.WriteString(name, redaction.Of(Convert.ToString(value, CultureInfo.InvariantCulture) ?? ""));
                break;
        }
    }

    private static JsonEncodedText Named(string name)
    {
        const int most = 1_000; // a library may generate names
        if (Names.TryGetValue(name, out var known))
            return known;
        var encoded = JsonEncodedText.Encode(JsonNamingPolicy.SnakeCaseLower.ConvertName(name));
        if (Names.Count < most)
            Names.TryAdd(name, encoded);
        return encoded;
    }

    /// <summary>
    /// Attack: line breaks could forge a log line, and other control characters could control a terminal.
    /// </summary>
    private static string OneLine(string text)
    {
        if (!text.AsSpan().ContainsAny(Controls))
            return text;
        return string.Create(
            text.Length,
            text,
            static (shown, text) =>
            {
                for (var i = 0; i < shown.Length; i++)
                    shown[i] = Controls.Contains(text[i]) ? ' ' : text[i];
            }
        );
    }

    private static string Long(LogLevel level) =>
        level switch
        {
            LogLevel.Trace => "trace",
            LogLevel.Debug => "debug",
            LogLevel.Information => "information",
            LogLevel.Warning => "warning",
            LogLevel.Error => "error",
            _ => "critical",
        };

    private static string Short(LogLevel level) =>
        level switch
        {
            LogLevel.Trace => "trce",
            LogLevel.Debug => "dbug",
            LogLevel.Information => "info",
            LogLevel.Warning => "warn",
            LogLevel.Error => "fail",
            _ => "crit",
        };

    /// <summary>The buffer of a line; each thread has one.</summary>
    private sealed class Draft
    {
        private const int Kept = 64 * 1024;

        private readonly ArrayBufferWriter<byte> bytes = new(1024);
        private char[] chars = new char[1024];

        public Draft() => Json = new Utf8JsonWriter(bytes);

        public Utf8JsonWriter Json { get; }

        public ReadOnlySpan<char> Text()
        {
            if (chars.Length < bytes.WrittenCount)
                chars = new char[bytes.WrittenCount * 2];
            return chars.AsSpan(0, Encoding.UTF8.GetChars(bytes.WrittenSpan, chars));
        }

        /// <returns>Whether the buffer is reused. The buffer of a very long line is released.</returns>
        public bool Clear()
        {
            bytes.ResetWrittenCount();
            Json.Reset();
            return chars.Length <= Kept;
        }
    }
}
