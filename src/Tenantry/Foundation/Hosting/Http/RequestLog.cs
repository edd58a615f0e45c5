using System.Diagnostics;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;

namespace Tenantry.Foundation.Hosting.Http;

/// <summary>
/// Logs one line per request when it ends. The line contains no query or header, and the route's template instead of
/// the path. Where no route matches, it has the path without the segments that could be a secret.
/// </summary>
public sealed partial class RequestLog(RequestDelegate next, ILogger<RequestLog> log)
{
    public Task Invoke(HttpContext http) => log.IsEnabled(LogLevel.Information) ? Logged(http) : next(http);

    private async Task Logged(HttpContext http)
    {
        var since = Stopwatch.GetTimestamp();
        var body = new CountedBody(http.Features.GetRequiredFeature<IHttpResponseBodyFeature>());
        http.Features.Set<IHttpResponseBodyFeature>(body);
        try
        {
            await next(http);
        }
        finally
        {
            // Successful health checks run every second and are not logged.
            var route = (http.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText;
            var status =
                http.RequestAborted.IsCancellationRequested && !http.Response.HasStarted
                    ? StatusCodes.Status499ClientClosedRequest
                    : http.Response.StatusCode;
            if (status >= 400 || route?.StartsWith("/health", StringComparison.Ordinal) != true)
            {
                var shown = route ?? RouteProblems.Loggable(http.Request.Path);
                var (method, duration, client) = (
                    KnownMethod(http.Request.Method),
                    Math.Round(Stopwatch.GetElapsedTime(since).TotalMilliseconds, 2),
                    ClientAddress.Of(http)?.ToString()
                );
                Served(log, method, shown, status, duration, body.Count, client);
            }
        }
    }

    /// <summary>A caller can send any text as the method.</summary>
    internal static string KnownMethod(string method) =>
        method is "GET" or "HEAD" or "POST" or "PUT" or "PATCH" or "DELETE" or "OPTIONS" ? method : "other";

    [LoggerMessage(
        EventId = 1000,
        Level = LogLevel.Information,
        Message = "{Method} {Route} {Status} in {DurationMs} ms, {Bytes} bytes to {Client}"
    )]
    private static partial void Served(
        ILogger log,
        string method,
        string route,
        int status,
        double durationMs,
        long bytes,
        string? client
    );

    /// <summary>The server's body with a count of its bytes.</summary>
    private sealed class CountedBody(IHttpResponseBodyFeature inner) : PipeWriter, IHttpResponseBodyFeature
    {
        private Stream? stream;

        public long Count { get; private set; }

        public Stream Stream => stream ??= AsStream(leaveOpen: true);
        public PipeWriter Writer => this;

        public override bool CanGetUnflushedBytes => inner.Writer.CanGetUnflushedBytes;
        public override long UnflushedBytes => inner.Writer.UnflushedBytes;

        public override void Advance(int bytes)
        {
            Count += bytes;
            inner.Writer.Advance(bytes);
        }

        public override ValueTask<FlushResult> WriteAsync(
            ReadOnlyMemory<byte> source,
            CancellationToken cancellationToken = default
        )
        {
            Count += source.Length;
            return inner.Writer.WriteAsync(source, cancellationToken);
        }

        public override Memory<byte> GetMemory(int sizeHint = 0) => inner.Writer.GetMemory(sizeHint);

        public override Span<byte> GetSpan(int sizeHint = 0) => inner.Writer.GetSpan(sizeHint);

        public override void CancelPendingFlush() => inner.Writer.CancelPendingFlush();

        public override void Complete(Exception? exception = null) => inner.Writer.Complete(exception);

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) =>
            inner.Writer.FlushAsync(cancellationToken);

        public void DisableBuffering() => inner.DisableBuffering();

        public Task StartAsync(CancellationToken cancellationToken = default) => inner.StartAsync(cancellationToken);

        public Task CompleteAsync() => inner.CompleteAsync();

        public Task SendFileAsync(
            string path,
            long offset,
            long? count,
            CancellationToken cancellationToken = default
        ) => SendFileFallback.SendFileAsync(Stream, path, offset, count, cancellationToken);
    }
}
