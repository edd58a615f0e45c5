using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text;
using Tenantry.Foundation.Hosting.Settings;

namespace Tenantry.Foundation.Storage;

/// <summary>
/// A folder of this machine: the store where none is set, for one instance. An object is a file under its key, written under another name in the same volume, flushed to the disk and renamed:
/// it is there as a whole or not at all, and survives a loss of power once it was answered. Files are readable by the account of the service alone (0600), folders too (0700).
/// </summary>
public sealed class DiskStore(StoreSettings settings, DiskSignatures signatures) : IObjectStore
{
    private const int Buffer = 128 * 1024;

    /// <summary>How an object is called that was being written.</summary>
    private const string Coming = "coming-";

    // Closed to others at the start: what an earlier version made below it is out of their reach too.
    private readonly string root = Closed(Path.GetFullPath(settings.Folder));

    public string Name => "disk";

    public async Task<StoredObject> Put(string key, Stream content, string contentType, CancellationToken cancel)
    {
        var path = PathOf(key);
        var coming = ComingPath();
        try
        {
            await Write(coming, content, cancel);
            DiskFiles.Do(() => Settle(coming, path));
            var file = DiskFiles.Find(path) ?? throw new StoreException("The object went away.");
            return new StoredObject(key, file.Length, file.LastWriteTimeUtc);
        }
        catch
        {
            DiskFiles.TryDelete(coming);
            throw;
        }
    }

    public Task<Stream?> Open(string key, long from, long? length, CancellationToken cancel)
    {
        var stream = OpenFile(PathOf(key));
        if (stream is null)
            return Task.FromResult<Stream?>(null);
        stream.Position = Math.Min(from, stream.Length);
        return Task.FromResult<Stream?>(new StoreStream(stream, length ?? long.MaxValue, DiskFiles.Failure));
    }

    public Task<StoredObject?> Find(string key, CancellationToken cancel) =>
        Task.FromResult(
            DiskFiles.Find(PathOf(key)) is { } file ? new StoredObject(key, file.Length, file.LastWriteTimeUtc) : null
        );

    public async Task Copy(string from, string to, CancellationToken cancel)
    {
        await using var stream =
            await Open(from, 0, null, cancel) ?? throw new StoreException("There is no such object to copy.");
        await Put(to, stream, "", cancel);
    }

    public Task Delete(string key, CancellationToken cancel)
    {
        DiskFiles.Delete(PathOf(key));
        return Task.CompletedTask;
    }

    public async IAsyncEnumerable<StoredObject> List(string prefix, [EnumeratorCancellation] CancellationToken cancel)
    {
        await Task.CompletedTask;
        // A folder for each tenant, and in it one for each first two digits: none has so many files that their names would fill the memory.
        foreach (var tenant in Sorted(root, prefix.Split('/')[0]))
        {
            foreach (var part in Sorted(Path.Combine(root, tenant), ""))
            {
                foreach (
                    var file in DiskFiles
                        .Do(() => new DirectoryInfo(Path.Combine(root, tenant, part)).GetFiles())
                        .OrderBy(file => file.Name, StringComparer.Ordinal)
                )
                {
                    cancel.ThrowIfCancellationRequested();
                    var key = $"{tenant}/{file.Name}";
                    if (file.Exists && IObjectStore.IsKey(key) && key.StartsWith(prefix, StringComparison.Ordinal))
                        yield return new StoredObject(key, file.Length, file.LastWriteTimeUtc);
                }
            }
        }
    }

    public Uri SignedGet(string key, SignedGet terms) => signatures.Get(key, terms);

    public Task<string> BeginParts(string key, string contentType, CancellationToken cancel)
    {
        PathOf(key);
        var upload = Guid.NewGuid().ToString("N");
        DiskFiles.Do(() =>
        {
            Folder.Make(PartsPath(upload));
            using var file = PrivateFile.Create(Path.Combine(PartsPath(upload), "key"), FileOptions.None);
            file.Write(Encoding.ASCII.GetBytes(key));
        });
        return Task.FromResult(upload);
    }

    public SignedRequest SignedPart(string key, string upload, int number, long size, DateTimeOffset expires) =>
        signatures.Part(key, upload, number, size, expires);

    public async Task<StoredObject?> CompleteParts(string key, string upload, int parts, CancellationToken cancel)
    {
        var paths = Enumerable
            .Range(1, parts)
            .Select(number => Path.Combine(PartsPath(upload), PartName(number)))
            .ToList();
        if (!paths.TrueForAll(path => DiskFiles.Find(path) is not null))
            return null;
        await using var all = new JoinedStream(
            parts,
            (at, _) =>
                Task.FromResult<Stream>(
                    new StoreStream(
                        OpenFile(paths[at]) ?? throw new StoreException("A part of the object went away."),
                        long.MaxValue,
                        DiskFiles.Failure
                    )
                )
        );
        var stored = await Put(key, all, "", cancel);
        EndParts(upload);
        return stored;
    }

    public Task AbortParts(string key, string upload, CancellationToken cancel)
    {
        if (
            upload.StartsWith(Coming, StringComparison.Ordinal)
            && Guid.TryParseExact(upload[Coming.Length..], "N", out var coming)
        )
            DiskFiles.Delete(Path.Combine(root, ".coming", coming.ToString("N")));
        else
            EndParts(upload);
        return Task.CompletedTask;
    }

