using System.Buffers;
using System.Net;
using System.Runtime.CompilerServices;
using Amazon.S3;
using Amazon.S3.Model;
using Tenantry.Foundation.Aws;
using Tenantry.Foundation.Hosting.Settings;

namespace Tenantry.Foundation.Storage;

/// <summary>
/// The object store in a bucket of Amazon S3 or of an S3-compatible server. A stream is uploaded in parts, of which one
/// is
/// in memory at a time. Clients download and upload directly, by addresses that this service signs.
/// </summary>
public sealed class S3Store : IObjectStore, IDisposable
{
    /// <summary>
    /// A smaller object is uploaded in one request, a larger one in parts of this size. To begin a multipart upload, to
    /// send a part and to complete the upload are requests of their own; together they took as long as ten megabytes
    /// do.
    /// S3 allows 10,000 parts of 5 MiB or more.
    /// </summary>
    private const int PartSize = 12 * 1024 * 1024;

    /// <summary>
    /// The buffer of a whole part is rented only for larger objects, so that many small files at once need little
    /// memory.
    /// </summary>
    private const int SmallBuffer = 256 * 1024;

    private static readonly string ProbeKey = IObjectStore.OwnPrefix + Guid.Empty;

    private readonly S3Bucket bucket;
    private readonly S3Multipart multipart;
    private readonly CloudFront? cdn;

    public S3Store(BucketSettings settings, AwsAccess access)
    {
        bucket = new S3Bucket(settings, access);
        multipart = new S3Multipart(bucket);
        cdn = settings.Cdn is { } distribution ? new CloudFront(distribution) : null;
    }

    public string Name => "s3";

