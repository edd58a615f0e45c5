using Tenantry.Foundation.Messaging.Templates;

namespace Tenantry.Features.Notifications.Templates;

/// <summary>An e-mail that the service sends by itself, with its default text.</summary>
/// <param name="Name">The name of the template. A tenant's template with this name replaces it.</param>
/// <param name="When">When the service sends the e-mail.</param>
/// <param name="Subject">The default subject, in Liquid.</param>
/// <param name="Body">The default body as plain text, in Liquid.</param>
/// <param name="Variables">The variables that the service fills in, also for a template that replaces it.</param>
/// <param name="Action">What the service writes in place of `{{ action }}`. Security mails only.</param>
public sealed record SystemTemplateDocument(
    string Name,
    string When,
    string Subject,
    string Body,
    IReadOnlyList<TemplateVariable> Variables,
    ActionKind? Action
)
{
    internal static SystemTemplateDocument Of(SystemTemplate template) =>
        new(
            template.Name,
            template.When,
            template.Subject,
            template.Body,
            template.Variables,
            (template as SecurityTemplate)?.Action
        );
}
