using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Metadata;

namespace Tenantry.Foundation.Hosting.Http;

/// <summary>
/// The body of a request whose bytes stay in the server's buffer until the request ends, so that it can be read again
/// for all its faults. Nothing is copied. The size limit of bodies bounds the buffer.
/// </summary>
internal sealed class RetainedBody(PipeReader inner) : PipeReader, IRequestBodyPipeFeature
{
    private ReadOnlySequence<byte> whole;
    private long consumed;
    private bool isReading;

    public PipeReader Reader => this;

    /// <summary>The whole body, whatever was read of it before.</summary>
    /// <exception cref="BadHttpRequestException">The body is too long, too slow or not well-formed.</exception>
    public async Task<byte[]> ReadAgain(CancellationToken cancel)
    {
        if (isReading)
            AdvanceTo(whole.Start);
        while (true)
        {
            var read = await inner.ReadAsync(cancel);
            if (read.IsCompleted)
            {
                var bytes = read.Buffer.ToArray();
                inner.AdvanceTo(read.Buffer.Start, read.Buffer.End);
                return bytes;
            }
            inner.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    public override bool TryRead(out ReadResult result)
    {
        if (!inner.TryRead(out result))
            return false;
        result = Rest(result);
        return true;
    }

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        var reading = inner.ReadAsync(cancellationToken);
        return reading.IsCompletedSuccessfully ? new(Rest(reading.Result)) : Awaited(reading);
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        this.consumed = whole.Slice(0, consumed).Length;
        isReading = false;
        inner.AdvanceTo(whole.Start, examined);
    }

    public override void CancelPendingRead() => inner.CancelPendingRead();

    public override void Complete(Exception? exception = null) => inner.Complete(exception);

    private async ValueTask<ReadResult> Awaited(ValueTask<ReadResult> reading) => Rest(await reading);

    private ReadResult Rest(ReadResult read)
    {
        (whole, isReading) = (read.Buffer, true);
        return new ReadResult(whole.Slice(consumed), read.IsCanceled, read.IsCompleted);
    }
}

public static class RetainedBodies
{
    /// <summary>Retains the bodies that binding reads as JSON. The last step before the endpoint.</summary>
    public static void UseRetainedBodies(this IApplicationBuilder app) =>
        app.Use(
            static (HttpContext http, RequestDelegate next) =>
            {
                if (http.GetEndpoint()?.Metadata.GetMetadata<IAcceptsMetadata>()?.RequestType is not null)
                    http.Features.Set<IRequestBodyPipeFeature>(new RetainedBody(http.Request.BodyReader));
                return next(http);
            }
        );
}
