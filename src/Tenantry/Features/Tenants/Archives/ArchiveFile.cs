using System.Buffers.Binary;
using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Tenantry.Foundation.Storage;

namespace Tenantry.Features.Tenants.Archives;

/// <summary>
/// An archive that is read. Whoever wrote it is not trusted: what it says of itself is bounded before it is believed, and what is read is held against that while it is read, each time.
/// Nothing of it is written to a disk, so that a path in it leads nowhere.
/// </summary>
public sealed class ArchiveFile : IAsyncDisposable
{
    /// <summary>Bytes of a row. The largest that the API makes is a template in all its languages.</summary>
    public const int LongestLine = 16 * 1024 * 1024;

    private const int LargestManifest = 4 * 1024 * 1024;
    private const int LargestDirectory = 1024 * 1024;
    private const long MostBytes = 64L * 1024 * 1024 * 1024;
    private const long MostRows = 1_000_000_000;

    /// <summary>Rows of JSON become some twenty times smaller; the format can make a thousand of one byte.</summary>
    private const long MostRatio = 250;
    private const long SmallEnough = 16 * 1024 * 1024;

    private readonly ZipArchive zip;

    private ArchiveFile(ZipArchive zip, TenantArchive.Manifest manifest) => (this.zip, Manifest) = (zip, manifest);

    public TenantArchive.Manifest Manifest { get; }

    /// <summary>Reads what the archive says of itself and holds every entry against it.</summary>
    /// <param name="file">seekable; it stays open</param>
    /// <param name="cancel">stops reading</param>
    /// <exception cref="BrokenArchiveException">it is none, or not what was written</exception>
    public static async Task<ArchiveFile> Open(Stream file, CancellationToken cancel)
    {
        await DemandEnd(file, cancel);
        ZipArchive? zip = null;
        try
        {
            zip = await ZipArchive.CreateAsync(file, ZipArchiveMode.Read, leaveOpen: true, Encoding.UTF8, cancel);
            var archive = new ArchiveFile(zip, await ReadManifest(zip, cancel));
            archive.DemandEntries();
            foreach (var entry in archive.Manifest.Entries)
            {
                await using var stream = await archive.Entry(entry, cancel);
                await stream.CopyToAsync(Stream.Null, cancel);
            }
            zip = null;
            return archive;
        }
        catch (InvalidDataException)
        {
            throw new BrokenArchiveException("it is not a whole ZIP file");
        }
        finally
        {
            if (zip is not null)
                await zip.DisposeAsync();
        }
    }

    /// <summary>The rows of a table as they stand in the archive, a line each.</summary>
    /// <exception cref="BrokenArchiveException">they are not what the manifest says</exception>
    public async IAsyncEnumerable<(long Number, ReadOnlyMemory<byte> Line)> Lines(
        string path,
        [EnumeratorCancellation] CancellationToken cancel
    )
    {
        var entry = Manifest.Entries.Single(entry => entry.Path == path);
        await using var stream = await Entry(entry, cancel);
        await using var lines = BoundedLines.Of(stream, LongestLine, cancel).GetAsyncEnumerator(cancel);
        var number = 0L;
        while (await Next(lines, path))
        {
            if (++number > entry.Rows)
                break;
            yield return (number, lines.Current);
        }
        if (number != entry.Rows)
            throw new BrokenArchiveException($"{path} has another number of rows than its manifest says");
    }

    public ValueTask DisposeAsync() => zip.DisposeAsync();

    private static async ValueTask<bool> Next(IAsyncEnumerator<ReadOnlyMemory<byte>> lines, string path)
    {
        try
        {
            return await lines.MoveNextAsync();
        }
        catch (LineTooLongException e)
        {
            throw new BrokenArchiveException($"{path}, {e.Message}");
        }
        catch (InvalidDataException)
        {
            throw new BrokenArchiveException($"{path} cannot be unpacked");
        }
    }

    private async Task<CheckedStream> Entry(TenantArchive.Entry entry, CancellationToken cancel) =>
        new(await zip.GetEntry(entry.Path)!.OpenAsync(cancel), entry);

    /// <summary>
    /// The library reads the whole list of entries before anything can be asked of it. It stands between where the end of the file says it begins and that end: as much is read of it at most.
    /// </summary>
    private static async Task DemandEnd(Stream file, CancellationToken cancel)
    {
        const int length = 22; // of the record at the end (APPNOTE 4.3.16), which has no comment where an export wrote it
        if (file.Length < length)
            throw new BrokenArchiveException("it is not a whole ZIP file");
        var end = new byte[length];
        file.Position = file.Length - length;
        await file.ReadExactlyAsync(end, cancel);
        if (
            BinaryPrimitives.ReadUInt32LittleEndian(end) != 0x06054b50
            || BinaryPrimitives.ReadUInt16LittleEndian(end.AsSpan(20)) != 0
        )
            throw new BrokenArchiveException("it is not a whole ZIP file");
        long begins = BinaryPrimitives.ReadUInt32LittleEndian(end.AsSpan(16));
        if (begins == uint.MaxValue)
            begins = await BeginsFar(file, file.Length - length, cancel);
        file.Position = 0;
        if (begins < 0 || file.Length - begins is < 0 or > LargestDirectory)
            throw new BrokenArchiveException("it has more entries than an export writes");
    }

