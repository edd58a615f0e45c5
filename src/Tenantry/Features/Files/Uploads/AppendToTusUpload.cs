using System.Globalization;
using System.Runtime.ExceptionServices;
using Microsoft.AspNetCore.Http.HttpResults;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Storage;

namespace Tenantry.Features.Files.Uploads;

/// <summary>
/// Appends the body of a request to a resumable upload. The body is stored in parts, and a stored part counts even if
/// the connection breaks: the client continues after it, at any instance.
/// </summary>
public static class AppendToTusUpload
{
    /// <summary>
    /// In bytes: how much is lost at most when a connection breaks, and the memory that a request needs.
    /// </summary>
    private const int PartSize = 5 * 1024 * 1024;

    public static async Task<IResult> Handle(
        Guid id,
        HttpContext http,
        TusUploads uploads,
        TusParts parts,
        TusCompletion completion,
        IObjectStore store,
        StoreFailures failures,
        IHostApplicationLifetime lifetime
    )
    {
        // Not RequestAborted: a client that disconnects ends its request, but the bytes that have arrived are stored.
        var stop = lifetime.ApplicationStopping;
        var request = http.Request;
        if (request.ContentType != Tus.ContentType)
            return new Unsupported($"The Content-Type must be {Tus.ContentType}.");
        if (
            !long.TryParse(request.Headers[Tus.Offset], NumberStyles.None, CultureInfo.InvariantCulture, out var offset)
        )
            return Problems.Invalid(Tus.Offset, "is needed: the offset in the file at which the body begins");
        using var checksum = TusChecksum.Read(request.Headers[Tus.Checksum].ToString());
        if (await uploads.Find(id, stop) is not { } upload)
            return TusUploads.NotFound();
        if (offset != upload.Received)
            return TusParts.WrongOffset(upload.Received);
        if (request.ContentLength > upload.FileSize - offset)
            return new TooLarge(upload.FileSize);
        return upload.IsFile
            ? Appended(http, upload.FileSize, upload.ExpiresAt)
            : await Append(upload, checksum, http, parts, completion, store, failures, stop);
    }

    private static async Task<IResult> Append(
        ResumableUpload upload,
        TusChecksum? checksum,
        HttpContext http,
        TusParts parts,
        TusCompletion completion,
        IObjectStore store,
        StoreFailures failures,
        CancellationToken stop
    )
    {
        // Parts in `pending` are stored, but not counted yet.
        var (offset, counted, pending) = (upload.Received, upload.Received, new List<ResumablePart>());
        TusPartStream body;
        try
        {
            do
            {
                body = new TusPartStream(
                    http.Request.Body,
                    Math.Min(PartSize, upload.FileSize - offset),
                    checksum,
                    http.RequestAborted
                );
                var key = StoredFile.NewKey(upload.TenantId);
                var size = (await store.Put(key, body, FileType.Unknown, stop)).Size;
                if (size == 0)
                {
                    await parts.RemoveEmpty(key);
                    break;
                }
                pending.Add(
                    new ResumablePart
                    {
                        TenantId = upload.TenantId,
                        UploadId = upload.Id,
                        Start = offset,
                        Size = size,
                        ObjectKey = key,
                    }
                );
                offset += size;
                // A body with a checksum counts when all of it is verified; the last part counts when the file exists.
                if (checksum is null && offset < upload.FileSize)
                {
                    if (!await parts.Count(upload, counted, pending, stop))
                        return await parts.Discard(pending, TusParts.WrongOffset(counted));
                    (counted, pending) = (offset, []);
                }
            } while (!body.IsEnd && offset < upload.FileSize);
        }
        catch (StoreException e)
        {
            return await parts.Discard(pending, failures.InTusUpload(e));
        }
        if (checksum is not null && (body.Fault is not null || !checksum.IsMatch()))
            return await parts.Discard(
                pending,
                body.Fault is null ? new ChecksumMismatch() : TusParts.WrongOffset(counted)
            );
        if (offset == upload.FileSize)
        {
            if (await completion.Complete(upload, counted, pending, stop) is { } refused)
                return refused;
        }
        else if (pending.Count > 0 && !await parts.Count(upload, counted, pending, stop))
        {
            return await parts.Discard(pending, TusParts.WrongOffset(counted));
        }
        // The connection was too slow or broke: the server maps its own exceptions to a status.
        if (body.Fault is not null && offset < upload.FileSize)
            ExceptionDispatchInfo.Throw(body.Fault);
        return Appended(http, offset, parts.NewExpiry());
    }

    private static NoContent Appended(HttpContext http, long offset, DateTimeOffset expires)
    {
        (http.Response.Headers[Tus.Offset], http.Response.Headers[Tus.Expires]) = (
            offset.ToString(CultureInfo.InvariantCulture),
            expires.ToString("R")
        );
        return TypedResults.NoContent();
    }
}

/// <summary>460: the checksum of the body is not the one that the client sent. No byte of the body was kept.</summary>
public sealed class ChecksumMismatch() : Refusal(Problems.ChecksumMismatch, Problems.ChecksumMismatch.Description);
