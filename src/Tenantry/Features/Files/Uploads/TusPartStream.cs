using Tenantry.Foundation.Storage;

namespace Tenantry.Features.Files.Uploads;

/// <summary>
/// The next part of a request body, up to a maximum size. When the connection breaks, the part ends there without an
/// exception, so that the bytes that have arrived are stored.
/// </summary>
internal sealed class TusPartStream(Stream body, long maxBytes, TusChecksum? checksum, CancellationToken aborted)
    : ReadOnlyStream
{
    private long left = maxBytes;

    /// <summary>Whether the body ended in this part.</summary>
    public bool IsEnd { get; private set; }

    /// <summary>The exception that ended the body early. Null: it did not.</summary>
    public Exception? Fault { get; private set; }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (left == 0 || IsEnd)
            return 0;
        var count = 0;
        try
        {
            count = await body.ReadAsync(buffer[..(int)Math.Min(buffer.Length, left)], aborted);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            Fault = e;
        }
        IsEnd = count == 0;
        left -= count;
        checksum?.Add(buffer.Span[..count]);
        return count;
    }
}
