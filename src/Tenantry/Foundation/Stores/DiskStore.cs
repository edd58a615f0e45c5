using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text;
using Tenantry.Foundation.Settings;

namespace Tenantry.Foundation.Stores;

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
            Settle(coming, path);
            return new StoredObject(key, new FileInfo(path).Length, File.GetLastWriteTimeUtc(path));
        }
        catch (Exception e)
        {
            File.Delete(coming);
            if (e is StoreException)
                throw;
            throw Translated(e) ?? e;
        }
    }

    public Task<Stream?> Open(string key, long from, long? length, CancellationToken cancel)
    {
        var stream = OpenFile(PathOf(key));
        if (stream is null)
            return Task.FromResult<Stream?>(null);
        stream.Position = Math.Min(from, stream.Length);
        return Task.FromResult<Stream?>(length is { } most && most < stream.Length - stream.Position ? new FirstBytes(stream, most) : stream);
    }

    public Task<StoredObject?> Find(string key, CancellationToken cancel)
    {
        var file = new FileInfo(PathOf(key));
        return Task.FromResult(file.Exists ? new StoredObject(key, file.Length, file.LastWriteTimeUtc) : null);
    }

    public async Task Copy(string from, string to, CancellationToken cancel)
    {
        await using var stream = OpenFile(PathOf(from)) ?? throw new StoreException("There is no such object to copy.");
        await Put(to, stream, "", cancel);
    }

    public Task Delete(string key, CancellationToken cancel)
    {
        try
        {
            File.Delete(PathOf(key));
        }
        catch (DirectoryNotFoundException)
        {
            // Nor was there ever anything of this tenant.
        }
        catch (Exception e) when (Translated(e) is { } known)
        {
            throw known;
        }
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
                foreach (var file in new DirectoryInfo(Path.Combine(root, tenant, part)).EnumerateFiles().OrderBy(file => file.Name, StringComparer.Ordinal))
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

    public SignedRequest SignedPut(string key, SignedPut terms) => signatures.Put(key, terms);

    public Task<string> BeginParts(string key, string contentType, CancellationToken cancel)
    {
        PathOf(key);
        var upload = Guid.NewGuid().ToString("N");
        Folder.Make(PartsPath(upload));
        using (var file = PrivateFile.Create(Path.Combine(PartsPath(upload), "key"), FileOptions.None))
            file.Write(Encoding.ASCII.GetBytes(key));
        return Task.FromResult(upload);
    }

    public SignedRequest SignedPart(string key, string upload, int number, long size, DateTimeOffset expires) => signatures.Part(key, upload, number, size, expires);

    public async Task<StoredObject?> CompleteParts(string key, string upload, int parts, CancellationToken cancel)
    {
        var folder = PartsPath(upload);
        var paths = Enumerable.Range(1, parts).Select(number => Path.Combine(folder, PartName(number))).ToList();
        if (!Directory.Exists(folder) || !paths.TrueForAll(File.Exists))
            return null;
        await using var all = new JoinedStream(parts, (at, _) => Task.FromResult<Stream>(OpenFile(paths[at]) ?? throw new StoreException("A part of the object went away.")));
        var stored = await Put(key, all, "", cancel);
        Directory.Delete(folder, recursive: true);
        return stored;
    }

    public Task AbortParts(string key, string upload, CancellationToken cancel)
    {
        if (upload.StartsWith(Coming, StringComparison.Ordinal) && Guid.TryParseExact(upload[Coming.Length..], "N", out var coming))
            File.Delete(Path.Combine(root, ".coming", coming.ToString("N")));
        else if (Directory.Exists(PartsPath(upload)))
            Directory.Delete(PartsPath(upload), recursive: true);
        return Task.CompletedTask;
    }

    public async IAsyncEnumerable<UnfinishedObject> Unfinished([EnumeratorCancellation] CancellationToken cancel)
    {
        await Task.CompletedTask;
        foreach (var upload in Sorted(Path.Combine(root, ".parts"), ""))
        {
            var name = Path.Combine(PartsPath(upload), "key");
            if (File.Exists(name))
                yield return new UnfinishedObject(await File.ReadAllTextAsync(name, cancel), upload, Directory.GetCreationTimeUtc(PartsPath(upload)));
        }
        // What was being written when a process died.
        foreach (var coming in Sorted(Path.Combine(root, ".coming"), ""))
            yield return new UnfinishedObject("", Coming + coming, File.GetLastWriteTimeUtc(Path.Combine(root, ".coming", coming)));
    }

    /// <summary>Takes a part that somebody sends by a signed address.</summary>
    /// <returns>whether the upload is still under way</returns>
    internal async Task<bool> PutPart(string upload, int number, Stream content, CancellationToken cancel)
    {
        if (!Directory.Exists(PartsPath(upload)))
            return false;
        var coming = ComingPath();
        try
        {
            await Write(coming, content, cancel);
            File.Move(coming, Path.Combine(PartsPath(upload), PartName(number)), overwrite: true);
            return true;
        }
        catch
        {
            File.Delete(coming);
            throw;
        }
    }

    /// <returns>where the object is on the disk; null: there is none</returns>
    internal FileInfo? FileOf(string key) => new FileInfo(PathOf(key)) is { Exists: true } file ? file : null;

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

    private string PartsPath(string upload) => Guid.TryParseExact(upload, "N", out var id) ? Path.Combine(root, ".parts", id.ToString("N")) : Path.Combine(root, ".parts", "none");

    private static string PartName(int number) => number.ToString("D5", System.Globalization.CultureInfo.InvariantCulture);

    private string ComingPath()
    {
        Folder.Make(Path.Combine(root, ".coming"));
        return Path.Combine(root, ".coming", Guid.NewGuid().ToString("N"));
    }

    private static async Task Write(string path, Stream content, CancellationToken cancel)
    {
        await using var file = PrivateFile.Create(path);
        var buffer = ArrayPool<byte>.Shared.Rent(Buffer);
        try
        {
            int count;
            while ((count = await content.ReadAsync(buffer.AsMemory(0, Buffer), cancel)) > 0)
                await file.WriteAsync(buffer.AsMemory(0, count), cancel);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
        file.Flush(flushToDisk: true);
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

    private static FileStream? OpenFile(string path)
    {
        try
        {
            return new FileStream(path, new FileStreamOptions { Mode = FileMode.Open, Access = FileAccess.Read, Share = FileShare.Read | FileShare.Delete, Options = FileOptions.Asynchronous | FileOptions.SequentialScan, BufferSize = 0 });
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception e) when (Translated(e) is { } known)
        {
            throw known;
        }
    }

    private static IEnumerable<string> Sorted(string folder, string prefix) =>
        !Directory.Exists(folder) ? [] : Directory.EnumerateFileSystemEntries(folder).Select(path => Path.GetFileName(path)!)
            .Where(name => !name.StartsWith('.') && name.StartsWith(prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal);

    // The message of the system names paths.
    private static StoreException? Translated(Exception e) => e switch
    {
        UnauthorizedAccessException => new StoreException("The folder of the store cannot be written.", e),
        BadHttpRequestException => null, // the client's doing
        IOException { HResult: 28 or unchecked((int)0x80070070) } => new StoreException("The disk of the store is full.", e),
        DirectoryNotFoundException or FileNotFoundException or PathTooLongException => new StoreException("The folder of the store is not there.", e),
        _ => null,
    };

    /// <summary>The first bytes of a stream that has more.</summary>
    private sealed class FirstBytes(Stream stream, long left) : ReadOnlyStream
    {
        private long remaining = left;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var count = await stream.ReadAsync(buffer[..(int)Math.Min(buffer.Length, remaining)], cancellationToken);
            remaining -= count;
            return count;
        }

        public override async ValueTask DisposeAsync()
        {
            await stream.DisposeAsync();
            await base.DisposeAsync();
        }
    }
}
