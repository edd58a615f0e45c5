using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Messaging.Templates;

namespace Tenantry.Features.Notifications.Templates;

/// <summary>A template as a client writes it: its texts in Liquid, their translations and variables.</summary>
/// <param name="Name">
/// The name that senders use: lower-case letters, digits, `_`, `-` and `.`. The name of a system template replaces that
/// system template for the tenant. It cannot be changed later.
/// </param>
/// <param name="Type">The channel of its messages. It cannot be changed later.</param>
/// <param name="Locale">
/// The language of the subject and the bodies. Without it, a new template has the language of the tenant.
/// </param>
/// <param name="Subject">The subject of an e-mail or the title of a push notification, in Liquid.</param>
/// <param name="Body">The body as plain text, in Liquid.</param>
/// <param name="TextBody">Another name of `body`. Send one of the two.</param>
/// <param name="HtmlBody">The HTML body of an e-mail, in Liquid. Values are escaped.</param>
/// <param name="Translations">The subject and the bodies in other languages, by language tag.</param>
/// <param name="Variables">
/// The variables of the template. Without it, every variable that the texts use is declared and required.
/// </param>
/// <param name="IsActive">Whether messages can use the template. The default is true.</param>
public sealed record TemplateRequest(
    [ShortText(100)] string? Name,
    Channel? Type,
    [LanguageTag] string? Locale,
    string? Subject,
    string? Body,
    string? TextBody,
    string? HtmlBody,
    IReadOnlyDictionary<string, TemplateTranslation>? Translations,
    IReadOnlyList<TemplateVariable>? Variables,
    bool? IsActive
) : IExample<TemplateRequest>
{
    public static TemplateRequest Example =>
        new(
            "order_sent",
            Channel.Email,
            "en",
            "Your order {{ order }}",
            "Your order {{ order }} is on its way and arrives on {{ arrives | date: '%d.%m.%Y' }}.",
            null,
            null,
            new Dictionary<string, TemplateTranslation>
            {
                ["de"] = new("Ihre Bestellung {{ order }}", "Ihre Bestellung {{ order }} ist unterwegs.", null, null),
            },
            [
                new TemplateVariable("order", VariableType.String, true, null, "The number of the order."),
                new TemplateVariable("arrives", VariableType.Date, true, null, null),
            ],
            true
        );
}

/// <summary>The texts of a template in one more language.</summary>
/// <param name="Subject">The subject of an e-mail or the title of a push notification, in Liquid.</param>
/// <param name="Body">The body as plain text, in Liquid.</param>
/// <param name="TextBody">Another name of `body`. Send one of the two.</param>
/// <param name="HtmlBody">The HTML body of an e-mail, in Liquid. Values are escaped.</param>
public sealed record TemplateTranslation(string? Subject, string? Body, string? TextBody, string? HtmlBody);
