namespace Tenantry.Foundation.Storage;

/// <summary>
/// Stores the bytes of files: in a folder of this machine, or in S3. Keys are <c>{tenant}/{uuid}</c>; the store knows
/// nothing else about a file. An object exists completely or not at all, and never changes: each key is written once.
/// </summary>
public interface IObjectStore
{
    /// <summary>The name in settings and metrics: <c>disk</c> or <c>s3</c>.</summary>
    string Name { get; }

    /// <summary>
    /// Stores a stream, with memory for a part of it only. After an exception or cancellation, nothing is left.
    /// </summary>
    /// <param name="key">a new key</param>
    /// <param name="content">read once, from its present position to its end</param>
    /// <param name="contentType">the media type that the object is returned with</param>
    /// <param name="cancel">aborts the upload; nothing is left</param>
    /// <returns>the stored object, with the size that was read</returns>
    /// <exception cref="StoreException">the store is unavailable, full or refuses the request</exception>
    Task<StoredObject> Put(string key, Stream content, string contentType, CancellationToken cancel);

    /// <param name="key">the key of the object</param>
    /// <param name="from">the offset of the first byte</param>
    /// <param name="length">the number of bytes; null: to the end</param>
    /// <param name="cancel">cancels the opening, not the reading</param>
    /// <returns>a stream that the caller disposes; null: the object does not exist</returns>
    /// <exception cref="StoreException">the store is unavailable or refuses the request</exception>
    Task<Stream?> Open(string key, long from, long? length, CancellationToken cancel);

    /// <returns>null: the object does not exist</returns>
    /// <exception cref="StoreException">the store is unavailable or refuses the request</exception>
    Task<StoredObject?> Find(string key, CancellationToken cancel);

    /// <summary>Copies an object within the store.</summary>
    /// <exception cref="StoreException">the object does not exist, or the store is unavailable</exception>
    Task Copy(string from, string to, CancellationToken cancel);

    /// <summary>Deletes an object if it exists.</summary>
    /// <exception cref="StoreException">the store is unavailable or refuses the request; the caller retries
    /// later</exception>
    Task Delete(string key, CancellationToken cancel);

    /// <summary>Lists all objects of a prefix in the order of their keys, page by page.</summary>
    /// <exception cref="StoreException">the store is unavailable</exception>
    IAsyncEnumerable<StoredObject> List(string prefix, CancellationToken cancel);

    /// <summary>An address from which anyone who has it can download the object, until it expires.</summary>
    Uri SignedGet(string key, SignedGet terms);

    /// <summary>
    /// Begins an upload whose parts a client sends by signed requests. The requests are valid as long as the upload:
    /// once it was completed or aborted, none of them stores anything.
    /// </summary>
    /// <returns>the store's id of the upload</returns>
    /// <exception cref="StoreException">the store is unavailable or refuses the request</exception>
    Task<string> BeginParts(string key, string contentType, CancellationToken cancel);

    /// <param name="key">the key of the object</param>
    /// <param name="upload">the id that <see cref="BeginParts"/> returned</param>
    /// <param name="number">the number of the part, from 1</param>
    /// <param name="size">the size of the part in bytes; all but the last have <see cref="PartSize"/></param>
    /// <param name="expires">the store refuses the request after this time</param>
    SignedRequest SignedPart(string key, string upload, int number, long size, DateTimeOffset expires);

    /// <summary>Creates the object from its uploaded parts.</summary>
    /// <returns>null: a part is missing, or the upload has ended</returns>
    /// <exception cref="StoreException">the store is unavailable or refuses the request</exception>
    Task<StoredObject?> CompleteParts(string key, string upload, int parts, CancellationToken cancel);

    /// <summary>Aborts an upload if it exists, and deletes its parts.</summary>
    /// <exception cref="StoreException">the store is unavailable or refuses the request; the caller retries
    /// later</exception>
    Task AbortParts(string key, string upload, CancellationToken cancel);

    /// <summary>Lists uploads that were not completed.</summary>
    /// <exception cref="StoreException">the store is unavailable</exception>
    IAsyncEnumerable<UnfinishedObject> Unfinished(CancellationToken cancel);

    /// <summary>
    /// Checks that objects can be read and written. Writes a small object where that is cheap, or where the last write
    /// failed.
    /// </summary>
    /// <exception cref="StoreException">the store is unavailable, full or read-only</exception>
    Task Check(CancellationToken cancel);

    /// <summary>Whether a text is an object key: the id of a tenant and the id of an object.</summary>
    static bool IsKey(string key) =>
        key.Split('/') is [var tenant, var id]
        && Guid.TryParseExact(tenant, "D", out var first)
        && Guid.TryParseExact(id, "D", out var second)
        && key == $"{first}/{second}";

    /// <summary>The prefix of the service's own objects: a tenant id that no tenant has.</summary>
    static readonly string OwnPrefix = $"{Guid.Empty}/";

    /// <summary>The size in bytes of each part but the last.</summary>
    const int PartSize = 8 * 1024 * 1024;
}

/// <param name="Key">the key of the object</param>
/// <param name="Size">the size in bytes</param>
/// <param name="At">when it was stored</param>
public sealed record StoredObject(string Key, long Size, DateTimeOffset At);

/// <param name="Key">the key of the intended object; empty if the store does not know it</param>
/// <param name="Upload">the store's id of the upload</param>
/// <param name="At">when it was started</param>
public sealed record UnfinishedObject(string Key, string Upload, DateTimeOffset At);

/// <param name="Expires">the address is refused after this time</param>
/// <param name="ContentType">the media type of the response</param>
/// <param name="ContentDisposition">the content disposition of the response (RFC 6266)</param>
public sealed record SignedGet(DateTimeOffset Expires, string ContentType, string ContentDisposition);

/// <param name="Method">the method of the request</param>
/// <param name="Url">the URL of the request</param>
/// <param name="Headers">headers that the request must have, with exactly these values</param>
/// <param name="Expires">the request is refused after this time</param>
public sealed record SignedRequest(
    string Method,
    Uri Url,
    IReadOnlyDictionary<string, string> Headers,
    DateTimeOffset Expires
);

/// <summary>
/// The store did not execute a request. The message contains no secret and no address. A request that fails with it is
/// answered 503 (<see cref="StoreErrorMapper"/>).
/// </summary>
/// <param name="message">the reason</param>
/// <param name="inner">the exception of the store</param>
public sealed class StoreException(string message, Exception? inner = null) : Exception(message, inner);
