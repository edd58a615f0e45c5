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

    public static Task Disk(string way, string folder, string file, int times)
    {
        var kept = Path.Combine(folder, "floor");
        if (way == "get")
            File.Copy(file, kept, overwrite: true);
        return Times(times, async () =>
        {
            if (way == "get")
            {
                await using var found = File.OpenRead(kept);
                await found.CopyToAsync(Stream.Null);
                return;
            }
            await using (var given = File.OpenRead(file))
            await using (var made = File.Create(kept))
            {
                await given.CopyToAsync(made);
                made.Flush(flushToDisk: true); // the service answers once the file would survive a crash
            }
        });
    }

    public static async Task Bucket(string way, string url, string key, string secret, string file, int times)
    {
        using var s3 = new AmazonS3Client(new BasicAWSCredentials(key, secret), new AmazonS3Config
        {
            ServiceURL = url,
            ForcePathStyle = true,
            AuthenticationRegion = "us-east-1",
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
        });
        try
        {
            await s3.PutBucketAsync(Name);
        }
        catch (BucketAlreadyOwnedByYouException)
        {
            // An earlier round made it.
        }
        // Servers that are not Amazon's do not know its chunked bodies.
        Task Put() => s3.PutObjectAsync(new() { BucketName = Name, Key = "floor", FilePath = file, UseChunkEncoding = false });
        if (way == "get")
            await Put();
        await Times(times, async () =>
        {
            if (way == "put")
            {
                await Put();
                return;
            }
            using var found = await s3.GetObjectAsync(Name, "floor");
            await found.ResponseStream.CopyToAsync(Stream.Null);
        });
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
