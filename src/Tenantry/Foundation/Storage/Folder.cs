using System.Runtime.InteropServices;

namespace Tenantry.Foundation.Storage;

/// <summary>
/// Creates, protects and flushes folders of the disk store: only the account of the service can access them.
/// </summary>
internal static partial class Folder
{
    private const int ReadOnly = 0;
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>
    /// Creates a folder and its missing parents, each for its owner alone (0700). An existing folder is not changed.
    /// </summary>
    /// <exception cref="IOException">the folder cannot be created</exception>
    public static void Make(string path)
    {
        if (Directory.Exists(path))
            return;
        if (Path.GetDirectoryName(path) is { Length: > 0 } above)
            Make(above);
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(path);
        else
            Directory.CreateDirectory(path, Owner);
    }

    /// <summary>
    /// Removes the rights of all accounts but the owner, if the folder exists and belongs to this account: an earlier
    /// version may have created it readable.
    /// </summary>
    /// <returns>whether other accounts have no access; false: the folder belongs to another account, which must change
    /// it</returns>
    public static bool Close(string path)
    {
        if (OperatingSystem.IsWindows() || !Directory.Exists(path) || (File.GetUnixFileMode(path) & ~Owner) == 0)
            return true;
        try
        {
            File.SetUnixFileMode(path, Owner);
            return true;
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>
    /// Flushes a folder, which makes a new name in it durable (POSIX fsync). .NET cannot open folders, so this calls
    /// the system.
    /// </summary>
    /// <exception cref="IOException">the folder cannot be flushed</exception>
    public static void Flush(string path)
    {
        if (OperatingSystem.IsWindows())
            return; // there a rename is written through
        var handle = Open(path, ReadOnly);
        if (handle < 0)
            throw new IOException($"The folder cannot be opened ({Marshal.GetLastPInvokeErrorMessage()}).");
        var result = Synchronize(handle);
        _ = CloseHandle(handle);
        if (result != 0)
            throw new IOException($"The folder cannot be flushed ({Marshal.GetLastPInvokeErrorMessage()}).");
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Synchronize(int handle);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int CloseHandle(int handle);
}
