using System.Diagnostics;
using System.Globalization;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;

namespace Tenantry.Floors;

/// <summary>A place for files with nothing before it. Prints the milliseconds of each time; the first, which opens connections, is not shown.</summary>
internal static class Stores
{
    private const string Name = "bench";

    private const int Buffer = 128 * 1024;

    /// <summary>Bare Kestrel: takes a body into a file of its own that is flushed to the disk, and gives it back. Nobody is asked who they are, nothing is hashed, and no row is written.</summary>
    public static async Task Disk(int port, string folder)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder
            .WebHost.UseUrls($"http://127.0.0.1:{port}")
            .ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = null);
        Directory.CreateDirectory(folder);
        var app = builder.Build();
        app.MapGet("/ready", () => "");
        app.MapPost(
            "/files",
            async (HttpRequest request, CancellationToken cancel) =>
            {
                var id = Guid.NewGuid();
                await using var made = new FileStream(
                    Path.Combine(folder, id.ToString()),
                    FileMode.CreateNew,
                    FileAccess.Write,
                    FileShare.None,
                    bufferSize: 0
                );
                await request.Body.CopyToAsync(made, Buffer, cancel);
                made.Flush(flushToDisk: true); // the service answers once the file would survive a crash
                return $$"""{"id":"{{id}}"}""";
            }
        );
        app.MapGet(
            "/files/{id:guid}",
            (Guid id, HttpResponse response, CancellationToken cancel) =>
                response.SendFileAsync(Path.Combine(folder, id.ToString()), cancel)
        );
        await app.RunAsync();
    }

    public static async Task Bucket(string way, string url, string key, string secret, string file, int times)
    {
        using var s3 = new AmazonS3Client(
            new BasicAWSCredentials(key, secret),
            new AmazonS3Config
            {
                ServiceURL = url,
                ForcePathStyle = true,
                AuthenticationRegion = "us-east-1",
                RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
                ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
            }
        );
        try
        {
            await s3.PutBucketAsync(Name);
        }
        catch (BucketAlreadyOwnedByYouException)
        {
            // An earlier round made it.
        }
        // Servers that are not Amazon's do not know its chunked bodies.
        Task Put() =>
            s3.PutObjectAsync(
                new()
                {
                    BucketName = Name,
                    Key = "floor",
                    FilePath = file,
                    UseChunkEncoding = false,
                }
            );
        if (way == "get")
            await Put();
        await Times(
            times,
            async () =>
            {
                if (way == "put")
                {
                    await Put();
                    return;
                }
                using var found = await s3.GetObjectAsync(Name, "floor");
                await found.ResponseStream.CopyToAsync(Stream.Null);
            }
        );
    }

    private static async Task Times(int times, Func<Task> once)
    {
        await once();
        for (var time = 0; time < times; time++)
        {
            var watch = Stopwatch.StartNew();
            await once();
            Console.WriteLine(watch.Elapsed.TotalMilliseconds.ToString("0.0", CultureInfo.InvariantCulture));
        }
    }
}
