namespace Tenantry.Foundation.Hosting.Settings;

/// <summary>By what a bucket encrypts: its own setting, keys of S3, a key of KMS.</summary>
public enum BucketEncryption
{
    Bucket,
    Aes256,
    Kms,
}

/// <summary>Where the bytes of files are.</summary>
/// <param name="Folder">of this machine, where no bucket is set</param>
/// <param name="Bucket">null: the folder</param>
/// <param name="ReconcileHour">of the day, UTC, in which files are reconciled</param>
public sealed record StoreSettings(string Folder, BucketSettings? Bucket, int ReconcileHour)
{
    /// <summary>Where the service gives and takes the bytes of the folder: this, the tenant, the object.</summary>
    public const string ObjectsPath = "/objects";

    internal static StoreSettings Read(SettingsReader read, AwsSettings aws, bool isDevelopment)
    {
        var endpoint = read.HttpUrl("S3_ENDPOINT_URL");
        var region = read.Text("S3_REGION") ?? aws.Region ?? (endpoint is null ? null : "us-east-1");
        var encryption = read.Choice("S3_ENCRYPTION", BucketEncryption.Bucket);
        var key = read.Text("S3_KMS_KEY_ID");
        var name = read.Text("S3_BUCKET_NAME");
        read.Need(
            "S3_REGION",
            name is null || region is not null,
            "or AWS_REGION is needed where S3_BUCKET_NAME is set"
        );
        read.Need(
            "S3_KMS_KEY_ID",
            key is null || encryption == BucketEncryption.Kms,
            "has a meaning only where S3_ENCRYPTION is kms"
        );
        read.Need("S3_PATH_STYLE", read.Text("S3_PATH_STYLE") is null or "true" or "false", "must be true or false");
        var timeout = TimeSpan.FromSeconds(read.Number("S3_TIMEOUT_SECONDS", 60, 1, 600));
        var cdn = CdnSettings.Read(read, name is not null);
        var hour = read.Number("FILES_RECONCILE_HOUR", 3, 0, 23);
        var isPathStyle = read.Text("S3_PATH_STYLE") is { } style ? style == "true" : endpoint is not null;
        return new StoreSettings(
            read.Text("FILES_PATH") ?? (isDevelopment ? ".local/files" : "files"),
            name is null || region is null
                ? null
                : new BucketSettings(name, region, endpoint, isPathStyle, encryption, key, timeout, cdn),
            hour
        );
    }
}

/// <summary>A bucket of S3.</summary>
/// <param name="Name">of the bucket</param>
/// <param name="Region">where it is</param>
/// <param name="Endpoint">null: Amazon's own</param>
/// <param name="PathStyle">the bucket stands in the path and not in the host</param>
/// <param name="Encryption">by what objects are encrypted</param>
/// <param name="KeyId">of KMS; null: the account's own</param>
/// <param name="Timeout">of a call</param>
/// <param name="Cdn">what downloads lead to; null: the bucket itself</param>
public sealed record BucketSettings(
    string Name,
    string Region,
    Uri? Endpoint,
    bool PathStyle,
    BucketEncryption Encryption,
    string? KeyId,
    TimeSpan Timeout,
    CdnSettings? Cdn = null
);
