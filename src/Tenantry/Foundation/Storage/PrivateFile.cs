namespace Tenantry.Foundation.Storage;

/// <summary>
/// Creates files with tenants' data. In a folder that others can write to, an attacker may have placed a link or a file
/// under the intended name: such a file is never opened, followed or deleted.
/// </summary>
public static class PrivateFile
{
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Creates a file that only its owner can read and write (0600).</summary>
    /// <param name="path">a path at which nothing exists, not even a dangling link (POSIX O_EXCL)</param>
    /// <param name="options">options of the file</param>
    /// <exception cref="IOException">a file of this name exists, or the disk refuses it</exception>
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
    /// Writes a complete file or none. Until it is complete it has an unpredictable name beside the final one; then it
    /// is renamed, unless the final name has been taken meanwhile.
    /// </summary>
    /// <param name="path">a path at which nothing exists</param>
    /// <param name="write">writes the content to the file, which is seekable</param>
    /// <exception cref="IOException">a file of this name exists, or the disk refuses it</exception>
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
                File.Delete(unfinished); // created here, under a unique name
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
