namespace Tenantry.Foundation.Storage;

/// <summary>Reads the bytes of an object. A failure while reading is reported as a failure of the store.</summary>
/// <param name="stream">the stream of the store; it is disposed with this one</param>
/// <param name="most">the maximum number of bytes to read</param>
/// <param name="failure">the failure of the store that an exception means; null: another failure</param>
public sealed class StoreStream(Stream stream, long most, Func<Exception, StoreException?> failure) : ReadOnlyStream
{
    private long left = most;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (left == 0)
            return 0;
        try
        {
            var count = await stream.ReadAsync(buffer[..(int)Math.Min(buffer.Length, left)], cancellationToken);
            left -= count;
            return count;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested && failure(e) is { } known)
        {
            throw known;
        }
    }

    public override async ValueTask DisposeAsync()
    {
        await stream.DisposeAsync();
        await base.DisposeAsync();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            stream.Dispose();
        base.Dispose(disposing);
    }
}
