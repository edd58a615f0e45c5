using Tenantry.Foundation.Storage;

namespace Tenantry.Features.Files.Uploads;

/// <summary>A signed request that sends one part of a file to the object store.</summary>
/// <param name="Method">The HTTP method of the request.</param>
/// <param name="Url">The signed URL of the request.</param>
/// <param name="Headers">The headers that the request must have.</param>
/// <param name="Size">The size of the request's body in bytes.</param>
public sealed record DirectUploadPart(string Method, Uri Url, IReadOnlyDictionary<string, string> Headers, long Size);

/// <summary>Begins a multipart upload in the store, and signs a request for each of its parts.</summary>
public sealed class DirectUploadParts(IObjectStore store, NewFile file)
{
    /// <summary>A larger file is sent in several parts.</summary>
    private const long MaxSinglePart = 8 * IObjectStore.PartSize;

    /// <exception cref="StoreException">The store failed. Nothing is left in it.</exception>
    public async Task<Begun> Begin(string key, string type, long size, DateTimeOffset expires, CancellationToken cancel)
    {
        var count =
            size == 0 ? 0
            : size > MaxSinglePart ? (int)((size + IObjectStore.PartSize - 1) / IObjectStore.PartSize)
            : 1;
        string? storeUpload = null;
        try
        {
            if (count > 0)
                storeUpload = await store.BeginParts(key, type, cancel);
            return new Begun(
                storeUpload,
                [
                    .. Enumerable
                        .Range(1, count)
                        .Select(number =>
                            Sign(
                                key,
                                storeUpload!,
                                number,
                                count == 1
                                    ? size
                                    : Math.Min(IObjectStore.PartSize, size - ((number - 1L) * IObjectStore.PartSize)),
                                expires
                            )
                        ),
                ]
            );
        }
        catch (StoreException) when (storeUpload is not null)
        {
            await Abort(key, storeUpload);
            throw;
        }
    }

    public Task Abort(string key, string storeUpload) => file.RemoveObject(key, 0, storeUpload);

    private DirectUploadPart Sign(string key, string storeUpload, int number, long size, DateTimeOffset expires)
    {
        var signed = store.SignedPart(key, storeUpload, number, size, expires);
        return new DirectUploadPart(signed.Method, signed.Url, signed.Headers, size);
    }

    /// <param name="StoreUpload">The store's id of the upload. Null: the file is empty, and has no parts.</param>
    /// <param name="Requests">The signed requests in the order of their parts.</param>
    public sealed record Begun(string? StoreUpload, IReadOnlyList<DirectUploadPart> Requests);
}