    public async IAsyncEnumerable<UnfinishedObject> Unfinished([EnumeratorCancellation] CancellationToken cancel)
    {
        await Task.CompletedTask;
        foreach (var upload in Sorted(Path.Combine(root, ".parts"), ""))
        {
            var name = Path.Combine(PartsPath(upload), "key");
            if (DiskFiles.Find(name) is not null)
                yield return new UnfinishedObject(
                    DiskFiles.Do(() => File.ReadAllText(name)),
                    upload,
                    DiskFiles.Do(() => Directory.GetCreationTimeUtc(PartsPath(upload)))
                );
        }
        // What was being written when a process died.
        foreach (var coming in Sorted(Path.Combine(root, ".coming"), ""))
            yield return new UnfinishedObject(
                "",
                Coming + coming,
                DiskFiles.Do(() => File.GetLastWriteTimeUtc(Path.Combine(root, ".coming", coming)))
            );
    }

    /// <summary>Writes a byte as an object is written: to the disk, and away again.</summary>
    public async Task Check(CancellationToken cancel)
    {
        var coming = ComingPath();
        try
        {
            using var content = new MemoryStream([0]);
            await Write(coming, content, cancel);
        }
        finally
        {
            DiskFiles.TryDelete(coming);
        }
    }

    /// <summary>Takes a part that somebody sends by a signed address.</summary>
    /// <returns>whether the upload is still under way</returns>
    internal async Task<bool> PutPart(string upload, int number, Stream content, CancellationToken cancel)
    {
        var folder = PartsPath(upload);
        if (!Directory.Exists(folder))
            return false;
        var coming = ComingPath();
        try
        {
            await Write(coming, content, cancel);
            DiskFiles.Do(() => File.Move(coming, Path.Combine(folder, PartName(number)), overwrite: true));
            return true;
        }
        catch (StoreException) when (!Directory.Exists(folder))
        {
            DiskFiles.TryDelete(coming); // it has ended meanwhile
            return false;
        }
        catch
        {
            DiskFiles.TryDelete(coming);
            throw;
        }
    }

    /// <returns>where the object is on the disk; null: there is none</returns>
    internal FileInfo? FileOf(string key) => DiskFiles.Find(PathOf(key));

    private static string Closed(string folder)
    {
        Folder.Close(folder);
        return folder;
    }

    /// <summary>Nothing but two ids can become a path.</summary>
    private string PathOf(string key)
    {
        if (!IObjectStore.IsKey(key))
            throw new ArgumentException("No key of an object.", nameof(key));
        var slash = key.IndexOf('/', StringComparison.Ordinal);
        return Path.Combine(root, key[..slash], key.Substring(slash + 1, 2), key[(slash + 1)..]);
    }

    private string PartsPath(string upload) =>
        Guid.TryParseExact(upload, "N", out var id)
            ? Path.Combine(root, ".parts", id.ToString("N"))
            : Path.Combine(root, ".parts", "none");

    private static string PartName(int number) =>
        number.ToString("D5", System.Globalization.CultureInfo.InvariantCulture);

    private string ComingPath()
    {
        DiskFiles.Do(() => Folder.Make(Path.Combine(root, ".coming")));
        return Path.Combine(root, ".coming", Guid.NewGuid().ToString("N"));
    }

    private void EndParts(string upload) =>
        DiskFiles.Do(() =>
        {
            try
            {
                Directory.Delete(PartsPath(upload), recursive: true);
            }
            catch (DirectoryNotFoundException)
            {
                // It had ended.
            }
        });

    /// <summary>What goes wrong while the content is read comes through as it is: that is not the disk's doing.</summary>
    private static async Task Write(string path, Stream content, CancellationToken cancel)
    {
        await using var file = DiskFiles.Do(() => PrivateFile.Create(path));
        var buffer = ArrayPool<byte>.Shared.Rent(Buffer);
        try
        {
            int count;
            while ((count = await content.ReadAsync(buffer.AsMemory(0, Buffer), cancel)) > 0)
                await DiskFiles.Do(() => file.WriteAsync(buffer.AsMemory(0, count), cancel).AsTask());
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
        DiskFiles.Do(() => file.Flush(flushToDisk: true));
    }

    private static void Settle(string coming, string path)
    {
        var folder = Path.GetDirectoryName(path)!;
        Folder.Make(folder);
        try
        {
            File.Move(coming, path); // refuses where there is one
        }
        catch (IOException) when (File.Exists(path))
        {
            throw new StoreException("There is such an object already.");
        }
        Folder.Flush(folder);
    }

    private static FileStream? OpenFile(string path) =>
        DiskFiles.Do(() =>
        {
            try
            {
                return new FileStream(
                    path,
                    new FileStreamOptions
                    {
                        Mode = FileMode.Open,
                        Access = FileAccess.Read,
                        Share = FileShare.Read | FileShare.Delete,
                        Options = FileOptions.Asynchronous | FileOptions.SequentialScan,
                        BufferSize = 0,
                    }
                );
            }
            catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
            {
                return null;
            }
        });

    private static List<string> Sorted(string folder, string prefix) =>
        DiskFiles.Do(() =>
            !Directory.Exists(folder)
                ? []
                : Directory
                    .EnumerateFileSystemEntries(folder)
                    .Select(path => Path.GetFileName(path)!)
                    .Where(name => !name.StartsWith('.') && name.StartsWith(prefix, StringComparison.Ordinal))
                    .Order(StringComparer.Ordinal)
                    .ToList()
        );
}
