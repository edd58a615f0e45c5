using System.Net;

namespace Tenantry.Foundation.Aws;

/// <summary>
/// AWS refused a call, or did not answer it. Of three kinds: what passes by itself (<see cref="IsRetryable"/>), what whoever runs the service has to put right (<see cref="IsCredentials"/>),
/// and, when it is neither, a fault of the request that will be the same at the next attempt. A call without an answer may have been carried out all the same.
/// </summary>
public sealed class AwsException(
    string code,
    HttpStatusCode? status,
    string message,
    string? requestId = null,
    Exception? cause = null
) : Exception($"{code}: {message}", cause)
{
    /// <summary>The call took longer than it was given. A code of this client's own, as those that follow.</summary>
    public const string TimedOut = "TimedOut";

    /// <summary>No connection, or one that broke before the answer was whole.</summary>
    public const string ConnectionFailed = "ConnectionFailed";

    /// <summary>The SDK's chain found no credentials, or could not fetch them.</summary>
    public const string NoCredentials = "NoCredentials";

    /// <summary>An answer that is none of the service's: as a rule something on the way spoke. What status it carries decides whether the call can pass later.</summary>
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

    // AuthorizationError is what SNS calls AccessDenied; the query protocol and JSON have names of their own for most of them.
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

    /// <summary>Too much in too short a time. Retryable, after more of a pause than others.</summary>
    public bool IsThrottling { get; } =
        status == HttpStatusCode.TooManyRequests
        || code.Contains("Throttl", StringComparison.OrdinalIgnoreCase)
        || Throttlings.Contains(code);

    /// <summary>The clocks are too far apart, and correcting this one did not help. AWS says it by the code of a wrong signature, and tells the reason only in words.</summary>
    public bool IsClockSkew { get; } =
        Skews.Contains(code)
        || message.StartsWith("Signature expired", StringComparison.Ordinal)
        || message.StartsWith("Signature not yet current", StringComparison.Ordinal);

    /// <summary>The same call can pass later: throttling, 5xx, no answer in time, no connection, clocks apart.</summary>
    public bool IsRetryable =>
        IsThrottling
        || IsClockSkew
        || Status >= HttpStatusCode.InternalServerError
        || Status == HttpStatusCode.RequestTimeout
        || Code is TimedOut or ConnectionFailed
        || (Code is UnreadableAnswer && Status < HttpStatusCode.BadRequest);

    /// <summary>The key, the secret or what they are allowed: no call passes until somebody changes it.</summary>
    public bool IsCredentials =>
        !IsRetryable
        && Credentials.Contains(
            Code.EndsWith("Exception", StringComparison.Ordinal) ? Code[..^"Exception".Length] : Code
        );
}
