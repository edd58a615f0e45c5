using System.Runtime.CompilerServices;
using Tenantry.Foundation.Hosting.Settings;

namespace Tenantry.Foundation.Storage;

/// <summary>
/// The object store in a folder of this machine: the default, for one instance. An object is a file named by its key.
/// </summary>
/// <remarks>
/// A file is written under another name in the same volume, flushed to the disk and renamed. An object therefore exists
/// completely or not at all, and survives a power failure once its upload was confirmed. Files and folders are
/// accessible
/// to the account of the service alone (0600, 0700).
/// </remarks>
public sealed class DiskStore : IObjectStore
{
    private readonly DiskFolder folder;
    private readonly DiskMultipart multipart;
    private readonly DiskSignatures signatures;

    public DiskStore(StoreSettings settings, DiskSignatures signatures)
    {
        this.signatures = signatures;
        folder = new DiskFolder(settings.Folder);
        multipart = new DiskMultipart(folder);
    }

    public string Name => "disk";

    public async Task<StoredObject> Put(string key, Stream content, string contentType, CancellationToken cancel)
    {
        var path = folder.ObjectPath(key);
        var unfinished = folder.NewUnfinishedPath();
        try
        {
            await DiskFiles.Write(unfinished, content, cancel);
            DiskFiles.Commit(unfinished, path);
            var file = DiskFiles.Find(path) ?? throw new StoreException("The object was deleted.");
            return new StoredObject(key, file.Length, file.LastWriteTimeUtc);
        }
        catch
        {
            DiskFiles.TryDelete(unfinished);
            throw;
        }
    }

    public Task<Stream?> Open(string key, long from, long? length, CancellationToken cancel)
    {
        var stream = DiskFiles.Open(folder.ObjectPath(key));
        if (stream is null)
            return Task.FromResult<Stream?>(null);
        stream.Position = Math.Min(from, stream.Length);
        return Task.FromResult<Stream?>(new StoreStream(stream, length ?? long.MaxValue, DiskFiles.Failure));
    }

    public Task<StoredObject?> Find(string key, CancellationToken cancel) =>
        Task.FromResult(FileOf(key) is { } file ? new StoredObject(key, file.Length, file.LastWriteTimeUtc) : null);

    public async Task Copy(string from, string to, CancellationToken cancel)
    {
        await using var stream =
            await Open(from, 0, null, cancel) ?? throw new StoreException("The object to copy does not exist.");
        await Put(to, stream, "", cancel);
    }

    public Task Delete(string key, CancellationToken cancel)
    {
        DiskFiles.Delete(folder.ObjectPath(key));
        return Task.CompletedTask;
    }

    public async IAsyncEnumerable<StoredObject> List(string prefix, [EnumeratorCancellation] CancellationToken cancel)
    {
        await Task.CompletedTask;
        foreach (var (key, file) in folder.Objects(prefix))
        {
            cancel.ThrowIfCancellationRequested();
            yield return new StoredObject(key, file.Length, file.LastWriteTimeUtc);
        }
    }

    public Uri SignedGet(string key, SignedGet terms) => signatures.Get(key, terms);

    public Task<string> BeginParts(string key, string contentType, CancellationToken cancel) =>
        Task.FromResult(multipart.Begin(key));

    public SignedRequest SignedPart(string key, string upload, int number, long size, DateTimeOffset expires) =>
        signatures.Part(key, upload, number, size, expires);

    public async Task<StoredObject?> CompleteParts(string key, string upload, int parts, CancellationToken cancel)
    {
        await using var content = multipart.Join(upload, parts);
        if (content is null)
            return null;
        var stored = await Put(key, content, "", cancel);
        multipart.End(upload);
        return stored;
    }

    public Task AbortParts(string key, string upload, CancellationToken cancel)
    {
        multipart.Abort(upload);
        return Task.CompletedTask;
    }

    public IAsyncEnumerable<UnfinishedObject> Unfinished(CancellationToken cancel) =>
        multipart.Unfinished().ToAsyncEnumerable();

    /// <summary>Writes one byte as an object is written, and deletes it.</summary>
    public async Task Check(CancellationToken cancel)
    {
        var unfinished = folder.NewUnfinishedPath();
        try
        {
            using var content = new MemoryStream([0]);
            await DiskFiles.Write(unfinished, content, cancel);
        }
        finally
        {
            DiskFiles.TryDelete(unfinished);
        }
    }

    /// <summary>Stores a part that a client sends to a signed address.</summary>
    /// <returns>whether the upload still exists</returns>
    internal Task<bool> PutPart(string upload, int number, Stream content, CancellationToken cancel) =>
        multipart.PutPart(upload, number, content, cancel);

    /// <returns>the file of an object; null: the object does not exist</returns>
    internal FileInfo? FileOf(string key) => DiskFiles.Find(folder.ObjectPath(key));
}
