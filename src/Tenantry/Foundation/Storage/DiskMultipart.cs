using System.Text;

namespace Tenantry.Foundation.Storage;

/// <summary>Uploads to the disk store whose parts clients send by signed requests, as to a bucket.</summary>
internal sealed class DiskMultipart(DiskFolder folder)
{
    private const string KeyFile = "key";

    /// <summary>Marks the id of a file whose writing was interrupted, beside the ids of uploads.</summary>
    private const string UnfinishedPrefix = "coming-";

    public string Begin(string key)
    {
        _ = folder.ObjectPath(key);
        var upload = Guid.NewGuid().ToString("N");
        var path = folder.UploadPath(upload);
        DiskFiles.Do(() =>
        {
            Folder.Make(path);
            using var file = PrivateFile.Create(Path.Combine(path, KeyFile), FileOptions.None);
            file.Write(Encoding.ASCII.GetBytes(key));
        });
        return upload;
    }

    /// <returns>whether the upload still exists</returns>
    public async Task<bool> PutPart(string upload, int number, Stream content, CancellationToken cancel)
    {
        if (!Directory.Exists(folder.UploadPath(upload)))
            return false;
        var unfinished = folder.NewUnfinishedPath();
        try
        {
            await DiskFiles.Write(unfinished, content, cancel);
            DiskFiles.Do(() => File.Move(unfinished, folder.PartPath(upload, number), overwrite: true));
            return true;
        }
        catch (StoreException) when (!Directory.Exists(folder.UploadPath(upload)))
        {
            DiskFiles.TryDelete(unfinished); // the upload ended meanwhile
            return false;
        }
        catch
        {
            DiskFiles.TryDelete(unfinished);
            throw;
        }
    }

    /// <returns>the content of all parts; null: a part is missing, or the upload has ended</returns>
    public Stream? Join(string upload, int parts)
    {
        var paths = Enumerable.Range(1, parts).Select(number => folder.PartPath(upload, number)).ToList();
        if (!paths.TrueForAll(path => DiskFiles.Find(path) is not null))
            return null;
        return new JoinedStream(
            parts,
            (at, _) =>
                Task.FromResult<Stream>(
                    new StoreStream(
                        DiskFiles.Open(paths[at]) ?? throw new StoreException("A part of the object was deleted."),
                        long.MaxValue,
                        DiskFiles.Failure
                    )
                )
        );
    }

    /// <summary>Deletes the parts of an upload, or a file whose writing was interrupted.</summary>
    public void Abort(string upload)
    {
        if (
            upload.StartsWith(UnfinishedPrefix, StringComparison.Ordinal)
            && Guid.TryParseExact(upload[UnfinishedPrefix.Length..], "N", out var unfinished)
        )
            DiskFiles.Delete(folder.UnfinishedPath(unfinished.ToString("N")));
        else
            End(upload);
    }

    public void End(string upload) =>
        DiskFiles.Do(() =>
        {
            try
            {
                Directory.Delete(folder.UploadPath(upload), recursive: true);
            }
            catch (DirectoryNotFoundException)
            {
                // The upload had already ended.
            }
        });

    public IEnumerable<UnfinishedObject> Unfinished()
    {
        foreach (var upload in folder.UploadNames())
        {
            var path = folder.UploadPath(upload);
            var keyFile = Path.Combine(path, KeyFile);
            if (DiskFiles.Find(keyFile) is not null)
                yield return new UnfinishedObject(
                    DiskFiles.Do(() => File.ReadAllText(keyFile)),
                    upload,
                    DiskFiles.Do(() => Directory.GetCreationTimeUtc(path))
                );
        }
        // Files that were being written when a process ended.
        foreach (var name in folder.UnfinishedNames())
            yield return new UnfinishedObject(
                "",
                UnfinishedPrefix + name,
                DiskFiles.Do(() => File.GetLastWriteTimeUtc(folder.UnfinishedPath(name)))
            );
    }
}
