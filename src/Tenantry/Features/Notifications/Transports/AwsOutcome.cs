using Tenantry.Foundation.Aws;

namespace Tenantry.Features.Notifications.Transports;

/// <summary>Decides whether a message is tried again after an error of an AWS service.</summary>
public static class AwsOutcome
{
    /// <summary>
    /// Errors of the account or of temporary limits, not of the message: another attempt may succeed.
    /// </summary>
    private static readonly HashSet<string> AccountErrors = new(StringComparer.Ordinal)
    {
        "AccountSuspendedException",
        "SendingPausedException",
        "MailFromDomainNotVerifiedException",
        "LimitExceededException",
        "KMSThrottling",
        "FilterPolicyLimitExceeded",
    };

    public static Outcome Of(AwsException e) =>
        e.IsCredentials ? Outcome.Later($"Amazon does not accept the credentials of this installation ({e.Code}).")
        : e.IsRetryable || AccountErrors.Contains(e.Code) ? Outcome.Later("Amazon answered " + e.Message)
        : Outcome.Refused("Amazon answered " + e.Message);
}
