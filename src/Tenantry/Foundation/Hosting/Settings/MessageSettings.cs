using System.Text.RegularExpressions;

namespace Tenantry.Foundation.Hosting.Settings;

/// <summary>
/// The transport of e-mail: the development mailbox in the database, SMTP, Amazon SES, or an SNS topic.
/// </summary>
public enum EmailTransport
{
    Mailbox,
    Smtp,
    Ses,
    Sns,
}

/// <summary>The transport of SMS and push messages.</summary>
public enum SnsTransport
{
    Off,
    Mailbox,
    Sns,
}

/// <summary>Which sender addresses of tenants are used in mails.</summary>
public enum TenantSenders
{
    VerifiedDomain,
    Any,
}

/// <summary>How messages are sent.</summary>
/// <param name="Email">The transport of e-mail.</param>
/// <param name="Sms">The transport of SMS.</param>
/// <param name="Push">The transport of push messages.</param>
/// <param name="Smtp">The mail server, where <paramref name="Email"/> is SMTP.</param>
/// <param name="Senders">Which sender addresses of tenants are used.</param>
/// <param name="SesConfigurationSet">The configuration set that publishes the feedback of SES.</param>
/// <param name="EmailTopic">The topic that mails are published to, where <paramref name="Email"/> is SNS.</param>
/// <param name="SmsTopic">The topic that SMS are published to. Null: they are sent to the number.</param>
/// <param name="PushTopic">The topic that push messages are published to. Null: they are sent to the device.</param>
/// <param name="PushPlatform">The platform application that devices are registered with.</param>
/// <param name="FeedbackTopics">Topics whose feedback is trusted.</param>
/// <param name="SmsSender">The sender that a telephone shows, where the country allows it.</param>
/// <param name="SmsIsPromotional">Cheaper, and delivered later.</param>
/// <param name="Attempts">The number of attempts to send a message.</param>
/// <param name="Retry">The time before the second attempt. It is doubled before each further attempt.</param>
/// <param name="Deadline">The time after which a message is no longer tried.</param>
/// <param name="Timeout">The time limit of one attempt.</param>
/// <param name="Concurrency">Messages that an instance sends at once on each channel.</param>
/// <param name="EmailPerSecond">The limit of all instances together. Null: unlimited.</param>
/// <param name="SmsPerSecond">The limit of all instances together. Null: unlimited.</param>
/// <param name="PushPerSecond">The limit of all instances together. Null: unlimited.</param>
/// <param name="Retention">How long the history is stored.</param>
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
    /// <summary>
    /// After this time without a sign of life, another worker sends a worker's messages. A worker needs at most the
    /// time of two attempts for a message.
    /// </summary>
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
            "must be at most 11 letters and digits, with at least one letter"
        );
        read.Need(
            "SMTP_URL",
            settings.Email != EmailTransport.Smtp || settings.Smtp is not null || read.Text("SMTP_URL") is not null,
            "is required when EMAIL_TRANSPORT is smtp"
        );
        read.Need(
            "AWS_REGION",
            settings.Email != EmailTransport.Ses || aws.Region is not null,
            "is required when EMAIL_TRANSPORT is ses"
        );
        read.Need(
            "SNS_EMAIL_TOPIC_ARN",
            settings.Email != EmailTransport.Sns || settings.EmailTopic is not null,
            "is required when EMAIL_TRANSPORT is sns"
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
            "or AWS_REGION is required when SNS is used"
        );
        read.Need(
            "SNS_PUSH_PLATFORM_ARN",
            settings.Push != SnsTransport.Sns || settings.PushPlatform is not null || settings.PushTopic is not null,
            "or SNS_PUSH_TOPIC_ARN is required when PUSH_TRANSPORT is sns"
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

    // The region becomes part of a host name: the certificate of SNS is fetched from it.
    [GeneratedRegex(@"\A[a-z]{2,4}(?:-[a-z]{2,12}){1,2}-[0-9]{1,2}\z")]
    private static partial Regex Region();
}