    /// <summary>In a file of more than four gigabytes (APPNOTE 4.3.14 and 4.3.15).</summary>
    private static async Task<long> BeginsFar(Stream file, long end, CancellationToken cancel)
    {
        var locator = new byte[20];
        file.Position = Math.Max(0, end - locator.Length);
        await file.ReadExactlyAsync(locator, cancel);
        var at = BinaryPrimitives.ReadInt64LittleEndian(locator.AsSpan(8));
        var record = new byte[56];
        if (BinaryPrimitives.ReadUInt32LittleEndian(locator) != 0x07064b50 || at < 0 || at > end - record.Length)
            return -1;
        file.Position = at;
        await file.ReadExactlyAsync(record, cancel);
        return BinaryPrimitives.ReadUInt32LittleEndian(record) == 0x06064b50
            ? BinaryPrimitives.ReadInt64LittleEndian(record.AsSpan(48))
            : -1;
    }

    private static async Task<TenantArchive.Manifest> ReadManifest(ZipArchive zip, CancellationToken cancel)
    {
        if (zip.Entries.Count(entry => entry.FullName == TenantArchive.ManifestName) != 1)
            throw new BrokenArchiveException($"it has no {TenantArchive.ManifestName}, or more than one");
        await using var stream = await zip.GetEntry(TenantArchive.ManifestName)!.OpenAsync(cancel);
        var bytes = new byte[LargestManifest + 1];
        var length = await stream.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancel);
        if (length == bytes.Length)
            throw new BrokenArchiveException($"{TenantArchive.ManifestName} is longer than {LargestManifest} bytes");
        TenantArchive.Manifest? manifest;
        try
        {
            manifest = JsonSerializer.Deserialize<TenantArchive.Manifest>(bytes.AsSpan(0, length), TenantArchive.Json);
        }
        catch (JsonException e)
        {
            throw new BrokenArchiveException($"{TenantArchive.ManifestName} cannot be read: {e.Message}");
        }
        if (
            manifest
                is not { Format: not null, Schema: not null, Slug: not null, Permissions: not null, Entries: not null }
            || manifest.Permissions.Values.Contains(null!)
            || manifest.Entries.Any(entry => entry is not { Path: not null, Sha256: not null })
        )
            throw new BrokenArchiveException($"{TenantArchive.ManifestName} leaves something out");
        return manifest.Format == TenantArchive.Format
            ? manifest
            : throw new BrokenArchiveException(
                $"its format is {manifest.Format}, and this version reads {TenantArchive.Format}"
            );
    }

    private void DemandEntries()
    {
        var names = zip
            .Entries.Select(entry => entry.FullName)
            .Where(name => name != TenantArchive.ManifestName)
            .Order(StringComparer.Ordinal)
            .ToList();
        if (
            !names.SequenceEqual(
                Manifest.Entries.Select(entry => entry.Path).Order(StringComparer.Ordinal),
                StringComparer.Ordinal
            )
        )
            throw new BrokenArchiveException("its entries are not those that its manifest names");
        if (names.Distinct(StringComparer.Ordinal).Count() != names.Count)
            throw new BrokenArchiveException("it has two entries of one name");
        if (
            names.FirstOrDefault(name => !ArchiveTables.All.Any(table => name == TenantArchive.PathOf(table.Name))) is
            { } unknown
        )
            throw new BrokenArchiveException($"{unknown} is no table of a tenant");
        var total = 0L;
        foreach (var entry in Manifest.Entries)
        {
            if (
                entry.Bytes is < 0 or > MostBytes
                || entry.Rows is < 0 or > MostRows
                || (total += entry.Bytes) > MostBytes
            )
                throw new BrokenArchiveException($"it is larger than {MostBytes} bytes");
            if (entry.Bytes > SmallEnough && entry.Bytes / MostRatio > zip.GetEntry(entry.Path)!.CompressedLength)
                throw new BrokenArchiveException(
                    $"{entry.Path} is packed more than {MostRatio} times smaller than it is"
                );
        }
    }

    /// <summary>Gives as many bytes as the manifest says, and ends well only if they were those.</summary>
    private sealed class CheckedStream(Stream stream, TenantArchive.Entry entry) : ReadOnlyStream
    {
        private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        private long read;
        private bool ended;

        public override async ValueTask<int> ReadAsync(
            Memory<byte> buffer,
            CancellationToken cancellationToken = default
        )
        {
            if (ended || buffer.Length == 0)
                return 0;
            var count = await stream.ReadAsync(buffer, cancellationToken);
            read += count;
            if (read > entry.Bytes)
                throw new BrokenArchiveException($"{entry.Path} is larger than its manifest says");
            hash.AppendData(buffer.Span[..count]);
            if (count > 0)
                return count;
            ended = true;
            return read == entry.Bytes && Convert.ToHexStringLower(hash.GetHashAndReset()) == entry.Sha256
                ? 0
                : throw new BrokenArchiveException($"{entry.Path} is not what was exported");
        }

        public override async ValueTask DisposeAsync()
        {
            await stream.DisposeAsync();
            await base.DisposeAsync();
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                hash.Dispose();
            base.Dispose(disposing);
        }
    }
}
