using System.Runtime.Versioning;
using System.Text;
using Tenantry.Commands;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Storage;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Foundation.Storage;

/// <summary>
/// What the service writes to a disk is for its own account, also in a folder that others can write to.
/// </summary>
[UnsupportedOSPlatform("windows")]
public sealed class PrivateFileTests(Cluster cluster) : IDisposable
{
    private const UnixFileMode OwnFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnFolder = OwnFile | UnixFileMode.UserExecute;

    private readonly string folder = Directory.CreateTempSubdirectory("shared").FullName;
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_export_follows_no_link_and_deletes_nothing_that_others_put_beside_it()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links as others plant them");
        await using var service = await cluster.Start();
        var (slug, _, _) = await service.NewTenant();
        var (target, file) = (Path.Combine(folder, "precious"), Path.Combine(folder, "acme.zip"));
        await File.WriteAllTextAsync(target, "precious", Cancel);
        File.CreateSymbolicLink(file + ".unfinished", target);
        var dangling = Path.Combine(folder, "dangling.zip");
        File.CreateSymbolicLink(dangling, Path.Combine(folder, "made-by-following"));

        await TenantCommand.Export(() => Program.Build(service.Settings), slug, file, Cancel);
        await Should.ThrowAsync<OperatorException>(() =>
            TenantCommand.Export(() => Program.Build(service.Settings), slug, dangling, Cancel)
        );

        (await File.ReadAllTextAsync(target, Cancel)).ShouldBe("precious");
        new FileInfo(file + ".unfinished").LinkTarget.ShouldBe(target);
        File.Exists(Path.Combine(folder, "made-by-following")).ShouldBeFalse();
        File.GetUnixFileMode(file).ShouldBe(OwnFile);
        Directory.EnumerateFileSystemEntries(folder).Count().ShouldBe(4, "nothing unfinished stays");
    }

    [Fact]
    public async Task A_file_that_comes_up_meanwhile_stays_and_what_was_unfinished_goes()
    {
        var file = Path.Combine(folder, "late.txt");

        await Should.ThrowAsync<IOException>(() =>
            PrivateFile.Write(file, _ => File.WriteAllTextAsync(file, "somebody else's", Cancel))
        );
        await Should.ThrowAsync<InvalidOperationException>(() =>
            PrivateFile.Write(Path.Combine(folder, "never.txt"), _ => throw new InvalidOperationException())
        );

        (await File.ReadAllTextAsync(file, Cancel)).ShouldBe("somebody else's");
        Directory.EnumerateFileSystemEntries(folder).ShouldBe([file]);
    }

    [Fact]
    public async Task Files_and_folders_of_the_disk_store_are_for_its_account_alone()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "rights of POSIX");
        var root = Path.Combine(folder, "files");
        Directory.CreateDirectory(
            root,
            OwnFolder
                | UnixFileMode.GroupRead
                | UnixFileMode.GroupExecute
                | UnixFileMode.OtherRead
                | UnixFileMode.OtherExecute
        );
        var store = new DiskStore(
            new StoreSettings(root, null, 3),
            new DiskSignatures(cluster.Settings(await cluster.NewDatabase()), TimeProvider.System)
        );
        var tenant = Guid.NewGuid();

        await store.Put(
            $"{tenant}/{Guid.NewGuid()}",
            new MemoryStream(Encoding.UTF8.GetBytes("bytes")),
            "text/plain",
            Cancel
        );
        await store.BeginParts($"{tenant}/{Guid.NewGuid()}", "text/plain", Cancel);
        var upload = await store.BeginParts($"{tenant}/{Guid.NewGuid()}", "text/plain", Cancel);
        (await store.PutPart(upload, 1, new MemoryStream([1]), Cancel)).ShouldBeTrue();

        File.GetUnixFileMode(root).ShouldBe(OwnFolder);
        foreach (var path in Directory.EnumerateFileSystemEntries(root, "*", SearchOption.AllDirectories))
            File.GetUnixFileMode(path).ShouldBe(Directory.Exists(path) ? OwnFolder : OwnFile, path);
    }

    [Theory]
    [InlineData("a\nb\n", "a|b")]
    [InlineData("a\r\nb", "a|b")]
    [InlineData("\n\na", "||a")]
    [InlineData("", "")]
    [InlineData("\uFEFFa\n", "a")]
    [InlineData("12345678\n12345678", "12345678|12345678")]
    public async Task Lines_are_read_as_they_stand(string text, string lines) => (await Lines(text, 8)).ShouldBe(lines);

    [Theory]
    [InlineData("123456789")]
    [InlineData("1\n123456789\n1")]
    [InlineData("12345678901234567890")]
    public async Task A_line_that_is_too_long_is_refused_by_its_number(string text) =>
        (await Should.ThrowAsync<LineTooLongException>(() => Lines(text, 8))).Line.ShouldBe(text[1] == '\n' ? 2 : 1);

    [Fact]
    public async Task A_line_without_end_is_refused_before_it_is_read()
    {
        var endless = new Endless();

        await Should.ThrowAsync<LineTooLongException>(async () =>
            await BoundedLines.Of(endless, 1_000_000, Cancel).AnyAsync(Cancel)
        );

        endless.Given.ShouldBeLessThan(2_100_000);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    /// <summary>Read byte by byte, and at once: it is the same.</summary>
    private static async Task<string> Lines(string text, int most)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var atOnce = await BoundedLines
            .Of(new MemoryStream(bytes), most, Cancel)
            .Select(line => Encoding.UTF8.GetString(line.Span))
            .ToListAsync(Cancel);
        var slowly = await BoundedLines
            .Of(new ByteByByte(bytes), most, Cancel)
            .Select(line => Encoding.UTF8.GetString(line.Span))
            .ToListAsync(Cancel);
        slowly.ShouldBe(atOnce);
        return string.Join('|', atOnce);
    }

    private sealed class ByteByByte(byte[] bytes) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(1, buffer.Length)], cancellationToken);
    }

    private sealed class Endless : MemoryStream
    {
        public long Given { get; private set; }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            buffer.Span.Fill((byte)'a');
            Given += buffer.Length;
            return ValueTask.FromResult(buffer.Length);
        }
    }
}
