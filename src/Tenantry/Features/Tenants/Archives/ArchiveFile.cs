using System.Buffers.Binary;
using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Tenantry.Foundation.Storage;

namespace Tenantry.Features.Tenants.Archives;

/// <summary>
/// Reads an archive whose author is not trusted. Sizes that the manifest states are bounded first, and every read is
/// checked against them. Attack: a path in the archive leads out of a directory. Nothing of it is written to disk.
/// </summary>
public sealed class ArchiveFile : IAsyncDisposable
{
    /// <summary>In bytes. The longest row that the API can create is a template in all its languages.</summary>
    public const int MaxLineLength = 16 * 1024 * 1024;

    private const int MaxManifestBytes = 4 * 1024 * 1024;
    private const int MaxDirectoryBytes = 1024 * 1024;
    private const long MaxBytes = 64L * 1024 * 1024 * 1024;
    private const long MaxRows = 1_000_000_000;

    /// <summary>
    /// Attack: a small archive that unpacks to terabytes (a "zip bomb"). JSON rows compress to about a twentieth; the
    /// format allows a thousandth.
    /// </summary>
    private const long MaxRatio = 250;
    private const long RatioExemptBytes = 16 * 1024 * 1024;

    private readonly ZipArchive zip;

    private ArchiveFile(ZipArchive zip, TenantArchive.Manifest manifest) => (this.zip, Manifest) = (zip, manifest);

    public TenantArchive.Manifest Manifest { get; }

    /// <summary>Reads the manifest and checks every entry against it.</summary>
    /// <param name="file">seekable; it is not closed</param>
    /// <param name="cancel">stops reading</param>
    /// <exception cref="InvalidArchiveException">the file is not an archive, or was changed</exception>
    public static async Task<ArchiveFile> Open(Stream file, CancellationToken cancel)
    {
        await CheckEnd(file, cancel);
        ZipArchive? zip = null;
        try
        {
            zip = await ZipArchive.CreateAsync(file, ZipArchiveMode.Read, leaveOpen: true, Encoding.UTF8, cancel);
            var archive = new ArchiveFile(zip, await ReadManifest(zip, cancel));
            archive.CheckEntries();
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
            throw new InvalidArchiveException("it is not a complete ZIP file");
        }
        finally
        {
            if (zip is not null)
                await zip.DisposeAsync();
        }
    }

