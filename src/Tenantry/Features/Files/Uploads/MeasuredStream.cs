using System.Security.Cryptography;
using Tenantry.Foundation.Storage;

namespace Tenantry.Features.Files.Uploads;

/// <summary>A body on its way to the store: counted, hashed, and cut off where it becomes too large. It is read once.</summary>
public sealed class MeasuredStream(Stream body, long most) : ReadOnlyStream
{
    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private byte[] first = [];
    private int given;
    private long read;

    public long Size => read;

    /// <summary>Of all that was read, once.</summary>
    public byte[] Sha256() => hash.GetHashAndReset();

    /// <summary>The first bytes, as many as there are up to a number. They are read again afterwards.</summary>
    public async Task<ReadOnlyMemory<byte>> Peek(int count, CancellationToken cancel)
    {
        var buffer = new byte[count];
        var filled = 0;
        int some;
        while (filled < count && (some = await body.ReadAsync(buffer.AsMemory(filled), cancel)) > 0)
            filled += some;
        first = buffer[..filled];
        return first;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int count;
        if (given < first.Length)
        {
            count = Math.Min(buffer.Length, first.Length - given);
            first.AsMemory(given, count).CopyTo(buffer);
            given += count;
        }
        else
        {
            count = await body.ReadAsync(buffer, cancellationToken);
        }
        read += count;
        if (read > most)
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

/// <summary>The body is larger than it may be.</summary>
public sealed class TooLargeException() : Exception("The file is too large.");
