using System.Text.Json;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Messaging.Templates;

namespace Tenantry.Features.Notifications.Templates;

/// <summary>One version of a template's content.</summary>
/// <param name="Revision">The number of the version.</param>
/// <param name="Locale">The language of the subject and the bodies.</param>
/// <param name="Subject">The subject or title of this version.</param>
/// <param name="Body">The plain text body of this version.</param>
/// <param name="HtmlBody">The HTML body of this version.</param>
/// <param name="Translations">The translations of this version, by language tag.</param>
/// <param name="Variables">The variables of this version.</param>
/// <param name="CreatedBy">The id of the user who wrote this version.</param>
/// <param name="CreatedAt">When this version was written.</param>
public sealed record TemplateVersionDocument(
    int Revision,
    string Locale,
    string? Subject,
    string? Body,
    string? HtmlBody,
    [JsonShape(MapOf = typeof(TemplateTranslation))] JsonElement Translations,
    [JsonShape(ListOf = typeof(TemplateVariable))] JsonElement Variables,
    Guid? CreatedBy,
    DateTimeOffset CreatedAt
)
{
    internal static TemplateVersionDocument Of(TemplateVersion row) =>
        new(
            row.Revision,
            row.Locale,
            row.Subject,
            row.Body,
            row.HtmlBody,
            TemplateContent.Translations(row.Translations),
            TemplateContent.Variables(row.Variables),
            row.CreatedBy,
            row.CreatedAt
        );
}
