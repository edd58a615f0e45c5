namespace Tenantry.Foundation.Storage;

/// <summary>
/// Files that hold what tenants keep. In a folder that others can write to, somebody may have put a link or a file of the name that is to be written: such a file is never opened,
/// followed or deleted.
/// </summary>
public static class PrivateFile
{
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Makes a file that only its owner can read and write (0600).</summary>
    /// <param name="path">where nothing is yet, not even a link that leads nowhere (POSIX O_EXCL)</param>
    /// <param name="options">more than the defaults</param>
    /// <exception cref="IOException">something of that name is there, or the disk does not take it</exception>
    public static FileStream Create(string path, FileOptions options = FileOptions.Asynchronous)
    {
        var terms = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.None,
            Options = options,
            BufferSize = 0,
        };
        if (!OperatingSystem.IsWindows())
            terms.UnixCreateMode = Owner;
        return new FileStream(path, terms);
    }

    /// <summary>
    /// Writes a whole file or none. Until it is whole it stands beside under a name that nobody can foresee; then it takes its name, unless something has it by now.
    /// </summary>
    /// <param name="path">where nothing is yet</param>
    /// <param name="write">gets the file, which can be sought in</param>
    /// <exception cref="IOException">something of that name is there, or the disk does not take it</exception>
    public static async Task Write(string path, Func<Stream, Task> write)
    {
        var full = Path.GetFullPath(path);
        var unfinished = Path.Combine(
            Path.GetDirectoryName(full)!,
            $".{Path.GetFileName(full)}.{Guid.NewGuid():N}.unfinished"
        );
        await using (var stream = Create(unfinished))
        {
            try
            {
                await write(stream);
                stream.Flush(flushToDisk: true);
            }
            catch
            {
                File.Delete(unfinished); // made here, under a name that is nobody else's
                throw;
            }
        }
        try
        {
            File.Move(unfinished, full, overwrite: false);
        }
        catch
        {
            File.Delete(unfinished);
            throw;
        }
        Folder.Flush(Path.GetDirectoryName(full)!);
    }
}
