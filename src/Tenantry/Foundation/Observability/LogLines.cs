using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;
using Tenantry.Foundation.Settings;

namespace Tenantry.Foundation.Observability;

/// <summary>
/// How a line of the log looks: an object of JSON on one line, or in Development words for a person. Each has the trace and the tenant of the work that wrote it, and went
/// through <see cref="Redaction"/>.
/// </summary>
public sealed class LogLines(ServiceSettings settings, TimeProvider clock) : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "tenantry";

    private readonly Redaction redaction = new(settings.Secrets);

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var message = redaction.Of(logEntry.Formatter(logEntry.State, null));
        var values = logEntry.State as IReadOnlyList<KeyValuePair<string, object?>>;
        if (settings.IsDevelopment)
            WriteWords(textWriter, logEntry.LogLevel, logEntry.Category, logEntry.EventId, message, logEntry.Exception);
        else
            WriteJson(textWriter, logEntry.LogLevel, logEntry.Category, logEntry.EventId, message, values, logEntry.Exception);
    }

    private void WriteWords(TextWriter writer, LogLevel level, string category, EventId id, string message, Exception? exception)
    {
        writer.Write(string.Create(CultureInfo.InvariantCulture, $"{clock.GetLocalNow():HH:mm:ss} {Short(level)}: {category}[{id.Id}] {OneLine(message)}"));
        if (exception is not null)
            writer.Write($"\n{redaction.Of(exception.ToString())}");
        writer.Write('\n');
    }

    private void WriteJson(TextWriter writer, LogLevel level, string category, EventId id, string message, IReadOnlyList<KeyValuePair<string, object?>>? values, Exception? exception)
    {
        using var buffer = new MemoryStream(512);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("time", clock.GetUtcNow().UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture));
            json.WriteString("level", level.ToString().ToLowerInvariant());
            json.WriteString("category", category);
            json.WriteNumber("event", id.Id);
            json.WriteString("message", message);
            if (Activity.Current is { } span)
            {
                json.WriteString("trace_id", span.TraceId.ToString());
                json.WriteString("span_id", span.SpanId.ToString());
            }
            WriteTag(json, "tenant_id", Work.Tenant);
            WriteTag(json, "user_id", Work.User);
            foreach (var (name, value) in values ?? [])
            {
                if (name != "{OriginalFormat}")
                    WriteValue(json, JsonNamingPolicy.SnakeCaseLower.ConvertName(name), value);
            }
            if (exception is not null)
                json.WriteString("exception", redaction.Of(exception.ToString()));
            json.WriteEndObject();
        }
        writer.Write(Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length));
        writer.Write('\n');
    }

    private static void WriteTag(Utf8JsonWriter json, string name, string tag)
    {
        if (Work.Tagged(tag) is { } value)
            json.WriteString(name, value.ToString());
    }

    private void WriteValue(Utf8JsonWriter json, string name, object? value)
    {
        switch (value)
        {
            case null: json.WriteNull(name); break;
            case int number: json.WriteNumber(name, number); break;
            case long number: json.WriteNumber(name, number); break;
            case double number when double.IsFinite(number): json.WriteNumber(name, number); break;
            case bool flag: json.WriteBoolean(name, flag); break;
            case Guid id: json.WriteString(name, id); break;
            case DateTimeOffset time: json.WriteString(name, time); break;
            default: json.WriteString(name, redaction.Of(Convert.ToString(value, CultureInfo.InvariantCulture) ?? "")); break;
        }
    }

    /// <summary>A text with line breaks could look like a line of ours.</summary>
    private static string OneLine(string text) => text.ReplaceLineEndings(" ");

    private static string Short(LogLevel level) => level switch
    {
        LogLevel.Trace => "trce",
        LogLevel.Debug => "dbug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warn",
        LogLevel.Error => "fail",
        _ => "crit",
    };
}
