using System.Runtime.InteropServices;

namespace Tenantry.Foundation.Storage;

/// <summary>Folders of the disk store: readable by the account of the service alone, and on the disk before anything in them counts.</summary>
internal static partial class Folder
{
    private const int ReadOnly = 0;
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Makes a folder and those above it that are missing, each for its owner alone (0700). One that is there stays as it is.</summary>
    /// <exception cref="IOException">the disk does not take it</exception>
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

    /// <summary>Takes a folder's rights from everyone but its owner, where it is there and belongs to this account: an earlier version may have made it readable.</summary>
    /// <returns>whether others are kept out; false: the folder belongs to somebody else, who has to do it</returns>
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

    /// <summary>A new name is on the disk once its folder is (POSIX fsync); .NET opens no folders, so this asks the system itself.</summary>
    /// <exception cref="IOException">the disk did not take it</exception>
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
