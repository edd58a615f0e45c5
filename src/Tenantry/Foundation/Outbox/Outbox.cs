using System.Text.Json;
using Tenantry.Foundation.Database;
using Tenantry.Foundation.Settings;
using Tenantry.Foundation.Templates;

namespace Tenantry.Foundation.Outbox;

/// <summary>To whom a mail of the service goes.</summary>
/// <param name="Address">of the mailbox</param>
/// <param name="UserId">whom it concerns; null: nobody who is known</param>
/// <param name="Locale">the language that the user wants; null: none was said</param>
public sealed record MailTo(string Address, Guid? UserId = null, string? Locale = null);

/// <summary>
/// Puts a message into the change that a handler is about to save: nothing is sent for a change that did not happen, and nothing is
/// lost for one that did.
/// </summary>
public sealed partial class Outbox(KnownMessages known, ServiceSettings settings, TimeProvider clock, IHttpContextAccessor accessor, ILogger<Outbox> log)
{
    /// <summary>A mail that the service sends by itself, in the tenant's own words where it has some, in the best language that there is.</summary>
    /// <param name="db">the change; the mail belongs to its tenant</param>
    /// <param name="template">what it is about</param>
    /// <param name="to">whom</param>
    /// <param name="values">what it is filled with</param>
    /// <param name="languages">as <c>Accept-Language</c> writes them; null: as the present request has it</param>
    /// <param name="cancel">leaves the change without it</param>
    public async Task Mail(TenantDb db, SystemTemplate template, MailTo to, IReadOnlyDictionary<string, string?> values, string? languages, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        var given = JsonSerializer.SerializeToElement(values);
        List<string> wanted = [.. Locale.Accepted(languages ?? accessor.HttpContext?.Request.Headers.AcceptLanguage.ToString())];
        if (to.Locale is { } own)
            wanted.Add(own);
        wanted.Add((await known.Settings(db, cancel)).Locale);
        var parts = await Own(db, template, given, wanted, now, cancel) ?? template.Compiled.Render(given, wanted, now);
        db.Add(new Notification
        {
            TenantId = db.Tenant ?? throw new InvalidOperationException("A message belongs to a tenant."),
            UserId = to.UserId,
            Type = Channel.Email,
            Recipient = to.Address,
            Subject = parts.Subject,
            TemplateName = template.Name,
            Body = parts.Text,
            HtmlBody = parts.Html,
            IsSecret = template.Shows is not null,
            Priority = Priority.High, // somebody waits for it
            DueAt = now,
            CreatedAt = now,
        });
    }

    /// <summary>An address of this installation for a mail to point to.</summary>
    public string Link(string path, string token) => new Uri(settings.AppBaseUrl, $"{path}?token={Uri.EscapeDataString(token)}").ToString();

    /// <returns>null: the tenant has no words of its own, or they make nothing of these values; nobody is locked out by a template</returns>
    private async Task<MessageParts?> Own(TenantDb db, SystemTemplate template, JsonElement given, List<string> wanted, DateTimeOffset now, CancellationToken cancel)
    {
        if (await known.Template(db, template.Name, cancel) is not { Type: Channel.Email } own)
            return null;
        try
        {
            return own.Render(given, wanted, now);
        }
        catch (TemplateLimitException e)
        {
            NotFilled(log, template.Name, db.Tenant!.Value, e.Message);
            return null;
        }
    }

    [LoggerMessage(EventId = 4109, Level = LogLevel.Warning, Message = "The template {Name} of tenant {Tenant} could not be filled, and the service's own was sent: {Reason}")]
    private static partial void NotFilled(ILogger log, string name, Guid tenant, string reason);
}
