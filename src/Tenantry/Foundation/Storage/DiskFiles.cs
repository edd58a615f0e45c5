using System.Buffers;

namespace Tenantry.Foundation.Storage;

/// <summary>
/// Calls into the file system. Each failure there, such as a full or read-only disk, a missing folder or missing
/// rights,
/// becomes a <see cref="StoreException"/> whose message contains no path.
/// </summary>
internal static class DiskFiles
{
    private const int BufferSize = 128 * 1024;

    public static T Do<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (Failure(e) is { } failure)
        {
            throw failure;
        }
    }

    public static void Do(Action work) =>
        Do(() =>
        {
            work();
            return true;
        });

    public static async Task Do(Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (Exception e) when (Failure(e) is { } failure)
        {
            throw failure;
        }
    }

    /// <summary>
    /// Writes a new file and flushes it to the disk. A failure to read the content is thrown as it is: the disk did not
    /// cause it.
    /// </summary>
    public static async Task Write(string path, Stream content, CancellationToken cancel)
    {
        await using var file = Do(() => PrivateFile.Create(path));
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            int count;
            while ((count = await content.ReadAsync(buffer.AsMemory(0, BufferSize), cancel)) > 0)
                await Do(() => file.WriteAsync(buffer.AsMemory(0, count), cancel).AsTask());
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
        Do(() => file.Flush(flushToDisk: true));
    }

    /// <summary>Moves a written file to the path of its object, and flushes the folder.</summary>
    public static void Commit(string unfinished, string path) =>
        Do(() =>
        {
            var folder = Path.GetDirectoryName(path)!;
            Folder.Make(folder);
            try
            {
                File.Move(unfinished, path); // fails where a file exists
            }
            catch (IOException) when (File.Exists(path))
            {
                throw new StoreException("An object with this key already exists.");
            }
            Folder.Flush(folder);
        });

    /// <returns>null: the file does not exist</returns>
    public static FileStream? Open(string path) =>
        Do(() =>
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

    /// <summary>
    /// Finds a file. One that cannot be examined is not reported as missing: the service would treat its object as
    /// lost.
    /// </summary>
    public static FileInfo? Find(string path)
    {
        var file = new FileInfo(path);
        if (file.Exists)
            return file;
        // FileInfo.Exists is false for each failure; reading the attributes distinguishes failures from a missing file.
        return Do(() =>
        {
            try
            {
                File.GetAttributes(path);
                return null;
            }
            catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
            {
                return (FileInfo?)null;
            }
        });
    }

    /// <summary>Deletes a file if it exists.</summary>
    public static void Delete(string path) =>
        Do(() =>
        {
            try
            {
                File.Delete(path);
            }
            catch (DirectoryNotFoundException)
            {
                // The tenant has no objects.
            }
        });

    /// <summary>Deletes a file that was not finished. The exception that led here is already being thrown.</summary>
    public static void TryDelete(string path)
    {
        try
        {
            Delete(path);
        }
        catch (StoreException)
        {
            // Reconciliation finds the file by its age.
        }
    }

    /// <summary>The failure of the store that an exception of the file system means; null: another failure.</summary>
    public static StoreException? Failure(Exception e) =>
        e switch
        {
            IOException { HResult: 28 or unchecked((int)0x80070070) or 122 } => new StoreException(
                "The disk of the store is full.",
                e
            ), // ENOSPC, EDQUOT
            IOException { HResult: 30 } or UnauthorizedAccessException => new StoreException(
                "The folder of the store is not writable.",
                e
            ), // EROFS
            DirectoryNotFoundException or FileNotFoundException or PathTooLongException => new StoreException(
                "The folder of the store does not exist.",
                e
            ),
            ArgumentOutOfRangeException => new StoreException(
                "The disk of the store does not support a file of this size.",
                e
            ), // EFBIG
            IOException => new StoreException("The disk of the store failed.", e),
            _ => null,
        };
}
