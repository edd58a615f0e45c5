using System.Globalization;
using System.Runtime.CompilerServices;
using Amazon.S3;
using Amazon.S3.Model;

namespace Tenantry.Foundation.Storage;

/// <summary>
/// Multipart uploads of a bucket: those that this service sends in parts, and those that clients send by signed
/// requests.
/// </summary>
internal sealed class S3Multipart(S3Bucket bucket)
{
    public async Task<string> Begin(string key, string contentType, CancellationToken cancel)
    {
        var request = new InitiateMultipartUploadRequest
        {
            BucketName = bucket.Name,
            Key = key,
            ContentType = contentType,
            ServerSideEncryptionMethod = bucket.Encryption,
            ServerSideEncryptionKeyManagementServiceKeyId = bucket.KeyId,
        };
        return (await bucket.Write(() => bucket.Client.InitiateMultipartUploadAsync(request, cancel), cancel)).UploadId;
    }

    public SignedRequest SignedPart(string key, string upload, int number, long size, DateTimeOffset expires)
    {
        var length = size.ToString(CultureInfo.InvariantCulture);
        var request = new GetPreSignedUrlRequest
        {
            BucketName = bucket.Name,
            Key = key,
            Verb = HttpVerb.PUT,
            Expires = expires.UtcDateTime,
            UploadId = upload,
            PartNumber = number,
            Protocol = bucket.Protocol,
        };
        request.Headers["Content-Length"] = length;
        return new SignedRequest(
            "PUT",
            bucket.Sign(request),
            new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) { ["Content-Length"] = length },
            expires
        );
    }

    /// <summary>
    /// Sends the rest of a stream in parts of <paramref name="buffer"/>'s first <paramref name="partSize"/> bytes.
    /// </summary>
    /// <param name="key">the key of the object</param>
    /// <param name="content">read from its present position to its end</param>
    /// <param name="buffer">contains the first part</param>
    /// <param name="partSize">bytes of each part but the last</param>
    /// <param name="contentType">the media type that the object is returned with</param>
    /// <param name="cancel">aborts the upload</param>
    public async Task<StoredObject> Put(
        string key,
        Stream content,
        byte[] buffer,
        int partSize,
        string contentType,
        CancellationToken cancel
    )
    {
        var upload = await Begin(key, contentType, cancel);
        var isComplete = false;
        try
        {
            var parts = new List<PartETag>();
            var (filled, size) = (partSize, 0L);
            while (filled > 0)
            {
                using var body = new MemoryStream(buffer, 0, filled, writable: false);
                var request = new UploadPartRequest
                {
                    BucketName = bucket.Name,
                    Key = key,
                    UploadId = upload,
                    PartNumber = parts.Count + 1,
                    PartSize = filled,
                    InputStream = body,
                    UseChunkEncoding = false,
                };
                var response = await bucket.Write(() => bucket.Client.UploadPartAsync(request, cancel), cancel);
                parts.Add(new PartETag(parts.Count + 1, response.ETag));
                size += filled;
                filled = await content.ReadAtLeastAsync(
                    buffer.AsMemory(0, partSize),
                    partSize,
                    throwOnEndOfStream: false,
                    cancel
                );
            }
            await Complete(key, upload, parts, cancel);
            isComplete = true;
            return new StoredObject(key, size, DateTimeOffset.UtcNow);
        }
        finally
        {
            if (!isComplete)
                await TryAbort(key, upload);
        }
    }

    /// <returns>false: a part is missing, or the upload has ended</returns>
    public async Task<bool> Complete(string key, string upload, int parts, CancellationToken cancel)
    {
        try
        {
            var uploaded = await Parts(key, upload, parts, cancel);
            if (!uploaded.Select(part => part.PartNumber ?? 0).Order().SequenceEqual(Enumerable.Range(1, parts)))
                return false;
            await Complete(key, upload, uploaded, cancel);
            return true;
        }
        catch (StoreException e) when (e.InnerException is AmazonS3Exception cause && S3Bucket.IsMissing(cause))
        {
            return false;
        }
    }

    public Task Abort(string key, string upload, CancellationToken cancel) =>
        S3Bucket.Send(
            async () =>
            {
                try
                {
                    return await bucket.Client.AbortMultipartUploadAsync(
                        new AbortMultipartUploadRequest
                        {
                            BucketName = bucket.Name,
                            Key = key,
                            UploadId = upload,
                        },
                        cancel
                    );
                }
                catch (AmazonS3Exception e) when (S3Bucket.IsMissing(e))
                {
                    return null;
                }
            },
            cancel
        );

    public async IAsyncEnumerable<UnfinishedObject> Unfinished([EnumeratorCancellation] CancellationToken cancel)
    {
        var request = new ListMultipartUploadsRequest { BucketName = bucket.Name };
        ListMultipartUploadsResponse page;
        do
        {
            page = await S3Bucket.Send(() => bucket.Client.ListMultipartUploadsAsync(request, cancel), cancel);
            foreach (var upload in page.MultipartUploads ?? [])
                yield return new UnfinishedObject(upload.Key, upload.UploadId, S3Bucket.Time(upload.Initiated));
            (request.KeyMarker, request.UploadIdMarker) = (page.NextKeyMarker, page.NextUploadIdMarker);
        } while (page.IsTruncated == true);
    }

    private async Task<List<PartETag>> Parts(string key, string upload, int expected, CancellationToken cancel)
    {
        var parts = new List<PartETag>(expected);
        var request = new ListPartsRequest
        {
            BucketName = bucket.Name,
            Key = key,
            UploadId = upload,
        };
        ListPartsResponse page;
        do
        {
            page = await S3Bucket.Send(() => bucket.Client.ListPartsAsync(request, cancel), cancel);
            parts.AddRange((page.Parts ?? []).Select(part => new PartETag(part.PartNumber ?? 0, part.ETag)));
            request.PartNumberMarker = page.NextPartNumberMarker?.ToString(CultureInfo.InvariantCulture);
        } while (page.IsTruncated == true);
        return parts;
    }

    private Task<CompleteMultipartUploadResponse> Complete(
        string key,
        string upload,
        List<PartETag> parts,
        CancellationToken cancel
    ) =>
        bucket.Write(
            () =>
                bucket.Client.CompleteMultipartUploadAsync(
                    new CompleteMultipartUploadRequest
                    {
                        BucketName = bucket.Name,
                        Key = key,
                        UploadId = upload,
                        PartETags = parts,
                    },
                    cancel
                ),
            cancel
        );

    /// <summary>
    /// Not cancelled with the caller, who may have gone away. An upload that cannot be aborted is found by its age.
    /// </summary>
    private async Task TryAbort(string key, string upload)
    {
        try
        {
            await Abort(key, upload, CancellationToken.None);
        }
        catch (StoreException)
        {
            // The exception that led here is already being thrown.
        }
    }
}
