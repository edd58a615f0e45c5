// The store with nothing but its SDK before it: how many milliseconds a file takes into a bucket, and out of it.
//   dotnet run bench/store.cs -- URL ACCESS_KEY SECRET_KEY BUCKET make | put KEY FILE | get KEY
#:package AWSSDK.S3
using System.Diagnostics;
using System.Globalization;
using Amazon.Runtime;
using Amazon.S3;

var (url, bucket) = (args[0], args[3]);
var configuration = new AmazonS3Config
{
    ServiceURL = url,
    ForcePathStyle = true,
    AuthenticationRegion = "us-east-1",
    RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
    ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
};
using var s3 = new AmazonS3Client(new BasicAWSCredentials(args[1], args[2]), configuration);
if (args[4] == "make")
{
    await s3.PutBucketAsync(bucket);
    return;
}
await s3.ListObjectsV2Async(new() { BucketName = bucket, MaxKeys = 1 }); // what the first request costs is not the store's
var watch = Stopwatch.StartNew();
if (args[4] == "put")
{
    // Servers that are not Amazon's do not know its chunked bodies.
    await s3.PutObjectAsync(new() { BucketName = bucket, Key = args[5], FilePath = args[6], UseChunkEncoding = false });
}
else
{
    using var found = await s3.GetObjectAsync(bucket, args[5]);
    await found.ResponseStream.CopyToAsync(Stream.Null);
}
Console.WriteLine(watch.ElapsedMilliseconds.ToString(CultureInfo.InvariantCulture));
