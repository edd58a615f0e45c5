using System.Buffers;
using System.Net;
using System.Runtime.CompilerServices;
using Amazon;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Tenantry.Foundation.Aws;
using Tenantry.Foundation.Hosting.Settings;

namespace Tenantry.Foundation.Storage;

/// <summary>
/// A bucket of Amazon S3, or of a server that speaks like it. A stream goes there in parts, of which one is in memory at a time; addresses are signed by us and lead there.
/// </summary>
public sealed class S3Store : IObjectStore, IDisposable
{
    /// <summary>
    /// What is smaller goes there in one request, what is larger in parts of this size: to begin, to send a part and to put them together are requests of their own, which together took as long as ten megabytes do.
    /// S3 takes 10,000 parts of 5 MiB or more.
    /// </summary>
    private const int Piece = 12 * 1024 * 1024;

    /// <summary>Memory for a piece is taken once there is more than this: many small files at once need little.</summary>
    private const int Little = 256 * 1024;

    private static readonly string ProbeKey = IObjectStore.OwnPrefix + Guid.Empty;

    private readonly AmazonS3Client s3;
    private readonly BucketSettings bucket;
    private readonly CloudFront? cdn;
    private volatile bool writesFail;

    public S3Store(BucketSettings bucket, AwsAccess access)
    {
        this.bucket = bucket;
        cdn = bucket.Cdn is { } settings ? new CloudFront(settings) : null;
        var configuration = new AmazonS3Config
        {
            AuthenticationRegion = access.Region,
            ForcePathStyle = bucket.PathStyle,
            Timeout = access.Timeout,
            MaxErrorRetry = 2,
        };
        if (access.Endpoint is { } endpoint)
        {
            configuration.ServiceURL = endpoint.AbsoluteUri;
            configuration.UseHttp = endpoint.Scheme == Uri.UriSchemeHttp;
            // Servers that are not Amazon's know neither its trailing checksums nor its chunked bodies.
            configuration.RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED;
            configuration.ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED;
        }
        else
        {
            configuration.RegionEndpoint = RegionEndpoint.GetBySystemName(access.Region);
        }
        s3 = access is { AccessKey: { } key, SecretKey: { } secret }
            ? new AmazonS3Client(new BasicAWSCredentials(key, secret), configuration)
            : new AmazonS3Client(configuration);
    }

    public string Name => "s3";

