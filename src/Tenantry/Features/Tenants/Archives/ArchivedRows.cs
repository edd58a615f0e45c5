using System.Buffers;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Npgsql;
using NpgsqlTypes;

namespace Tenantry.Features.Tenants.Archives;

/// <summary>
/// Imports the rows of one table from an archive. Each value is checked by the type of its column and by
/// <see cref="ArchiveTables"/> before it is sent to the database. A fault names table, line and column.
/// </summary>
internal sealed class ArchivedRows
{
    private const int BatchSize = 500;
    private const int BatchBytes = 4 * 1024 * 1024;

    /// <summary>For a table whose rows refer to each other: they are imported by one statement.</summary>
    private const int MaxSelfReferringRows = 10_000;
    private const int MaxSelfReferringBytes = 32 * 1024 * 1024;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 32, AllowDuplicateProperties = false };

    private readonly TenantArchive.Table table;
    private readonly ArchiveTable declared;
    private readonly Dictionary<string, (ArchiveColumn Rule, IProperty Property)> columns;
    private readonly ImportContext context;

    public ArchivedRows(TenantArchive.Table table, IEntityType entity, ImportContext context)
    {
        (this.table, this.context, declared) = (table, context, ArchiveTables.ByName[table.Name]);
        var properties = entity
            .GetProperties()
            .ToDictionary(property => property.GetColumnName(), StringComparer.Ordinal);
        columns = declared.Columns.ToDictionary(
            column => column.Name,
            column => (column, properties[column.Name]),
            StringComparer.Ordinal
        );
    }

    /// <summary>The number of rows in which a value was reset, by <c>table.column</c>.</summary>
    public Dictionary<string, long> Resets { get; } = new(StringComparer.Ordinal);

    /// <param name="archive">the archive</param>
    /// <param name="conflict">the ON CONFLICT clause for rows that exist</param>
    /// <param name="connection">with a transaction that acts as the tenant</param>
    /// <param name="cancel">stops between two statements</param>
    /// <returns>the number of imported rows</returns>
    /// <exception cref="InvalidArchiveException">a value is refused</exception>
    public async Task<long> Import(
        ArchiveFile archive,
        string conflict,
        NpgsqlConnection connection,
        CancellationToken cancel
    )
    {
        var names = string.Join(", ", declared.Columns.Select(column => column.Name));
        var values = string.Join(", ", declared.Columns.Select(column => "r." + column.Name));
        await using var command = new NpgsqlCommand(
            $"INSERT INTO {table.Name} ({names}) SELECT {values} FROM jsonb_populate_recordset(NULL::{table.Name}, $1) r {conflict}",
            connection
        );
        var rows = command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Jsonb });
        var imported = 0L;
        await foreach (var batch in Batches(archive, cancel))
        {
            rows.Value = batch;
            try
            {
                imported += await command.ExecuteNonQueryAsync(cancel);
            }
            catch (PostgresException e)
                when (e.SqlState.StartsWith("22", StringComparison.Ordinal)
                    || e.SqlState is PostgresErrorCodes.NotNullViolation or PostgresErrorCodes.CheckViolation
                )
            {
                throw new InvalidArchiveException(
                    $"{table.Path} has a row that the database refuses ({e.SqlState} {e.ColumnName ?? e.ConstraintName})"
                );
            }
        }
        return imported;
    }

    /// <summary>Checks the rows and reads values from them. No row is imported.</summary>
    /// <exception cref="InvalidArchiveException">a value is refused</exception>
    public async IAsyncEnumerable<T> Read<T>(
        ArchiveFile archive,
        Func<ArchiveRow, T> read,
        [EnumeratorCancellation] CancellationToken cancel
    )
    {
        await foreach (var (number, line) in archive.Lines(table.Path, cancel))
        {
            using var document = Parse(line, number);
            var row = new ArchiveRow(document.RootElement, context);
            Check(row, number);
            yield return read(row);
        }
    }

    private async IAsyncEnumerable<string> Batches(
        ArchiveFile archive,
        [EnumeratorCancellation] CancellationToken cancel
    )
    {
        var (maxRows, maxBytes) = table.IsSelfReferring
            ? (MaxSelfReferringRows, MaxSelfReferringBytes)
            : (BatchSize, BatchBytes);
        var buffer = new ArrayBufferWriter<byte>();
        await using var json = new Utf8JsonWriter(buffer);
        var count = 0;
        await foreach (var (number, line) in archive.Lines(table.Path, cancel))
        {
            using var document = Parse(line, number);
            var row = new ArchiveRow(document.RootElement, context);
            Check(row, number);
            if (count == 0)
                json.WriteStartArray();
            Write(json, row);
            count++;
            if (count < maxRows && json.BytesCommitted + json.BytesPending < maxBytes)
                continue;
            if (table.IsSelfReferring)
                throw new InvalidArchiveException(
                    $"{table.Path} has more than {MaxSelfReferringRows} rows, or more than {MaxSelfReferringBytes} bytes"
                );
            yield return End();
        }
        if (count > 0)
            yield return End();

        string End()
        {
            json.WriteEndArray();
            json.Flush();
            var text = Encoding.UTF8.GetString(buffer.WrittenSpan);
            buffer.ResetWrittenCount();
            json.Reset(buffer);
            count = 0;
            return text;
        }
    }

    private JsonDocument Parse(ReadOnlyMemory<byte> line, long number)
    {
        try
        {
            var document = JsonDocument.Parse(line, Strict);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
                return document;
            document.Dispose();
        }
        catch (JsonException)
        {
            // refused below
        }
        throw Refused(number, "is not a JSON object");
    }

    private void Check(ArchiveRow row, long number)
    {
        foreach (var value in row.Values.EnumerateObject())
        {
            if (!columns.TryGetValue(value.Name, out var column))
                throw Refused(
                    number,
                    $"{(value.Name.Length <= 63 ? value.Name : "a member")} is not a column of the archive format"
                );
            if (value.Value.ValueKind == JsonValueKind.Null)
                continue;
            if (ArchivedValue.Fault(value.Value, column.Property) is { } fault)
                throw Refused(number, $"{value.Name} {fault}");
            if (column.Rule.Fault?.Invoke(value.Value, row) is { } refused)
                throw Refused(number, $"{value.Name} {refused}");
        }
    }

    private void Write(Utf8JsonWriter json, ArchiveRow row)
    {
        json.WriteStartObject();
        foreach (var (name, (rule, _)) in columns)
        {
            var exists = row.Values.TryGetProperty(name, out var given);
            json.WritePropertyName(name);
            if (rule.Computed is { } computed)
                JsonSerializer.Serialize(json, computed(row));
            else if (rule.Reset is { } reset && !context.IsTrusted)
                Reset(json, name, exists ? given : default, reset(row));
            else if (exists)
                given.WriteTo(json);
            else
                json.WriteNullValue();
        }
        json.WriteEndObject();
    }

    private void Reset(Utf8JsonWriter json, string name, JsonElement given, object? value)
    {
        var before = given.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null ? null : given.ToString();
        if (
            !string.Equals(
                before,
                Convert.ToString(value, CultureInfo.InvariantCulture) is { Length: > 0 } after ? after : null,
                StringComparison.Ordinal
            )
        )
            Resets[$"{table.Name}.{name}"] = Resets.GetValueOrDefault($"{table.Name}.{name}") + 1;
        JsonSerializer.Serialize(json, value);
    }

    private InvalidArchiveException Refused(long number, string fault) =>
        new($"{table.Path}, line {number.ToString(CultureInfo.InvariantCulture)}: {fault}");
}
