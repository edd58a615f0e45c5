using System.Text.Json;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Messaging.Templates;

namespace Tenantry.Foundation.Messaging;

/// <summary>The recipient of a system e-mail.</summary>
/// <param name="Address">of the mailbox</param>
/// <param name="UserId">the user whom it concerns; null: none is known</param>
/// <param name="Locale">the language of the user; null: none is set</param>
public sealed record MailRecipient(string Address, Guid? UserId = null, string? Locale = null);

/// <summary>
/// Adds a message to the change that a handler is about to save: no message is sent for a change that was rolled back,
/// and none is lost for a change that was committed.
/// </summary>
public sealed partial class Outbox(
    MessageCache known,
    SealedText sealing,
    TemplateProblems problems,
    ServiceSettings settings,
    TimeProvider clock,
    IHttpContextAccessor accessor,
    ILogger<Outbox> log
)
{
    /// <summary>Characters of a name or another value in a system e-mail.</summary>
    private const int LongestValue = 1_000;

    /// <summary>
    /// Adds a system e-mail, with the tenant's own template if there is one, in the best available language. If the
    /// tenant's template cannot be used, the change continues and the service's own text is sent.
    /// </summary>
    /// <param name="db">the change; the mail belongs to its tenant</param>
    /// <param name="template">the system template</param>
    /// <param name="to">the recipient</param>
    /// <param name="values">the values of its variables</param>
    /// <param name="languages">as <c>Accept-Language</c> writes them; null: as the present request sends it</param>
    /// <param name="cancel">the change is left without the message</param>
    public async Task AddMail(
        TenantDb db,
        SystemTemplate template,
        MailRecipient to,
        IReadOnlyDictionary<string, string?> values,
        string? languages,
        CancellationToken cancel
    )
    {
        if (template is SecurityTemplate)
            throw new ArgumentException($"{template.Name} must be sent with its link or code.", nameof(template));
        var (given, wanted, now) = (Given(values), await Wanted(db, to, languages, cancel), clock.GetUtcNow());
        var parts =
            await Own(db, template, own => own.Render(given, wanted, now), cancel)
            ?? template.Compiled.Render(given, wanted, now);
        db.Add(MessageOf(db, template, to, now, parts));
    }

    /// <summary>
    /// Adds an e-mail with a link or code. Its texts are stored sealed, and only the worker that sends it reads them.
    /// </summary>
    /// <param name="db">the change; the mail belongs to its tenant</param>
    /// <param name="template">the system template</param>
    /// <param name="to">the recipient</param>
    /// <param name="values">names, for the text around the link</param>
    /// <param name="action">the link or the code</param>
    /// <param name="languages">as <c>Accept-Language</c> writes them; null: as the present request sends it</param>
    /// <param name="cancel">the change is left without the message</param>
    public async Task AddSecurityMail(
        TenantDb db,
        SecurityTemplate template,
        MailRecipient to,
        IReadOnlyDictionary<string, string?> values,
        MailAction action,
        string? languages,
        CancellationToken cancel
    )
    {
        var (given, wanted, now) = (Given(values), await Wanted(db, to, languages, cancel), clock.GetUtcNow());
        var parts =
            await Own(db, template, own => own.RenderSecurity(given, action, wanted, now), cancel)
            ?? template.Compiled.RenderSecurity(given, action, wanted, now);
        db.Add(MessageOf(db, template, to, now, parts));
    }

    private Notification MessageOf(
        TenantDb db,
        SystemTemplate template,
        MailRecipient to,
        DateTimeOffset now,
        MessageParts parts
    )
    {
        var (tenant, id, isSecret) = (
            db.Tenant ?? throw new InvalidOperationException("A message belongs to a tenant."),
            Guid.CreateVersion7(),
            template is SecurityTemplate
        );
        return new Notification
        {
            TenantId = tenant,
            Id = id,
            UserId = to.UserId,
            Type = Channel.Email,
            Recipient = EmailAddress.ForDelivery(to.Address),
            TemplateName = template.Name,
            Subject = isSecret ? null : parts.Subject,
            Body = isSecret ? null : parts.Text,
            HtmlBody = isSecret ? null : parts.Html,
            SealedText = isSecret ? sealing.Seal(tenant, id, parts) : null,
            IsSecret = isSecret,
            Priority = Priority.High, // a person waits for it
            DueAt = now,
            CreatedAt = now,
        };
    }

    /// <summary>A link to this installation with a token.</summary>
    public MailAction Link(string path, string token) =>
        new(ActionKind.Link, new Uri(settings.AppBaseUrl, $"{path}?token={Uri.EscapeDataString(token)}").ToString());

    /// <summary>
    /// Removes line breaks from names: they appear in subjects, and a line break would look like the service's own
    /// text.
    /// </summary>
    private static JsonElement Given(IReadOnlyDictionary<string, string?> values) =>
        JsonSerializer.SerializeToElement(
            values.ToDictionary(
                value => value.Key,
                value => value.Value is { } text ? OneLine.Of(text, LongestValue) : null,
                StringComparer.Ordinal
            )
        );

    private async Task<List<string>> Wanted(TenantDb db, MailRecipient to, string? languages, CancellationToken cancel)
    {
        List<string> wanted =
        [
            .. Locale.Accepted(languages ?? accessor.HttpContext?.Request.Headers.AcceptLanguage.ToString()),
        ];
        if (to.Locale is { } own)
            wanted.Add(own);
        wanted.Add((await known.Settings(db, cancel)).Locale);
        return wanted;
    }

    /// <returns>null: the tenant has no template of its own, or none that can be sent. A template cannot lock out a
    /// user.</returns>
    private async Task<MessageParts?> Own(
        TenantDb db,
        SystemTemplate template,
        Func<CompiledTemplate, MessageParts> render,
        CancellationToken cancel
    )
    {
        string? reason;
        try
        {
            if (await known.Template(db, template.Name, cancel) is not { Type: Channel.Email } own)
                return null;
            var parts = own.Compiled is { } compiled ? render(compiled) : null;
            reason =
                parts is null ? own.Fault
                : string.IsNullOrWhiteSpace(parts.Subject) ? "produces no subject"
                : parts.Fault();
            if (reason is null)
                return parts;
        }
        catch (TemplateLimitException e)
        {
            reason = e.Message;
        }
        catch (Exception e) when (!cancel.IsCancellationRequested)
        {
            // An unavailable database also fails the change when it is saved. All other exceptions are caused by the
            // template.
            reason = $"cannot be used ({e.GetType().Name})";
        }
        NotUsed(log, template.Name, db.Tenant!.Value, OneLine.Of(reason!, LongestValue));
        problems.Report(db.Tenant.Value, template.Name, reason!);
        return null;
    }

    [LoggerMessage(
        EventId = 4109,
        Level = LogLevel.Warning,
        Message = "The template {Name} of tenant {Tenant} could not be used; the service's own text was sent: {Reason}"
    )]
    private static partial void NotUsed(ILogger log, string name, Guid tenant, string reason);
}
