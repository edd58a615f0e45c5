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
/// Brings the rows of one table from an archive into the database. Each value is checked by the type of its column and by <see cref="ArchiveTables"/> before a statement is given it; a fault
/// names table, line and column.
/// </summary>
internal sealed class ArchivedRows
{
    private const int Bite = 500;
    private const int MostBytes = 4 * 1024 * 1024;

    /// <summary>Of a table whose rows refer to each other: they come in by one statement.</summary>
    private const int MostAtOnce = 10_000;
    private const int MostBytesAtOnce = 32 * 1024 * 1024;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 32, AllowDuplicateProperties = false };

    private readonly TenantArchive.Table table;
    private readonly ArchiveTable declared;
    private readonly Dictionary<string, (ArchiveColumn Rule, IProperty Property)> columns;
    private readonly ArchiveTerms terms;

    public ArchivedRows(TenantArchive.Table table, IEntityType entity, ArchiveTerms terms)
    {
        (this.table, this.terms, declared) = (table, terms, ArchiveTables.ByName[table.Name]);
        var properties = entity
            .GetProperties()
            .ToDictionary(property => property.GetColumnName(), StringComparer.Ordinal);
        columns = declared.Columns.ToDictionary(
            column => column.Name,
            column => (column, properties[column.Name]),
            StringComparer.Ordinal
        );
    }

    /// <summary>How many rows had another value than the one that they got, by <c>table.column</c>.</summary>
    public Dictionary<string, long> Resets { get; } = new(StringComparer.Ordinal);

    /// <param name="archive">whose rows come in</param>
    /// <param name="conflict">what becomes of a row that is there: SQL</param>
    /// <param name="connection">in whose transaction, as the tenant</param>
    /// <param name="cancel">stops between two statements</param>
    /// <returns>how many came in</returns>
    /// <exception cref="BrokenArchiveException">a value is refused</exception>
    public async Task<long> Take(
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
        var taken = 0L;
        await foreach (var bite in Bites(archive, cancel))
        {
            rows.Value = bite;
            try
            {
                taken += await command.ExecuteNonQueryAsync(cancel);
            }
            catch (PostgresException e)
                when (e.SqlState.StartsWith("22", StringComparison.Ordinal)
                    || e.SqlState is PostgresErrorCodes.NotNullViolation or PostgresErrorCodes.CheckViolation
                )
            {
                throw new BrokenArchiveException(
                    $"{table.Path} has a row that the table does not take ({e.SqlState} {e.ColumnName ?? e.ConstraintName})"
                );
            }
        }
        return taken;
    }

    /// <summary>Checks the rows and tells what is asked of each, without bringing any in.</summary>
    /// <exception cref="BrokenArchiveException">a value is refused</exception>
    public async IAsyncEnumerable<T> Read<T>(
        ArchiveFile archive,
        Func<ArchiveRow, T> tell,
        [EnumeratorCancellation] CancellationToken cancel
    )
    {
        await foreach (var (number, line) in archive.Lines(table.Path, cancel))
        {
            using var document = Parsed(line, number);
            var row = new ArchiveRow(document.RootElement, terms);
            Demand(row, number);
            yield return tell(row);
        }
    }

    private async IAsyncEnumerable<string> Bites(ArchiveFile archive, [EnumeratorCancellation] CancellationToken cancel)
    {
        var (most, mostBytes) = table.IsSelfReferring ? (MostAtOnce, MostBytesAtOnce) : (Bite, MostBytes);
        var bite = new ArrayBufferWriter<byte>();
        await using var json = new Utf8JsonWriter(bite);
        var count = 0;
        await foreach (var (number, line) in archive.Lines(table.Path, cancel))
        {
            using var document = Parsed(line, number);
            var row = new ArchiveRow(document.RootElement, terms);
            Demand(row, number);
            if (count == 0)
                json.WriteStartArray();
            Write(json, row);
            count++;
            if (count < most && json.BytesCommitted + json.BytesPending < mostBytes)
                continue;
            if (table.IsSelfReferring)
                throw new BrokenArchiveException(
                    $"{table.Path} has more than {MostAtOnce} rows, or {MostBytesAtOnce} bytes"
                );
            yield return Ended();
        }
        if (count > 0)
            yield return Ended();

        string Ended()
        {
            json.WriteEndArray();
            json.Flush();
            var text = Encoding.UTF8.GetString(bite.WrittenSpan);
            bite.ResetWrittenCount();
            json.Reset(bite);
            count = 0;
            return text;
        }
    }

    private JsonDocument Parsed(ReadOnlyMemory<byte> line, long number)
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
            // told below
        }
        throw Refused(number, "is no JSON object");
    }

    private void Demand(ArchiveRow row, long number)
    {
        foreach (var value in row.Values.EnumerateObject())
        {
            if (!columns.TryGetValue(value.Name, out var column))
                throw Refused(
                    number,
                    $"{(value.Name.Length <= 63 ? value.Name : "a member")} is no column that an archive has"
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
            var isThere = row.Values.TryGetProperty(name, out var given);
            json.WritePropertyName(name);
            if (rule.Made is { } made)
                JsonSerializer.Serialize(json, made(row));
            else if (rule.Reset is { } reset && !terms.IsTrusted)
                Reset(json, name, isThere ? given : default, reset(row));
            else if (isThere)
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

    private BrokenArchiveException Refused(long number, string fault) =>
        new($"{table.Path}, line {number.ToString(CultureInfo.InvariantCulture)}: {fault}");
}
