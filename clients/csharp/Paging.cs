using System.Runtime.CompilerServices;

namespace Tenantry.Client;

/// <summary>A part of a list, and the cursor of the next.</summary>
public interface IPage<TItem>
{
    List<TItem>? Items { get; }

    /// <summary>Null on the last one.</summary>
    string? NextCursor { get; }
}

public static class Paging
{
    /// <summary>All of a list, page after page, each asked for when the one before is used up.</summary>
    /// <param name="page">asks for the page at a cursor; null is the first</param>
    /// <param name="cancel">looked at before each page</param>
    public static async IAsyncEnumerable<TItem> All<TItem>(
        Func<string?, Task<IPage<TItem>?>> page,
        [EnumeratorCancellation] CancellationToken cancel = default
    )
    {
        string? cursor = null;
        do
        {
            cancel.ThrowIfCancellationRequested();
            var part = await page(cursor).ConfigureAwait(false);
            foreach (var item in part?.Items ?? [])
                yield return item;
            cursor = part?.NextCursor;
        } while (cursor is not null);
    }
}
