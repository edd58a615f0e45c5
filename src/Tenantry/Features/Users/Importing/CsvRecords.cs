using System.Runtime.CompilerServices;
using System.Text;
using Sylvan.Data.Csv;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Features.Users.Importing;

/// <summary>
/// The rows of a CSV file (RFC 4180) with a header. The separator is a comma, semicolon, tab or bar: the header shows
/// which.
/// </summary>
internal sealed class CsvRecords : IDisposable
{
    private const int MaxColumns = 500;

    /// <summary>
    /// Stands for bytes that are not UTF-8. It is a noncharacter, so no text that people exchange contains it.
    /// </summary>
    private const char Undecodable = '\uFFFF';

    private readonly CsvDataReader rows;
    private int line;

    private CsvRecords(CsvDataReader rows, IReadOnlyList<string> columns, int line) =>
        (this.rows, Columns, this.line) = (rows, columns, line);

    public IReadOnlyList<string> Columns { get; }

    /// <exception cref="UnreadableFileException">The header cannot be read.</exception>
    public static async Task<CsvRecords> Open(Stream file, CancellationToken cancel)
    {
        var utf8 = Encoding.GetEncoding(
            "utf-8",
            EncoderFallback.ExceptionFallback,
            new DecoderReplacementFallback($"{Undecodable}")
        );
        var text = new StreamReader(file, utf8, detectEncodingFromByteOrderMarks: false);
        CsvDataReader rows;
        try
        {
            rows = await CsvDataReader.CreateAsync(
                text,
                new CsvDataReaderOptions
                {
                    HasHeaders = true,
                    BufferSize = 16 * 1024,
                    MaxBufferSize = SourceRecord.MaxBytes,
                    OwnsReader = true,
                },
                cancel
            );
        }
        catch (Exception e) when (e is CsvFormatException or CsvRecordTooLargeException)
        {
            throw new UnreadableFileException(
                $"line 1: the header is not CSV, or is longer than {SourceRecord.MaxBytes} characters"
            );
        }
        var columns = Enumerable.Range(0, rows.FieldCount).Select(rows.GetName).ToList();
        if (columns.Count > 0)
            columns[0] = columns[0].TrimStart('\uFEFF');
        if (columns.Count > MaxColumns)
            throw new UnreadableFileException($"line 1: the header has more than {MaxColumns} columns");
        if (columns.Any(name => name.Contains(Undecodable)))
            throw new UnreadableFileException($"line 1: the header {SourceRecord.NotUtf8}");
        if (columns.Find(name => !StorableText.IsStorable(name) || name.Length is 0 or > 200) is not null)
            throw new UnreadableFileException("line 1: the header has a column without a name, or with a long one");
        if (columns.Count != columns.Distinct(StringComparer.Ordinal).Count())
            throw new UnreadableFileException("line 1: the header has two columns of the same name");
        return new CsvRecords(rows, columns, 2 + columns.Sum(NewLines));
    }

    /// <exception cref="UnreadableFileException">A row is too long, or its quotes do not match.</exception>
    public async IAsyncEnumerable<SourceRecord> Read([EnumeratorCancellation] CancellationToken cancel)
    {
        while (await Next(cancel))
        {
            var first = line;
            line += 1 + NewLines(rows.GetRawRecordSpan());
            yield return Row(first);
        }
    }

    private async ValueTask<bool> Next(CancellationToken cancel)
    {
        try
        {
            return await rows.ReadAsync(cancel);
        }
        catch (CsvRecordTooLargeException)
        {
            throw new UnreadableFileException(
                $"line {line}: the row is longer than {SourceRecord.MaxBytes} characters, or a quote is not closed"
            );
        }
        catch (CsvFormatException)
        {
            throw new UnreadableFileException($"line {line}: the row is not CSV");
        }
    }

    private SourceRecord Row(int first)
    {
        if (rows.RowFieldCount != Columns.Count)
            return new SourceRecord(
                first,
                default,
                $"has {rows.RowFieldCount} fields, and the header has {Columns.Count}"
            );
        var fields = new List<KeyValuePair<string, string>>(Columns.Count);
        for (var column = 0; column < Columns.Count; column++)
        {
            if (rows.GetString(column) is not { Length: > 0 } text)
                continue;
            if (text.Contains(Undecodable))
                return new SourceRecord(first, default, $"column {Columns[column]} {SourceRecord.NotUtf8}");
            fields.Add(new(Columns[column], text));
        }
        return SourceRecord.Of(first, fields);
    }

    private static int NewLines(string text) => NewLines(text.AsSpan());

    private static int NewLines(ReadOnlySpan<char> record) => record.TrimEnd("\r\n").Count('\n');

    public void Dispose() => rows.Dispose();
}
