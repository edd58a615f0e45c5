using System.Net;
using Amazon;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Tenantry.Foundation.Aws;
using Tenantry.Foundation.Hosting.Settings;

namespace Tenantry.Foundation.Storage;

/// <summary>
/// The connection to a bucket: the client of the AWS SDK, and what its failures mean for the store. Exceptions of the
/// SDK
/// leave it as <see cref="StoreException"/>.
/// </summary>
internal sealed class S3Bucket : IDisposable
{
    private readonly BucketSettings settings;
    private volatile bool writesFail;

    public S3Bucket(BucketSettings settings, AwsAccess access)
    {
        this.settings = settings;
        var configuration = new AmazonS3Config
        {
            AuthenticationRegion = access.Region,
            ForcePathStyle = settings.PathStyle,
            Timeout = access.Timeout,
            MaxErrorRetry = 2,
        };
        if (access.Endpoint is { } endpoint)
        {
            configuration.ServiceURL = endpoint.AbsoluteUri;
            configuration.UseHttp = endpoint.Scheme == Uri.UriSchemeHttp;
            // S3-compatible servers support neither Amazon's trailing checksums nor its chunked bodies.
            configuration.RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED;
            configuration.ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED;
        }
        else
        {
            configuration.RegionEndpoint = RegionEndpoint.GetBySystemName(access.Region);
        }
        Client = access is { AccessKey: { } key, SecretKey: { } secret }
            ? new AmazonS3Client(new BasicAWSCredentials(key, secret), configuration)
            : new AmazonS3Client(configuration);
    }

    public AmazonS3Client Client { get; }

    public string Name => settings.Name;

    /// <summary>The key of KMS that encrypts new objects; null: the bucket's own.</summary>
    public string? KeyId => settings.KeyId;

    public ServerSideEncryptionMethod? Encryption =>
        settings.Encryption switch
        {
            BucketEncryption.Aes256 => ServerSideEncryptionMethod.AES256,
            BucketEncryption.Kms => ServerSideEncryptionMethod.AWSKMS,
            _ => null,
        };

    /// <summary>Whether the last write failed in a way that the next writes will, too.</summary>
    public bool WritesFail => writesFail;

    public Protocol Protocol => Client.Config.UseHttp ? Protocol.HTTP : Protocol.HTTPS;

    /// <exception cref="StoreException">the request failed</exception>
    public static async Task<T> Send<T>(Func<Task<T>> request, CancellationToken cancel)
    {
        try
        {
            return await request();
        }
        catch (Exception e) when (Failure(e, cancel) is { } failure)
        {
            throw failure;
        }
    }

    /// <summary>
    /// Sends a request that writes, and records whether the bucket accepts writes. A refusal of this request's content
    /// says
    /// nothing about other requests.
    /// </summary>
    /// <exception cref="StoreException">the request failed</exception>
    public async Task<T> Write<T>(Func<Task<T>> request, CancellationToken cancel)
    {
        try
        {
            var response = await Send(request, cancel);
            writesFail = false;
            return response;
        }
        catch (StoreException e) when (IsOfTheBucket(e.InnerException))
        {
            writesFail = true;
            throw;
        }
    }

    public Uri Sign(GetPreSignedUrlRequest request)
    {
        try
        {
            return new Uri(Client.GetPreSignedURL(request));
        }
        catch (Exception e) when (Failure(e, CancellationToken.None) is { } failure)
        {
            throw failure;
        }
    }

    public static bool IsMissing(AmazonS3Exception e) =>
        e.StatusCode == HttpStatusCode.NotFound && e.ErrorCode != "NoSuchBucket";

    public static DateTimeOffset Time(DateTime? time) =>
        time is { } known ? new DateTimeOffset(known.ToUniversalTime(), TimeSpan.Zero) : DateTimeOffset.UnixEpoch;

    /// <summary>
    /// The failure of the store that an exception means; null: another failure. Codes only: the messages of the SDK
    /// repeat
    /// what was signed, and addresses.
    /// </summary>
    public static StoreException? Failure(Exception e, CancellationToken cancel) =>
        e switch
        {
            AmazonServiceException service => new StoreException(
                $"The store answered {(int)service.StatusCode} {service.ErrorCode}.",
                e
            ),
            AmazonClientException => new StoreException(
                "The store could not be reached, or no credentials for it were found.",
                e
            ),
            HttpRequestException or IOException or System.Net.Sockets.SocketException or TimeoutException =>
                new StoreException("The store could not be reached, or closed the connection.", e),
            OperationCanceledException when !cancel.IsCancellationRequested => new StoreException(
                "The store did not answer in time.",
                e
            ),
            _ => null,
        };

    public void Dispose() => Client.Dispose();

    /// <summary>
    /// Whether a refused write means that the next ones fail as well: no bucket, no right to write, or an outage.
    /// </summary>
    private static bool IsOfTheBucket(Exception? cause) =>
        cause is not AmazonServiceException service
        || service.StatusCode is HttpStatusCode.Forbidden or >= HttpStatusCode.InternalServerError
        || service.ErrorCode == "NoSuchBucket";
}
