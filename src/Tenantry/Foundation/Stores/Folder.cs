using System.Runtime.InteropServices;

namespace Tenantry.Foundation.Stores;

/// <summary>A new name is on the disk once its folder is (POSIX fsync); .NET opens no folders, so this asks the system itself.</summary>
internal static partial class Folder
{
    private const int ReadOnly = 0;

    /// <exception cref="IOException">the disk did not take it</exception>
    public static void Flush(string path)
    {
        if (OperatingSystem.IsWindows())
            return; // there a rename is written through
        var handle = Open(path, ReadOnly);
        if (handle < 0)
            throw new IOException($"The folder cannot be opened ({Marshal.GetLastPInvokeErrorMessage()}).");
        var result = Synchronize(handle);
        _ = Close(handle);
        if (result != 0)
            throw new IOException($"The folder cannot be flushed ({Marshal.GetLastPInvokeErrorMessage()}).");
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Synchronize(int handle);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int handle);
}
