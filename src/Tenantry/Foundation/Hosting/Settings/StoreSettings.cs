namespace Tenantry.Foundation.Hosting.Settings;

/// <summary>How a bucket encrypts objects: by its own setting, with keys of S3, or with a key of KMS.</summary>
public enum BucketEncryption
{
    Bucket,
    Aes256,
    Kms,
}

/// <summary>The object store of files.</summary>
/// <param name="Folder">A folder of this machine, which is used when no bucket is set.</param>
/// <param name="Bucket">Null: the folder is used.</param>
/// <param name="ReconcileHour">The hour of the day, in UTC, at which files are reconciled.</param>
public sealed record StoreSettings(string Folder, BucketSettings? Bucket, int ReconcileHour)
{
    /// <summary>
    /// The path at which the service serves and receives the objects of the folder. The tenant and the object follow.
    /// </summary>
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
            "or AWS_REGION is required when S3_BUCKET_NAME is set"
        );
        read.Need(
            "S3_KMS_KEY_ID",
            key is null || encryption == BucketEncryption.Kms,
            "is allowed only when S3_ENCRYPTION is kms"
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

/// <summary>An S3 bucket.</summary>
/// <param name="Name">The name of the bucket.</param>
/// <param name="Region">The region of the bucket.</param>
/// <param name="Endpoint">Null: Amazon's own.</param>
/// <param name="PathStyle">Whether the bucket is part of the path instead of the host.</param>
/// <param name="Encryption">How objects are encrypted.</param>
/// <param name="KeyId">The key of KMS. Null: the account's default key.</param>
/// <param name="Timeout">The time limit of a call.</param>
/// <param name="Cdn">The distribution that downloads are redirected to. Null: the bucket itself.</param>
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
