using Microsoft.EntityFrameworkCore;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Storage;

namespace Tenantry.Features.Files.Uploads;

/// <summary>
/// Joins the parts of a resumable upload into one object, and creates its file with the id of the upload.
/// </summary>
public sealed class TusCompletion(TenantDb db, IObjectStore store, NewFile file, TusParts parts, StoreFailures failures)
{
    /// <param name="upload">The upload.</param>
    /// <param name="counted">The bytes of the parts that count already.</param>
    /// <param name="last">The stored parts that follow. Their objects are removed in any case.</param>
    /// <param name="stop">Stops it when the process ends.</param>
    /// <returns>The refusal. Null: the file exists.</returns>
    public async Task<IResult?> Complete(
        ResumableUpload upload,
        long counted,
        List<ResumablePart> last,
        CancellationToken stop
    )
    {
        var id = upload.Id;
        try
        {
            List<string> keys =
            [
                .. await db.Set<ResumablePart>()
                    .Where(part => part.UploadId == id)
                    .OrderBy(part => part.Start)
                    .Select(part => part.ObjectKey)
                    .ToListAsync(stop),
                .. last.Select(part => part.ObjectKey),
            ];
            await using var joined = new JoinedStream(
                keys.Count,
                async (at, cancel) =>
                    await store.Open(keys[at], 0, null, cancel)
                    ?? throw new StoreException("A part of the upload is missing in the store.")
            );
            await using var content = new MeasuredStream(joined, upload.FileSize);
            var type = FileType.Of((await content.Peek(FileType.SignatureBytes, stop)).Span, upload.MimeType);
            var refused = await RefusedTypes.Of(db, stop);
            if (FileType.Matches(type, refused))
            {
                await db.Set<ResumableUpload>().Where(row => row.Id == id).ExecuteDeleteAsync(stop);
                return RefusedTypes.RefuseAndEnd(type);
            }
            var key = StoredFile.NewKey(upload.TenantId);
            await store.Put(key, content, type, stop);
            var (row, full) = await file.Save(
                new NewFile.Content(
                    id,
                    key,
                    upload.FileName,
                    type,
                    content.Size,
                    content.Sha256(),
                    new FileLabels(upload.Metadata, upload.Tags),
                    IsReserved: true
                ),
                async token => content.Size == upload.FileSize && await Claim(upload, counted, token),
                stop
            );
            return row is not null ? null
                : full is not null ? full
                : TusParts.WrongOffset(counted);
        }
        catch (StoreException e)
        {
            return failures.InTusUpload(e);
        }
        finally
        {
            await parts.Remove(last);
        }
    }

    /// <summary>
    /// Marks the upload as complete: of several requests that complete it, only the first creates the file.
    /// </summary>
    private async Task<bool> Claim(ResumableUpload row, long counted, CancellationToken cancel)
    {
        var (id, expires) = (row.Id, parts.NewExpiry());
        if (
            await db.Set<ResumableUpload>()
                .Where(upload => upload.Id == id && upload.Received == counted && !upload.IsFile)
                .ExecuteUpdateAsync(
                    set =>
                        set.SetProperty(upload => upload.Received, upload => upload.FileSize)
                            .SetProperty(upload => upload.IsFile, true)
                            .SetProperty(upload => upload.ExpiresAt, expires),
                    cancel
                ) == 0
        )
            return false;
        var keys = await db.Set<ResumablePart>()
            .Where(part => part.UploadId == id)
            .Select(part => part.ObjectKey)
            .ToArrayAsync(cancel);
        await db.Set<ResumablePart>().Where(part => part.UploadId == id).ExecuteDeleteAsync(cancel);
        await StorageQuota.DeferRemovedObjects(db, row.TenantId, keys, cancel);
        return true;
    }
}
