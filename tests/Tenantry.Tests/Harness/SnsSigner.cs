using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tenantry.Tests.Harness;

/// <summary>
/// Signs messages as SNS does, with a certificate that it hands out in the place of Amazon's host, which no test
/// reaches.
/// </summary>
public sealed class SnsSigner : HttpMessageHandler
{
    public const string CertificateUrl =
        "https://sns.eu-central-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem";

    private readonly RSA key = RSA.Create(2048);
    private readonly string certificate;

    public SnsSigner()
    {
        var now = DateTimeOffset.UtcNow;
        certificate = new CertificateRequest(
            "CN=sns.amazonaws.com",
            key,
            HashAlgorithmName.SHA256,
            RSASignaturePadding.Pkcs1
        )
            .CreateSelfSigned(now.AddDays(-1), now.AddDays(1))
            .ExportCertificatePem();
    }

    /// <summary>What was fetched.</summary>
    public List<Uri> Fetched { get; } = [];

    public JsonObject Notification(string topic, JsonObject said, string version = "2", Guid? id = null) =>
        Sign(
            new JsonObject
            {
                ["Type"] = "Notification",
                ["MessageId"] = (id ?? Guid.NewGuid()).ToString(),
                ["TopicArn"] = topic,
                ["Subject"] = "Amazon SES Email Event Notification",
                ["Message"] = said.ToJsonString(),
                ["Timestamp"] = "2026-01-31T08:00:00.000Z",
            },
            version
        );

    public JsonObject Confirmation(string topic, string token) =>
        Sign(
            new JsonObject
            {
                ["Type"] = "SubscriptionConfirmation",
                ["MessageId"] = Guid.NewGuid().ToString(),
                ["TopicArn"] = topic,
                ["Message"] = "You have chosen to subscribe.",
                ["SubscribeURL"] = "https://attacker.example/confirm",
                ["Token"] = token,
                ["Timestamp"] = "2026-01-31T08:00:00.000Z",
            },
            "1"
        );

    /// <summary>Written out, as the documentation of SNS has it.</summary>
    public JsonObject Sign(JsonObject message, string version)
    {
        string[] names =
            message.Text("Type") == "Notification"
                ? ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"]
                : ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"];
        var text = string.Concat(
            names.Where(message.ContainsKey).Select(name => $"{name}\n{message[name]!.GetValue<string>()}\n")
        );
        message["SignatureVersion"] = version;
        message["Signature"] = Convert.ToBase64String(
            key.SignData(
                Encoding.UTF8.GetBytes(text),
                version == "1" ? HashAlgorithmName.SHA1 : HashAlgorithmName.SHA256,
                RSASignaturePadding.Pkcs1
            )
        );
        message["SigningCertURL"] = CertificateUrl;
        return message;
    }

    /// <summary>What SES says of a mail that it was given.</summary>
    /// <param name="kind">Delivery, Bounce or Complaint</param>
    /// <param name="recipient">of the mail</param>
    /// <param name="tags">that it was sent with; null: as an identity's feedback, which has none</param>
    /// <param name="messageId">of the mail's own headers</param>
    /// <param name="bounceType">Permanent or Transient</param>
    public static JsonObject Said(
        string kind,
        string recipient,
        IReadOnlyDictionary<string, string>? tags,
        string? messageId = null,
        string bounceType = "Permanent"
    )
    {
        var mail = new JsonObject
        {
            ["messageId"] = "0107",
            ["destination"] = new JsonArray(recipient),
            ["commonHeaders"] = new JsonObject { ["messageId"] = messageId },
        };
        if (tags is not null)
            mail["tags"] = JsonSerializer.SerializeToNode(
                tags.ToDictionary(tag => tag.Key, tag => new[] { tag.Value })
            );
        var said = new JsonObject { [tags is null ? "notificationType" : "eventType"] = kind, ["mail"] = mail };
        if (kind == "Bounce")
            said["bounce"] = new JsonObject
            {
                ["bounceType"] = bounceType,
                ["bounceSubType"] = "General",
                ["bouncedRecipients"] = new JsonArray(
                    new JsonObject { ["emailAddress"] = recipient, ["diagnosticCode"] = "smtp; 550 5.1.1 user unknown" }
                ),
            };
        if (kind == "Complaint")
            said["complaint"] = new JsonObject
            {
                ["complaintFeedbackType"] = "abuse",
                ["complainedRecipients"] = new JsonArray(new JsonObject { ["emailAddress"] = recipient }),
            };
        return said;
    }

    protected override Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        CancellationToken cancellationToken
    )
    {
        lock (Fetched)
            Fetched.Add(request.RequestUri!);
        return Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(certificate) });
    }
}