    /// <summary>The rows of a table, one per line.</summary>
    /// <exception cref="InvalidArchiveException">they do not match the manifest</exception>
    public async IAsyncEnumerable<(long Number, ReadOnlyMemory<byte> Line)> Lines(
        string path,
        [EnumeratorCancellation] CancellationToken cancel
    )
    {
        var entry = Manifest.Entries.Single(entry => entry.Path == path);
        await using var stream = await Entry(entry, cancel);
        await using var lines = BoundedLines.Of(stream, MaxLineLength, cancel).GetAsyncEnumerator(cancel);
        var number = 0L;
        while (await Next(lines, path))
        {
            if (++number > entry.Rows)
                break;
            yield return (number, lines.Current);
        }
        if (number != entry.Rows)
            throw new InvalidArchiveException($"{path} has another number of rows than the manifest states");
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
            throw new InvalidArchiveException($"{path}, {e.Message}");
        }
        catch (InvalidDataException)
        {
            throw new InvalidArchiveException($"{path} cannot be unpacked");
        }
    }

    private async Task<CheckedStream> Entry(TenantArchive.Entry entry, CancellationToken cancel) =>
        new(await zip.GetEntry(entry.Path)!.OpenAsync(cancel), entry);

    /// <summary>
    /// Attack: a list of millions of entries. The library reads the whole list (central directory) into memory when it
    /// opens the file. The list is between the offset in the record at the end of the file and that end, so its size is
    /// checked first.
    /// </summary>
    private static async Task CheckEnd(Stream file, CancellationToken cancel)
    {
        const int length = 22; // of the record at the end (APPNOTE 4.3.16); an export writes no comment after it
        if (file.Length < length)
            throw new InvalidArchiveException("it is not a complete ZIP file");
        var end = new byte[length];
        file.Position = file.Length - length;
        await file.ReadExactlyAsync(end, cancel);
        if (
            BinaryPrimitives.ReadUInt32LittleEndian(end) != 0x06054b50
            || BinaryPrimitives.ReadUInt16LittleEndian(end.AsSpan(20)) != 0
        )
            throw new InvalidArchiveException("it is not a complete ZIP file");
        long begin = BinaryPrimitives.ReadUInt32LittleEndian(end.AsSpan(16));
        if (begin == uint.MaxValue)
            begin = await Zip64Begin(file, file.Length - length, cancel);
        file.Position = 0;
        if (begin < 0 || file.Length - begin is < 0 or > MaxDirectoryBytes)
            throw new InvalidArchiveException("it has more entries than an export writes");
    }

    /// <summary>
    /// The offset of the list in a file of more than four gigabytes (ZIP64, APPNOTE 4.3.14 and 4.3.15).
    /// </summary>
    private static async Task<long> Zip64Begin(Stream file, long end, CancellationToken cancel)
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
            throw new InvalidArchiveException($"it has no {TenantArchive.ManifestName}, or more than one");
        await using var stream = await zip.GetEntry(TenantArchive.ManifestName)!.OpenAsync(cancel);
        var bytes = new byte[MaxManifestBytes + 1];
        var length = await stream.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancel);
        if (length == bytes.Length)
            throw new InvalidArchiveException($"{TenantArchive.ManifestName} is longer than {MaxManifestBytes} bytes");
        TenantArchive.Manifest? manifest;
        try
        {
            manifest = JsonSerializer.Deserialize<TenantArchive.Manifest>(bytes.AsSpan(0, length), TenantArchive.Json);
        }
        catch (JsonException e)
        {
            throw new InvalidArchiveException($"{TenantArchive.ManifestName} cannot be read: {e.Message}");
        }
        if (
            manifest
                is not { Format: not null, Schema: not null, Slug: not null, Permissions: not null, Entries: not null }
            || manifest.Permissions.Values.Contains(null!)
            || manifest.Entries.Any(entry => entry is not { Path: not null, Sha256: not null })
        )
            throw new InvalidArchiveException($"{TenantArchive.ManifestName} lacks a required member");
        return manifest.Format == TenantArchive.Format
            ? manifest
            : throw new InvalidArchiveException(
                $"its format is {manifest.Format}, and this version reads only {TenantArchive.Format}"
            );
    }

    private void CheckEntries()
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
            throw new InvalidArchiveException("its entries do not match its manifest");
        if (names.Distinct(StringComparer.Ordinal).Count() != names.Count)
            throw new InvalidArchiveException("it has two entries with the same name");
        if (
            names.FirstOrDefault(name => !ArchiveTables.All.Any(table => name == TenantArchive.PathOf(table.Name))) is
            { } unknown
        )
            throw new InvalidArchiveException($"{unknown} is not a table of a tenant");
        var total = 0L;
        foreach (var entry in Manifest.Entries)
        {
            if (entry.Bytes is < 0 or > MaxBytes || entry.Rows is < 0 or > MaxRows || (total += entry.Bytes) > MaxBytes)
                throw new InvalidArchiveException($"it is larger than {MaxBytes} bytes");
            if (entry.Bytes > RatioExemptBytes && entry.Bytes / MaxRatio > zip.GetEntry(entry.Path)!.CompressedLength)
                throw new InvalidArchiveException($"{entry.Path} is compressed by more than a factor of {MaxRatio}");
        }
    }

    /// <summary>Reads an entry and checks its size and hash against the manifest.</summary>
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
                throw new InvalidArchiveException($"{entry.Path} is larger than the manifest states");
            hash.AppendData(buffer.Span[..count]);
            if (count > 0)
                return count;
            ended = true;
            return read == entry.Bytes && Convert.ToHexStringLower(hash.GetHashAndReset()) == entry.Sha256
                ? 0
                : throw new InvalidArchiveException($"{entry.Path} does not match its hash in the manifest");
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
