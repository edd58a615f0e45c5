using System.Security.Cryptography;
using Tenantry.Foundation.Storage;

namespace Tenantry.Features.Files.Uploads;

/// <summary>
/// Counts and hashes a body while it is read, and throws as soon as it is larger than allowed. It can be read once.
/// </summary>
public sealed class MeasuredStream(Stream body, long maxBytes) : ReadOnlyStream
{
    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private byte[] peeked = [];
    private int peekedRead;
    private long size;

    /// <summary>The number of bytes that were read so far.</summary>
    public long Size => size;

    /// <summary>The hash of all bytes that were read. It can be computed once.</summary>
    public byte[] Sha256() => hash.GetHashAndReset();

    /// <summary>
    /// Returns the first bytes, fewer than <paramref name="count"/> where the body is shorter. Reading returns them
    /// again.
    /// </summary>
    public async Task<ReadOnlyMemory<byte>> Peek(int count, CancellationToken cancel)
    {
        var buffer = new byte[count];
        var filled = 0;
        int read;
        while (filled < count && (read = await body.ReadAsync(buffer.AsMemory(filled), cancel)) > 0)
            filled += read;
        peeked = buffer[..filled];
        return peeked;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int count;
        if (peekedRead < peeked.Length)
        {
            count = Math.Min(buffer.Length, peeked.Length - peekedRead);
            peeked.AsMemory(peekedRead, count).CopyTo(buffer);
            peekedRead += count;
        }
        else
        {
            count = await body.ReadAsync(buffer, cancellationToken);
        }
        size += count;
        if (size > maxBytes)
            throw new TooLargeException();
        hash.AppendData(buffer.Span[..count]);
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            hash.Dispose();
        base.Dispose(disposing);
    }
}

/// <summary>The body is larger than allowed.</summary>
public sealed class TooLargeException() : Exception("The file is too large.");
