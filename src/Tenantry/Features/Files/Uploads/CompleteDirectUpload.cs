using System.ComponentModel;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Storage;

namespace Tenantry.Features.Files.Uploads;

/// <summary>
/// Completes a direct upload: checks its bytes, and creates the file. A client has signed requests that write to the
/// object of the upload. If that object became the file, its bytes could be replaced after the check and reach other
/// users. Therefore the object is copied first. The copy, for which no signed request exists, is checked and becomes
/// the file.
/// </summary>
public static class CompleteDirectUpload
{
    public static async Task<
        Results<Created<FileDocument>, Missing, Conflicting, Unsupported, OverQuota, Unavailable>
    > Handle(
        [Description("The id of the upload.")] Guid id,
        TenantContext context,
        TenantDb db,
        IObjectStore store,
        NewFile file,
        StoreFailures failures,
        TimeProvider clock,
        CancellationToken cancel
    )
    {
        if (await DirectUpload.Find(db, context, id, cancel) is not { } upload || upload.ExpiresAt < clock.GetUtcNow())
            return DirectUpload.NotFound();
        var key = StoredFile.NewKey(context.TenantId);
        var isSaving = false;
        try
        {
            if (upload is { StoreUpload: null, FileSize: 0 } && await store.Find(upload.ObjectKey, cancel) is null)
                await store.Put(upload.ObjectKey, new MemoryStream(), upload.MimeType, cancel);
            if (
                upload.StoreUpload is { } storeUpload
                && await store.CompleteParts(upload.ObjectKey, storeUpload, upload.Parts, cancel) is null
                && await store.Find(upload.ObjectKey, cancel) is null
            )
                return Problems.Conflicting("Parts are missing. Send all parts, and complete the upload again.");
            if (await store.Find(upload.ObjectKey, cancel) is not { } arrived)
                return Problems.Conflicting(
                    "The object is missing in the store. Send it, and complete the upload again."
                );
            if (arrived.Size != upload.FileSize)
                return await End(
                    db,
                    upload,
                    $"The object has {arrived.Size} bytes, but {upload.FileSize} were announced.",
                    cancel
                );
            await store.Copy(upload.ObjectKey, key, cancel);
            var (first, hash) = await Read(store, key, cancel);
            if (!CryptographicOperations.FixedTimeEquals(hash, upload.Sha256))
                return await End(db, upload, "The SHA-256 of the object is not the one that was announced.", cancel);
            var type = FileType.Of(first.Span, upload.MimeType);
            var refused = await RefusedTypes.Of(db, cancel);
            if (FileType.Matches(type, refused))
            {
                await Delete(db, upload, cancel);
                return RefusedTypes.RefuseAndEnd(type);
            }

            isSaving = true;
            // Of two requests that complete the upload at the same time, one finds its row deleted.
            var (row, full) = await file.Save(
                new NewFile.Content(
                    null,
                    key,
                    upload.FileName,
                    type,
                    upload.FileSize,
                    upload.Sha256,
                    new FileLabels(upload.Metadata, upload.Tags),
                    IsReserved: true
                ),
                token => Claim(db, upload, token),
                cancel
            );
            return row is not null ? file.Created(row)
                : full is not null ? full
                : DirectUpload.NotFound();
        }
        catch (StoreException e)
        {
            return failures.InDirectUpload(e);
        }
        finally
        {
            if (!isSaving)
                await file.RemoveObject(key, upload.FileSize);
        }
    }

    private static async Task<(ReadOnlyMemory<byte> First, byte[] Hash)> Read(
        IObjectStore store,
        string key,
        CancellationToken cancel
    )
    {
        await using var stream =
            await store.Open(key, 0, null, cancel) ?? throw new StoreException("The object is missing in the store.");
        await using var content = new MeasuredStream(stream, long.MaxValue);
        var first = await content.Peek(FileType.SignatureBytes, cancel);
        await content.CopyToAsync(Stream.Null, cancel);
        return (first, content.Sha256());
    }

    private static async Task<bool> Claim(TenantDb db, FileUpload upload, CancellationToken cancel)
    {
        if (await Delete(db, upload, cancel) == 0)
            return false;
        await StorageQuota.DeferRemovedObjects(db, upload.TenantId, [upload.ObjectKey], cancel);
        return true;
    }

    /// <summary>Ends an upload whose object is wrong: its signed requests cannot replace the object any more.</summary>
    private static async Task<Conflicting> End(TenantDb db, FileUpload upload, string reason, CancellationToken cancel)
    {
        await Delete(db, upload, cancel);
        return Problems.Conflicting(reason + " The upload has ended. Start a new one.");
    }

    private static Task<int> Delete(TenantDb db, FileUpload upload, CancellationToken cancel) =>
        db.Set<FileUpload>().Where(row => row.Id == upload.Id).ExecuteDeleteAsync(cancel);
}
