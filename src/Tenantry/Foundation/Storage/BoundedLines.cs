using System.Runtime.CompilerServices;

namespace Tenantry.Foundation.Storage;

/// <summary>
/// Reads lines of UTF-8 from an untrusted file or object. A line that is too long is refused before it fills the
/// memory.
/// </summary>
public static class BoundedLines
{
    private const int FirstBuffer = 16 * 1024;

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <param name="stream">read once, to its end; it stays open</param>
    /// <param name="most">maximum bytes of a line, without its end</param>
    /// <param name="cancel">stops reading</param>
    /// <returns>each line without its end; the memory is valid until the next line is read</returns>
    /// <exception cref="LineTooLongException">a line is longer</exception>
    public static async IAsyncEnumerable<ReadOnlyMemory<byte>> Of(
        Stream stream,
        int most,
        [EnumeratorCancellation] CancellationToken cancel
    )
    {
        var buffer = new byte[Math.Min(FirstBuffer, most + 2)];
        var (start, scanned, end, number) = (0, 0, 0, 1L);
        while (true)
        {
            var newline = buffer.AsSpan(scanned, end - scanned).IndexOf((byte)'\n');
            if ((newline < 0 ? end : scanned + newline) - start > most + 1)
                throw new LineTooLongException(number, most);
            if (newline >= 0)
            {
                yield return Line(buffer, start, scanned + newline, number, most);
                start = scanned = scanned + newline + 1;
                number++;
                continue;
            }
            if (start > 0)
                Buffer.BlockCopy(buffer, start, buffer, 0, end - start);
            (end, start) = (end - start, 0);
            scanned = end;
            if (end == buffer.Length)
                Array.Resize(ref buffer, (int)Math.Min(buffer.Length * 2L, most + 2L));
            var count = await stream.ReadAsync(buffer.AsMemory(end), cancel);
            end += count;
            if (count > 0)
                continue;
            if (end > 0)
                yield return Line(buffer, 0, end, number, most);
            yield break;
        }
    }

    private static ReadOnlyMemory<byte> Line(byte[] buffer, int start, int end, long number, int most)
    {
        if (end > start && buffer[end - 1] == '\r')
            end--;
        if (number == 1 && buffer.AsSpan(start, end - start).StartsWith(ByteOrderMark))
            start += ByteOrderMark.Length;
        return end - start <= most ? buffer.AsMemory(start, end - start) : throw new LineTooLongException(number, most);
    }
}

/// <summary>A line exceeds the maximum length.</summary>
/// <param name="line">the number of the line, from 1</param>
/// <param name="most">the maximum number of bytes</param>
public sealed class LineTooLongException(long line, int most) : Exception($"line {line} is longer than {most} bytes")
{
    public long Line => line;
}
