using System.ComponentModel;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Tenantry.Features.Notifications.Sending;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Messaging;
using Tenantry.Foundation.Messaging.Templates;

namespace Tenantry.Features.Notifications.Templates;

/// <summary>Renders a template with the caller's values, as a message would be, and sends nothing.</summary>
public static class PreviewTemplate
{
    /// <param name="TemplateVars">The values of the template's variables.</param>
    /// <param name="Locale">The language to render. The default is the language of the template.</param>
    public sealed record Request([JsonShape] JsonElement? TemplateVars, [LanguageTag] string? Locale)
        : IExample<Request>
    {
        public static Request Example => new(JsonElement.Parse("""{"order":"4711","arrives":"2026-02-02"}"""), "de-CH");
    }

    /// <param name="Subject">The subject or title, in one line.</param>
    /// <param name="Body">The body as plain text.</param>
    /// <param name="HtmlBody">The body as HTML.</param>
    /// <param name="Encoding">
    /// The encoding of an SMS: `gsm7`, or `ucs2` where a character is not in the GSM 7-bit alphabet.
    /// </param>
    /// <param name="Segments">The number of SMS segments that are charged.</param>
    public sealed record Response(
        string? Subject,
        string? Body,
        string? HtmlBody,
        SmsEncoding? Encoding,
        int? Segments
    );

    public static async Task<Results<Ok<Response>, Invalid, Missing, Conflicting>> Handle(
        [Description("The id of the template.")] Guid id,
        Request body,
        TenantDb db,
        ServiceSettings settings,
        TimeProvider clock,
        CancellationToken cancel
    )
    {
        if (await db.Set<Template>().AsNoTracking().SingleOrDefaultAsync(row => row.Id == id, cancel) is not { } row)
            return TemplateContent.NoSuchTemplate();
        var parsed = CachedTemplate.Of(TemplateContent.RowOf(row));
        if (parsed.Compiled is not { } template)
            return Problems.Conflicting($"The template has a fault and cannot be used: {parsed.Fault}.");
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        template.Check(body.TemplateVars, errors);
        if (errors.Count > 0)
            return new Invalid(errors);
        try
        {
            IReadOnlyList<string> locales = body.Locale is { } locale ? [locale] : [];
            var parts = SystemTemplates.Find(row.Name) is SecurityTemplate security
                ? template.RenderSecurity(
                    body.TemplateVars,
                    security.Example(settings.AppBaseUrl),
                    locales,
                    clock.GetUtcNow()
                )
                : template.Render(body.TemplateVars, locales, clock.GetUtcNow());
            var sms = row.Type == Channel.Sms ? SmsText.Of(parts.Text ?? "") : null;
            return TypedResults.Ok(new Response(parts.Subject, parts.Text, parts.Html, sms?.Encoding, sms?.Segments));
        }
        catch (TemplateLimitException e)
        {
            return Problems.Invalid("template_vars", "cannot be used to render the template: " + e.Message);
        }
    }
}
