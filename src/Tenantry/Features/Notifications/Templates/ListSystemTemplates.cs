using Microsoft.AspNetCore.Http.HttpResults;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Messaging.Templates;

namespace Tenantry.Features.Notifications.Templates;

/// <summary>
/// Lists the e-mails that the service sends by itself. They are part of the code, so one page contains all.
/// </summary>
public static class ListSystemTemplates
{
    public static Ok<Page<SystemTemplateDocument>> Handle() =>
        TypedResults.Ok(
            new Page<SystemTemplateDocument>([.. SystemTemplates.All.Select(SystemTemplateDocument.Of)], null)
        );
}
