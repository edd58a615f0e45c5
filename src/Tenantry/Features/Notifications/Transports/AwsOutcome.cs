using Tenantry.Foundation.Aws;

namespace Tenantry.Features.Notifications.Transports;

/// <summary>What an error of Amazon's means for a message.</summary>
public static class AwsOutcome
{
    /// <summary>Said of the account or of the moment, not of the message: another time may be better.</summary>
    private static readonly HashSet<string> OfTheAccount = new(StringComparer.Ordinal)
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
        : e.IsRetryable || OfTheAccount.Contains(e.Code) ? Outcome.Later("Amazon answered " + e.Message)
        : Outcome.Refused("Amazon answered " + e.Message);
}
