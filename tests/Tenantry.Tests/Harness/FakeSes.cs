using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using MimeKit;

namespace Tenantry.Tests.Harness;

/// <summary>SES v2, as far as whole messages are sent through it.</summary>
public sealed partial class FakeSes
{
    /// <summary>What SendEmail takes. Simple and Template are AWS's too; nobody here sends them.</summary>
    private static readonly Dictionary<string, string[]> Members = new()
    {
        [""] =
        [
            "FromEmailAddress",
            "FromEmailAddressIdentityArn",
            "Destination",
            "ReplyToAddresses",
            "FeedbackForwardingEmailAddress",
            "FeedbackForwardingEmailAddressIdentityArn",
            "Content",
            "EmailTags",
            "ConfigurationSetName",
            "EndpointId",
            "TenantName",
            "ListManagementOptions",
        ],
        ["Destination"] = ["ToAddresses", "CcAddresses", "BccAddresses"],
        ["Content"] = ["Raw"],
        ["Content.Raw"] = ["Data"],
        ["EmailTags"] = ["Name", "Value"],
    };

    /// <summary>Whether the account may send: what GetAccount answers.</summary>
    public bool IsSendingEnabled { get; set; } = true;

    internal static AwsCall Read(HttpRequest request, byte[] body)
    {
        JsonElement? json = null;
        try
        {
            json = body.Length > 0 ? JsonElement.Parse(body) : null;
        }
        catch (JsonException) { }
        return new AwsCall
        {
            Service = "ses",
            Operation = $"{request.Method} {request.Path}" switch
            {
                "POST /v2/email/outbound-emails" => "SendEmail",
                "GET /v2/email/account" => "GetAccount",
                var other => other,
            },
            Json = json,
            Headers = request.Headers.ToDictionary(
                header => header.Key,
                header => header.Value.ToString(),
                StringComparer.OrdinalIgnoreCase
            ),
        };
    }

    internal static string Error(AwsFault fault) => JsonSerializer.Serialize(new { message = fault.Message });

    internal (AwsCall Call, string? MessageId, string Text) Do(AwsCall call)
    {
        if (call.Operation == "GetAccount")
            return (
                call,
                null,
                JsonSerializer.Serialize(
                    new
                    {
                        SendingEnabled = IsSendingEnabled,
                        ProductionAccessEnabled = true,
                        EnforcementStatus = "HEALTHY",
                    }
                )
            );
        if (call.Operation != "SendEmail")
            throw new AwsRefusalException("UnknownOperationException", $"There is no {call.Operation}.", 404);
        if (!IsSendingEnabled)
            throw new AwsRefusalException("SendingPausedException", "Sending is paused for your account.");
        var mail = SendEmail(
            call.Json is { ValueKind: JsonValueKind.Object } json
                ? json
                : throw new AwsRefusalException("SerializationException", "The body is no object.")
        );
        var id = $"0107{Convert.ToHexStringLower(Guid.NewGuid().ToByteArray())[..12]}-{Guid.NewGuid()}-000000";
        return (call with { Mail = mail }, id, JsonSerializer.Serialize(new { MessageId = id }));
    }

    private static MimeMessage SendEmail(JsonElement json)
    {
        Known("", json);
        var content = Member(json, "Content") ?? throw Bad("Content is required.");
        Known("Content", content);
        var raw = Member(content, "Raw") ?? throw Bad("Content has to hold Raw.");
        Known("Content.Raw", raw);
        if (
            Member(raw, "Data") is not { ValueKind: JsonValueKind.String } data
            || !data.TryGetBytesFromBase64(out var bytes)
            || bytes.Length == 0
        )
            throw Bad("Content.Raw.Data has to be base64.");
        var mail = Mime(bytes);
        var recipients = mail.GetRecipients().Count;
        if (Member(json, "Destination") is { } destination)
        {
            Known("Destination", destination);
            // In place of those in the message's own headers.
            recipients = destination
                .EnumerateObject()
                .SelectMany(kind => Texts(kind.Value))
                .Count(address =>
                    MailboxAddress.TryParse(address, out _) ? true : throw Bad($"Invalid address: {address}")
                );
        }
        if (recipients is 0 or > 50)
            throw Bad("Between 1 and 50 recipients are needed.");
        if (
            Member(json, "FromEmailAddress") is { } from
                ? !MailboxAddress.TryParse(from.GetString(), out _)
                : mail.From.Count == 0
        )
            throw Bad("Missing or invalid From address.");
        if (
            Member(json, "ReplyToAddresses") is { } replies
            && Texts(replies).Any(address => !MailboxAddress.TryParse(address, out _))
        )
            throw Bad("Invalid Reply-To address.");
        if (
            Member(json, "ConfigurationSetName") is { } set
            && !(set.ValueKind == JsonValueKind.String && ConfigurationSet().IsMatch(set.GetString()!))
        )
            throw Bad("Invalid configuration set name.");
        foreach (var tag in Member(json, "EmailTags") is { } tags ? tags.EnumerateArray().ToList() : [])
        {
            Known("EmailTags", tag);
            foreach (var name in Members["EmailTags"])
            {
                if (
                    Member(tag, name) is not { ValueKind: JsonValueKind.String } text
                    || !Tag().IsMatch(text.GetString()!)
                )
                    throw Bad(
                        $"Invalid tag {name.ToLowerInvariant()}, only alphanumeric ASCII characters, '_', '-', '.' and '@' are allowed."
                    );
            }
        }
        return mail;
    }

    private static MimeMessage Mime(byte[] bytes)
    {
        try
        {
            return MimeMessage.Load(new MemoryStream(bytes));
        }
        catch (FormatException e)
        {
            throw Bad($"Content.Raw.Data is no MIME message: {e.Message}");
        }
    }

    private static IEnumerable<string> Texts(JsonElement list) =>
        list.ValueKind == JsonValueKind.Array
        && list.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String)
            ? list.EnumerateArray().Select(item => item.GetString()!)
            : throw new AwsRefusalException("SerializationException", "A list of texts is expected.");

    private static JsonElement? Member(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) ? value : null;

    private static void Known(string path, JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object)
            throw new AwsRefusalException("SerializationException", $"{path} has to be an object.");
        var unknown = json.EnumerateObject().Select(member => member.Name).Except(Members[path]).ToList();
        if (unknown.Count > 0)
            throw Bad($"AWS has no such member in '{path}': {string.Join(", ", unknown)}.");
    }

    private static AwsRefusalException Bad(string message) => new("BadRequestException", message);

    [GeneratedRegex(@"^[A-Za-z0-9_-]{1,64}\z")]
    private static partial Regex ConfigurationSet();

    [GeneratedRegex(@"^[A-Za-z0-9_.@-]{1,256}\z")]
    private static partial Regex Tag();
}
