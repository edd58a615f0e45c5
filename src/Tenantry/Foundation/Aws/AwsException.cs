using System.Net;

namespace Tenantry.Foundation.Aws;

/// <summary>
/// AWS refused a call, or did not answer it. It may be temporary (<see cref="IsRetryable"/>), or need a correction by
/// the operator (<see cref="IsCredentials"/>); otherwise the request is faulty and fails again. A call without a
/// response may have been executed.
/// </summary>
public sealed class AwsException(
    string code,
    HttpStatusCode? status,
    string message,
    string? requestId = null,
    Exception? cause = null
) : Exception($"{code}: {message}", cause)
{
    /// <summary>The call exceeded its timeout. This code and those that follow are defined by this client.</summary>
    public const string TimedOut = "TimedOut";

    /// <summary>No connection, or one that was closed before the response was complete.</summary>
    public const string ConnectionFailed = "ConnectionFailed";

    /// <summary>The SDK's chain found no credentials, or could not fetch them.</summary>
    public const string NoCredentials = "NoCredentials";

    /// <summary>
    /// A response that did not come from the service, but usually from a proxy. Its status decides whether a retry can
    /// succeed.
    /// </summary>
    public const string UnreadableAnswer = "UnreadableAnswer";

    // Those that do not say it in their name. LimitExceededException is the daily quota of SES.
    private static readonly HashSet<string> Throttlings =
    [
        "BandwidthLimitExceeded",
        "LimitExceededException",
        "PriorRequestNotComplete",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "SlowDown",
        "TooManyRequestsException",
    ];

    private static readonly HashSet<string> Skews = ["RequestTimeTooSkewed", "RequestExpired", "RequestInTheFuture"];

    // AuthorizationError is what SNS calls AccessDenied; the query protocol and JSON have names of their own for most
    // of them.
    private static readonly HashSet<string> Credentials =
    [
        NoCredentials,
        "AccessDenied",
        "AuthFailure",
        "AuthorizationError",
        "ExpiredToken",
        "InvalidAccessKeyId",
        "InvalidClientTokenId",
        "InvalidSignature",
        "MissingAuthenticationToken",
        "NotAuthorized",
        "OptInRequired",
        "SignatureDoesNotMatch",
        "UnrecognizedClient",
    ];

    /// <summary>AWS's own code, or one of this class.</summary>
    public string Code { get; } = code;

    /// <summary>null: there was no answer.</summary>
    public HttpStatusCode? Status { get; } = status;

    /// <summary>What AWS's support asks for.</summary>
    public string? RequestId { get; } = requestId;

    /// <summary>Throttled. Retryable, after a longer pause than other errors.</summary>
    public bool IsThrottling { get; } =
        status == HttpStatusCode.TooManyRequests
        || code.Contains("Throttl", StringComparison.OrdinalIgnoreCase)
        || Throttlings.Contains(code);

    /// <summary>
    /// The clocks differ too much, and a correction did not help. AWS reports this with the code of a wrong signature;
    /// only the message states the reason.
    /// </summary>
    public bool IsClockSkew { get; } =
        Skews.Contains(code)
        || message.StartsWith("Signature expired", StringComparison.Ordinal)
        || message.StartsWith("Signature not yet current", StringComparison.Ordinal);

    /// <summary>A retry can succeed: throttling, 5xx, timeout, no connection, clock skew.</summary>
    public bool IsRetryable =>
        IsThrottling
        || IsClockSkew
        || Status >= HttpStatusCode.InternalServerError
        || Status == HttpStatusCode.RequestTimeout
        || Code is TimedOut or ConnectionFailed
        || (Code is UnreadableAnswer && Status < HttpStatusCode.BadRequest);

    /// <summary>The credentials or their rights are wrong: every call fails until the operator changes them.</summary>
    public bool IsCredentials =>
        !IsRetryable
        && Credentials.Contains(
            Code.EndsWith("Exception", StringComparison.Ordinal) ? Code[..^"Exception".Length] : Code
        );
}
