namespace Tenantry.Foundation.Storage;

/// <summary>The bytes of an object as they are read: what goes wrong meanwhile is the store's failure, and said as such.</summary>
/// <param name="stream">of the store; it is disposed with this one</param>
/// <param name="most">bytes that are read of it at most</param>
/// <param name="failure">what an exception of the stream means; null: something else</param>
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
