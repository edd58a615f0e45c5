using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Foundation.Storage;

/// <summary>Maps a failure of the object store to a 503 response, at each endpoint.</summary>
public sealed partial class StoreErrorMapper(IObjectStore store, ILogger<StoreErrorMapper> log) : IExceptionMapper
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(10);

    public Refusal? Map(Exception exception)
    {
        if (exception.Chain().OfType<StoreException>().FirstOrDefault() is not { } failure)
            return null;
        Failed(log, store.Name, failure.Message);
        return Problems.Unavailable(Problems.DependencyUnavailable, RetryAfter);
    }

    [LoggerMessage(
        EventId = 5011,
        Level = LogLevel.Error,
        Message = "A request failed at the object store {Store}: {Reason}"
    )]
    private static partial void Failed(ILogger log, string store, string reason);
}
