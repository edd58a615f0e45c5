using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Storage;

namespace Tenantry.Features.Files.Uploads;

/// <summary>Logs a failure of the object store during an upload. The client is asked to try again.</summary>
public sealed partial class StoreFailures(IObjectStore store, ILogger<StoreFailures> log)
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(10);

    public Unavailable InUpload(StoreException e)
    {
        UploadFailed(log, store.Name, e.Message);
        return RetryLater();
    }

    public Unavailable InDirectUpload(StoreException e)
    {
        DirectUploadFailed(log, store.Name, e.Message);
        return RetryLater();
    }

    public Unavailable InTusUpload(StoreException e)
    {
        TusUploadFailed(log, store.Name, e.Message);
        return RetryLater();
    }

    private static Unavailable RetryLater() => Problems.Unavailable(Problems.DependencyUnavailable, RetryAfter);

    [LoggerMessage(
        EventId = 5001,
        Level = LogLevel.Error,
        Message = "The object store {Store} did not store an uploaded file: {Reason}"
    )]
    private static partial void UploadFailed(ILogger log, string store, string reason);

    [LoggerMessage(
        EventId = 5005,
        Level = LogLevel.Error,
        Message = "The object store {Store} failed during a direct upload: {Reason}"
    )]
    private static partial void DirectUploadFailed(ILogger log, string store, string reason);

    [LoggerMessage(
        EventId = 5010,
        Level = LogLevel.Error,
        Message = "The object store {Store} failed during a resumable upload: {Reason}"
    )]
    private static partial void TusUploadFailed(ILogger log, string store, string reason);
}
