using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;

namespace Tenantry.Features.Users.Importing;

/// <summary>
/// The imported file: JSON Lines, a JSON document or CSV, from one of the systems of <see cref="ImportSource"/>. Both
/// are recognised by the beginning of the file.
/// </summary>
internal sealed class ImportFile
{
    /// <summary>The bytes by which a file is recognised.</summary>
    private const int HeadBytes = SourceRecord.MaxBytes;

    private ImportFile(ImportSource source, string container, IAsyncEnumerable<SourceRecord> records) =>
        (Source, Container, Records) = (source, container, records);

    public ImportSource Source { get; }

    /// <summary>JSON Lines, JSON or CSV.</summary>
    public string Container { get; }

    public IAsyncEnumerable<SourceRecord> Records { get; }

    /// <param name="file">Read once, to its end.</param>
    /// <param name="format">The system that the operator names; null: it is recognised.</param>
    /// <param name="map">The columns that the operator maps.</param>
    /// <param name="cancel">Stops reading.</param>
    /// <exception cref="UnreadableFileException">The file is empty, or of no form that can be read.</exception>
    public static async Task<ImportFile> Open(Stream file, ImportSource? format, FieldMap map, CancellationToken cancel)
    {
        var pipe = PipeReader.Create(file, new StreamPipeReaderOptions(bufferSize: 16 * 1024, leaveOpen: true));
        var read = await pipe.ReadAtLeastAsync(HeadBytes, cancel);
        var head = read.Buffer.Slice(0, Math.Min(read.Buffer.Length, HeadBytes)).ToArray();
        pipe.AdvanceTo(read.Buffer.Start);
        var rest = pipe.AsStream();

        if (
            head.AsSpan().StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE])
            || head.AsSpan().StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF])
        )
            throw new UnreadableFileException($"line 1: it {SourceRecord.NotUtf8}");
        var text = head.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? head.AsSpan(3) : head;
        text = text.TrimStart(" \t\r\n"u8);
        if (text.Length == 0)
            throw new UnreadableFileException("It is empty.");
        if (text[0] is not ((byte)'{' or (byte)'['))
            return await OpenCsv(rest, format, map, cancel);
        var (isDocument, recognised) = Recognise(text);
        return new ImportFile(
            format ?? recognised,
            isDocument ? "JSON" : "JSON Lines",
            isDocument ? JsonDocumentRecords.Of(rest, cancel) : JsonLineRecords.Of(rest, cancel)
        );
    }

    private static async Task<ImportFile> OpenCsv(
        Stream file,
        ImportSource? format,
        FieldMap map,
        CancellationToken cancel
    )
    {
        var csv = await CsvRecords.Open(file, cancel);
        var source = format ?? ImportSource.Of(csv.Columns);
        if (
            source == ImportSource.Tenantry
            && map.IsEmpty
            && csv.Columns.Except(ImportedUser.Fields, StringComparer.Ordinal).ToList() is { Count: > 0 } unknown
        )
            throw new UnreadableFileException(
                $"line 1: {string.Join(", ", unknown.Take(20))} {(unknown.Count == 1 ? "is no known column" : "are no known columns")}. "
                    + $"Known columns are {string.Join(", ", ImportedUser.Fields)}. Name the format with --format, or map columns with --map FIELD=COLUMN."
            );
        return new ImportFile(source, "CSV", csv.Read(cancel));
    }

    /// <summary>
    /// Whether the JSON is one document (an array, or an object with the list <c>users</c>), and the source that the
    /// members of the first object, or of the first user, show.
    /// </summary>
    private static (bool IsDocument, ImportSource Source) Recognise(ReadOnlySpan<byte> head)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        var reader = new Utf8JsonReader(head, isFinalBlock: false, default);
        var isDocument = head[0] == '[';
        try
        {
            reader.Read();
            if (!isDocument && Collect(ref reader, names, isRoot: true))
            {
                isDocument = true;
                names.Clear();
            }
            if (isDocument && reader.Read() && reader.TokenType == JsonTokenType.StartObject)
                Collect(ref reader, names, isRoot: false);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException) { } // the readers have better messages
        // The users of a realm may come after more than the head.
        return names.Contains("realm") && !isDocument
            ? (true, ImportSource.ByName("keycloak")!)
            : (isDocument, ImportSource.Of(names));
    }

    /// <returns>
    /// Whether the list <c>users</c> begins. Otherwise the object, or the head of the file, has ended.
    /// </returns>
    private static bool Collect(ref Utf8JsonReader reader, HashSet<string> names, bool isRoot)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            names.Add(reader.GetString()!);
            var isUsers = isRoot && reader.ValueTextEquals("users"u8);
            if (!reader.Read())
                return false;
            if (isUsers && reader.TokenType == JsonTokenType.StartArray)
                return true;
            if (!reader.TrySkip())
                return false;
        }
        return false;
    }
}