    public async Task<StoredObject> Put(string key, Stream content, string contentType, CancellationToken cancel)
    {
        DemandKey(key);
        var buffer = ArrayPool<byte>.Shared.Rent(SmallBuffer);
        try
        {
            var filled = await content.ReadAtLeastAsync(
                buffer.AsMemory(0, SmallBuffer),
                SmallBuffer,
                throwOnEndOfStream: false,
                cancel
            );
            if (filled == SmallBuffer)
            {
                var (small, large) = (buffer, ArrayPool<byte>.Shared.Rent(PartSize));
                small.AsSpan(0, SmallBuffer).CopyTo(large);
                buffer = large;
                ArrayPool<byte>.Shared.Return(small);
                filled += await content.ReadAtLeastAsync(
                    buffer.AsMemory(SmallBuffer, PartSize - SmallBuffer),
                    PartSize - SmallBuffer,
                    throwOnEndOfStream: false,
                    cancel
                );
            }
            return filled < PartSize
                ? await PutInOneRequest(key, buffer, filled, contentType, cancel)
                : await multipart.Put(key, content, buffer, PartSize, contentType, cancel);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public async Task<Stream?> Open(string key, long from, long? length, CancellationToken cancel)
    {
        DemandKey(key);
        var request = new GetObjectRequest { BucketName = bucket.Name, Key = key };
        if (from > 0 || length is not null)
            request.ByteRange = new ByteRange($"bytes={from}-{(length is { } count ? from + count - 1 : null)}");
        try
        {
            var response = await bucket.Client.GetObjectAsync(request, cancel);
            return new StoreStream(response.ResponseStream, long.MaxValue, e => S3Bucket.Failure(e, cancel));
        }
        catch (AmazonS3Exception e) when (S3Bucket.IsMissing(e))
        {
            return null;
        }
        catch (AmazonS3Exception e) when (e.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            return Stream.Null;
        }
        catch (Exception e) when (S3Bucket.Failure(e, cancel) is { } failure)
        {
            throw failure;
        }
    }

    public async Task<StoredObject?> Find(string key, CancellationToken cancel)
    {
        DemandKey(key);
        try
        {
            var response = await bucket.Client.GetObjectMetadataAsync(
                new GetObjectMetadataRequest { BucketName = bucket.Name, Key = key },
                cancel
            );
            return new StoredObject(key, response.ContentLength, S3Bucket.Time(response.LastModified));
        }
        catch (AmazonS3Exception e) when (S3Bucket.IsMissing(e))
        {
            return null;
        }
        catch (Exception e) when (S3Bucket.Failure(e, cancel) is { } failure)
        {
            throw failure;
        }
    }

    public async Task Copy(string from, string to, CancellationToken cancel)
    {
        DemandKey(from);
        DemandKey(to);
        var request = new CopyObjectRequest
        {
            SourceBucket = bucket.Name,
            SourceKey = from,
            DestinationBucket = bucket.Name,
            DestinationKey = to,
            ServerSideEncryptionMethod = bucket.Encryption,
            ServerSideEncryptionKeyManagementServiceKeyId = bucket.KeyId,
        };
        await bucket.Write(() => bucket.Client.CopyObjectAsync(request, cancel), cancel);
    }

    public Task Delete(string key, CancellationToken cancel)
    {
        DemandKey(key);
        return S3Bucket.Send(
            async () =>
            {
                try
                {
                    return await bucket.Client.DeleteObjectAsync(
                        new DeleteObjectRequest { BucketName = bucket.Name, Key = key },
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
    }

    public async IAsyncEnumerable<StoredObject> List(string prefix, [EnumeratorCancellation] CancellationToken cancel)
    {
        var request = new ListObjectsV2Request { BucketName = bucket.Name, Prefix = prefix };
        do
        {
            var page = await S3Bucket.Send(() => bucket.Client.ListObjectsV2Async(request, cancel), cancel);
            foreach (var found in page.S3Objects ?? [])
                yield return new StoredObject(found.Key, found.Size ?? 0, S3Bucket.Time(found.LastModified));
            request.ContinuationToken = page.NextContinuationToken;
        } while (request.ContinuationToken is not null);
    }

    public Uri SignedGet(string key, SignedGet terms)
    {
        DemandKey(key);
        if (cdn is not null)
            return cdn.SignedGet(key, terms);
        var request = new GetPreSignedUrlRequest
        {
            BucketName = bucket.Name,
            Key = key,
            Verb = HttpVerb.GET,
            Expires = terms.Expires.UtcDateTime,
            Protocol = bucket.Protocol,
        };
        request.ResponseHeaderOverrides.ContentType = terms.ContentType;
        request.ResponseHeaderOverrides.ContentDisposition = terms.ContentDisposition;
        request.ResponseHeaderOverrides.CacheControl = "private";
        return bucket.Sign(request);
    }

    public Task<string> BeginParts(string key, string contentType, CancellationToken cancel)
    {
        DemandKey(key);
        return multipart.Begin(key, contentType, cancel);
    }

    public SignedRequest SignedPart(string key, string upload, int number, long size, DateTimeOffset expires)
    {
        DemandKey(key);
        return multipart.SignedPart(key, upload, number, size, expires);
    }

    public async Task<StoredObject?> CompleteParts(string key, string upload, int parts, CancellationToken cancel)
    {
        DemandKey(key);
        return await multipart.Complete(key, upload, parts, cancel) ? await Find(key, cancel) : null;
    }

    public Task AbortParts(string key, string upload, CancellationToken cancel) => multipart.Abort(key, upload, cancel);

    public IAsyncEnumerable<UnfinishedObject> Unfinished(CancellationToken cancel) => multipart.Unfinished(cancel);

    /// <summary>Each request to a bucket costs money: the check writes only while the last write has failed.</summary>
    public async Task Check(CancellationToken cancel)
    {
        await Find(ProbeKey, cancel);
        if (!bucket.WritesFail)
            return;
        var request = new PutObjectRequest
        {
            BucketName = bucket.Name,
            Key = ProbeKey,
            ContentBody = "",
        };
        await bucket.Write(() => bucket.Client.PutObjectAsync(request, cancel), cancel);
        await Delete(ProbeKey, cancel);
    }

    public void Dispose()
    {
        bucket.Dispose();
        cdn?.Dispose();
    }

    private async Task<StoredObject> PutInOneRequest(
        string key,
        byte[] buffer,
        int size,
        string contentType,
        CancellationToken cancel
    )
    {
        using var body = new MemoryStream(buffer, 0, size, writable: false);
        var request = new PutObjectRequest
        {
            BucketName = bucket.Name,
            Key = key,
            InputStream = body,
            ContentType = contentType,
            AutoCloseStream = false,
            UseChunkEncoding = false,
            ServerSideEncryptionMethod = bucket.Encryption,
            ServerSideEncryptionKeyManagementServiceKeyId = bucket.KeyId,
        };
        await bucket.Write(() => bucket.Client.PutObjectAsync(request, cancel), cancel);
        return new StoredObject(key, size, DateTimeOffset.UtcNow);
    }

    private static void DemandKey(string key)
    {
        if (!IObjectStore.IsKey(key))
            throw new ArgumentException("Not a valid object key.", nameof(key));
    }
}
