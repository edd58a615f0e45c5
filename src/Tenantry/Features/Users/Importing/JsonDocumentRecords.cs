using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Tenantry.Features.Users.Importing;

/// <summary>
/// The records of one JSON document: the elements of an array, or of the array <c>users</c> of an object. The document
/// is read as a stream: only one record is in memory, and other members are skipped token by token.
/// </summary>
internal sealed class JsonDocumentRecords
{
    /// <summary>The longest token outside the users, for example a certificate of a realm.</summary>
    private const int MaxSkippedBytes = 1024 * 1024;

    private const int FirstBuffer = 16 * 1024;

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    private enum Place
    {
        Start,
        BeforeUsers,
        Users,
        AfterUsers,
    }

    private byte[] buffer = new byte[FirstBuffer];
    private int start,
        end,
        line = 1;
    private bool isLast,
        isUsersNext;
    private Place place;
    private JsonReaderState state = new(new JsonReaderOptions { MaxDepth = 64 });

    private JsonDocumentRecords() { }

    /// <exception cref="UnreadableFileException">The document is malformed, or a part of it is too large.</exception>
    public static async IAsyncEnumerable<SourceRecord> Of(
        Stream file,
        [EnumeratorCancellation] CancellationToken cancel
    )
    {
        var document = new JsonDocumentRecords();
        while (true)
        {
            if (document.Next() is { } record)
                yield return record;
            else if (!await document.Fill(file, cancel))
                yield break;
        }
    }

    /// <returns>False: the document is complete.</returns>
    private async ValueTask<bool> Fill(Stream file, CancellationToken cancel)
    {
        if (isLast)
            return place == Place.AfterUsers
                ? false
                : throw new UnreadableFileException("The document has no list 'users'.");
        if (start > 0)
            Buffer.BlockCopy(buffer, start, buffer, 0, end - start);
        (start, end) = (0, end - start);
        if (end == buffer.Length)
        {
            var most = place == Place.Users ? SourceRecord.MaxBytes : MaxSkippedBytes;
            if (end >= most)
                throw new UnreadableFileException(
                    $"line {LineAt(NextValue())}: a record or value is longer than {most} bytes"
                );
            Array.Resize(ref buffer, Math.Min(buffer.Length * 2, most));
        }
        var isFirst = place == Place.Start && end == 0;
        var count = await file.ReadAtLeastAsync(
            buffer.AsMemory(end),
            isFirst ? 3 : 1,
            throwOnEndOfStream: false,
            cancel
        );
        end += count;
        isLast = count == 0;
        if (isFirst && buffer.AsSpan(0, end).StartsWith(ByteOrderMark))
            start = ByteOrderMark.Length;
        return true;
    }

    /// <returns>The next record; null: the buffer does not contain it.</returns>
    private SourceRecord? Next()
    {
        var reader = new Utf8JsonReader(buffer.AsSpan(start, end - start), isLast, state);
        try
        {
            while (place != Place.Users)
            {
                if (!reader.Read())
                    return Consume(ref reader, null);
                Step(ref reader);
            }
            var before = reader; // a copy: the record is read again when the buffer contains all of it
            if (!reader.Read())
                return Consume(ref reader, null);
            if (reader.TokenType == JsonTokenType.EndArray)
            {
                place = Place.AfterUsers;
                Consume(ref reader, null);
                return Next();
            }
            var first = start + (int)reader.TokenStartIndex;
            if (!reader.TrySkip())
                return Consume(ref before, null);
            if (reader.BytesConsumed - (first - start) > SourceRecord.MaxBytes)
                throw new UnreadableFileException(
                    $"line {LineAt(first)}: a record is longer than {SourceRecord.MaxBytes} bytes"
                );
            var bytes = buffer.AsSpan(first, start + (int)reader.BytesConsumed - first);
            return Consume(ref reader, SourceRecord.Of(LineAt(first), bytes));
        }
        catch (JsonException e)
        {
            throw new UnreadableFileException($"line {e.LineNumber + 1}: it is not well-formed JSON");
        }
    }

    private void Step(ref Utf8JsonReader reader)
    {
        switch (place)
        {
            case Place.Start:
                place =
                    reader.TokenType == JsonTokenType.StartArray ? Place.Users
                    : reader.TokenType == JsonTokenType.StartObject ? Place.BeforeUsers
                    : throw new UnreadableFileException("The document must be an array or an object.");
                break;
            case Place.BeforeUsers when isUsersNext && reader.TokenType == JsonTokenType.StartArray:
                place = Place.Users;
                break;
            case Place.BeforeUsers:
                isUsersNext =
                    reader.CurrentDepth == 1
                    && reader.TokenType == JsonTokenType.PropertyName
                    && reader.ValueTextEquals("users"u8);
                break;
        }
    }

    private SourceRecord? Consume(ref Utf8JsonReader reader, SourceRecord? record)
    {
        var consumed = (int)reader.BytesConsumed;
        line += buffer.AsSpan(start, consumed).Count((byte)'\n');
        start += consumed;
        state = reader.CurrentState;
        return record;
    }

    private int NextValue()
    {
        var separators = buffer.AsSpan(start, end - start).IndexOfAnyExcept(" \t\r\n,"u8);
        return start + Math.Max(0, separators);
    }

    private int LineAt(int index) => line + buffer.AsSpan(start, index - start).Count((byte)'\n');
}
