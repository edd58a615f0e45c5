namespace Tenantry.Foundation.Storage;

/// <summary>
/// Where the bytes of files are: a folder of this machine, or S3. Keys are <c>{tenant}/{uuid}</c>; nothing else is known of a file here. An object is there as a whole or not at all,
/// and is never changed: a key is written once.
/// </summary>
public interface IObjectStore
{
    /// <summary>As settings and metrics call it: <c>disk</c> or <c>s3</c>.</summary>
    string Name { get; }

    /// <summary>Takes a stream to its end, with memory for a part of it. If it breaks off, by exception or cancellation, nothing is left.</summary>
    /// <param name="key">which nothing has yet</param>
    /// <param name="content">read once, from where it is</param>
    /// <param name="contentType">as it is given back</param>
    /// <param name="cancel">undoes it</param>
    /// <returns>what was stored, of the size that was read</returns>
    /// <exception cref="StoreException">the store is away, full or refuses</exception>
    Task<StoredObject> Put(string key, Stream content, string contentType, CancellationToken cancel);

    /// <param name="key">which object</param>
    /// <param name="from">the first byte</param>
    /// <param name="length">null: to the end</param>
    /// <param name="cancel">of the opening, not of the reading</param>
    /// <returns>null: there is none. The caller disposes of it</returns>
    /// <exception cref="StoreException">the store is away or refuses</exception>
    Task<Stream?> Open(string key, long from, long? length, CancellationToken cancel);

    /// <returns>null: there is none</returns>
    /// <exception cref="StoreException">the store is away or refuses</exception>
    Task<StoredObject?> Find(string key, CancellationToken cancel);

    /// <summary>Within the store, whatever the size.</summary>
    /// <exception cref="StoreException">there is none, or the store is away</exception>
    Task Copy(string from, string to, CancellationToken cancel);

    /// <summary>Whether it was there or not.</summary>
    /// <exception cref="StoreException">the store is away or refuses: it is tried again later</exception>
    Task Delete(string key, CancellationToken cancel);

    /// <summary>All of a prefix in the order of their keys, as many at a time as memory is made for.</summary>
    /// <exception cref="StoreException">the store is away</exception>
    IAsyncEnumerable<StoredObject> List(string prefix, CancellationToken cancel);

    /// <summary>An address that gives the object to whoever has it, until it expires or the object goes.</summary>
    Uri SignedGet(string key, SignedGet terms);

    /// <summary>
    /// Begins an object that somebody else sends by signed requests, in one part or many. Its requests end with it: once it was completed or given up, none of them stores anything.
    /// </summary>
    /// <returns>what the store calls it</returns>
    /// <exception cref="StoreException">the store is away or refuses</exception>
    Task<string> BeginParts(string key, string contentType, CancellationToken cancel);

    /// <param name="key">of the object</param>
    /// <param name="upload">as <see cref="BeginParts"/> said</param>
    /// <param name="number">from 1</param>
    /// <param name="size">of the part in bytes; all but the last have <see cref="PartSize"/></param>
    /// <param name="expires">after which it is refused</param>
    SignedRequest SignedPart(string key, string upload, int number, long size, DateTimeOffset expires);

    /// <summary>Makes the object of all parts that came.</summary>
    /// <returns>null: a part is missing, or the upload is over</returns>
    /// <exception cref="StoreException">the store is away or refuses</exception>
    Task<StoredObject?> CompleteParts(string key, string upload, int parts, CancellationToken cancel);

    /// <summary>Whether it was there or not.</summary>
    /// <exception cref="StoreException">the store is away or refuses: it is tried again later</exception>
    Task AbortParts(string key, string upload, CancellationToken cancel);

    /// <summary>Objects whose parts were never put together.</summary>
    /// <exception cref="StoreException">the store is away</exception>
    IAsyncEnumerable<UnfinishedObject> Unfinished(CancellationToken cancel);

    /// <summary>Whether objects can be read and written now. Tries a small write where that is cheap, or where the last write failed.</summary>
    /// <exception cref="StoreException">the store is away, full or read-only</exception>
    Task Check(CancellationToken cancel);

    /// <summary>Two ids, and nothing else: of the tenant and of the object.</summary>
    static bool IsKey(string key) =>
        key.Split('/') is [var tenant, var id]
        && Guid.TryParseExact(tenant, "D", out var first)
        && Guid.TryParseExact(id, "D", out var second)
        && key == $"{first}/{second}";

    /// <summary>What the service keeps there for itself stands under a tenant that nobody is.</summary>
    static readonly string OwnPrefix = $"{Guid.Empty}/";

    /// <summary>In bytes, of each part but the last.</summary>
    const int PartSize = 8 * 1024 * 1024;
}

/// <param name="Key">of the object</param>
/// <param name="Size">in bytes</param>
/// <param name="At">when it was stored</param>
public sealed record StoredObject(string Key, long Size, DateTimeOffset At);

/// <param name="Key">of the object that it would have been; empty where the store does not know</param>
/// <param name="Upload">what the store calls it</param>
/// <param name="At">when it was begun</param>
public sealed record UnfinishedObject(string Key, string Upload, DateTimeOffset At);

/// <param name="Expires">after which the address is of no use</param>
/// <param name="ContentType">that the answer says</param>
/// <param name="ContentDisposition">that the answer says (RFC 6266)</param>
public sealed record SignedGet(DateTimeOffset Expires, string ContentType, string ContentDisposition);

/// <param name="Method">of the request</param>
/// <param name="Url">of the request</param>
/// <param name="Headers">that the request has to have, exactly so</param>
/// <param name="Expires">after which it is refused</param>
public sealed record SignedRequest(
    string Method,
    Uri Url,
    IReadOnlyDictionary<string, string> Headers,
    DateTimeOffset Expires
);

/// <summary>The store did not do what was asked. Its message names no secret and no address. A request that meets it is answered 503 (<see cref="StoreErrorMapper"/>).</summary>
/// <param name="message">what went wrong</param>
/// <param name="inner">how the store says it</param>
public sealed class StoreException(string message, Exception? inner = null) : Exception(message, inner);
