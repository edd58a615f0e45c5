using Amazon.Runtime;
using Amazon.S3;
using Tenantry.Foundation.Aws;
using Tenantry.Foundation.Hosting.Settings;

namespace Tenantry.Tests.Harness;

/// <summary>
/// A bucket of a test class's own on the S3 server that ./test started: a real store, which checks every signature.
/// </summary>
public sealed class S3Server
{
    private S3Server(Uri url, string accessKey, string secretKey, string bucket) =>
        (Url, AccessKey, SecretKey, Bucket) = (url, accessKey, secretKey, bucket);

    public Uri Url { get; }

    public string AccessKey { get; }

    public string SecretKey { get; }

    public string Bucket { get; }

    public AwsAccess Access => new("us-east-1", AccessKey, SecretKey, Url, TimeSpan.FromSeconds(30));

    public BucketSettings Settings =>
        new(Bucket, "us-east-1", Url, true, BucketEncryption.Bucket, null, TimeSpan.FromSeconds(30));

    /// <summary>Skips the test where there is no such server.</summary>
    public static async Task<S3Server> Begin()
    {
        var file = Environment.GetEnvironmentVariable("TEST_S3") ?? "";
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (file.Length > 0 && !File.Exists(file))
            await Task.Delay(TimeSpan.FromMilliseconds(50), deadline.Token);
        if (
            file.Length == 0
            || (await File.ReadAllTextAsync(file, deadline.Token)).Split(' ', StringSplitOptions.TrimEntries)
                is not [var url, var key, var secret]
        )
        {
            Assert.Skip(
                "An S3 server is missing. Run:  sudo apt-get install -y swift-proxy swift-account swift-container swift-object memcached"
            );
            throw new InvalidOperationException();
        }
        var server = new S3Server(new Uri(url), key, secret, "bucket-" + Guid.NewGuid().ToString("N")[..12]);
        await server.MakeBucket();
        return server;
    }

    public async Task MakeBucket()
    {
        using var s3 = Client();
        await s3.PutBucketAsync(Bucket, TestContext.Current.CancellationToken);
    }

    /// <summary>Takes away a bucket that is empty.</summary>
    public async Task RemoveBucket()
    {
        using var s3 = Client();
        await s3.DeleteBucketAsync(Bucket, TestContext.Current.CancellationToken);
    }

    private AmazonS3Client Client() =>
        new(
            new BasicAWSCredentials(AccessKey, SecretKey),
            new AmazonS3Config
            {
                ServiceURL = Url.ToString(),
                ForcePathStyle = true,
                AuthenticationRegion = "us-east-1",
            }
        );

    public void Apply(Dictionary<string, string> variables)
    {
        variables["S3_BUCKET_NAME"] = Bucket;
        variables["S3_ENDPOINT_URL"] = Url.ToString();
        variables["AWS_ACCESS_KEY_ID"] = AccessKey;
        variables["AWS_SECRET_ACCESS_KEY"] = SecretKey;
    }
}
