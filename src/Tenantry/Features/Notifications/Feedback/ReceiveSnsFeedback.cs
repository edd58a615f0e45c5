using System.Buffers;
using Microsoft.AspNetCore.Http.HttpResults;
using Tenantry.Foundation.Aws;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Hosting.Settings;

namespace Tenantry.Features.Notifications.Feedback;

/// <summary>
/// Receives the feedback that SES publishes to an SNS topic: deliveries, bounces, complaints and rejects.
/// </summary>
public static partial class ReceiveSnsFeedback
{
    /// <summary>The largest message of SNS, with its envelope.</summary>
    private const int MaxBytes = 512 * 1024;

    public static async Task<Results<NoContent, Invalid, Denied, Missing, Unavailable>> Handle(
        HttpRequest request,
        ProviderFeedback feedback,
        ServiceSettings settings,
        ILogger<ProviderFeedback> log,
        CancellationToken cancel
    )
    {
        if (settings.Messages.FeedbackTopics.Count == 0)
            return Problems.Missing(
                "This installation receives no feedback, because SNS_FEEDBACK_TOPIC_ARNS is not set."
            );
        if (await Read(request, cancel) is not { } body || SnsMessage.Parse(body) is not { } message)
            return Problems.Invalid("request", $"must be a message of SNS, of {MaxBytes} bytes at most");
        try
        {
            if (!await feedback.Process(message, cancel))
                return Problems.Denied(Problems.PermissionDenied, "Untrusted SNS topic or invalid signature.");
        }
        catch (Exception e) when (e is HttpRequestException or AwsException)
        {
            NotProcessed(log, e.Message);
            return Problems.Unavailable(Problems.DependencyUnavailable, TimeSpan.FromSeconds(30)); // SNS sends it again
        }
        return TypedResults.NoContent();
    }

    private static async Task<byte[]?> Read(HttpRequest request, CancellationToken cancel)
    {
        while (true)
        {
            var read = await request.BodyReader.ReadAsync(cancel);
            var (isTooLarge, all) = (read.Buffer.Length > MaxBytes, read.IsCompleted ? read.Buffer.ToArray() : null);
            // Always advanced: a reader that is left in the middle of a read costs the connection.
            request.BodyReader.AdvanceTo(
                all is null && !isTooLarge ? read.Buffer.Start : read.Buffer.End,
                read.Buffer.End
            );
            if (isTooLarge)
                return null;
            if (all is not null)
                return all;
        }
    }

    [LoggerMessage(
        EventId = 4108,
        Level = LogLevel.Warning,
        Message = "The service could not process feedback, and SNS sends it again: {Reason}"
    )]
    private static partial void NotProcessed(ILogger log, string reason);
}
