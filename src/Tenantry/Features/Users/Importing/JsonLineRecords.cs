using System.Runtime.CompilerServices;
using Tenantry.Foundation.Storage;

namespace Tenantry.Features.Users.Importing;

/// <summary>The records of a file with one JSON object per line. Blank lines are skipped.</summary>
internal static class JsonLineRecords
{
    public static async IAsyncEnumerable<SourceRecord> Of(
        Stream file,
        [EnumeratorCancellation] CancellationToken cancel
    )
    {
        var number = 0;
        await using var lines = BoundedLines.Of(file, SourceRecord.MaxBytes, cancel).GetAsyncEnumerator(cancel);
        while (await Next(lines))
        {
            number++;
            if (lines.Current.Span.IndexOfAnyExcept(" \t"u8) >= 0)
                yield return SourceRecord.Of(number, lines.Current.Span);
        }
    }

    private static async ValueTask<bool> Next(IAsyncEnumerator<ReadOnlyMemory<byte>> lines)
    {
        try
        {
            return await lines.MoveNextAsync();
        }
        catch (LineTooLongException e)
        {
            throw new UnreadableFileException(e.Message);
        }
    }
}
