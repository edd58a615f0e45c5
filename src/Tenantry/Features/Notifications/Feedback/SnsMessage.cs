using System.Text;
using System.Text.Json;

namespace Tenantry.Features.Notifications.Feedback;

/// <summary>A message as SNS posts it to an HTTPS subscriber. The names are defined by SNS.</summary>
public sealed record SnsMessage(
    string? Type,
    string? MessageId,
    string? TopicArn,
    string? Subject,
    string? Message,
    string? Timestamp,
    string? SignatureVersion,
    string? Signature,
    string? SigningCertURL,
    string? SubscribeURL,
    string? Token
)
{
    public static SnsMessage? Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize<SnsMessage>(json);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The bytes that the signature covers: names and values in this order, one line each.</summary>
    public byte[] SignedBytes()
    {
        var text = new StringBuilder();
        Add(nameof(Message), Message);
        Add(nameof(MessageId), MessageId);
        if (Type == "Notification")
            Add(nameof(Subject), Subject);
        else
            Add(nameof(SubscribeURL), SubscribeURL);
        Add(nameof(Timestamp), Timestamp);
        if (Type != "Notification")
            Add(nameof(Token), Token);
        Add(nameof(TopicArn), TopicArn);
        Add(nameof(Type), Type);
        return Encoding.UTF8.GetBytes(text.ToString());

        void Add(string name, string? value)
        {
            if (value is not null)
                text.Append(name).Append('\n').Append(value).Append('\n');
        }
    }
}
