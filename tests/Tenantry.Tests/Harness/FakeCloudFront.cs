using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Amazon.S3;
using Amazon.S3.Model;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Tenantry.Tests.Harness;

/// <summary>
/// What CloudFront does before a bucket: believes an address only if the signature over it holds under the public key,
/// and its time is not over, and then asks the bucket with credentials of its own. It takes the address apart by the
/// guide's words and not by our code.
/// </summary>
public sealed class FakeCloudFront : IAsyncDisposable
{
    public const string KeyPairId = "K2JCJMDEHXQW5F";

    private static readonly JsonSerializerOptions AsTheyAre = new()
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly RSA key = RSA.Create(2048);
    private readonly WebApplication app;

    private FakeCloudFront(WebApplication app) => this.app = app;

    public Uri Url =>
        new(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    public string PrivateKey => key.ExportPkcs8PrivateKeyPem();

    public static async Task<FakeCloudFront> Begin(S3Server bucket)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var cdn = new FakeCloudFront(builder.Build());
        cdn.app.Run(http => cdn.Answer(http, bucket));
        await cdn.app.StartAsync();
        return cdn;
    }

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        key.Dispose();
    }

    private async Task Answer(HttpContext http, S3Server bucket)
    {
        var asked =
            $"{Url.GetLeftPart(UriPartial.Authority)}{http.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpRequestFeature>()!.RawTarget}";
        if (!Holds(asked, http.Request.Query))
        {
            http.Response.StatusCode = 403;
            return;
        }
        using var s3 = new AmazonS3Client(
            new Amazon.Runtime.BasicAWSCredentials(bucket.AccessKey, bucket.SecretKey),
            new AmazonS3Config
            {
                ServiceURL = bucket.Url.ToString(),
                ForcePathStyle = true,
                AuthenticationRegion = "us-east-1",
            }
        );
        try
        {
            using var found = await s3.GetObjectAsync(
                new GetObjectRequest { BucketName = bucket.Bucket, Key = http.Request.Path.Value![1..] },
                http.RequestAborted
            );
            http.Response.ContentType = http.Request.Query["response-content-type"];
            http.Response.Headers.ContentDisposition = http.Request.Query["response-content-disposition"].ToString();
            await found.ResponseStream.CopyToAsync(http.Response.Body, http.RequestAborted);
        }
        catch (AmazonS3Exception e) when (e.StatusCode == System.Net.HttpStatusCode.NotFound)
        {
            http.Response.StatusCode = 404;
        }
    }

    private bool Holds(string asked, IQueryCollection query)
    {
        var end = asked.IndexOf("&Expires=", StringComparison.Ordinal);
        if (
            end < 0
            || query["Key-Pair-Id"] != KeyPairId
            || !long.TryParse(query["Expires"], CultureInfo.InvariantCulture, out var expires)
            || DateTimeOffset.FromUnixTimeSeconds(expires) < DateTimeOffset.UtcNow
        )
            return false;
        var policy = JsonSerializer.Serialize(
            new
            {
                Statement = new[]
                {
                    new
                    {
                        Resource = asked[..end],
                        Condition = new { DateLessThan = new Dictionary<string, long> { ["AWS:EpochTime"] = expires } },
                    },
                },
            },
            AsTheyAre
        );
        var signature = Convert.FromBase64String(
            query["Signature"].ToString().Replace('-', '+').Replace('_', '=').Replace('~', '/')
        );
#pragma warning disable CA5350 // the one that CloudFront takes
        return key.VerifyData(
            Encoding.UTF8.GetBytes(policy),
            signature,
            HashAlgorithmName.SHA1,
            RSASignaturePadding.Pkcs1
        );
#pragma warning restore CA5350
    }
}
