using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;

namespace Tenantry.Foundation.Hosting.Settings;

/// <summary>By what mails go: kept in the database for developers to look at; SMTP; Amazon SES; an SNS topic.</summary>
public enum EmailTransport
{
    Mailbox,
    Smtp,
    Ses,
    Sns,
}

/// <summary>By what SMS and push messages go.</summary>
public enum SnsTransport
{
    Off,
    Mailbox,
    Sns,
}

/// <summary>From which address the mails of a tenant come that names one of its own.</summary>
public enum TenantSenders
{
    VerifiedDomain,
    Any,
}

/// <summary>Where Amazon's services are, and how to sign in there.</summary>
/// <param name="Region">null: none of them is used</param>
/// <param name="AccessKeyId">null: the role of the machine, or whatever else the SDK finds</param>
/// <param name="SecretAccessKey">with the key</param>
/// <param name="SnsRegion">of SNS, where it is another</param>
/// <param name="SnsEndpoint">instead of Amazon's own</param>
/// <param name="SesEndpoint">instead of Amazon's own</param>
/// <param name="SecretsEndpoint">of Secrets Manager; null: Amazon\'s own</param>
public sealed record AwsSettings(
    string? Region,
    string? AccessKeyId,
    string? SecretAccessKey,
    string? SnsRegion,
    Uri? SnsEndpoint,
    Uri? SesEndpoint,
    Uri? SecretsEndpoint
)
{
    /// <summary>The secret that holds further settings.</summary>
    public const string SecretName = "AWS_SECRETS_MANAGER_SECRET_ID";

    internal static AwsSettings Read(SettingsReader read)
    {
        var region = read.Text("AWS_REGION");
        var settings = new AwsSettings(
            region,
            read.Text("AWS_ACCESS_KEY_ID"),
            read.Text("AWS_SECRET_ACCESS_KEY"),
            read.Text("SNS_REGION") ?? region,
            read.HttpUrl("SNS_ENDPOINT_URL"),
            read.HttpUrl("SES_ENDPOINT_URL"),
            read.HttpUrl("AWS_SECRETS_MANAGER_ENDPOINT_URL")
        );
        read.Need(
            "AWS_REGION",
            read.Text(SecretName) is null || region is not null,
            $"is needed where {SecretName} is set"
        );
        read.Need(
            "AWS_SECRET_ACCESS_KEY",
            (settings.AccessKeyId is null) == (settings.SecretAccessKey is null),
            "and AWS_ACCESS_KEY_ID must be set together"
        );
        return settings;
    }

    // A record would print its secret.
    public override string ToString() => $"AWS in {Region}";
}

/// <summary>A mail server.</summary>
/// <param name="Host">its name, which its certificate has to bear</param>
/// <param name="Port">587 unless it is said, 465 with smtps</param>
/// <param name="Tls">from the first byte on (smtps)</param>
/// <param name="InClear">no encryption at all (<c>?tls=off</c>): for a server on the own machine</param>
/// <param name="Credentials">null: none are asked for</param>
/// <param name="AuthorityFile">PEM of a certificate authority of one's own. Null: those that the machine trusts</param>
public sealed record SmtpSettings(
    string Host,
    int Port,
    bool Tls,
    bool InClear,
    NetworkCredential? Credentials,
    string? AuthorityFile
)
{
    internal static SmtpSettings? Read(SettingsReader read)
    {
        var authority = read.Text("SMTP_CA_FILE");
        read.Need(
            "SMTP_CA_FILE",
            authority is null || File.Exists(authority),
            "must be a file with certificates in PEM"
        );
        // The text holds a password as a rule: no fault repeats it.
        if (read.Text("SMTP_URL") is not { } text)
            return null;
        if (
            !Uri.TryCreate(text, UriKind.Absolute, out var url)
            || url.Scheme is not ("smtp" or "smtps")
            || url.Host.Length == 0
            || url.AbsolutePath.Length > 1
            || url.Query is not ("" or "?tls=off")
        )
        {
            read.Fault(
                "SMTP_URL",
                "must be a URL like smtp://user:password@host:587 (STARTTLS is demanded) or smtps://host:465; smtp://localhost:1025?tls=off sends in clear"
            );
            return null;
        }
        read.Need("SMTP_URL", url.Scheme == "smtp" || url.Query.Length == 0, "contradicts itself: smtps with tls=off");
        var parts = url.UserInfo.Split(':', 2);
        var credentials = parts is [{ Length: > 0 } user, var password]
            ? new NetworkCredential(Uri.UnescapeDataString(user), Uri.UnescapeDataString(password))
            : null;
        read.Need(
            "SMTP_URL",
            url.UserInfo.Length == 0 || credentials is not null,
            "must have both a user and a password, with special characters percent-encoded, or neither"
        );
        return new SmtpSettings(
            url.Host,
            url.Port > 0 ? url.Port
                : url.Scheme == "smtps" ? 465
                : 587,
            url.Scheme == "smtps",
            url.Query.Length > 0,
            credentials,
            authority
        );
    }

    // A record would print its secret.
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Host}:{Port}");
}

