namespace Tenantry.Foundation.Storage;

/// <summary>Concatenates streams. Each is opened when the one before has ended, and closed at its end.</summary>
/// <param name="count">the number of streams</param>
/// <param name="open">opens the stream of an index, from 0</param>
public sealed class JoinedStream(int count, Func<int, CancellationToken, Task<Stream>> open) : ReadOnlyStream
{
    private int next;
    private Stream? current;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (current is not null || next < count)
        {
            current ??= await open(next++, cancellationToken);
            if (await current.ReadAsync(buffer, cancellationToken) is > 0 and var some)
                return some;
            await current.DisposeAsync();
            current = null;
        }
        return 0;
    }

    public override async ValueTask DisposeAsync()
    {
        if (current is not null)
            await current.DisposeAsync();
        await base.DisposeAsync();
    }
}
