namespace Tenantry.Foundation.Storage;

/// <summary>
/// What the disk store asks of the file system. Whatever goes wrong there, a full or read-only disk, a folder that is not
/// one, rights that are missing, becomes a <see cref="StoreException"/>; its message names no path.
/// </summary>
internal static class DiskFiles
{
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

    /// <summary>Whether a file is there. One that cannot be looked at is no missing one: files would be taken for lost.</summary>
    public static FileInfo? Find(string path)
    {
        var file = new FileInfo(path);
        if (file.Exists)
            return file;
        // The runtime tells every fault as "not there"; attributes tell them apart.
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

    /// <summary>Gone afterwards, whether it was there or not.</summary>
    public static void Delete(string path) =>
        Do(() =>
        {
            try
            {
                File.Delete(path);
            }
            catch (DirectoryNotFoundException)
            {
                // Nor was there ever anything of this tenant.
            }
        });

    /// <summary>Of what was not finished; the reason why it came to this is on its way already.</summary>
    public static void TryDelete(string path)
    {
        try
        {
            Delete(path);
        }
        catch (StoreException)
        {
            // Found by its age.
        }
    }

    /// <summary>What an exception of a call into the file system says of the store. Null: it was something else.</summary>
    public static StoreException? Failure(Exception e) =>
        e switch
        {
            IOException { HResult: 28 or unchecked((int)0x80070070) or 122 } => new StoreException(
                "The disk of the store is full.",
                e
            ), // ENOSPC, EDQUOT
            IOException { HResult: 30 } or UnauthorizedAccessException => new StoreException(
                "The folder of the store cannot be written.",
                e
            ), // EROFS
            DirectoryNotFoundException or FileNotFoundException or PathTooLongException => new StoreException(
                "The folder of the store is not there.",
                e
            ),
            ArgumentOutOfRangeException => new StoreException("The disk of the store takes no file of this size.", e), // EFBIG
            IOException => new StoreException("The disk of the store failed.", e),
            _ => null,
        };
}
