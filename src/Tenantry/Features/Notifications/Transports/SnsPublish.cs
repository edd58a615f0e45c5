using System.Globalization;
using System.Text;
using Tenantry.Features.Notifications.Delivery;
using Tenantry.Features.Notifications.Feedback;
using Tenantry.Foundation.Aws;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Features.Notifications.Transports;

/// <summary>
/// A call of <c>Publish</c> of SNS, with attributes by which receivers recognise a message that they have already.
/// </summary>
internal static class SnsPublish
{
    public static async Task<Outcome> Send(
        AwsClient sns,
        Message message,
        (string Name, string Value) target,
        IEnumerable<(string Name, string Value)> attributes,
        string? subject,
        CancellationToken cancel,
        bool isJson = false
    )
    {
        var parameters = new List<KeyValuePair<string, string>>
        {
            new(target.Name, target.Value),
            new("Message", message.Text ?? ""),
        };
        if (subject is not null)
            parameters.Add(new("Subject", subject));
        if (isJson)
            parameters.Add(new("MessageStructure", "json"));
        var number = 0;
        foreach (
            var (name, value) in attributes
                .Append((FeedbackTags.Tenant, message.TenantId.ToString()))
                .Append((FeedbackTags.Notification, message.Id.ToString()))
        )
        {
            number++;
            var entry = string.Create(CultureInfo.InvariantCulture, $"MessageAttributes.entry.{number}.");
            parameters.Add(new(entry + "Name", name));
            parameters.Add(new(entry + "Value.DataType", "String"));
            parameters.Add(new(entry + "Value.StringValue", value));
        }
        var response = await sns.Query("Publish", parameters, cancel);
        return Outcome.Sent(
            response.Elements().FirstOrDefault(element => element.Name.LocalName == "MessageId")?.Value
        );
    }

    /// <summary>The subject in the form that SNS accepts: one line of ASCII, shorter than 100 characters.</summary>
    public static string? SubjectOf(Message message)
    {
        if (message.Subject is not { Length: > 0 } subject)
            return null;
        var ascii = new StringBuilder(subject.Length);
        foreach (var character in StorableText.Normalized(subject, NormalizationForm.FormKD))
        {
            if (character is >= ' ' and <= '~')
                ascii.Append(character);
            else if (CharUnicodeInfo.GetUnicodeCategory(character) != UnicodeCategory.NonSpacingMark)
                ascii.Append('?');
        }
        var text = ascii.ToString().Trim();
        return text.Length == 0 ? null : text[..Math.Min(text.Length, 99)];
    }
}
