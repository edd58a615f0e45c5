using System.Text.Json;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Messaging.Templates;

namespace Tenantry.Foundation.Messaging;

/// <summary>To whom a mail of the service goes.</summary>
/// <param name="Address">of the mailbox</param>
/// <param name="UserId">whom it concerns; null: nobody who is known</param>
/// <param name="Locale">the language that the user wants; null: none was said</param>
public sealed record MailTo(string Address, Guid? UserId = null, string? Locale = null);

/// <summary>
/// Puts a message into the change that a handler is about to save: nothing is sent for a change that did not happen,
/// and nothing is lost for one that did.
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
    /// <summary>Of a name or another value in a mail of the service.</summary>
    private const int LongestValue = 1_000;

    /// <summary>
    /// A mail that the service sends by itself, in the tenant's own words where it has some, in the best language that
    /// there is. It is told after the fact: whatever is wrong with the tenant's words, the change goes on, and the
    /// service's own are sent.
    /// </summary>
    /// <param name="db">the change; the mail belongs to its tenant</param>
    /// <param name="template">what it is about</param>
    /// <param name="to">whom</param>
    /// <param name="values">what it is filled with</param>
    /// <param name="languages">as <c>Accept-Language</c> writes them; null: as the present request has it</param>
    /// <param name="cancel">leaves the change without it</param>
    public async Task Mail(
        TenantDb db,
        SystemTemplate template,
        MailTo to,
        IReadOnlyDictionary<string, string?> values,
        string? languages,
        CancellationToken cancel
    )
    {
        if (template is SecurityTemplate)
            throw new ArgumentException($"{template.Name} goes with its link or code.", nameof(template));
        var (given, wanted, now) = (Given(values), await Wanted(db, to, languages, cancel), clock.GetUtcNow());
        var parts =
            await Own(db, template, own => own.Render(given, wanted, now), cancel)
            ?? template.Compiled.Render(given, wanted, now);
        db.Add(MessageOf(db, template, to, now, parts));
    }

    /// <summary>
    /// One with a link or a code. Its texts are written sealed, and nobody but the worker that sends it reads them.
    /// </summary>
    /// <param name="db">the change; the mail belongs to its tenant</param>
    /// <param name="template">what it is about</param>
    /// <param name="to">whom</param>
    /// <param name="values">names, for what stands around the link</param>
    /// <param name="action">the link or the code</param>
    /// <param name="languages">as <c>Accept-Language</c> writes them; null: as the present request has it</param>
    /// <param name="cancel">leaves the change without it</param>
    public async Task SecurityMail(
        TenantDb db,
        SecurityTemplate template,
        MailTo to,
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
        MailTo to,
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
            Recipient = to.Address,
            TemplateName = template.Name,
            Subject = isSecret ? null : parts.Subject,
            Body = isSecret ? null : parts.Text,
            HtmlBody = isSecret ? null : parts.Html,
            SealedText = isSecret ? sealing.Seal(tenant, id, parts) : null,
            IsSecret = isSecret,
            Priority = Priority.High, // somebody waits for it
            DueAt = now,
            CreatedAt = now,
        };
    }

    /// <summary>An address of this installation for a mail to point to.</summary>
    public MailAction Link(string path, string token) =>
        new(ActionKind.Link, new Uri(settings.AppBaseUrl, $"{path}?token={Uri.EscapeDataString(token)}").ToString());

    /// <summary>
    /// A name in one line: it stands in subjects, and a line break in it would look like the service's own text.
    /// </summary>
    private static JsonElement Given(IReadOnlyDictionary<string, string?> values) =>
        JsonSerializer.SerializeToElement(
            values.ToDictionary(
                value => value.Key,
                value => value.Value is { } text ? OneLine.Of(text, LongestValue) : null,
                StringComparer.Ordinal
            )
        );

    private async Task<List<string>> Wanted(TenantDb db, MailTo to, string? languages, CancellationToken cancel)
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

    /// <returns>null: the tenant has no words of its own, or none that can be sent; nobody is locked out by a
    /// template</returns>
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
                : string.IsNullOrWhiteSpace(parts.Subject) ? "leaves no subject"
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
            // A database that is away is met again when the change is saved. All else is the template's fault.
            reason = $"cannot be used ({e.GetType().Name})";
        }
        NotUsed(log, template.Name, db.Tenant!.Value, OneLine.Of(reason!, LongestValue));
        problems.Report(db.Tenant.Value, template.Name, reason!);
        return null;
    }

    [LoggerMessage(
        EventId = 4109,
        Level = LogLevel.Warning,
        Message = "The template {Name} of tenant {Tenant} could not be used, and the service's own was sent: {Reason}"
    )]
    private static partial void NotUsed(ILogger log, string name, Guid tenant, string reason);
}