/// <summary>How messages go out.</summary>
/// <param name="Email">by what mails go</param>
/// <param name="Sms">by what SMS go</param>
/// <param name="Push">by what push messages go</param>
/// <param name="Smtp">where <paramref name="Email"/> is SMTP</param>
/// <param name="Senders">which addresses of tenants count</param>
/// <param name="SesConfigurationSet">names what SES tells us of</param>
/// <param name="EmailTopic">where mails go to a topic</param>
/// <param name="SmsTopic">null: SMS go to the number itself</param>
/// <param name="PushTopic">null: push messages go to the device itself</param>
/// <param name="PushPlatform">where devices are registered</param>
/// <param name="FeedbackTopics">whose messages are believed</param>
/// <param name="SmsSender">what a telephone shows as the sender, where the country allows it</param>
/// <param name="SmsIsPromotional">cheaper, and delivered later</param>
/// <param name="Attempts">how often a message is tried</param>
/// <param name="Retry">until the second attempt; doubled each time</param>
/// <param name="Deadline">after which a message is given up</param>
/// <param name="Timeout">of one attempt</param>
/// <param name="Concurrency">how many an instance sends at once, by each channel</param>
/// <param name="EmailPerSecond">of all instances together; null: as fast as it goes</param>
/// <param name="SmsPerSecond">the same</param>
/// <param name="PushPerSecond">the same</param>
/// <param name="Retention">how long the history is kept</param>
public sealed partial record MessageSettings(
    EmailTransport Email,
    SnsTransport Sms,
    SnsTransport Push,
    SmtpSettings? Smtp,
    TenantSenders Senders,
    string? SesConfigurationSet,
    string? EmailTopic,
    string? SmsTopic,
    string? PushTopic,
    string? PushPlatform,
    IReadOnlyList<string> FeedbackTopics,
    string? SmsSender,
    bool SmsIsPromotional,
    int Attempts,
    TimeSpan Retry,
    TimeSpan Deadline,
    TimeSpan Timeout,
    int Concurrency,
    int? EmailPerSecond,
    int? SmsPerSecond,
    int? PushPerSecond,
    TimeSpan Retention
)
{
    /// <summary>A worker that says nothing for so long is dead: what it was sending is sent by another. It holds each message for two attempts' time at most.</summary>
    public TimeSpan Lease => 3 * Timeout;

    internal static MessageSettings Read(SettingsReader read, AwsSettings aws, bool isDevelopment)
    {
        var silent = isDevelopment ? SnsTransport.Mailbox : SnsTransport.Off;
        var settings = new MessageSettings(
            read.Choice("EMAIL_TRANSPORT", EmailTransport.Mailbox),
            read.Choice("SMS_TRANSPORT", silent),
            read.Choice("PUSH_TRANSPORT", silent),
            SmtpSettings.Read(read),
            read.Text("TENANT_SENDERS", "verified_domain") == "any" ? TenantSenders.Any : TenantSenders.VerifiedDomain,
            read.Text("SES_CONFIGURATION_SET"),
            Arn(read, "SNS_EMAIL_TOPIC_ARN"),
            Arn(read, "SNS_SMS_TOPIC_ARN"),
            Arn(read, "SNS_PUSH_TOPIC_ARN"),
            Arn(read, "SNS_PUSH_PLATFORM_ARN"),
            read.List("SNS_FEEDBACK_TOPIC_ARNS", IsArn, "must be the ARN of an SNS topic"),
            read.Text("SMS_SENDER_ID"),
            read.Text("SMS_TYPE", "transactional") == "promotional",
            read.Number("NOTIFICATION_ATTEMPTS", 8, 1, 50),
            TimeSpan.FromSeconds(read.Number("NOTIFICATION_RETRY_SECONDS", 10, 1, 3600)),
            TimeSpan.FromHours(read.Number("NOTIFICATION_DEADLINE_HOURS", 24, 1, 720)),
            TimeSpan.FromSeconds(read.Number("NOTIFICATION_TIMEOUT_SECONDS", 20, 1, 300)),
            read.Number("NOTIFICATION_CONCURRENCY", 8, 1, 256),
            read.Quota("EMAIL_PER_SECOND", null),
            read.Quota("SMS_PER_SECOND", null),
            read.Quota("PUSH_PER_SECOND", null),
            TimeSpan.FromDays(read.Number("NOTIFICATION_RETENTION_DAYS", 90, 1, 3650))
        );

        read.Need(
            "TENANT_SENDERS",
            read.Text("TENANT_SENDERS") is null or "verified_domain" or "any",
            "must be verified_domain or any"
        );
        read.Need(
            "SMS_TYPE",
            read.Text("SMS_TYPE") is null or "transactional" or "promotional",
            "must be transactional or promotional"
        );
        read.Need(
            "SMS_SENDER_ID",
            settings.SmsSender is null
                || (
                    settings.SmsSender.Length <= 11
                    && settings.SmsSender.All(char.IsAsciiLetterOrDigit)
                    && settings.SmsSender.Any(char.IsAsciiLetter)
                ),
            "must be at most 11 letters and digits, one letter at least"
        );
        read.Need(
            "SMTP_URL",
            settings.Email != EmailTransport.Smtp || settings.Smtp is not null || read.Text("SMTP_URL") is not null,
            "is needed where EMAIL_TRANSPORT is smtp"
        );
        read.Need(
            "AWS_REGION",
            settings.Email != EmailTransport.Ses || aws.Region is not null,
            "is needed where EMAIL_TRANSPORT is ses"
        );
        read.Need(
            "SNS_EMAIL_TOPIC_ARN",
            settings.Email != EmailTransport.Sns || settings.EmailTopic is not null,
            "is needed where EMAIL_TRANSPORT is sns"
        );
        read.Need(
            "SNS_REGION",
            aws.SnsRegion is not null
                || (
                    settings.Email != EmailTransport.Sns
                    && settings.Sms != SnsTransport.Sns
                    && settings.Push != SnsTransport.Sns
                    && settings.FeedbackTopics.Count == 0
                ),
            "or AWS_REGION is needed where SNS is used"
        );
        read.Need(
            "SNS_PUSH_PLATFORM_ARN",
            settings.Push != SnsTransport.Sns || settings.PushPlatform is not null || settings.PushTopic is not null,
            "or SNS_PUSH_TOPIC_ARN is needed where PUSH_TRANSPORT is sns"
        );
        return settings;
    }

    private static string? Arn(SettingsReader read, string name)
    {
        var text = read.Text(name);
        read.Need(name, text is null || IsArn(text), "must be an ARN, like arn:aws:sns:eu-central-1:123456789012:name");
        return text;
    }

    private static bool IsArn(string text) =>
        text.Split(':') is { Length: >= 6 } parts
        && parts[0] == "arn"
        && Partition().IsMatch(parts[1])
        && parts[2] == "sns"
        && Region().IsMatch(parts[3]);

    [GeneratedRegex(@"\Aaws(?:-[a-z-]{1,20})?\z")]
    private static partial Regex Partition();

    // As in a host name: certificates of SNS are fetched from the region of a topic.
    [GeneratedRegex(@"\A[a-z]{2,4}(?:-[a-z]{2,12}){1,2}-[0-9]{1,2}\z")]
    private static partial Regex Region();
}