    public async Task<StoredObject> Put(string key, Stream content, string contentType, CancellationToken cancel)
    {
        Demand(key);
        var buffer = ArrayPool<byte>.Shared.Rent(Little);
        try
        {
            var filled = await content.ReadAtLeastAsync(
                buffer.AsMemory(0, Little),
                Little,
                throwOnEndOfStream: false,
                cancel
            );
            if (filled == Little)
            {
                var (little, piece) = (buffer, ArrayPool<byte>.Shared.Rent(Piece));
                little.AsSpan(0, Little).CopyTo(piece);
                buffer = piece;
                ArrayPool<byte>.Shared.Return(little);
                filled += await content.ReadAtLeastAsync(
                    buffer.AsMemory(Little, Piece - Little),
                    Piece - Little,
                    throwOnEndOfStream: false,
                    cancel
                );
            }
            return filled < Piece
                ? await PutWhole(key, buffer, filled, contentType, cancel)
                : await PutParts(key, content, buffer, contentType, cancel);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public async Task<Stream?> Open(string key, long from, long? length, CancellationToken cancel)
    {
        Demand(key);
        var request = new GetObjectRequest { BucketName = bucket.Name, Key = key };
        if (from > 0 || length is not null)
            request.ByteRange = new ByteRange($"bytes={from}-{(length is { } count ? from + count - 1 : null)}");
        try
        {
            var answer = await s3.GetObjectAsync(request, cancel);
            return new StoreStream(answer.ResponseStream, long.MaxValue, e => Translated(e, cancel));
        }
        catch (AmazonS3Exception e) when (IsMissing(e))
        {
            return null;
        }
        catch (AmazonS3Exception e) when (e.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            return Stream.Null;
        }
        catch (Exception e) when (Translated(e, cancel) is { } known)
        {
            throw known;
        }
    }

    public async Task<StoredObject?> Find(string key, CancellationToken cancel)
    {
        Demand(key);
        try
        {
            var answer = await s3.GetObjectMetadataAsync(
                new GetObjectMetadataRequest { BucketName = bucket.Name, Key = key },
                cancel
            );
            return new StoredObject(key, answer.ContentLength, Time(answer.LastModified));
        }
        catch (AmazonS3Exception e) when (IsMissing(e))
        {
            return null;
        }
        catch (Exception e) when (Translated(e, cancel) is { } known)
        {
            throw known;
        }
    }

    public async Task Copy(string from, string to, CancellationToken cancel)
    {
        Demand(from);
        Demand(to);
        var request = new CopyObjectRequest
        {
            SourceBucket = bucket.Name,
            SourceKey = from,
            DestinationBucket = bucket.Name,
            DestinationKey = to,
        };
        (request.ServerSideEncryptionMethod, request.ServerSideEncryptionKeyManagementServiceKeyId) = (
            Encryption,
            bucket.KeyId
        );
        await Write(() => s3.CopyObjectAsync(request, cancel), cancel);
    }

    public Task Delete(string key, CancellationToken cancel)
    {
        Demand(key);
        return Do(
            async () =>
            {
                try
                {
                    return await s3.DeleteObjectAsync(
                        new DeleteObjectRequest { BucketName = bucket.Name, Key = key },
                        cancel
                    );
                }
                catch (AmazonS3Exception e) when (IsMissing(e))
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
            var page = await Do(() => s3.ListObjectsV2Async(request, cancel), cancel);
            foreach (var found in page.S3Objects ?? [])
                yield return new StoredObject(found.Key, found.Size ?? 0, Time(found.LastModified));
            request.ContinuationToken = page.NextContinuationToken;
        } while (request.ContinuationToken is not null);
    }

    public Uri SignedGet(string key, SignedGet terms)
    {
        Demand(key);
        if (cdn is not null)
            return cdn.SignedGet(key, terms);
        var request = new GetPreSignedUrlRequest
        {
            BucketName = bucket.Name,
            Key = key,
            Verb = HttpVerb.GET,
            Expires = terms.Expires.UtcDateTime,
            Protocol = Scheme,
        };
        request.ResponseHeaderOverrides.ContentType = terms.ContentType;
        request.ResponseHeaderOverrides.ContentDisposition = terms.ContentDisposition;
        request.ResponseHeaderOverrides.CacheControl = "private";
        return Signed(request);
    }

    public async Task<string> BeginParts(string key, string contentType, CancellationToken cancel)
    {
        Demand(key);
        var request = new InitiateMultipartUploadRequest
        {
            BucketName = bucket.Name,
            Key = key,
            ContentType = contentType,
        };
        (request.ServerSideEncryptionMethod, request.ServerSideEncryptionKeyManagementServiceKeyId) = (
            Encryption,
            bucket.KeyId
        );
        return (await Write(() => s3.InitiateMultipartUploadAsync(request, cancel), cancel)).UploadId;
    }

    public SignedRequest SignedPart(string key, string upload, int number, long size, DateTimeOffset expires)
    {
        Demand(key);
        var length = size.ToString(System.Globalization.CultureInfo.InvariantCulture);
        var request = new GetPreSignedUrlRequest
        {
            BucketName = bucket.Name,
            Key = key,
            Verb = HttpVerb.PUT,
            Expires = expires.UtcDateTime,
            UploadId = upload,
            PartNumber = number,
            Protocol = Scheme,
        };
        request.Headers["Content-Length"] = length;
        return new SignedRequest(
            "PUT",
            Signed(request),
            new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) { ["Content-Length"] = length },
            expires
        );
    }

    public async Task<StoredObject?> CompleteParts(string key, string upload, int parts, CancellationToken cancel)
    {
        Demand(key);
        var there = new List<PartETag>(parts);
        var request = new ListPartsRequest
        {
            BucketName = bucket.Name,
            Key = key,
            UploadId = upload,
        };
        try
        {
            ListPartsResponse page;
            do
            {
                page = await Do(() => s3.ListPartsAsync(request, cancel), cancel);
                there.AddRange((page.Parts ?? []).Select(part => new PartETag(part.PartNumber ?? 0, part.ETag)));
                request.PartNumberMarker = page.NextPartNumberMarker?.ToString(
                    System.Globalization.CultureInfo.InvariantCulture
                );
            } while (page.IsTruncated == true);
            if (!there.Select(part => part.PartNumber ?? 0).Order().SequenceEqual(Enumerable.Range(1, parts)))
                return null;
            await Finish(key, upload, there, cancel);
        }
        catch (StoreException e) when (e.InnerException is AmazonS3Exception s3Exception && IsMissing(s3Exception))
        {
            return null;
        }
        return await Find(key, cancel);
    }

    public Task AbortParts(string key, string upload, CancellationToken cancel) =>
        Do(
            async () =>
            {
                try
                {
                    return await s3.AbortMultipartUploadAsync(
                        new AbortMultipartUploadRequest
                        {
                            BucketName = bucket.Name,
                            Key = key,
                            UploadId = upload,
                        },
                        cancel
                    );
                }
                catch (AmazonS3Exception e) when (IsMissing(e))
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
            page = await Do(() => s3.ListMultipartUploadsAsync(request, cancel), cancel);
            foreach (var upload in page.MultipartUploads ?? [])
                yield return new UnfinishedObject(upload.Key, upload.UploadId, Time(upload.Initiated));
            (request.KeyMarker, request.UploadIdMarker) = (page.NextKeyMarker, page.NextUploadIdMarker);
        } while (page.IsTruncated == true);
    }

    /// <summary>A bucket is paid for each request: it is written to only while the last write has failed.</summary>
    public async Task Check(CancellationToken cancel)
    {
        await Find(ProbeKey, cancel);
        if (!writesFail)
            return;
        await Write(
            () =>
                s3.PutObjectAsync(
                    new PutObjectRequest
                    {
                        BucketName = bucket.Name,
                        Key = ProbeKey,
                        ContentBody = "",
                    },
                    cancel
                ),
            cancel
        );
        await Delete(ProbeKey, cancel);
    }

    public void Dispose()
    {
        s3.Dispose();
        cdn?.Dispose();
    }

    private async Task<StoredObject> PutWhole(
        string key,
        byte[] buffer,
        int filled,
        string contentType,
        CancellationToken cancel
    )
    {
        using var body = new MemoryStream(buffer, 0, filled, writable: false);
        var request = new PutObjectRequest
        {
            BucketName = bucket.Name,
            Key = key,
            InputStream = body,
            ContentType = contentType,
            AutoCloseStream = false,
            UseChunkEncoding = false,
        };
        (request.ServerSideEncryptionMethod, request.ServerSideEncryptionKeyManagementServiceKeyId) = (
            Encryption,
            bucket.KeyId
        );
        await Write(() => s3.PutObjectAsync(request, cancel), cancel);
        return new StoredObject(key, filled, DateTimeOffset.UtcNow);
    }

    private async Task<StoredObject> PutParts(
        string key,
        Stream content,
        byte[] buffer,
        string contentType,
        CancellationToken cancel
    )
    {
        var upload = await BeginParts(key, contentType, cancel);
        var isWhole = false;
        try
        {
            var parts = new List<PartETag>();
            var (filled, size) = (Piece, 0L);
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
                var answer = await Write(() => s3.UploadPartAsync(request, cancel), cancel);
                parts.Add(new PartETag(parts.Count + 1, answer.ETag));
                size += filled;
                filled = await content.ReadAtLeastAsync(
                    buffer.AsMemory(0, Piece),
                    Piece,
                    throwOnEndOfStream: false,
                    cancel
                );
            }
            await Finish(key, upload, parts, cancel);
            isWhole = true;
            return new StoredObject(key, size, DateTimeOffset.UtcNow);
        }
        finally
        {
            if (!isWhole)
                await GiveUp(key, upload);
        }
    }

    private Task<CompleteMultipartUploadResponse> Finish(
        string key,
        string upload,
        List<PartETag> parts,
        CancellationToken cancel
    ) =>
        Write(
            () =>
                s3.CompleteMultipartUploadAsync(
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

    /// <summary>Whoever cancelled is not here any more; what cannot be given up is found by its age.</summary>
    private async Task GiveUp(string key, string upload)
    {
        try
        {
            await AbortParts(key, upload, CancellationToken.None);
        }
        catch (StoreException)
        {
            // The reason why it came to this is on its way already.
        }
    }

    private ServerSideEncryptionMethod? Encryption =>
        bucket.Encryption switch
        {
            BucketEncryption.Aes256 => ServerSideEncryptionMethod.AES256,
            BucketEncryption.Kms => ServerSideEncryptionMethod.AWSKMS,
            _ => null,
        };

    private Protocol Scheme => s3.Config.UseHttp ? Protocol.HTTP : Protocol.HTTPS;

    private Uri Signed(GetPreSignedUrlRequest request)
    {
        try
        {
            return new Uri(s3.GetPreSignedURL(request));
        }
        catch (Exception e) when (Translated(e, CancellationToken.None) is { } known)
        {
            throw known;
        }
    }

    /// <summary>Remembers whether the bucket takes writes. A refusal of one request for what it holds says nothing of others.</summary>
    private async Task<T> Write<T>(Func<Task<T>> call, CancellationToken cancel)
    {
        try
        {
            var answer = await Do(call, cancel);
            writesFail = false;
            return answer;
        }
        catch (StoreException e) when (IsOfTheBucket(e.InnerException))
        {
            writesFail = true;
            throw;
        }
    }

    /// <summary>Whether a refused write says that the next ones fail as well: the bucket is gone, may not be written or is out of order.</summary>
    private static bool IsOfTheBucket(Exception? cause) =>
        cause is not AmazonServiceException answer
        || answer.StatusCode is HttpStatusCode.Forbidden or >= HttpStatusCode.InternalServerError
        || answer.ErrorCode == "NoSuchBucket";

    private static async Task<T> Do<T>(Func<Task<T>> call, CancellationToken cancel)
    {
        try
        {
            return await call();
        }
        catch (Exception e) when (Translated(e, cancel) is { } known)
        {
            throw known;
        }
    }

    private static void Demand(string key)
    {
        if (!IObjectStore.IsKey(key))
            throw new ArgumentException("No key of an object.", nameof(key));
    }

    private static DateTimeOffset Time(DateTime? time) =>
        time is { } known ? new DateTimeOffset(known.ToUniversalTime(), TimeSpan.Zero) : DateTimeOffset.UnixEpoch;

    private static bool IsMissing(AmazonS3Exception e) =>
        e.StatusCode == HttpStatusCode.NotFound && e.ErrorCode != "NoSuchBucket";

    // Codes only: messages repeat what was signed, and addresses.
    private static StoreException? Translated(Exception e, CancellationToken cancel) =>
        e switch
        {
            AmazonServiceException service => new StoreException(
                $"The store answered {(int)service.StatusCode} {service.ErrorCode}.",
                e
            ),
            AmazonClientException => new StoreException(
                "The store was not reached, or no credentials were found for it.",
                e
            ),
            HttpRequestException or IOException or System.Net.Sockets.SocketException or TimeoutException =>
                new StoreException("The store was not reached, or broke off.", e),
            OperationCanceledException when !cancel.IsCancellationRequested => new StoreException(
                "The store did not answer in time.",
                e
            ),
            _ => null,
        };
}
