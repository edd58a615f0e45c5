using System.Text.Json;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Messaging;
using Tenantry.Foundation.Messaging.Templates;

namespace Tenantry.Features.Notifications.Templates;

/// <summary>A template of a tenant, as the API shows it.</summary>
/// <param name="Id">The id of the template.</param>
/// <param name="Name">The name that senders use.</param>
/// <param name="Type">The channel of its messages.</param>
/// <param name="Locale">The language of the subject and the bodies.</param>
/// <param name="Subject">The subject of an e-mail or the title of a push notification, in Liquid.</param>
/// <param name="Body">The body as plain text, in Liquid.</param>
/// <param name="HtmlBody">The HTML body of an e-mail, in Liquid.</param>
/// <param name="Translations">The subject and the bodies in other languages, by language tag.</param>
/// <param name="Variables">The variables of the template.</param>
/// <param name="IsActive">Whether messages can use the template.</param>
/// <param name="IsSystem">Whether it replaces an e-mail that the service sends by itself.</param>
/// <param name="IsSecurity">
/// Whether it is the text of a security mail, which contains a link or a code. Changing it requires
/// `templates:security`.
/// </param>
/// <param name="Problem">
/// Why the service sends its own text instead of this template. Null: no problem is known.
/// </param>
/// <param name="ProblemAt">When the service last sent its own text instead, rounded to the hour.</param>
/// <param name="Revision">The number of the current version. Each change adds one.</param>
/// <param name="CreatedAt">When the template was created.</param>
/// <param name="UpdatedAt">When the template was last changed.</param>
public sealed record TemplateDocument(
    Guid Id,
    string Name,
    Channel Type,
    string Locale,
    string? Subject,
    string? Body,
    string? HtmlBody,
    [JsonShape(MapOf = typeof(TemplateTranslation))] JsonElement Translations,
    [JsonShape(ListOf = typeof(TemplateVariable))] JsonElement Variables,
    bool IsActive,
    bool IsSystem,
    bool IsSecurity,
    string? Problem,
    DateTimeOffset? ProblemAt,
    int Revision,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt
) : IExample<TemplateDocument>
{
    public static TemplateDocument Example =>
        new(
            Guid.Parse("019a8f3e-8d00-7c11-a2b3-c4d5e6f70822"),
            "order_sent",
            Channel.Email,
            "en",
            "Your order {{ order }}",
            "Your order {{ order }} is on its way.",
            null,
            JsonElement.Parse("{}"),
            JsonElement.Parse("""[{"name":"order","type":"string","required":true}]"""),
            true,
            false,
            false,
            null,
            null,
            1,
            NotificationDocument.Example.CreatedAt,
            NotificationDocument.Example.CreatedAt
        );

    internal static TemplateDocument Of(Template row)
    {
        var system = SystemTemplates.Find(row.Name);
        // An earlier version of the service may have accepted the texts: a fault is shown before an e-mail meets it.
        var fault = system is null ? null : CachedTemplate.Of(TemplateContent.RowOf(row)).Fault;
        return new(
            row.Id,
            row.Name,
            row.Type,
            row.Locale,
            row.Subject,
            row.Body,
            row.HtmlBody,
            TemplateContent.Translations(row.Translations),
            TemplateContent.Variables(row.Variables),
            row.IsActive,
            system is not null,
            system is SecurityTemplate,
            fault ?? row.Problem,
            row.ProblemAt,
            row.Revision,
            row.CreatedAt,
            row.UpdatedAt
        );
    }
}
