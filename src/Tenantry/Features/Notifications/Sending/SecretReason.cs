using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace Tenantry.Features.Notifications.Sending;

/// <summary>
/// The reason why a message with a one-time link or code was not sent. Providers quote what they refuse, so that their
/// text may contain the link. Only the service's own reasons and the provider's code are stored.
/// </summary>
public static partial class SecretReason
{
    private const string NotAccepted = "The provider did not accept the message.";

    private static readonly FrozenSet<string> Own = FrozenSet.Create(
        StringComparer.Ordinal,
        NotAccepted,
        "Held back after a restore, and its text is not kept: it has to be asked for anew.",
        "The tenant is inactive.",
        "The text of the message is no longer stored.",
        "The attempt failed with an unexpected error, which the log of the service contains.",
        "The connection to the mail server was refused or lost.",
        "The mail server does not accept the credentials of this installation.",
        "The certificate of the mail server is not trusted, or the TLS handshake failed.",
        "The mail server offers no encryption, and messages are not sent without it.",
        "It waited in the queue of the installation that the tenant was taken from."
    );

    /// <param name="reason">A reason of the service or of a provider.</param>
    /// <returns>A reason that contains no part of the message. A result of this method is returned unchanged.</returns>
    public static string Of(string reason)
    {
        var attempts = GivenUp().Match(reason);
        var last = reason[attempts.Length..];
        return attempts.Value
            + (
                Own.Contains(last) || OwnWithNumber().IsMatch(last) ? last
                : Code().Match(last) is { Success: true } code ? $"The provider answered {code.Value}."
                : NotAccepted
            );
    }

    [GeneratedRegex(@"\AGiven up after \d{1,6} attempts\. Last error: ")]
    private static partial Regex GivenUp();

    [GeneratedRegex(
        @"\A(?:Given up after \d{1,6} attempts, none of which finished|The provider did not answer within \d{1,6} s|The recipient is suppressed: [a-z_]{1,20})\.\z"
    )]
    private static partial Regex OwnWithNumber();

    /// <summary>
    /// A status code of SMTP (RFC 5321, RFC 3463) or HTTP, between delimiters: no part of a one-time token, which is
    /// longer.
    /// </summary>
    [GeneratedRegex(@"(?<![\w./=-])(?:[245]\d\d(?: [245]\.\d{1,3}\.\d{1,3})?|[245]\.\d{1,3}\.\d{1,3})(?![\w/=-])")]
    private static partial Regex Code();
}
