using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace Tenantry.Features.Notifications.Sending;

/// <summary>
/// Why a message with a one-time link or code was not sent. Providers quote what they refuse, so that their words may
/// hold the link: only our own reasons are kept, and the provider's code.
/// </summary>
public static partial class SecretReason
{
    public const string Restored = "Held back after a restore, and its text is not kept: it has to be asked for anew.";

    private const string NotTaken = "The provider did not take it.";

    private static readonly FrozenSet<string> Own = FrozenSet.Create(
        StringComparer.Ordinal,
        NotTaken,
        Restored,
        "The tenant is switched off.",
        "Its text is not kept any more.",
        "The attempt failed for a reason that is in the log of the service.",
        "The connection to the mail server was refused or lost.",
        "The mail server does not accept the credentials of this installation.",
        "The certificate of the mail server is not trusted, or it cannot encrypt.",
        "The mail server offers no encryption, and nothing is sent in the clear.",
        "It waited in the queue of the installation that the tenant was taken from."
    );

    /// <param name="reason">ours, or a provider's</param>
    /// <returns>one that holds nothing of the message; the same again for what came from here</returns>
    public static string Of(string reason)
    {
        var attempts = GivenUp().Match(reason);
        var last = reason[attempts.Length..];
        return attempts.Value
            + (
                Own.Contains(last) || OwnWithNumber().IsMatch(last) ? last
                : Code().Match(last) is { Success: true } code ? $"The provider answered {code.Value}."
                : NotTaken
            );
    }

    [GeneratedRegex(@"\AGiven up after \d{1,6} attempts; the last: ")]
    private static partial Regex GivenUp();

    [GeneratedRegex(
        @"\A(?:Given up after \d{1,6} attempts, none of which ended|The provider did not answer within \d{1,6} s|The recipient is on the list of those who get nothing: [a-z_]{1,20})\.\z"
    )]
    private static partial Regex OwnWithNumber();

    /// <summary>Of SMTP (RFC 5321, RFC 3463) or HTTP, standing by itself: a token is longer.</summary>
    [GeneratedRegex(@"(?<![\w./=-])(?:[245]\d\d(?: [245]\.\d{1,3}\.\d{1,3})?|[245]\.\d{1,3}\.\d{1,3})(?![\w/=-])")]
    private static partial Regex Code();
}
